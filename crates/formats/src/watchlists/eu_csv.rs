//! The list of the European Union as a table with `;` between cells: one row
//! for every name, address, birth, document and citizenship of an entity.

use super::build::{Builder, Record};
use super::eu::{self, Birth, Document, NameForm};
use super::places::{self, AddressParts};
use super::rows::{self, Columns, Groups, Row, Sheet};
use super::{ReadError, dates, text};
use portcullis_domain::{CountryRole, Date, Issue};
use std::collections::HashMap;

const ID: &str = "entity_logicalid";
const NAME: &str = "namealias_wholename";

/// Whether a header is this list's.
pub(super) fn is_header(columns: &Columns) -> bool {
    columns.has(ID) && columns.has(NAME)
}

/// What the rows of an entity say about its listing.
#[derive(Default)]
struct Law {
    programmes: Vec<String>,
    regulations: Vec<String>,
    designated: Option<Date>,
    earliest: Option<Date>,
    reference: String,
}

/// Reads the file. Returns the day on which it was generated.
pub(super) fn read(
    file: &str,
    body: &str,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let sheet = Sheet {
        file,
        body,
        header_line: rows::header_line(body, is_header).unwrap_or(1),
        delimiter: None,
        ends_with_line: true,
    };
    let mut groups = Groups::default();
    let mut laws: HashMap<String, Law> = HashMap::new();
    let mut generated = None;
    rows::read(sheet, &[ID, NAME], builder, |row, _| {
        let number = text::clean(row.text(ID));
        if number.is_empty() {
            return Err(row.broken("broken-record", "the row has no number", "Entity_LogicalId"));
        }
        let id = format!("{}:{number}", eu::SOURCE);
        generated = generated.or_else(|| dates::european_day(row.text("filegenerationdate")));
        let (record, new) = groups.of(&id, row.line);
        if new {
            begin(row, record);
        }
        take(row, record);
        law(row, laws.entry(id).or_default());
        Ok(())
    })?;
    for (id, law) in laws {
        let since = law.designated.or(law.earliest);
        let listing = eu::listing(&law.programmes, since, &law.reference, &law.regulations);
        if let Some(record) = groups.get(&id) {
            record.entity.listings.push(listing);
        }
    }
    groups.finish(file, "NameAlias_WholeName", builder)?;
    if generated.is_none() {
        let what = "the file has no date of generation that can be read";
        let issue = Issue::new("no-publication-date", what).in_field("fileGenerationDate");
        builder.issue(file, issue);
    }
    Ok(generated)
}

/// What every row of an entity repeats.
fn begin(row: &Row<'_>, record: &mut Record) {
    let words = [
        "entity_subjecttype",
        "entity_subjecttype_classificationcode",
    ];
    eu::kind(&words.map(|w| row.text(w)), record);
    record.remark_as("UN reference", row.text("entity_unitednationid"));
    record.remark_as("Designation", row.text("entity_designationdetails"));
    record.remark(row.text("entity_remark"));
}

fn take(row: &Row<'_>, record: &mut Record) {
    // There is no column for the strength of a name; remarks may tell.
    let remark = row.text("namealias_remark").to_lowercase();
    let form = NameForm {
        whole: row.text(NAME),
        first: row.text("namealias_firstname"),
        middle: row.text("namealias_middlename"),
        last: row.text("namealias_lastname"),
        language: row.text("namealias_namelanguage"),
        weak: remark.contains("low quality") || remark.contains("weak"),
    };
    eu::name(&form, record);
    record.gender(row.text("namealias_gender"));
    record.remark_once("Title", row.text("namealias_title"));
    record.remark_once("Function", row.text("namealias_function"));
    let (code, description) = country_of(row, "citizenship");
    let role = CountryRole::Nationality;
    eu::relate(
        role,
        code,
        description,
        "Citizenship_CountryIso2Code",
        record,
    );
    birth(row, record);
    document(row, record);
    address(row, record);
}

fn country_of<'r>(row: &'r Row<'_>, group: &str) -> (&'r str, &'r str) {
    let code = row.text(&format!("{group}_countryiso2code"));
    (code, row.text(&format!("{group}_countrydescription")))
}

fn birth(row: &Row<'_>, record: &mut Record) {
    let (code, description) = country_of(row, "birthdate");
    let place = ["birthdate_place", "birthdate_city", "birthdate_region"];
    let mut place = row.filled(&place);
    let country = eu::stated_country(code, description);
    if !country.is_empty() {
        place.push(description);
    }
    let stated = Birth {
        date: row.text("birthdate_birthdate"),
        day: row.text("birthdate_day"),
        month: row.text("birthdate_month"),
        year: row.text("birthdate_year"),
        from: row.text("birthdate_yearrangefrom"),
        to: row.text("birthdate_yearrangeto"),
        calendar: row.text("birthdate_calendartype"),
        place,
        country,
        field: "BirthDate_BirthDate",
    };
    eu::birth(&stated, record);
}

fn document(row: &Row<'_>, record: &mut Record) {
    let stated = Document {
        number: row.text("identification_number"),
        latin_number: row.text("identification_latinnumber"),
        type_code: row.text("identification_typecode"),
        type_description: row.text("identification_typedescription"),
        country: row.text("identification_countryiso2code"),
        field: "Identification_Number",
    };
    eu::document(&stated, record);
    record.remark_once("", row.text("identification_remark"));
}

fn address(row: &Row<'_>, record: &mut Record) {
    let (code, description) = country_of(row, "address");
    let lines = row.filled(&["address_street", "address_pobox", "address_place"]);
    let parts = AddressParts {
        street: &lines.join(", "),
        city: row.text("address_city"),
        region: row.text("address_region"),
        postcode: row.text("address_zipcode"),
        country: eu::stated_country(code, description),
    };
    places::address(&parts, "Address_CountryIso2Code", record);
    record.remark_once("Contact", row.text("address_contactinfo"));
}

fn law(row: &Row<'_>, law: &mut Law) {
    eu::once(&mut law.programmes, row.text("entity_regulation_programme"));
    eu::once(
        &mut law.regulations,
        row.text("entity_regulation_numbertitle"),
    );
    let day = |column: &str| dates::european_day(row.text(column));
    law.designated = law.designated.or_else(|| day("entity_designationdate"));
    let named = [
        "entity_regulation_publicationdate",
        "namealias_regulation_publicationdate",
    ];
    let days = named.into_iter().filter_map(day);
    law.earliest = law.earliest.into_iter().chain(days).min();
    if law.reference.is_empty() {
        law.reference = text::clean(row.text("entity_eu_referencenumber"));
    }
}
