//! Reads OFAC remarks: `DOB 10 Dec 1948; alt. DOB 1950; Passport X1 (Iraq);
//! a.k.a. 'NAME'; Linked To: NAME.`
//!
//! The remarks themselves stay with the entity as they are; what can be
//! screened or followed is read out of them.

use super::build::Record;
use super::{dates, labels, places};
use portcullis_domain::{Country, CountryRole, Date, Issue, Link, NameKind, RelatedCountry};

/// What remarks say about the listing itself.
#[derive(Default)]
pub(super) struct ListingFacts {
    /// `Listing Date (CMIC)` and alike: what stands in the brackets, and the day.
    pub listing_dates: Vec<(String, Date)>,
    /// Subject to a directive of Executive Order 13662.
    pub directive_13662: bool,
    /// Directives of Executive Order 14024: `1a`, `2`, `3`, `4`.
    pub directives_14024: Vec<String>,
}

/// Reads every segment of remarks into a record.
pub(super) fn read(text: &str, field: &str, record: &mut Record) -> ListingFacts {
    let mut facts = ListingFacts::default();
    let trimmed = text.trim();
    let body = trimmed.strip_suffix('.').unwrap_or(trimmed);
    for segment in body.split(';') {
        let segment = unwrapped(segment.trim());
        let plain = segment.strip_prefix("alt. ").unwrap_or(segment);
        if !listing(plain, &mut facts) && !identity(plain, field, record) {
            document(plain, field, record);
        }
    }
    facts
}

/// `(Linked To: X)` is `Linked To: X`.
fn unwrapped(segment: &str) -> &str {
    let inner = segment
        .strip_prefix("(Linked To:")
        .and_then(|s| s.strip_suffix(')'));
    inner.map_or(segment, |_| &segment[1..segment.len() - 1])
}

/// Facts about the listing. True if the segment was one.
pub(super) fn listing(segment: &str, facts: &mut ListingFacts) -> bool {
    if segment.starts_with("Executive Order 13662 Directive") {
        facts.directive_13662 = true;
        return true;
    }
    if let Some(rest) = segment.strip_prefix("Executive Order 14024 Directive Information") {
        if let Some((_, after)) = rest.split_once("Subject to Directive ") {
            let number: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
            facts.directives_14024.push(number.to_ascii_lowercase());
        }
        return true;
    }
    let Some(rest) = segment.strip_prefix("Listing Date (") else {
        return false;
    };
    let Some((what, day)) = rest.split_once(')') else {
        return false;
    };
    let day = dates::any_day(day.trim_start_matches([':', ' ']));
    facts
        .listing_dates
        .extend(day.map(|d| (what.to_owned(), d)));
    true
}

/// Names, dates, countries, ties, ways of contact. True if the segment was one.
fn identity(segment: &str, field: &str, record: &mut Record) -> bool {
    let quoted = [
        ("a.k.a.", NameKind::WeakAlias),
        ("f.k.a.", NameKind::Former),
        ("n.k.a.", NameKind::WeakAlias),
    ];
    for (label, kind) in quoted {
        if let Some(rest) = labels::strip(segment, label) {
            record.name(kind, rest.trim_matches('\''));
            return true;
        }
    }
    // Where it is a field of its own it is shown as well.
    if let Some(rest) = labels::strip(segment, "Gender") {
        record.gender(rest);
        return false;
    }
    if let Some(rest) = labels::strip(segment, "DOB") {
        birth(rest, field, record);
    } else if let Some(rest) = labels::strip(segment, "POB") {
        birthplace(rest, record);
    } else if let Some(rest) = labels::strip(segment, "nationality") {
        places::relate(CountryRole::Nationality, rest, field, record);
    } else if let Some(rest) = labels::strip(segment, "citizen") {
        places::relate(CountryRole::Nationality, rest, field, record);
    } else if let Some(rest) = labels::strip(segment, "Nationality of Registration") {
        places::relate(CountryRole::Registration, rest, field, record);
    } else if let Some(rest) = segment.strip_prefix("Linked To:") {
        link("linked_to", rest, record);
    } else if let Some(rest) = labels::strip(segment, "Aircraft Operator") {
        link("operated_by", rest, record);
    } else if let Some(rest) = labels::strip(segment, "Email Address") {
        record.entity.party.emails.push(rest.to_owned());
    } else if let Some(rest) = labels::strip(segment, "Phone Number") {
        record.entity.party.phones.push(rest.to_owned());
    } else if let Some(rest) = labels::strip(segment, "Telephone") {
        record.entity.party.phones.push(rest.to_owned());
    } else if let Some(rest) = segment.strip_prefix("Digital Currency Address") {
        let address = rest.split_whitespace().next_back().unwrap_or("");
        labels::add("crypto", address, None, field, record);
    } else {
        return false;
    }
    true
}

/// Reads a labelled value as XML and the CSL give it: type and number apart.
/// What does not identify is kept in the remarks.
pub(super) fn labelled(
    label: &str,
    value: &str,
    country: Option<Country>,
    field: &str,
    record: &mut Record,
    facts: &mut ListingFacts,
) {
    let segment = format!("{} {}", label.trim(), value.trim());
    let shown = label.trim().trim_end_matches([':', '-']).trim_end();
    if listing(&segment, facts) {
        record.remark_as(shown, value);
        return;
    }
    if identity(&segment, field, record) {
        return;
    }
    match labels::scheme(label) {
        Some(scheme) => labels::add(scheme, value, country, field, record),
        None => record.remark_as(shown, value),
    }
}

/// Adds the birth dates of a text; one that cannot be read is an issue and
/// stays in the remarks.
pub(super) fn birth(text: &str, field: &str, record: &mut Record) {
    match dates::birth(text) {
        Some(found) => record.entity.party.birth_dates.extend(found),
        None => {
            let words = format!("'{}' is not a birth date we can read", text.trim());
            record.issue(Issue::new("not-a-date", words).in_field(field));
        }
    }
}

/// Adds the birth dates of a cell in which the day stands before the month and
/// several dates may stand; one that cannot be read is an issue.
pub(super) fn births_day_first(text: &str, field: &str, record: &mut Record) {
    for part in super::text::several(text) {
        let commas: Vec<Option<portcullis_domain::PartialDate>> =
            part.split(',').map(dates::day_first).collect();
        match commas.into_iter().collect::<Option<Vec<_>>>() {
            Some(found) => record.entity.party.birth_dates.extend(found),
            None => birth(&part, field, record),
        }
    }
}

/// `Shati` or `Port-au-Prince, Haiti`: the last part may be a country. The
/// place itself stays in the remarks.
pub(super) fn birthplace(text: &str, record: &mut Record) {
    let country = text.rsplit(',').next().and_then(Country::parse);
    let related = country.map(|country| RelatedCountry {
        role: CountryRole::Birth,
        country,
    });
    record.entity.party.countries.extend(related);
}

/// Adds a tie to another by name.
pub(super) fn link(relation: &str, other: &str, record: &mut Record) {
    let other = super::text::clean(other);
    if !other.is_empty() {
        record.entity.links.push(Link {
            relation: relation.to_owned(),
            other,
            other_id: None,
            share: None,
            from: None,
            until: None,
        });
    }
}

/// `Passport 284158 (Iraq) expires 21 Aug 2005` and alike.
fn document(segment: &str, field: &str, record: &mut Record) {
    let Some((scheme, rest)) = labels::split(segment) else {
        return;
    };
    let dated = [" issued ", " expires ", " Date of Issue "];
    let cut = dated.iter().filter_map(|word| rest.find(word)).min();
    let undated = rest[..cut.unwrap_or(rest.len())].trim();
    let (value, country) = with_country(undated);
    labels::add(scheme, value, country, field, record);
}

/// Splits `284158 (Iraq)`. What stands in brackets and is no country stays in the value.
fn with_country(text: &str) -> (&str, Option<Country>) {
    let bracket = text.strip_suffix(')').and_then(|t| t.rsplit_once('('));
    match bracket.map(|(value, place)| (value, Country::parse(place))) {
        Some((value, Some(country))) => (value.trim(), Some(country)),
        _ => (text, None),
    }
}
