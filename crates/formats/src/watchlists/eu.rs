//! The consolidated list of persons, groups and entities under financial
//! sanctions of the European Union, as the Commission publishes it (schema
//! "FSF 1.1"), in XML and as a table. What both say is here.

use super::build::Record;
use super::places;
use super::{dates, numbers, text};
use portcullis_domain::{CountryRole, Date, Issue, Listing, NameKind, PartyKind};

/// Source and list code.
pub(super) const SOURCE: &str = "eu-fsf";

/// `P`/`person`, `E`/`enterprise`: which of them stands in which field differs
/// between the publications.
pub(super) fn kind(words: &[&str], record: &mut Record) {
    let is = |wanted: &[&str]| {
        let mut words = words.iter().map(|w| w.trim().to_lowercase());
        words.any(|w| wanted.contains(&w.as_str()))
    };
    record.entity.party.kind = if is(&["p", "person"]) {
        PartyKind::Person
    } else if is(&["e", "enterprise", "entity"]) {
        PartyKind::Organisation
    } else if is(&["v", "vessel", "ship"]) {
        PartyKind::Vessel
    } else {
        let what = format!("'{}' is not a type we know", words.join("/"));
        record.issue(Issue::new("unknown-type", what).in_field("subjectType"));
        PartyKind::Unknown
    };
}

/// One name; any part may be empty.
pub(super) struct NameForm<'a> {
    pub whole: &'a str,
    pub first: &'a str,
    pub middle: &'a str,
    pub last: &'a str,
    pub language: &'a str,
    /// A name by which alone nobody can be told.
    pub weak: bool,
}

/// Adds a name: the first strong one is that of the listing.
pub(super) fn name(form: &NameForm<'_>, record: &mut Record) {
    let parts = [form.first, form.middle, form.last];
    let filled: Vec<&str> = parts.into_iter().filter(|p| !p.trim().is_empty()).collect();
    let joined = filled.join(" ");
    let text = if form.whole.trim().is_empty() {
        &joined
    } else {
        form.whole
    };
    let language = super::languages::code(form.language);
    let named = &record.entity.party.names;
    let kind = match form.weak {
        true => NameKind::WeakAlias,
        false if named.iter().any(|n| n.kind == NameKind::Primary) => NameKind::Alias,
        false => NameKind::Primary,
    };
    record.name_in(kind, text, language);
}

/// A birth date as the list gives it; any field may be empty.
pub(super) struct Birth<'a> {
    pub date: &'a str,
    pub day: &'a str,
    pub month: &'a str,
    pub year: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub calendar: &'a str,
    pub place: Vec<&'a str>,
    pub country: &'a str,
    pub field: &'static str,
}

/// Adds a birth date and its place.
pub(super) fn birth(birth: &Birth<'_>, record: &mut Record) {
    let calendar = birth.calendar.trim();
    let stated = [birth.date, birth.year, birth.from, birth.to];
    let dated = stated.iter().any(|d| !d.trim().is_empty());
    if dated && !calendar.is_empty() && !calendar.eq_ignore_ascii_case("GREGORIAN") {
        let shown = stated.join(" ");
        let what = format!(
            "'{}' is a date of the {calendar} calendar",
            text::clean(&shown)
        );
        record.issue(Issue::new("not-a-date", what).in_field(birth.field));
        record.remark_as("Date of birth", &format!("{shown} ({calendar})"));
    } else if dated {
        days(birth, record);
    }
    let place: Vec<&str> = birth.place.iter().map(|p| p.trim()).collect();
    let place: Vec<&str> = place.into_iter().filter(|p| !p.is_empty()).collect();
    record.remark_once("POB", &place.join(", "));
    places::relate(CountryRole::Birth, birth.country, birth.field, record);
}

fn days(birth: &Birth<'_>, record: &mut Record) {
    let whole = birth.date.trim().parse().ok();
    let whole = whole.or_else(|| dates::day_first(birth.date));
    let parts = || dates::parts(birth.year, birth.month, birth.day);
    let year = |text: &str| text.trim().parse().ok();
    let births = &mut record.entity.party.birth_dates;
    let found = match (whole.or_else(parts), year(birth.from), year(birth.to)) {
        (Some(date), ..) => {
            births.push(date);
            Some(())
        }
        (None, Some(from), Some(to)) => dates::between(from, to, births),
        (None, Some(one), None) | (None, None, Some(one)) => {
            births.push(one);
            Some(())
        }
        (None, None, None) => None,
    };
    if found.is_none() {
        let stated = [birth.date, birth.year, birth.from, birth.to].join(" ");
        let what = format!("'{}' is not a birth date we can read", text::clean(&stated));
        record.issue(Issue::new("not-a-date", what).in_field(birth.field));
    }
}

/// An identity document; any field may be empty.
pub(super) struct Document<'a> {
    pub number: &'a str,
    pub latin_number: &'a str,
    pub type_code: &'a str,
    pub type_description: &'a str,
    pub country: &'a str,
    pub field: &'static str,
}

/// Adds a document. Its number may carry its type: `488555 (passport-National
/// passport)`.
pub(super) fn document(document: &Document<'_>, record: &mut Record) {
    let latin = document.latin_number.trim();
    let number = if latin.is_empty() {
        document.number
    } else {
        latin
    };
    let (value, note) = number.split_once(" (").unwrap_or((number, ""));
    let described = [document.type_code, document.type_description, note];
    let scheme = scheme(document.type_code.trim())
        .or_else(|| numbers::scheme(&described.join(" ")))
        .unwrap_or("other");
    let country = country(document.country, document.field, record);
    numbers::add(scheme, value, country, document.field, record);
    record.remark_once("Document", note.trim_end_matches(')'));
}

/// Codes of document types (`identificationTypeCode`), Commission, FSF 1.1.
fn scheme(code: &str) -> Option<&'static str> {
    Some(match code.to_ascii_lowercase().as_str() {
        "passport" | "diplomaticpassport" | "laissezpasser" | "travel" | "traveldoc" => "passport",
        "id" | "ssn" | "electionid" | "driverlic" | "birthcert" | "residentperm" | "milid" => {
            "national-id"
        }
        "regnumber" | "tradelic" | "businessreg" => "registration",
        "taxid" | "fiscalcode" | "vat" => "tax",
        "swiftbic" | "bic" => "bic",
        "imo" => "imo",
        _ => return None,
    })
}

/// The codes `00` and empty say that the country is not known.
fn country(code: &str, field: &str, record: &mut Record) -> Option<portcullis_domain::Country> {
    match code.trim() {
        "00" => None,
        code => places::country(code, field, record),
    }
}

/// Relates a country by its code, or its description where the code is `00`.
pub(super) fn relate(
    role: CountryRole,
    code: &str,
    description: &str,
    field: &str,
    record: &mut Record,
) {
    match code.trim() {
        "00" => {}
        "" => places::relate(role, description, field, record),
        code => places::relate(role, code, field, record),
    }
}

/// The country of an address: its code, else its description.
pub(super) fn stated_country<'a>(code: &'a str, description: &'a str) -> &'a str {
    match code.trim() {
        "00" => "",
        "" => description,
        code => code,
    }
}

/// The listing: the programmes of all regulations, since the earliest day.
pub(super) fn listing(
    programmes: &[String],
    since: Option<Date>,
    reference: &str,
    regulations: &[String],
) -> Listing {
    let mut citation: Vec<&str> = vec![reference.trim()];
    citation.extend(regulations.iter().map(String::as_str));
    citation.retain(|c| !c.is_empty());
    Listing {
        list: SOURCE.to_owned(),
        programmes: programmes.to_vec(),
        listed_on: since,
        until: None,
        citation: citation.join("; "),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    }
}

/// Adds a text to a set that keeps its order.
pub(super) fn once(all: &mut Vec<String>, text: &str) {
    let text = text::clean(text);
    if !text.is_empty() && !all.contains(&text) {
        all.push(text);
    }
}
