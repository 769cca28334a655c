//! FollowTheMoney entities as JSON lines: the field's common tongue.
//! Schema: followthemoney.tech. Parties, sanctions, ties, addresses and
//! documents are entities of their own, joined by id; nested exports carry
//! them inside each other and are taken apart first.

pub mod ask;
mod join;
mod wire;
pub mod write;

pub(super) use wire::looks_like;

use super::build::{Builder, Record, Repeats};
use super::places::{self, AddressParts};
use super::{ReadError, labels, ofac, remarks, text};
use join::Joins;
use portcullis_domain::{Country, CountryRole, Issue, NameKind, PartyKind};
use std::collections::{BTreeMap, HashMap};
use wire::Thing;

/// Topics that mean: this party is designated, restricted or wanted, even if
/// the file does not mark targets.
const LISTED_TOPICS: [&str; 7] = [
    "sanction",
    "sanction.linked",
    "sanction.counter",
    "export.control",
    "export.control.linked",
    "export.risk",
    "debarment",
];

/// Reads the file. Returns the source: `ftm-<dataset>`, unless overridden.
pub(super) fn read(
    file: &str,
    body: &str,
    wanted: Option<&str>,
    builder: &mut Builder<'_>,
) -> Result<String, ReadError> {
    let things = things(file, body, builder)?;
    let dataset = dataset(file, &things, wanted, builder);
    let mut joins = Joins::default();
    let mut not_listed = 0_u64;
    let mut not_read: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for thing in things {
        let Some(kind) = party_kind(&thing.schema) else {
            if !joins.take(&thing, &dataset) {
                let seen = not_read.entry(thing.schema).or_insert((thing.line, 0));
                seen.1 += 1;
            }
            continue;
        };
        joins.named(&thing);
        if listed(&thing) {
            party(&thing, kind, &dataset, file, builder)?;
        } else {
            not_listed += 1;
        }
    }
    if not_listed > 0 {
        let text = format!(
            "{not_listed} parties stand in the file only for their ties and are not listed"
        );
        builder.issue(file, Issue::new("not-listed", text));
    }
    for (schema, (line, number)) in not_read {
        let text = format!("{number} entities of schema {schema} are not read");
        builder.issue(
            file,
            Issue::new("unknown-schema", text)
                .at_line(line)
                .in_field("schema"),
        );
    }
    joins.apply(file, &dataset, builder);
    Ok(format!("ftm-{dataset}"))
}

/// Every entity of the file, nested ones taken out.
fn things(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<Vec<Thing>, ReadError> {
    let mut things = Vec::new();
    let mut bad = 0;
    let last_line = body.lines().count() as u64;
    for (line, row) in (1_u64..).zip(body.lines()) {
        if row.trim().is_empty() {
            continue;
        }
        match wire::parse(row, line, &mut things) {
            Ok(()) => {}
            Err(error) if error.is_eof() && line == last_line && !body.ends_with('\n') => {
                let what = "the last entity ends in the middle".to_owned();
                return Err(ReadError::Truncated { line, what });
            }
            Err(error) => {
                bad += 1;
                let what = format!("not an entity: {error}");
                builder.bad(file, Issue::new("broken-record", what).at_line(line));
            }
        }
        if things.len() as u64 > builder.limits.max_records {
            let limit = builder.limits.max_records;
            return Err(ReadError::TooManyRecords { limit });
        }
    }
    builder.verdict_of(bad, things.len() as u64)?;
    Ok(things)
}

/// The dataset of the file: the one in which most entities stand; where none
/// says one, the override. `ftm-x` as an override names it in any case.
fn dataset(
    file: &str,
    things: &[Thing],
    wanted: Option<&str>,
    builder: &mut Builder<'_>,
) -> String {
    if let Some(named) = wanted.and_then(|w| w.strip_prefix("ftm-")) {
        return named.to_owned();
    }
    let mut votes: HashMap<&str, u64> = HashMap::new();
    for name in things.iter().flat_map(|t| &t.datasets) {
        *votes.entry(name).or_default() += 1;
    }
    let mut ranked: Vec<(&str, u64)> = votes.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    match (ranked.as_slice(), wanted) {
        // The override is all that names them: it names lists and ids, too.
        ([], Some(named)) => named.to_owned(),
        ([], None) => {
            let text =
                "no entity says of which dataset it is; taken as 'unnamed'; --source names it";
            builder.issue(file, Issue::new("no-dataset", text).in_field("datasets"));
            "unnamed".to_owned()
        }
        ([(first, most), (_, second), ..], _) if most == second => {
            let text = format!("several datasets stand equal; the source is named after '{first}'");
            builder.issue(
                file,
                Issue::new("several-datasets", text).in_field("datasets"),
            );
            (*first).to_owned()
        }
        ([(first, _), ..], _) => (*first).to_owned(),
    }
}

pub(super) fn party_kind(schema: &str) -> Option<PartyKind> {
    Some(match schema {
        "Person" => PartyKind::Person,
        "Company" | "Organization" | "PublicBody" => PartyKind::Organisation,
        "LegalEntity" | "Thing" => PartyKind::Unknown,
        "Vessel" => PartyKind::Vessel,
        "Airplane" => PartyKind::Aircraft,
        _ => return None,
    })
}

/// Whether a party is on the list, and not only there for its ties: it is
/// marked as a target, or has a topic that says so, or the file marks nothing.
fn listed(thing: &Thing) -> bool {
    let topic = thing.all("topics").any(|t| LISTED_TOPICS.contains(&t));
    thing.target.unwrap_or(true) || topic
}

fn party(
    thing: &Thing,
    kind: PartyKind,
    dataset: &str,
    file: &str,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let mut record = Record::new(format!("{dataset}:{}", thing.id), thing.line);
    record.entity.party.kind = kind;
    names(thing, &mut record);
    if record.entity.party.names.is_empty() {
        let what = format!("entity {} has no name", text::bounded(&thing.id, 80));
        let issue = Issue::new("no-name", what).at_line(thing.line);
        builder.bad(file, issue.in_field("properties.name"));
        return Ok(());
    }
    identifiers(thing, &mut record);
    countries(thing, &mut record);
    for date in thing.all("birthDate") {
        remarks::birth(date, "properties.birthDate", &mut record);
    }
    for address in thing.all("address") {
        let parts = AddressParts {
            street: address,
            ..AddressParts::default()
        };
        places::address(&parts, "properties.address", &mut record);
    }
    record
        .entity
        .party
        .emails
        .extend(thing.all("email").map(text::clean));
    record
        .entity
        .party
        .phones
        .extend(thing.all("phone").map(text::clean));
    for word in thing.all("gender") {
        record.gender(word);
    }
    shown(thing, &mut record);
    record.entity.same_as = thing.referents.iter().filter_map(|r| same_as(r)).collect();
    record.entity.listings = join::bare_listings(thing, dataset);
    builder.add(file, record, Repeats::AreIssues)
}

fn names(thing: &Thing, record: &mut Record) {
    // The caption is the publisher's choice among the names.
    let caption = thing
        .caption
        .as_deref()
        .map(text::clean)
        .unwrap_or_default();
    let first = thing.all("name").find(|n| text::clean(n) == caption);
    let primary = first
        .or_else(|| thing.all("name").next())
        .unwrap_or(&caption);
    record.name(NameKind::Primary, primary);
    for (property, kind) in [
        ("name", NameKind::Alias),
        ("alias", NameKind::Alias),
        ("weakAlias", NameKind::WeakAlias),
        ("abbreviation", NameKind::WeakAlias),
        ("previousName", NameKind::Former),
        ("pastNames", NameKind::Former),
    ] {
        for name in thing.all(property) {
            record.name(kind, name);
        }
    }
}

fn identifiers(thing: &Thing, record: &mut Record) {
    let country = single_country(thing);
    for (property, scheme) in [
        ("imoNumber", "imo"),
        ("mmsi", "mmsi"),
        ("callSign", "call-sign"),
        ("registrationNumber", "registration"),
        ("innCode", "inn"),
        ("ogrnCode", "ogrn"),
        ("leiCode", "lei"),
        ("swiftBic", "bic"),
        ("dunsCode", "duns"),
        ("passportNumber", "passport"),
        ("idNumber", "national-id"),
        ("socialSecurityNumber", "national-id"),
        ("taxNumber", "tax"),
        ("vatCode", "tax"),
        ("kppCode", "other"),
        ("okpoCode", "other"),
        ("uscCode", "registration"),
        ("uniqueEntityId", "other"),
        ("isin", "other"),
        ("isinCode", "other"),
        ("serialNumber", "other"),
        ("cryptoWallets", "crypto"),
        ("publicKey", "crypto"),
        ("website", "website"),
    ] {
        let national = matches!(scheme, "registration" | "national-id" | "tax" | "passport");
        let country = country.filter(|_| national);
        for value in thing.all(property) {
            labels::add(
                scheme,
                value,
                country,
                &format!("properties.{property}"),
                record,
            );
        }
    }
    let tail = record.entity.party.kind == PartyKind::Aircraft;
    for identifier in &mut record.entity.party.identifiers {
        if tail && identifier.scheme == "registration" {
            identifier.scheme = "tail-number".to_owned();
        }
    }
}

/// The one country of a party, if it has but one: that of its numbers.
fn single_country(thing: &Thing) -> Option<Country> {
    let mut stated = thing
        .all("jurisdiction")
        .chain(thing.all("country"))
        .chain(thing.all("nationality"));
    let first = Country::from_alpha2(stated.next()?)?;
    stated
        .all(|c| Country::from_alpha2(c) == Some(first))
        .then_some(first)
}

fn countries(thing: &Thing, record: &mut Record) {
    for (property, role) in [
        ("nationality", CountryRole::Nationality),
        ("citizenship", CountryRole::Nationality),
        ("jurisdiction", CountryRole::Registration),
        ("mainCountry", CountryRole::Residence),
        ("flag", CountryRole::Flag),
        ("birthCountry", CountryRole::Birth),
        ("country", CountryRole::Related),
    ] {
        for value in thing.all(property) {
            if let Some(code) = iso_code(value) {
                places::relate(role, &code, &format!("properties.{property}"), record);
            }
        }
    }
    // "country" repeats what the others say with a role.
    let countries = &mut record.entity.party.countries;
    let with_role: Vec<Country> = countries
        .iter()
        .filter(|c| c.role != CountryRole::Related)
        .map(|c| c.country)
        .collect();
    countries.retain(|c| c.role != CountryRole::Related || !with_role.contains(&c.country));
}

/// A country as ISO writes it. FollowTheMoney writes codes in small letters
/// (`na` is Namibia), parts of countries as `gb-sct`, and former states and
/// groups of states by codes of its own (`suhh`, `eu`), which are no country.
fn iso_code(value: &str) -> Option<String> {
    let small = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase());
    let whole = value.trim();
    match whole.split_once('-') {
        Some((country, part)) if country.len() == 2 && small(country) && part.len() <= 4 => {
            Some(country.to_ascii_uppercase())
        }
        _ if FORMER_STATES.contains(&whole) => None,
        _ if whole.len() == 2 => Some(whole.to_ascii_uppercase()),
        _ => Some(whole.to_owned()),
    }
}

/// Codes of FollowTheMoney for former states and for groups of states.
const FORMER_STATES: [&str; 9] = [
    "suhh", "yucs", "csxx", "cshh", "ddde", "anhh", "zrcd", "eu", "zz",
];

fn shown(thing: &Thing, record: &mut Record) {
    for (property, label) in [
        ("title", "Title"),
        ("position", "Position"),
        ("gender", "Gender"),
        ("birthPlace", "POB"),
        ("deathDate", "Died"),
        ("incorporationDate", "Incorporated"),
        ("legalForm", "Legal form"),
        ("sector", "Sector"),
        ("type", "Type"),
        ("tonnage", "Tonnage"),
        ("buildDate", "Built"),
        ("topics", "Topics"),
        ("notes", "Notes"),
        ("sourceUrl", "Source"),
    ] {
        for value in thing.all(property) {
            record.remark_as(label, value);
        }
    }
}

/// Ids of other publications in the form that our own readers give them.
fn same_as(referent: &str) -> Option<String> {
    let (scheme, number) = referent.split_once('-')?;
    let number = number.parse::<u64>().ok()?;
    match scheme {
        "ofac" => Some(ofac::id(number)),
        "unsc" => Some(format!("un-sc:{number}")),
        _ => None,
    }
}
