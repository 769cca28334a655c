//! A party of OFAC's advanced XML: names, documents, features.

use super::super::build::Record;
use super::super::places::{self, AddressParts};
use super::super::remarks::{self, ListingFacts};
use super::super::{dates, ofac};
use super::{Location, Shared};
use crate::xml::Element;
use portcullis_domain::{CountryRole, Issue, NameKind, PartialDate, PartyKind};
use std::collections::HashMap;

/// Reads the profile of a party into a record.
pub(super) fn read(element: &Element, shared: &Shared, record: &mut Record) -> ListingFacts {
    let mut facts = ListingFacts::default();
    let Some(profile) = element.child("Profile") else {
        return facts;
    };
    let subtype = profile.attribute("PartySubTypeID").unwrap_or("");
    let word = shared.refs.party_type(subtype);
    record.entity.party.kind = ofac::kind(word);
    if word.is_empty() || record.entity.party.kind == PartyKind::Unknown {
        record.entity.party.kind = PartyKind::Unknown;
        let what = format!("'{word}' ({subtype}) is not a type we know");
        record.issue(Issue::new("unknown-type", what).in_field("PartySubTypeID"));
    }
    for identity in profile.children_named("Identity") {
        names(identity, shared, record);
        documents(identity, shared, record, &mut facts);
    }
    for feature in profile.children_named("Feature") {
        read_feature(feature, shared, record, &mut facts);
    }
    record.remark(element.text_of("Comment").unwrap_or(""));
    facts
}

fn names(identity: &Element, shared: &Shared, record: &mut Record) {
    // Which part of a name a value is, is said by the group it belongs to.
    let groups = identity.all("NamePartGroups/MasterNamePartGroup/NamePartGroup");
    let kinds: HashMap<&str, &str> = groups
        .into_iter()
        .filter_map(|group| {
            let kind = group.attribute("NamePartTypeID")?;
            Some((
                group.attribute("ID")?,
                shared.refs.text("NamePartType", kind),
            ))
        })
        .collect();
    for alias in identity.children_named("Alias") {
        let kind = alias_kind(alias, shared, record);
        for name in alias.children_named("DocumentedName") {
            let (text, latin) = documented(name, &kinds, shared);
            match kind {
                NameKind::Primary if latin => record.primary(&text),
                NameKind::Primary => record.name(NameKind::Alias, &text),
                other => record.name(other, &text),
            }
        }
    }
    let named = &mut record.entity.party.names;
    let settled = named.iter().any(|n| n.kind == NameKind::Primary);
    if let Some(first) = named.first_mut().filter(|_| !settled) {
        first.kind = NameKind::Primary;
    }
}

fn alias_kind(alias: &Element, shared: &Shared, record: &mut Record) -> NameKind {
    let flag = |name: &str| alias.attribute(name) == Some("true");
    let id = alias.attribute("AliasTypeID").unwrap_or("");
    match shared.refs.text("AliasType", id) {
        _ if flag("LowQuality") => NameKind::WeakAlias,
        "F.K.A." => NameKind::Former,
        _ if flag("Primary") => NameKind::Primary,
        "Name" | "A.K.A." | "N.K.A." => NameKind::Alias,
        other => {
            let what = format!("'{other}' ({id}) is not a type of alias we know; taken as a.k.a.");
            record.issue(Issue::new("unknown-alias-type", what).in_field("AliasTypeID"));
            NameKind::Alias
        }
    }
}

/// The name as OFAC's other files have it, `LAST, First Middle`, and whether it
/// is in Latin script. In other scripts the parts stand in their own order.
fn documented(name: &Element, kinds: &HashMap<&str, &str>, shared: &Shared) -> (String, bool) {
    let (mut last, mut rest, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut latin = true;
    for value in name.all("DocumentedNamePart/NamePartValue") {
        let script = value.attribute("ScriptID").unwrap_or("");
        let script = shared.refs.text("Script", script);
        latin &= script.is_empty() || script == "Latin";
        let group = value.attribute("NamePartGroupID").unwrap_or("");
        let kind = kinds.get(group).copied().unwrap_or("");
        if kind == "Last Name" {
            last.push(value.text.as_str());
        } else {
            rest.push(value.text.as_str());
        }
        all.push(value.text.as_str());
    }
    let text = if latin && !last.is_empty() && !rest.is_empty() {
        format!("{}, {}", last.join(" "), rest.join(" "))
    } else {
        all.join(" ")
    };
    (text, latin)
}

fn documents(identity: &Element, shared: &Shared, record: &mut Record, facts: &mut ListingFacts) {
    let id = identity.attribute("ID").unwrap_or("");
    for document in shared.documents.get(id).map_or(&[][..], Vec::as_slice) {
        let label = shared.refs.text("IDRegDocType", &document.kind);
        let country = shared.refs.country(&document.country);
        let country = places::country(country, "IssuedBy-CountryID", record);
        remarks::labelled(
            label,
            &document.number,
            country,
            "IDRegistrationNo",
            record,
            facts,
        );
    }
}

fn read_feature(feature: &Element, shared: &Shared, record: &mut Record, facts: &mut ListingFacts) {
    let id = feature.attribute("FeatureTypeID").unwrap_or("");
    let label = shared.refs.text("FeatureType", id);
    for version in feature.children_named("FeatureVersion") {
        for place in version.children_named("VersionLocation") {
            let id = place.attribute("LocationID").unwrap_or("");
            match shared.locations.get(id) {
                Some(location) => at_place(label, location, shared, record),
                None => {
                    let what = format!("there is no location {id}");
                    record.issue(Issue::new("orphan-row", what).in_field("LocationID"));
                }
            }
        }
        for period in version.children_named("DatePeriod") {
            dated(label, period, record, facts);
        }
        for detail in version.children_named("VersionDetail") {
            let reference = detail.attribute("DetailReferenceID").unwrap_or("");
            let known = shared.refs.text("DetailReference", reference);
            let value = if known.is_empty() {
                &detail.text
            } else {
                known
            };
            detailed(label, value, record, facts);
        }
    }
}

/// Features that are countries by role, and those that are addresses.
fn at_place(label: &str, location: &Location, shared: &Shared, record: &mut Record) {
    let refs = &shared.refs;
    let part = |wanted: &str| {
        let mut parts = location.parts.iter();
        let found =
            parts.find(|(kind, _)| refs.text("LocPartType", kind).eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value.as_str())
    };
    let areas = location.areas.iter().map(|id| refs.text("AreaCode", id));
    let coded = location.countries.iter().map(|id| refs.country(id));
    let unknown = part("Unknown");
    let country = coded
        .chain(areas)
        .find(|c| !c.is_empty() && *c != "undetermined");
    let country = country.unwrap_or(unknown);
    let role = match label {
        "Nationality Country" | "Citizenship Country" => CountryRole::Nationality,
        "Vessel Flag" => CountryRole::Flag,
        "Nationality of Registration" => CountryRole::Registration,
        "Place of Birth" => {
            let text = if unknown.is_empty() {
                part("CITY")
            } else {
                unknown
            };
            record.remark_once("POB", text);
            remarks::birthplace(text, record);
            return places::relate(CountryRole::Birth, country_or_none(country), label, record);
        }
        "Location" => {
            let street = ["ADDRESS1", "ADDRESS2", "ADDRESS3"].map(part);
            let street: Vec<&str> = street.into_iter().filter(|l| !l.is_empty()).collect();
            let region = [part("STATE/PROVINCE"), part("REGION")];
            let region = region.into_iter().find(|r| !r.is_empty()).unwrap_or("");
            let parts = AddressParts {
                street: &street.join(", "),
                city: part("CITY"),
                region,
                postcode: part("POSTAL CODE"),
                country,
            };
            return places::address(&parts, label, record);
        }
        other => {
            record.remark_once(other, country);
            CountryRole::Related
        }
    };
    places::relate(role, country, label, record);
}

/// A birth place of which only a text stands may end with a country; where it
/// does not, that is no fault.
fn country_or_none(text: &str) -> &str {
    if portcullis_domain::Country::parse(text).is_some() {
        text
    } else {
        ""
    }
}

/// Dates are periods between a start and an end, each itself between two days:
/// a whole year means that only the year is known.
fn dated(label: &str, period: &Element, record: &mut Record, facts: &mut ListingFacts) {
    let date = |path: &str| {
        let element = period.at(path)?;
        let part = |name: &str| element.text_of(name).unwrap_or("");
        dates::parts(part("Year"), part("Month"), part("Day"))
    };
    let from = date("Start/From");
    let to = date("End/To").or_else(|| date("End/From")).or(from);
    let Some((from, to)) = from.zip(to) else {
        let what = format!("the date of '{label}' cannot be read");
        record.issue(Issue::new("not-a-date", what).in_field("DatePeriod"));
        return;
    };
    let read = precise(from, to);
    if label != "Birthdate" {
        return detailed(label, &shown(read, from, to), record, facts);
    }
    let births = &mut record.entity.party.birth_dates;
    match read {
        Some(date) => births.push(date),
        None if dates::between(from, to, births).is_some() => {}
        None => {
            let what = format!("'{from}' to '{to}' are not in order");
            record.issue(Issue::new("not-a-date", what).in_field("Birthdate"));
        }
    }
}

/// The one date that a period means, if it means one.
fn precise(from: PartialDate, to: PartialDate) -> Option<PartialDate> {
    if from == to {
        return Some(from);
    }
    let first = (from.month, from.day) == (Some(1), Some(1));
    let last = (to.month, to.day) == (Some(12), Some(31));
    if from.year == to.year && first && last {
        return Some(PartialDate::year(from.year));
    }
    let whole_month = from.year == to.year && from.month == to.month && from.day == Some(1);
    let end = dates::last_day(PartialDate { day: None, ..to });
    let ends = end.is_some_and(|end| Some(end.day()) == to.day);
    (whole_month && ends).then_some(PartialDate { day: None, ..from })
}

fn shown(read: Option<PartialDate>, from: PartialDate, to: PartialDate) -> String {
    read.map_or_else(|| format!("{from} to {to}"), |date| date.to_string())
}

/// Everything else is a label and a text, as in OFAC's other files.
fn detailed(label: &str, value: &str, record: &mut Record, facts: &mut ListingFacts) {
    match label {
        "Vessel Owner" | "VESSEL OWNER" => remarks::link("owned_by", value, record),
        "Place of Birth" => {
            record.remark_once("POB", value);
            remarks::birthplace(value, record);
        }
        "Title" => record.remark_as("Title", value),
        _ => remarks::labelled(label, value, None, label, record, facts),
    }
}
