//! The policy as the browser shows it: one entry for each rule, of whatever kind.

use portcullis_domain::{Date, RuleHead};
use portcullis_policy::{Policy, PolicyFiles, Row, RuleView, Status};
use std::collections::HashSet;

/// One rule, list effect or other row of policy.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) head: RuleHead,
    /// Kind in words; the browser groups by it.
    pub(crate) kind: String,
    /// What follows if it applies, in words.
    pub(crate) effect: String,
    pub(crate) status: Status,
    /// Condition as written; empty if it has none.
    pub(crate) condition: String,
    /// What officers should know; empty if nothing is noted.
    pub(crate) guidance: String,
    /// What exporters are told of it; empty if nothing is noted.
    pub(crate) note: String,
    /// File and line.
    pub(crate) place: String,
    /// Its own test cases: what is given, what is expected.
    pub(crate) cases: Vec<(String, String)>,
    /// What is particular to its kind, as name and text.
    pub(crate) others: Vec<(String, String)>,
}

/// Lines of a policy view that have a place of their own on the page.
const PLACED: [&str; 7] = [
    "kind",
    "status",
    "file",
    "effect",
    "condition",
    "guidance",
    "case",
];

impl Entry {
    fn of(view: &RuleView) -> Entry {
        let cases = view.cases.iter();
        let others = view
            .lines
            .iter()
            .filter(|(name, _)| !PLACED.contains(&name.as_str()));
        Entry {
            head: view.head.clone(),
            kind: view.kind.to_owned(),
            effect: view.effect.clone(),
            status: view.status,
            condition: view.condition.clone(),
            guidance: view.guidance.clone(),
            note: view.life.note.clone(),
            place: view.place.clone(),
            cases: cases
                .map(|c| (c.name.clone(), c.expect.to_owned()))
                .collect(),
            others: others.cloned().collect(),
        }
    }

    /// Whether it is applied on that day.
    pub(crate) fn in_force(&self, day: Date) -> bool {
        self.status == Status::Adopted && self.head.in_force.contains(day)
    }

    /// Whether its review is overdue on that day.
    pub(crate) fn overdue(&self, day: Date) -> bool {
        self.status != Status::Lapsed && self.head.review_by.is_some_and(|by| by < day)
    }

    /// Whether a search finds it; `wanted` is in lower case.
    pub(crate) fn matches(&self, wanted: &str) -> bool {
        let texts = [
            &self.head.id,
            &self.head.title,
            &self.head.citation,
            &self.effect,
            &self.guidance,
            &self.condition,
        ];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(wanted))
    }
}

/// Where the tables of control law stand.
const CONTROLS: &str = "controls/";

/// Every dated block of the control tables: the tables themselves and their rows.
fn controls(files: &PolicyFiles) -> Vec<Entry> {
    let mut entries = Vec::new();
    // Files that cannot be read are no policy: they were refused before.
    for document in files.documents(CONTROLS, &mut Vec::new()) {
        let keys: Vec<String> = document.root().keys().map(str::to_owned).collect();
        for key in keys {
            let table = document.table(&key, &mut Vec::new());
            let rows = document.rows(&key, &mut Vec::new());
            for row in table.into_iter().chain(rows) {
                entries.extend(of_row(&key, &row));
            }
        }
    }
    entries
}

/// A dated row of a control table; `None` for one without a head of its own.
fn of_row(key: &str, row: &Row) -> Option<Entry> {
    let dated = row.dated().ok()?;
    let others = dated.body.keys().filter(|k| *k != "id" && *k != "effect");
    let others = others.filter_map(|k| Some((k.to_owned(), dated.body.text(k)?.to_owned())));
    Some(Entry {
        kind: match key {
            "table" => "control table".to_owned(),
            "rule" => "control rule".to_owned(),
            other => format!("control {}", other.replace(['_', '-'], " ")),
        },
        effect: dated.body.text("effect").unwrap_or_default().to_owned(),
        status: dated.status,
        condition: String::new(),
        guidance: String::new(),
        note: dated.life.note.clone(),
        place: format!("{}:{}", row.file(), row.line()),
        cases: Vec::new(),
        others: others.collect(),
        head: dated.head,
    })
}

/// The policy in force.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// Digest of its files.
    pub(crate) version: String,
    /// In the order of the files.
    pub(crate) entries: Vec<Entry>,
}

impl Book {
    /// Takes what the policy shows of itself, and the control tables from its
    /// files.
    pub(crate) fn of(policy: &Policy, files: &PolicyFiles) -> Book {
        let mut entries: Vec<Entry> = policy.rules().map(Entry::of).collect();
        let known: HashSet<String> = entries.iter().map(|e| e.head.id.clone()).collect();
        let of_controls = controls(files).into_iter();
        entries.extend(of_controls.filter(|e| !known.contains(&e.head.id)));
        Book {
            version: policy.version().to_owned(),
            entries,
        }
    }

    /// The entry with this id.
    pub(crate) fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.head.id == id)
    }

    /// Every kind, in the order in which it first appears.
    pub(crate) fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = Vec::new();
        for entry in &self.entries {
            if !kinds.contains(&entry.kind.as_str()) {
                kinds.push(&entry.kind);
            }
        }
        kinds
    }
}
