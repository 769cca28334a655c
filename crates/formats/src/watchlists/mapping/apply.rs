//! Reads a table as its mapping says.

use super::super::build::{Builder, Record, hashed_id};
use super::super::places::{self, AddressParts};
use super::super::rows::{self, Columns, Groups, Row, Sheet, slug};
use super::super::{ReadError, dates, numbers, remarks, text};
use super::spec::{Field, Mapping};
use portcullis_domain::{
    CountryRole, Date, Identifier, Issue, Listing, NameKind, PartialDate, PartyKind,
};

/// Reads one table. `delimiter` overrides that of the mapping.
pub(in crate::watchlists) fn read(
    file: &str,
    body: &str,
    mapping: &Mapping,
    delimiter: Option<u8>,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let wanted = |columns: &Columns| mapping.columns().all(|(_, c)| columns.has(&slug(c)));
    let told = rows::header_line_by(body, delimiter, wanted);
    let sheet = Sheet {
        file,
        body,
        header_line: mapping.header_line.or(told).unwrap_or(1),
        delimiter,
        // A list of one's own is typed by people, who forget the last line end.
        ends_with_line: false,
    };
    let columns = rows::columns(sheet, builder.limits)?;
    if let Some((field, column)) = mapping.columns().find(|(_, c)| !columns.has(&slug(c))) {
        return Err(ReadError::Schema {
            line: sheet.header_line,
            field: column.to_owned(),
            what: format!(
                "the table has no such column; columns.{} names it in line {} of the mapping",
                field.key, field.line
            ),
        });
    }
    let mut groups = Groups::default();
    rows::read(sheet, &[], builder, |row, _| {
        take(row, mapping, &mut groups)
    })?;
    let name = mapping.field("name").first();
    let name = name.map(|f| f.columns.join(" ")).unwrap_or_default();
    groups.finish(file, &name, builder)
}

/// The values of a field in a row.
fn values(field: &Field, row: &Row<'_>) -> Vec<String> {
    let cells = field.columns.iter().map(|c| row.text(&slug(c)).trim());
    let cells: Vec<&str> = cells.filter(|c| !c.is_empty()).collect();
    let cell = cells.join(&field.with);
    let parts = match &field.separator {
        Some(separator) => cell.split(separator.as_str()).map(text::clean).collect(),
        None => vec![text::clean(&cell)],
    };
    let mut values: Vec<String> = parts
        .into_iter()
        .filter(|v: &String| !v.is_empty())
        .collect();
    if values.is_empty() {
        values.extend(field.default.clone());
    }
    let ours = |value: String| match field.values.get(&value.to_lowercase()) {
        Some(ours) => ours.clone(),
        None => value,
    };
    values.into_iter().map(ours).collect()
}

fn all(key: &str, row: &Row<'_>, mapping: &Mapping) -> Vec<String> {
    let fields = mapping.field(key).iter();
    fields.flat_map(|field| values(field, row)).collect()
}

fn first(key: &str, row: &Row<'_>, mapping: &Mapping) -> String {
    all(key, row, mapping)
        .into_iter()
        .next()
        .unwrap_or_default()
}

fn take(row: &Row<'_>, mapping: &Mapping, groups: &mut Groups) -> Result<(), Issue> {
    let name = first("name", row, mapping);
    let id = if mapping.field("id").is_empty() {
        let births = all("birth_date", row, mapping).join(" ");
        let countries = all("country", row, mapping).join(" ");
        hashed_id(&[&name, &births, &countries])
    } else {
        let id = first("id", row, mapping);
        if id.is_empty() {
            return Err(row.broken("broken-record", "the row has no id", "id"));
        }
        id
    };
    let (record, _) = groups.of(&format!("{}:{id}", mapping.list), row.line);
    kind(row, mapping, record);
    record.primary(&name);
    for (key, kind) in [
        ("alias", NameKind::Alias),
        ("weak_alias", NameKind::WeakAlias),
        ("former_name", NameKind::Former),
    ] {
        for name in all(key, row, mapping) {
            record.name(kind, &name);
        }
    }
    life(row, mapping, record);
    address(row, mapping, record);
    identifiers(row, mapping, record);
    contacts(row, mapping, record);
    listing(row, mapping, record);
    Ok(())
}

fn kind(row: &Row<'_>, mapping: &Mapping, record: &mut Record) {
    let word = first("kind", row, mapping);
    let kind = PartyKind::parse(&word).unwrap_or_else(|| {
        let what = format!(
            "'{}' is no kind; columns.kind.values may say which it is",
            text::bounded(&word, 40)
        );
        record.issue(Issue::new("unknown-type", what).in_field("kind"));
        PartyKind::Unknown
    });
    if record.entity.party.kind == PartyKind::Unknown {
        record.entity.party.kind = kind;
    }
}

fn life(row: &Row<'_>, mapping: &Mapping, record: &mut Record) {
    for field in mapping.field("birth_date") {
        for value in values(field, row) {
            match &field.format {
                None => remarks::birth(&value, &field.columns.join(" "), record),
                Some(format) => match dated(format, &value) {
                    Some(date) => record.entity.party.birth_dates.push(date),
                    None => not_a_date(&value, field, record),
                },
            }
        }
    }
    for word in all("gender", row, mapping) {
        record.gender(&word);
    }
    for (key, role) in [
        ("nationality", CountryRole::Nationality),
        ("residence", CountryRole::Residence),
        ("registration_country", CountryRole::Registration),
        ("flag", CountryRole::Flag),
        ("birth_country", CountryRole::Birth),
        ("country", CountryRole::Related),
    ] {
        for country in all(key, row, mapping) {
            places::relate(role, &country, key, record);
        }
    }
    for place in all("birth_place", row, mapping) {
        record.remark_once("POB", &place);
        remarks::birthplace(&place, record);
    }
    for remark in all("remarks", row, mapping) {
        record.remark_once("", &remark);
    }
}

fn not_a_date(value: &str, field: &Field, record: &mut Record) {
    let form = field.format.as_deref().unwrap_or("");
    let what = format!(
        "'{}' is not a date in the form {form}",
        text::bounded(value, 40)
    );
    record.issue(Issue::new("not-a-date", what).in_field(field.columns.join(" ")));
}

/// A date in a given form; a form without day or month gives a date without.
fn dated(format: &str, text: &str) -> Option<PartialDate> {
    let read = jiff::fmt::strtime::parse(format, text.trim()).ok()?;
    let number = |part: Option<i8>| part.map(|n| n.to_string()).unwrap_or_default();
    let year = read.year()?.to_string();
    dates::parts(&year, &number(read.month()), &number(read.day()))
}

fn address(row: &Row<'_>, mapping: &Mapping, record: &mut Record) {
    let part = |key: &str| first(key, row, mapping);
    let (street, city, region) = (part("street"), part("city"), part("region"));
    let (postcode, country) = (part("postcode"), part("address_country"));
    let parts = AddressParts {
        street: &street,
        city: &city,
        region: &region,
        postcode: &postcode,
        country: &country,
    };
    places::address(&parts, "address_country", record);
    for whole in all("address", row, mapping) {
        let parts = AddressParts {
            street: &whole,
            ..AddressParts::default()
        };
        places::address(&parts, "address", record);
    }
}

fn identifiers(row: &Row<'_>, mapping: &Mapping, record: &mut Record) {
    for field in mapping.field("identifier") {
        let country = field.country.as_ref().map_or("", |c| row.text(&slug(c)));
        let country = places::country(country, "identifier.country", record);
        let scheme = field.scheme.as_deref().unwrap_or("other");
        for value in values(field, row) {
            numbers::add(scheme, &value, country, &field.columns.join(" "), record);
        }
    }
}

fn contacts(row: &Row<'_>, mapping: &Mapping, record: &mut Record) {
    record
        .entity
        .party
        .emails
        .extend(all("email", row, mapping));
    record
        .entity
        .party
        .phones
        .extend(all("phone", row, mapping));
    for website in all("website", row, mapping) {
        record.identifier(Identifier::new("website", website), "website");
    }
}

fn listing(row: &Row<'_>, mapping: &Mapping, record: &mut Record) {
    let mut day = |key: &str| -> Option<Date> {
        let field = mapping.field(key).first()?;
        let value = values(field, row).into_iter().next()?;
        let read = match &field.format {
            Some(format) => dated(format, &value).and_then(|partial| match key {
                "until" => dates::last_day(partial),
                _ => dates::first_day(partial),
            }),
            None => dates::any_day(&value),
        };
        if read.is_none() {
            not_a_date(&value, field, record);
        }
        read
    };
    let (listed_on, until) = (day("listed_on"), day("until"));
    let listing = Listing {
        list: mapping.list.clone(),
        programmes: all("programme", row, mapping),
        listed_on,
        until,
        citation: first("citation", row, mapping),
        licence_requirement: first("licence_requirement", row, mapping),
        licence_policy: first("licence_policy", row, mapping),
    };
    if !record.entity.listings.contains(&listing) {
        record.entity.listings.push(listing);
    }
}
