//! Gathers records into the entities of a snapshot.

use super::text::{bounded, clean};
use super::{Limits, ReadError};
use portcullis_domain::{
    Entity, Gender, Identifier, IdentifierCheck, Issue, Name, NameKind, hex_sha256,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Longer names are text that got into the wrong field; screening them would
/// cost more than they tell.
const MAX_NAME_BYTES: usize = 2048;

/// Remarks of the many rows of one entity are gathered up to here.
const MAX_REMARKS_BYTES: usize = 1 << 20;

/// One record on its way to becoming (part of) an entity.
pub(super) struct Record {
    pub entity: Entity,
    line: u64,
    issues: Vec<Issue>,
}

impl Record {
    pub fn new(id: String, line: u64) -> Record {
        let entity = Entity {
            id,
            ..Entity::default()
        };
        Record {
            entity,
            line,
            issues: Vec::new(),
        }
    }

    /// A record of rows that belong to an entity read before (aliases,
    /// addresses, remarks that continue).
    pub fn continuing(entity: Entity, line: u64) -> Record {
        Record {
            entity,
            line,
            issues: Vec::new(),
        }
    }

    /// Reports something about this record, at its line unless it says another.
    pub fn issue(&mut self, issue: Issue) {
        let placed = self.placed(issue);
        self.issues.push(placed);
    }

    /// The issue at the line of this record, unless it says another.
    pub fn placed(&self, issue: Issue) -> Issue {
        match issue.line {
            Some(_) => issue,
            None => issue.at_line(self.line),
        }
    }

    /// The party of a question with what could not be read; a question has no lines.
    pub fn asked(self) -> (portcullis_domain::Party, Vec<Issue>) {
        let unplaced = self.issues.into_iter().map(|mut issue| {
            issue.line = None;
            issue
        });
        (self.entity.party, unplaced.collect())
    }

    /// Adds a name unless it is empty.
    pub fn name(&mut self, kind: NameKind, text: &str) {
        self.name_in(kind, text, None);
    }

    /// Adds the name under which the party is listed: a second one is an alias.
    pub fn primary(&mut self, text: &str) {
        let named = &self.entity.party.names;
        let known = named.iter().any(|n| n.kind == NameKind::Primary);
        let kind = if known {
            NameKind::Alias
        } else {
            NameKind::Primary
        };
        self.name(kind, text);
    }

    /// Takes the gender where the word is one; two that differ are `Other`,
    /// which contradicts nothing.
    pub fn gender(&mut self, word: &str) {
        let stated = Gender::parse(word);
        self.entity.party.gender = gender_of_both(self.entity.party.gender, stated);
    }

    /// Lets a further row of the same record go on: its issues are at its line.
    pub fn at_line(&mut self, line: u64) {
        self.line = line;
    }

    /// Adds a name in a language, unless it is empty.
    pub fn name_in(&mut self, kind: NameKind, text: &str, language: Option<&str>) {
        let text = clean(text);
        let kept = bounded(&text, MAX_NAME_BYTES);
        if kept.len() < text.len() {
            let what = format!(
                "a name of {} bytes; the first {} are kept",
                text.len(),
                kept.len()
            );
            self.issue(Issue::new("name-too-long", what));
        }
        if !text.is_empty() {
            let mut name = Name::new(kind, kept);
            name.language = language.map(str::to_owned);
            self.entity.party.names.push(name);
        }
    }

    /// Adds an identifier. One that cannot be what it says it is stays, and is an issue.
    pub fn identifier(&mut self, identifier: Identifier, field: &str) {
        if identifier.value.is_empty() {
            return;
        }
        if let IdentifierCheck::Malformed(why) = identifier.check() {
            let text = format!("{} '{}': {why}", identifier.scheme, identifier.value);
            self.issue(Issue::new("malformed-identifier", text).in_field(field));
        }
        self.entity.party.identifiers.push(identifier);
    }

    /// A listing that ends before it begins would never be in force: its end
    /// is not believed.
    fn settle_dates(&mut self) {
        let mut contradictions = Vec::new();
        for listing in &mut self.entity.listings {
            let ends = listing.listed_on.zip(listing.until);
            if let Some((from, until)) = ends.filter(|(from, until)| until < from) {
                contradictions.push(format!(
                    "listed on {from} and until {until}; the end is not used"
                ));
                listing.until = None;
            }
        }
        for text in contradictions {
            self.issue(Issue::new("dates-contradict", text));
        }
    }

    /// Adds a sentence to the remarks.
    pub fn remark(&mut self, text: &str) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let remarks = &mut self.entity.remarks;
        if !remarks.is_empty() {
            remarks.push_str("; ");
        }
        remarks.push_str(&text);
    }

    /// Adds `label: text` unless the remarks have it: rows of one entity repeat
    /// what is said of it.
    pub fn remark_once(&mut self, label: &str, text: &str) {
        let Some(stated) = super::text::stated(text) else {
            return;
        };
        let sentence = if label.is_empty() {
            stated
        } else {
            format!("{label}: {stated}")
        };
        let remarks = &self.entity.remarks;
        if remarks.contains(&sentence) {
            return;
        }
        if remarks.len() + sentence.len() >= MAX_REMARKS_BYTES {
            let what = format!("the remarks of {} are too long to add to", self.entity.id);
            self.issue(Issue::new("remarks-too-long", what));
            return;
        }
        self.remark(&sentence);
    }

    /// Adds `label: text` to the remarks, unless the text is empty.
    pub fn remark_as(&mut self, label: &str, text: &str) {
        if let Some(stated) = super::text::stated(text) {
            self.remark(&format!("{label}: {stated}"));
        }
    }
}

/// Whether an id may come twice in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// Rows with one id are one entity; that is how the format says "several addresses".
    AreRows,
    /// An id stands for one record: a second one is merged and reported.
    AreIssues,
}

/// The entities and issues of a snapshot in the making.
pub(super) struct Builder<'l> {
    pub limits: &'l Limits,
    entities: Vec<Entity>,
    by_id: HashMap<String, usize>,
    rows: HashSet<u64>,
    issues: Vec<(String, Issue)>,
    issues_not_kept: u64,
    read: u64,
    bad: u64,
    first_bad: Option<String>,
}

/// What a builder leaves.
pub(super) struct Built {
    pub entities: Vec<Entity>,
    /// With the name of the file, empty where an issue is of none.
    pub issues: Vec<(String, Issue)>,
    pub records: u64,
    pub names: u64,
    pub counts: BTreeMap<String, u64>,
}

impl<'l> Builder<'l> {
    pub fn new(limits: &'l Limits) -> Builder<'l> {
        Builder {
            limits,
            entities: Vec::new(),
            by_id: HashMap::new(),
            rows: HashSet::new(),
            issues: Vec::new(),
            issues_not_kept: 0,
            read: 0,
            bad: 0,
            first_bad: None,
        }
    }

    /// Reports something about a file or a record of it.
    pub fn issue(&mut self, file: &str, issue: Issue) {
        if self.issues.len() < self.limits.max_issues {
            self.issues.push((file.to_owned(), issue));
        } else {
            self.issues_not_kept += 1;
        }
    }

    /// Reports a record that cannot be read at all.
    pub fn bad(&mut self, file: &str, issue: Issue) {
        self.bad += 1;
        if self.first_bad.is_none() {
            let line = issue
                .line
                .map(|l| format!("line {l}: "))
                .unwrap_or_default();
            self.first_bad = Some(format!("{line}{}", issue.text));
        }
        self.issue(file, issue);
    }

    /// Reports a row of one of several for an entity that cannot be read: it is
    /// no record of its own, but the first one is told where too many are bad.
    pub fn bad_row(&mut self, file: &str, issue: Issue) {
        self.bad(file, issue);
        self.bad -= 1;
    }

    /// Reports a row that was seen before in the very same bytes. It is read
    /// all the same (that changes nothing), so a hash need not be strong here.
    pub fn note_row(&mut self, file: &str, line: u64, row: &str) {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        if !self.rows.insert(hasher.finish()) {
            let issue = Issue::new("duplicate-row", "the same row stands here a second time");
            self.issue(file, issue.at_line(line));
        }
    }

    /// Takes a record in, merging it with an earlier one of the same id.
    pub fn add(
        &mut self,
        file: &str,
        mut record: Record,
        repeats: Repeats,
    ) -> Result<(), ReadError> {
        record.settle_dates();
        self.read += 1;
        if self.read + self.bad > self.limits.max_records {
            let limit = self.limits.max_records;
            return Err(ReadError::TooManyRecords { limit });
        }
        for issue in record.issues {
            self.issue(file, issue);
        }
        match self.by_id.get(&record.entity.id) {
            None => {
                self.by_id
                    .insert(record.entity.id.clone(), self.entities.len());
                self.entities.push(record.entity);
            }
            Some(&position) => {
                if repeats == Repeats::AreIssues {
                    let text = format!("{} stands here a second time; merged", record.entity.id);
                    let issue = Issue::new("duplicate-record", text);
                    self.issue(file, issue.at_line(record.line));
                }
                let length = self.entities[position].remarks.len() + record.entity.remarks.len();
                if length >= MAX_REMARKS_BYTES {
                    let text =
                        format!("the remarks of {} are too long to add to", record.entity.id);
                    let issue = Issue::new("remarks-too-long", text);
                    self.issue(file, issue.at_line(record.line));
                }
                merge(&mut self.entities[position], record.entity);
            }
        }
        Ok(())
    }

    /// The entities so far.
    pub fn entities(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter()
    }

    /// Changes every entity once all are known; ids must stay.
    pub fn amend(&mut self, change: impl FnMut(&mut Entity)) {
        self.entities.iter_mut().for_each(change);
    }

    /// The name of the entity that already has an id.
    pub fn bearer(&self, id: &str) -> Option<&str> {
        let position = self.by_id.get(id)?;
        Some(self.entities[*position].party.caption())
    }

    /// Lets rows of another file continue an entity. False if there is no such entity.
    pub fn extend(
        &mut self,
        file: &str,
        id: &str,
        line: u64,
        with: impl FnOnce(&mut Record),
    ) -> bool {
        let Some(&position) = self.by_id.get(id) else {
            return false;
        };
        let entity = std::mem::take(&mut self.entities[position]);
        let mut record = Record::continuing(entity, line);
        with(&mut record);
        record.settle_dates();
        self.entities[position] = record.entity;
        for issue in record.issues {
            self.issue(file, issue);
        }
        true
    }

    /// Bounds for XML: those of the limits, with the size of the file.
    pub fn xml_limits(&self) -> crate::xml::Limits {
        crate::xml::Limits {
            max_bytes: self.limits.max_file_bytes,
            ..self.limits.xml.clone()
        }
    }

    /// Refuses what is mostly unreadable or empty.
    pub fn verdict(&self) -> Result<(), ReadError> {
        self.verdict_of(self.bad, self.read)
    }

    /// The same for the rows of one file of several.
    pub fn verdict_of(&self, bad: u64, good: u64) -> Result<(), ReadError> {
        let seen = good + bad;
        if seen == 0 {
            return Err(ReadError::NoRecords);
        }
        if bad * 2 > seen {
            return Err(ReadError::MostlyUnreadable {
                bad,
                seen,
                first: self.first_bad.clone().unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Ends the snapshot: no value twice in an entity, links resolved where a
    /// name is borne by one entity only, counts taken.
    pub fn finish(mut self) -> Built {
        for entity in &mut self.entities {
            tidy(entity);
        }
        resolve_links(&mut self.entities);
        if self.issues_not_kept > 0 {
            let text = format!("{} more issues were not kept", self.issues_not_kept);
            let issue = Issue::new("issues-capped", text);
            self.issues.push((String::new(), issue));
        }
        let names = self
            .entities
            .iter()
            .map(|e| e.party.names.len() as u64)
            .sum();
        Built {
            counts: count(&self.entities),
            records: self.read,
            issues: self.issues,
            entities: self.entities,
            names,
        }
    }
}

fn gender_of_both(one: Option<Gender>, other: Option<Gender>) -> Option<Gender> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(Gender::Other),
        (one, other) => one.or(other),
    }
}

/// Adds what a second record says about the same entity.
fn merge(into: &mut Entity, from: Entity) {
    let known_primary = into.party.names.iter().any(|n| n.kind == NameKind::Primary);
    into.party
        .names
        .extend(from.party.names.into_iter().map(|mut name| {
            if known_primary && name.kind == NameKind::Primary {
                name.kind = NameKind::Alias;
            }
            name
        }));
    into.party.identifiers.extend(from.party.identifiers);
    into.party.addresses.extend(from.party.addresses);
    into.party.countries.extend(from.party.countries);
    into.party.birth_dates.extend(from.party.birth_dates);
    into.party.emails.extend(from.party.emails);
    into.party.phones.extend(from.party.phones);
    into.party.gender = gender_of_both(into.party.gender, from.party.gender);
    if into.party.kind == portcullis_domain::PartyKind::Unknown {
        into.party.kind = from.party.kind;
    }
    into.listings.extend(from.listings);
    into.same_as.extend(from.same_as);
    into.links.extend(from.links);
    let room = into.remarks.len() + from.remarks.len() < MAX_REMARKS_BYTES;
    if room && !into.remarks.contains(&from.remarks) {
        if !into.remarks.is_empty() {
            into.remarks.push_str("; ");
        }
        into.remarks.push_str(&from.remarks);
    }
}

/// Drops repeated values, keeping the first and the order.
fn tidy(entity: &mut Entity) {
    let party = &mut entity.party;
    tidy_names(&mut party.names);
    distinct(&mut party.identifiers);
    distinct(&mut party.addresses);
    distinct(&mut party.countries);
    distinct(&mut party.birth_dates);
    distinct(&mut party.emails);
    distinct(&mut party.phones);
    distinct(&mut entity.same_as);
    let mut seen = HashSet::new();
    entity
        .listings
        .retain(|listing| seen.insert(format!("{listing:?}")));
}

fn distinct<T: Clone + Eq + Hash>(values: &mut Vec<T>) {
    if values.len() > 1 {
        let mut seen = HashSet::with_capacity(values.len());
        values.retain(|value| seen.insert(value.clone()));
    }
}

/// One name a text, of the strongest kind under which it stands.
fn tidy_names(names: &mut Vec<Name>) {
    if names.len() < 2 {
        return;
    }
    let mut strongest: HashMap<String, NameKind> = HashMap::with_capacity(names.len());
    for name in names.iter() {
        let kind = strongest.entry(name.text.clone()).or_insert(name.kind);
        *kind = name.kind.min(*kind);
    }
    names.retain_mut(|name| match strongest.remove(&name.text) {
        Some(kind) => {
            name.kind = kind;
            true
        }
        None => false,
    });
}

/// Gives links the id of the other side where its name belongs to exactly one
/// entity of the snapshot.
fn resolve_links(entities: &mut [Entity]) {
    if entities
        .iter()
        .all(|e| e.links.iter().all(|l| l.other_id.is_some()))
    {
        return;
    }
    let mut bearers: HashMap<String, Option<usize>> = HashMap::new();
    for (position, entity) in entities.iter().enumerate() {
        for name in &entity.party.names {
            bearers
                .entry(name.text.to_uppercase())
                .and_modify(|bearer| {
                    if *bearer != Some(position) {
                        *bearer = None;
                    }
                })
                .or_insert(Some(position));
        }
    }
    let ids: Vec<String> = entities.iter().map(|e| e.id.clone()).collect();
    for (position, entity) in entities.iter_mut().enumerate() {
        for link in entity.links.iter_mut().filter(|l| l.other_id.is_none()) {
            let bearer = bearers.get(&link.other.to_uppercase()).copied().flatten();
            link.other_id = bearer.filter(|b| *b != position).map(|b| ids[b].clone());
        }
    }
}

fn count(entities: &[Entity]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for entity in entities {
        let mut codes: Vec<&str> = entity.listings.iter().map(|l| l.list.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *counts.entry(code.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// A short, stable id from what identifies a row without number: the parts
/// with white space and case folded, hashed.
pub(super) fn hashed_id(parts: &[&str]) -> String {
    let folded: Vec<String> = parts.iter().map(|p| clean(p).to_uppercase()).collect();
    hex_sha256(folded.join("\u{1F}").as_bytes())[..20].to_owned()
}
