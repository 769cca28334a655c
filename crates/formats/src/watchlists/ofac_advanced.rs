//! OFAC's advanced XML (SDN_ADVANCED.XML, CONS_ADVANCED.XML; root
//! `Sanctions`), in the standard of the UN and the Wolfsberg Group. Values are
//! numbers into reference sets, and what belongs to a party stands in six
//! parts of the file: all but the parties are read first.

mod party;
mod refs;

use super::build::{Builder, Record, Repeats};
use super::ofac::{self, Set};
use super::rows::slug;
use super::{ListFile, ReadError, dates};
use crate::xml::{self, Element};
use portcullis_domain::{Date, Issue, Link, Listing};
use refs::Refs;
use std::collections::HashMap;

/// Everything that parties refer to.
#[derive(Default)]
struct Shared {
    refs: Refs,
    locations: HashMap<String, Location>,
    /// Documents by the number of an identity.
    documents: HashMap<String, Vec<Document>>,
    /// Entries by the number of a profile.
    entries: HashMap<String, Vec<Entry>>,
    relations: Vec<Relation>,
    issued: Option<Date>,
}

/// A place; numbers into the reference sets.
#[derive(Default)]
struct Location {
    areas: Vec<String>,
    countries: Vec<String>,
    parts: Vec<(String, String)>,
}

/// An identity document.
struct Document {
    kind: String,
    country: String,
    number: String,
}

/// An entry of a list.
struct Entry {
    list: String,
    since: Option<Date>,
    programmes: Vec<String>,
}

/// A tie between two profiles.
struct Relation {
    kind: String,
    from: String,
    to: String,
}

/// Reads the file. Returns its set and its day of issue.
pub(super) fn read(
    file: ListFile<'_>,
    wanted: Option<Set>,
    builder: &mut Builder<'_>,
) -> Result<(Set, Option<Date>), ReadError> {
    let limits = builder.xml_limits();
    let mut shared = Shared::default();
    let parts = [
        "DateOfIssue",
        "ReferenceValueSets",
        "Location",
        "IDRegDocument",
        "SanctionsEntry",
        "ProfileRelationship",
    ];
    xml::for_each(file.bytes, &limits, &parts, |element, _| {
        take(&element, &mut shared)
    })?;
    let set = wanted.unwrap_or_else(|| set_of(&shared));
    let mut added = Ok(());
    let mut ids: HashMap<String, String> = HashMap::new();
    xml::for_each(
        file.bytes,
        &limits,
        &["DistinctParty"],
        |element, _| match record(&element, set, &shared) {
            Ok((profile, record)) if added.is_ok() => {
                ids.insert(profile, record.entity.id.clone());
                added = builder.add(file.name, record, Repeats::AreIssues);
            }
            Ok(_) => {}
            Err(issue) => builder.bad(file.name, issue),
        },
    )?;
    added?;
    relate(&shared, &ids, file.name, builder);
    if shared.issued.is_none() {
        let what = "the file has no day of issue that can be read";
        let issue = Issue::new("no-publication-date", what).in_field("DateOfIssue");
        builder.issue(file.name, issue);
    }
    Ok((set, shared.issued))
}

fn take(element: &Element, shared: &mut Shared) {
    let value = |name: &str| element.attribute(name).unwrap_or("").to_owned();
    match element.name.as_str() {
        "DateOfIssue" => shared.issued = shared.issued.or_else(|| day(element)),
        "ReferenceValueSets" => shared.refs = Refs::new(element),
        "Location" => {
            shared.locations.insert(value("ID"), location(element));
        }
        "IDRegDocument" => {
            let document = Document {
                kind: value("IDRegDocTypeID"),
                country: value("IssuedBy-CountryID"),
                number: element.text_of("IDRegistrationNo").unwrap_or("").to_owned(),
            };
            let documents = shared.documents.entry(value("IdentityID"));
            documents.or_default().push(document);
        }
        "SanctionsEntry" => {
            let entries = shared.entries.entry(value("ProfileID"));
            entries.or_default().push(entry(element));
        }
        _ => shared.relations.push(Relation {
            kind: value("RelationTypeID"),
            from: value("From-ProfileID"),
            to: value("To-ProfileID"),
        }),
    }
}

/// A date in `Year`, `Month` and `Day`.
fn day(element: &Element) -> Option<Date> {
    let part = |name: &str| element.text_of(name).unwrap_or("");
    let read = dates::parts(part("Year"), part("Month"), part("Day"))?;
    dates::first_day(read)
}

fn location(element: &Element) -> Location {
    let ids = |child: &str, name: &str| {
        let found = element
            .children_named(child)
            .filter_map(|c| c.attribute(name));
        found.map(str::to_owned).collect()
    };
    let part = |part: &Element| {
        let kind = part.attribute("LocPartTypeID")?.to_owned();
        let value = part.text_of("LocationPartValue/Value")?.to_owned();
        Some((kind, value))
    };
    Location {
        areas: ids("LocationAreaCode", "AreaCodeID"),
        countries: ids("LocationCountry", "CountryID"),
        parts: element
            .children_named("LocationPart")
            .filter_map(part)
            .collect(),
    }
}

/// The programmes are the comments of the measures; a measure without one is
/// told by its type only, which says nothing about the programme.
fn entry(element: &Element) -> Entry {
    let days = element.all("EntryEvent/Date");
    let measures = element.children_named("SanctionsMeasure");
    let comments = measures.filter_map(|m| m.text_of("Comment"));
    Entry {
        list: element.attribute("ListID").unwrap_or("").to_owned(),
        since: days.into_iter().filter_map(day).min(),
        programmes: comments.map(super::text::clean).collect(),
    }
}

/// The set of most entries: those of the SDN list say so by name.
fn set_of(shared: &Shared) -> Set {
    let lists = shared.entries.values().flatten().map(|e| &e.list);
    let (mut sdn, mut others) = (0_usize, 0_usize);
    for list in lists {
        match shared.refs.text("List", list) {
            "SDN List" | "" => sdn += 1,
            _ => others += 1,
        }
    }
    if others > sdn {
        Set::Consolidated
    } else {
        Set::Sdn
    }
}

/// A party and the number of its profile.
fn record(element: &Element, set: Set, shared: &Shared) -> Result<(String, Record), Issue> {
    let broken = |code: &str, what: String, field: &str| {
        Issue::new(code, what).at_line(element.line).in_field(field)
    };
    let stated = element.attribute("FixedRef").unwrap_or("");
    let number = stated.trim().parse::<u64>().map_err(|_| {
        let what = format!(
            "'{}' is not an entity number",
            super::text::bounded(stated, 40)
        );
        broken("broken-record", what, "FixedRef")
    })?;
    let mut record = Record::new(ofac::id(number), element.line);
    let profile_of = |e: &Element| e.attribute("ID").unwrap_or(stated).to_owned();
    let profile = element
        .child("Profile")
        .map_or(stated.to_owned(), profile_of);
    let facts = party::read(element, shared, &mut record);
    if record.entity.party.names.is_empty() {
        let what = "the record has no name".to_owned();
        return Err(broken("no-name", what, "Profile/Identity/Alias"));
    }
    let entries = shared.entries.get(&profile).map_or(&[][..], Vec::as_slice);
    if entries.is_empty() {
        let what = "no entry of a list is about the party; taken as of the whole file's list";
        record.issue(Issue::new("orphan-row", what).in_field("SanctionsEntry"));
    }
    record.entity.listings = listings(set, entries, &facts, &shared.refs);
    Ok((profile, record))
}

/// Words in the name of a list, and its code. What has none of them is told by
/// its programmes, as in OFAC's other files.
const LISTS: &[(&str, &str)] = &[
    ("SDN List", "us-sdn"),
    ("Sectoral Sanctions", "us-ssi"),
    ("SSI", "us-ssi"),
    ("Chinese Military-Industrial", "us-cmic"),
    ("CMIC", "us-cmic"),
    ("Foreign Sanctions Evaders", "us-fse"),
    ("FSE", "us-fse"),
    ("CAPTA", "us-capta"),
    ("561", "us-capta"),
    ("Menu-Based", "us-mbs"),
    ("MBS", "us-mbs"),
    ("Palestinian", "us-plc"),
    ("PLC", "us-plc"),
];

fn listings(
    set: Set,
    entries: &[Entry],
    facts: &super::remarks::ListingFacts,
    refs: &Refs,
) -> Vec<Listing> {
    let mut listings: Vec<Listing> = Vec::new();
    for entry in entries {
        let name = refs.text("List", &entry.list);
        let named = LISTS.iter().find(|(word, _)| {
            // "Non-SDN …" is what the other lists are called.
            name.contains(word) && !(*word == "SDN List" && name.contains("Non-SDN"))
        });
        let mut programmes: Vec<String> = Vec::new();
        for programme in &entry.programmes {
            if !programme.is_empty() && !programmes.contains(programme) {
                programmes.push(programme.clone());
            }
        }
        let mut found = ofac::listings(set, &programmes, facts);
        if let (Some((_, code)), Some(first)) = (named, found.first_mut()) {
            first.list = (*code).to_owned();
            first.listed_on = ofac::listing_date(code, facts);
            found.truncate(1);
        }
        for mut listing in found {
            listing.listed_on = listing.listed_on.or(entry.since);
            if !listings.contains(&listing) {
                listings.push(listing);
            }
        }
    }
    if listings.is_empty() {
        listings = ofac::listings(set, &[], facts);
    }
    listings
}

/// Adds the ties between parties, each to the one from which it goes out.
fn relate(shared: &Shared, ids: &HashMap<String, String>, file: &str, builder: &mut Builder<'_>) {
    let mut orphans = 0_u64;
    for relation in &shared.relations {
        let (Some(from), Some(to)) = (ids.get(&relation.from), ids.get(&relation.to)) else {
            orphans += 1;
            continue;
        };
        let other = builder.bearer(to).unwrap_or(to).to_owned();
        let word = shared.refs.text("RelationType", &relation.kind);
        let word = slug(word);
        let link = Link {
            relation: if word.is_empty() {
                "related_to".to_owned()
            } else {
                word
            },
            other,
            other_id: Some(to.clone()),
            share: None,
            from: None,
            until: None,
        };
        builder.extend(file, from, 0, |record| record.entity.links.push(link));
    }
    if orphans > 0 {
        let what = format!("{orphans} ties are of parties that the file does not have");
        let issue = Issue::new("orphan-row", what).in_field("ProfileRelationship");
        builder.issue(file, issue);
    }
}
