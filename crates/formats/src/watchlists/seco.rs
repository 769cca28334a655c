//! The list of the Swiss State Secretariat for Economic Affairs (root
//! `swiss-sanctions-list`). Places and programmes stand apart from the targets
//! and are read first.

mod name;

use super::build::{Builder, Record, Repeats};
use super::places::{self, AddressParts};
use super::{ListFile, ReadError, dates, numbers, text};
use crate::xml::{self, Element};
use portcullis_domain::{CountryRole, Date, Issue, Link, Listing, PartyKind};
use std::collections::HashMap;

/// Source and list code.
pub(super) const SOURCE: &str = "ch-seco";

/// What targets refer to.
#[derive(Default)]
struct Shared {
    places: HashMap<String, Element>,
    /// Programme and annex of a set of sanctions, in English where it stands.
    sets: HashMap<String, (String, String)>,
}

/// Reads the file. Returns the day of the publication.
pub(super) fn read(
    file: ListFile<'_>,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let limits = builder.xml_limits();
    let mut shared = Shared::default();
    let wanted = ["place", "sanctions-program"];
    xml::for_each(file.bytes, &limits, &wanted, |element, _| {
        if element.name == "place" {
            let id = element.attribute("ssid").unwrap_or("").to_owned();
            shared.places.insert(id, element);
        } else {
            programme(&element, &mut shared);
        }
    })?;
    let mut added = Ok(());
    let mut delisted = 0_u64;
    let document = xml::for_each(file.bytes, &limits, &["target"], |element, _| match record(
        &element, &shared,
    ) {
        Ok(Some(record)) if added.is_ok() => {
            added = builder.add(file.name, record, Repeats::AreIssues);
        }
        Ok(Some(_)) => {}
        Ok(None) => delisted += 1,
        Err(issue) => builder.bad(file.name, issue),
    })?;
    added?;
    if delisted > 0 {
        let what = format!("{delisted} targets are no longer listed and were passed over");
        builder.issue(file.name, Issue::new("not-listed", what));
    }
    name_links(builder);
    let root = &document.root;
    if root.attribute("list-type") == Some("amendment") {
        let what = "the file says that it is an amendment: it may hold only a part of the list";
        let issue = Issue::new("partial-list", what).in_field("list-type");
        builder.issue(file.name, issue);
    }
    let published = root.attribute("date").and_then(dates::iso);
    if published.is_none() {
        let what = "the file has no day of publication that can be read";
        let issue = Issue::new("no-publication-date", what).in_field("date");
        builder.issue(file.name, issue);
    }
    Ok(published)
}

/// The text of the children of a name in English, else of the first.
fn english<'e>(element: &'e Element, name: &str) -> &'e str {
    let all = || element.children.iter().filter(|c| c.name == name);
    let english = all().find(|c| c.attribute("lang") == Some("eng"));
    english.or_else(|| all().next()).map_or("", |c| &c.text)
}

fn programme(element: &Element, shared: &mut Shared) {
    let programme = english(element, "program-name");
    let programme = if programme.is_empty() {
        english(element, "program-key")
    } else {
        programme
    };
    for set in element.children_named("sanctions-set") {
        let id = set.attribute("ssid").unwrap_or("").to_owned();
        let is_english = set.attribute("lang") == Some("eng");
        let known = shared.sets.contains_key(&id);
        if is_english || !known {
            let annex = text::clean(&set.text);
            shared.sets.insert(id, (text::clean(programme), annex));
        }
    }
}

/// A target; nothing if it is no longer listed.
fn record(target: &Element, shared: &Shared) -> Result<Option<Record>, Issue> {
    let broken = |code: &str, what: &str, field: &str| {
        Issue::new(code, what).at_line(target.line).in_field(field)
    };
    let number = text::clean(target.attribute("ssid").unwrap_or(""));
    if number.is_empty() {
        return Err(broken("broken-record", "the target has no number", "ssid"));
    }
    let kinds = ["individual", "entity", "object"];
    let subject = kinds.iter().find_map(|kind| target.child(kind));
    let Some(subject) = subject else {
        let what = "the target is neither an individual nor an entity nor an object";
        return Err(broken("broken-record", what, "target"));
    };
    let mut record = Record::new(format!("{SOURCE}:{number}"), target.line);
    record.entity.party.kind = kind(subject, &mut record);
    record.gender(subject.attribute("sex").unwrap_or(""));
    // The main identity first: its name is that of the listing.
    let main = |identity: &&Element| identity.attribute("main") == Some("true");
    let all = || subject.children_named("identity");
    for identity in all().filter(main).chain(all().filter(|i| !main(i))) {
        name::add_each(identity, &mut record);
        life(identity, shared, &mut record);
        documents(identity, &mut record);
    }
    if record.entity.party.names.is_empty() {
        return Err(broken("no-name", "the target has no name", "name"));
    }
    for other in subject.children_named("other-information") {
        let vessel = record.entity.party.kind == PartyKind::Vessel;
        let imo = other.text.contains("IMO") && !vessel;
        if imo || !numbers::add_labelled(&other.text, "other-information", &mut record) {
            record.remark(&other.text);
        }
    }
    for reason in subject.children_named("justification") {
        record.remark(&reason.text);
    }
    links(subject, &mut record);
    let foreign = target.text_of("foreign-identifier").unwrap_or("");
    record.remark_as("Other reference", foreign);
    let Some(standing) = standing(target) else {
        return Ok(None);
    };
    listings(target, &number, standing, shared, &mut record);
    Ok(Some(record))
}

fn kind(subject: &Element, record: &mut Record) -> PartyKind {
    let object = subject.attribute("object-type").unwrap_or("");
    match (subject.name.as_str(), object) {
        ("individual", _) => PartyKind::Person,
        ("entity", _) => PartyKind::Organisation,
        (_, "vessel" | "ship") => PartyKind::Vessel,
        (_, "aircraft") => PartyKind::Aircraft,
        (_, other) => {
            let what = format!("'{}' is not a type we know", text::bounded(other, 40));
            record.issue(Issue::new("unknown-type", what).in_field("object-type"));
            PartyKind::Unknown
        }
    }
}

/// What is said of a place: of the element itself, else of the place that it
/// refers to.
struct Place<'e> {
    own: &'e Element,
    shared: Option<&'e Element>,
}

impl<'e> Place<'e> {
    fn of(own: &'e Element, shared: &'e Shared) -> Place<'e> {
        let id = own.attribute("place-id").unwrap_or("");
        Place {
            own,
            shared: shared.places.get(id),
        }
    }

    fn text(&self, name: &str) -> &'e str {
        let shared = || self.shared.and_then(|place| place.text_of(name));
        self.own.text_of(name).or_else(shared).unwrap_or("")
    }

    fn country(&self) -> &'e str {
        let shared = || self.shared.and_then(|place| place.child("country"));
        let country = self.own.child("country").or_else(shared);
        country.map_or("", country_text)
    }
}

/// The code of a country element, else its name.
fn country_text(country: &Element) -> &str {
    let code = country.attribute("iso-code").or(country.attribute("code"));
    code.filter(|c| !c.is_empty()).unwrap_or(&country.text)
}

fn life(identity: &Element, shared: &Shared, record: &mut Record) {
    for date in identity.children_named("day-month-year") {
        day(date, record);
    }
    for place in identity.children_named("place-of-birth") {
        let place = Place::of(place, shared);
        let parts = [place.text("location"), place.text("area"), place.country()];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        record.remark_once("POB", &parts.join(", "));
        places::relate(
            CountryRole::Birth,
            place.country(),
            "place-of-birth",
            record,
        );
    }
    for nationality in identity.all("nationality/country") {
        let role = CountryRole::Nationality;
        places::relate(role, country_text(nationality), "nationality", record);
    }
    for address in identity.children_named("address") {
        let place = Place::of(address, shared);
        let pob = Some(place.text("p-o-box")).filter(|b| !b.is_empty());
        let pob = pob.map(|b| format!("P.O. Box {b}")).unwrap_or_default();
        let lines = [place.text("c-o"), place.text("address-details"), &pob];
        let lines: Vec<&str> = lines.into_iter().filter(|l| !l.is_empty()).collect();
        let parts = AddressParts {
            street: &lines.join(", "),
            city: place.text("location"),
            region: place.text("area"),
            postcode: place.text("zip-code"),
            country: place.country(),
        };
        places::address(&parts, "address", record);
        record.remark_once("Address note", place.own.text_of("remarks").unwrap_or(""));
    }
}

/// A birth date, or the day on which a company was founded.
fn day(date: &Element, record: &mut Record) {
    let value = |name: &str| date.attribute(name).unwrap_or("");
    let shown = ["year", "month", "day"].map(value).join("-");
    let shown = shown.trim_end_matches('-');
    if record.entity.party.kind != PartyKind::Person {
        record.remark_once("Founded or built", shown);
        return;
    }
    let calendar = value("calendar");
    let gregorian = calendar.is_empty() || calendar.eq_ignore_ascii_case("Gregorian");
    let read = dates::parts(value("year"), value("month"), value("day"));
    match read.filter(|_| gregorian) {
        Some(date) => record.entity.party.birth_dates.push(date),
        None => {
            let what = format!("'{shown}' ({calendar}) is not a birth date we can read");
            record.issue(Issue::new("not-a-date", what).in_field("day-month-year"));
            record.remark_once("Date of birth", &format!("{shown} {calendar}"));
        }
    }
}

fn documents(identity: &Element, record: &mut Record) {
    for document in identity.children_named("identification-document") {
        let kind = document.attribute("document-type").unwrap_or("");
        let issuer = document.child("issuer").map_or("", country_text);
        let country = places::country(issuer, "issuer", record);
        let scheme = match kind {
            "passport" | "diplomatic-passport" | "service-passport" => "passport",
            "id-card" | "driving-license" | "driver-license" | "residence-permit" => "national-id",
            other => numbers::scheme(&other.replace('-', " ")).unwrap_or("national-id"),
        };
        let number = document.text_of("number").unwrap_or("");
        numbers::add(scheme, number, country, "identification-document", record);
        record.remark_once("Document", document.text_of("remark").unwrap_or(""));
    }
}

fn links(subject: &Element, record: &mut Record) {
    for relation in subject.children_named("relation") {
        let other = relation.attribute("target-id").unwrap_or("");
        if other.is_empty() {
            continue;
        }
        let word = relation.attribute("relation-type").unwrap_or("related-to");
        record.entity.links.push(Link {
            relation: super::rows::slug(word),
            other: String::new(),
            other_id: Some(format!("{SOURCE}:{other}")),
            share: None,
            from: None,
            until: None,
        });
    }
}

/// Ties give only the number of the other side.
fn name_links(builder: &mut Builder<'_>) {
    let names: HashMap<String, String> = builder
        .entities()
        .map(|e| (e.id.clone(), e.party.caption().to_owned()))
        .collect();
    builder.amend(|entity| {
        for link in &mut entity.links {
            let id = link.other_id.clone().unwrap_or_default();
            match names.get(&id) {
                Some(name) => link.other.clone_from(name),
                None => link.other_id = None,
            }
            if link.other.is_empty() {
                link.other = id;
            }
        }
    });
}

/// When a target was listed, and until when.
struct Standing {
    since: Option<Date>,
    until: Option<Date>,
}

/// From the modifications, of which the file has the latest first: by their
/// days, and in doubt by their place. Nothing if the target is off the list
/// and no day says since when.
fn standing(target: &Element) -> Option<Standing> {
    let mut events: Vec<(Option<Date>, &str)> = Vec::new();
    for modification in target.children_named("modification") {
        let day = |name: &str| modification.attribute(name).and_then(dates::iso);
        let effective = day("effective-date").or_else(|| day("publication-date"));
        let kind = modification.attribute("modification-type").unwrap_or("");
        events.push((effective, kind));
    }
    events.reverse();
    // Stable: events of one day and those without keep their order.
    if events.iter().all(|(day, _)| day.is_some()) {
        events.sort_by_key(|(day, _)| *day);
    }
    let standing = |(_, kind): &&(Option<Date>, &str)| *kind != "amended";
    let since = events.iter().filter(|e| e.1 != "de-listed");
    let since = since.filter_map(|(day, _)| *day).min();
    let until = match events.iter().rev().find(standing) {
        // The last day on the list is the one before.
        Some((Some(day), "de-listed")) => Some(day.yesterday().ok()?),
        Some((None, "de-listed")) => return None,
        _ => None,
    };
    Some(Standing { since, until })
}

fn listings(
    target: &Element,
    number: &str,
    standing: Standing,
    shared: &Shared,
    record: &mut Record,
) {
    let own = target.attribute("sanctions-set-id");
    let children = target
        .children_named("sanctions-set-id")
        .map(|s| s.text.as_str());
    let (mut programmes, mut annexes) = (Vec::new(), vec![format!("SSID {number}")]);
    for id in own.into_iter().chain(children) {
        match shared.sets.get(id.trim()) {
            Some((programme, annex)) => {
                if !programme.is_empty() && !programmes.contains(programme) {
                    programmes.push(programme.clone());
                }
                if !annex.is_empty() && !annexes.contains(annex) {
                    annexes.push(annex.clone());
                }
            }
            None => {
                let what = format!("no programme has the set '{}'", text::bounded(id, 40));
                record.issue(Issue::new("orphan-row", what).in_field("sanctions-set-id"));
            }
        }
    }
    record.entity.listings.push(Listing {
        list: SOURCE.to_owned(),
        programmes,
        listed_on: standing.since,
        until: standing.until,
        citation: annexes.join("; "),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    });
}
