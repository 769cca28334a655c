//! What: the entries of the Commerce Control List and what they ask where.

use crate::eccn::{EntryNumber, Paragraph};
use crate::places::Places;
use crate::predicate::Predicate;
use crate::requirement::{Requirement, paragraphs};
use crate::table::{self, Table, words};
use portcullis_domain::{Citation, Country, Truth};
use portcullis_policy::{Document, PolicyFiles, Problem, Row};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// Whether an entry names a licence exception, and for what of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// For all of the entry.
    Yes,
    /// For all of it, up to this value in US dollars.
    UpTo(i64),
    /// For all of it, except where controlled for this reason.
    ExceptFor(String),
    /// For some of its items, or with conditions in words.
    Part,
}

/// One entry (ECCN).
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Requirements in the order of the list.
    pub(crate) rows: Vec<Requirement>,
    /// Where the entry sends the reader, if it asks for nothing itself.
    pub(crate) refer: Option<String>,
    /// Licence exceptions it names.
    pub(crate) flags: BTreeMap<String, Flag>,
}

/// A requirement that holds, or may hold, for a declared number and a destination.
pub(crate) struct Need<'a> {
    /// The requirement.
    pub(crate) requirement: &'a Requirement,
    /// True: it holds. Unknown: the paragraph, a condition in words or the
    /// destination leaves it open.
    pub(crate) holds: Truth,
    /// The footnote it stands in, if not in the entry.
    pub(crate) footnote: Option<&'a Citation>,
}

/// The Commerce Control List.
#[derive(Clone, Debug)]
pub(crate) struct ControlList {
    /// Its head.
    pub(crate) table: Table,
    entries: HashMap<EntryNumber, Entry>,
    light_reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    r: String,
    #[serde(default)]
    col: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    except: String,
    #[serde(default)]
    prose: bool,
    #[serde(default, rename = "if")]
    condition: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawFlag {
    Value(i64),
    Word(String),
}

impl ControlList {
    /// Reads `us-ccl.toml`.
    pub(crate) fn load(
        files: &PolicyFiles,
        places: &Places,
        problems: &mut Vec<Problem>,
    ) -> Option<ControlList> {
        let document = table::open(files, "us-ccl.toml", problems)?;
        let (table, _) = Table::read(&document, "table", problems)?;
        let entries = read_entries(&document, places, problems);
        let light_reasons = words(document.root(), "light_reasons");
        Some(ControlList {
            table,
            entries,
            light_reasons,
        })
    }

    /// The numbers of all entries, in no order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = EntryNumber> {
        self.entries.keys().copied()
    }

    /// The entry of a number, if the list has it.
    pub(crate) fn entry(&self, number: EntryNumber) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// The labels of the reasons that apply, or may apply, to the paragraph anywhere.
    pub(crate) fn reasons(&self, entry: &Entry, paragraph: &Paragraph) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        let in_scope = entry
            .rows
            .iter()
            .filter(|r| r.scope(paragraph) != Truth::False);
        for row in in_scope {
            if !labels.contains(&row.label) {
                labels.push(row.label.clone());
            }
        }
        labels
    }

    /// Whether the paragraph is controlled for more than the reasons that
    /// policy treats like other goods.
    pub(crate) fn weighs(&self, entry: &Entry, paragraph: &Paragraph) -> bool {
        let heavy = |row: &Requirement| {
            row.scope(paragraph) != Truth::False && !self.light_reasons.contains(&row.reason)
        };
        entry.refer.is_some() || entry.rows.iter().any(heavy)
    }
}

impl Entry {
    /// The requirements that hold or may hold for the paragraph and destination.
    pub(crate) fn needs<'a>(
        &'a self,
        number: EntryNumber,
        paragraph: &'a Paragraph,
        destination: Country,
        places: &'a Places,
    ) -> impl Iterator<Item = Need<'a>> {
        let of_entry = self.rows.iter().map(|row| (row, None));
        let of_notes = places.footnotes(destination, number);
        let all = of_entry.chain(of_notes.map(|(row, cite)| (row, Some(cite))));
        all.filter_map(move |(requirement, footnote)| {
            // The place first: it is one look-up and rules most rows out.
            let there = places.takes_in(requirement.place, destination);
            if there == Truth::False {
                return None;
            }
            let holds = there.and(requirement.scope(paragraph));
            (holds != Truth::False).then_some(Need {
                requirement,
                holds,
                footnote,
            })
        })
    }
}

fn read_entries(
    document: &Document,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> HashMap<EntryNumber, Entry> {
    let mut entries = HashMap::new();
    for row in document.rows("entries", problems) {
        row.only_keys(&["id", "reasons", "rows", "refer", "ex"], problems);
        let Some(number) = EntryNumber::parse(row.id()) else {
            problems.push(row.problem_at("id", format!("'{}' is not an ECCN", row.id())));
            continue;
        };
        let asked = row.rows("rows", problems);
        let rows: Vec<Requirement> = asked
            .iter()
            .filter_map(|asked| requirement(asked, row.id(), places, problems))
            .collect();
        let refer = row.text("refer").map(str::to_owned);
        if rows.is_empty() == refer.is_none() {
            problems.push(row.problem("an entry has either rows or a reference elsewhere"));
        }
        let flags = flags(&row, problems);
        let entry = Entry { rows, refer, flags };
        if entries.insert(number, entry).is_some() {
            problems.push(row.problem("the entry is already there"));
        }
    }
    entries
}

fn requirement(
    row: &Row,
    of: &str,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<Requirement> {
    let raw: RawRow = table::read(row, problems)?;
    if raw.col.is_empty() == raw.to.is_empty() {
        problems.push(row.problem("a row names either a column or a set of destinations"));
        return None;
    }
    let built = places.place(&raw.col, &raw.to).and_then(|place| {
        Ok(Requirement {
            label: if raw.col.is_empty() {
                raw.r.clone()
            } else {
                raw.col.clone()
            },
            place,
            only: paragraphs(&raw.only)?,
            except: paragraphs(&raw.except)?,
            prose: raw.prose,
            condition: condition(&raw, of)?,
            reason: raw.r.clone(),
        })
    });
    table::take(built, row, "r", problems)
}

/// The condition in words of a row: as written, or a term that a person judges.
fn condition(raw: &RawRow, of: &str) -> Result<Option<Predicate>, String> {
    match (raw.prose, raw.condition.as_str()) {
        (false, "") => Ok(None),
        (false, _) => Err("'if' needs prose = true".to_owned()),
        (true, "") => Ok(Some(Predicate::Term(format!(
            "{} condition of {of}",
            raw.r
        )))),
        (true, text) => Predicate::parse(text)
            .map(Some)
            .map_err(|why| why.to_string()),
    }
}

fn flags(row: &Row, problems: &mut Vec<Problem>) -> BTreeMap<String, Flag> {
    let Some(named) = row.table("ex", problems) else {
        return BTreeMap::new();
    };
    let raw: Option<BTreeMap<String, RawFlag>> = table::read(&named, problems);
    let mut flags = BTreeMap::new();
    for (exception, value) in raw.into_iter().flatten() {
        let flag = match value {
            RawFlag::Value(dollars) => Flag::UpTo(dollars),
            RawFlag::Word(word) => match (word.as_str(), word.strip_prefix("except ")) {
                ("yes", _) => Flag::Yes,
                ("part" | "limits", _) => Flag::Part,
                (_, Some(reason)) => Flag::ExceptFor(reason.to_owned()),
                _ => {
                    problems.push(named.problem_at(&exception, format!("'{word}' is not a flag")));
                    continue;
                }
            },
        };
        flags.insert(exception, flag);
    }
    flags
}
