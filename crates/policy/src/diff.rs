//! What changes from one policy to another, in plain words: rules added, dropped
//! and changed, field by field.

use crate::scan::{self, Part};
use crate::{PolicyFiles, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toml::Value;

/// What changes from one policy to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDiff {
    /// Version of this form.
    pub v: u32,
    /// Id of the earlier policy.
    pub old: String,
    /// Id of the later policy.
    pub new: String,
    /// Rules that only the later one has.
    pub added: Vec<RuleOf>,
    /// Rules that only the earlier one has.
    pub dropped: Vec<RuleOf>,
    /// Rules that both have and that differ.
    pub changed: Vec<RuleChange>,
}

/// A rule of which a diff tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleOf {
    /// Its id, or its place where it has none (`intake.toml`, `countries FR`).
    pub id: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// The file.
    pub file: String,
    /// The key under which it stands (`rule`, `list`, `set` …).
    pub section: String,
    /// From when it is in force; empty if it does not say.
    pub from: String,
    /// Until when; empty if it does not say.
    pub until: String,
    /// What exporters are told; empty if nothing is noted.
    pub note: String,
    /// Whose law; empty if it does not say.
    pub jurisdiction: String,
}

/// A rule that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChange {
    /// The rule as the later policy has it.
    pub rule: RuleOf,
    /// What changed.
    pub fields: Vec<FieldChange>,
}

/// A field that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name; fields within fields are joined by dots.
    pub field: String,
    /// What it was; `None` if it was not there.
    pub old: Option<String>,
    /// What it is; `None` if it is no longer there.
    pub new: Option<String>,
    /// The change in plain words.
    pub text: String,
}

impl PolicyDiff {
    /// Compares two policies. Only files that are TOML are compared; problems
    /// are those of files that are not.
    pub fn of(old: &PolicyFiles, new: &PolicyFiles) -> Result<PolicyDiff, Vec<Problem>> {
        let mut problems = Vec::new();
        let before = parts_of(old, &mut problems);
        let after = parts_of(new, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut diff = PolicyDiff {
            v: 1,
            old: old.version(),
            new: new.version(),
            ..PolicyDiff::default()
        };
        for (key, part) in &after {
            match before.get(key) {
                None => diff.added.push(rule_of(key, part)),
                Some(earlier) => {
                    let fields = changes(earlier, part);
                    if !fields.is_empty() {
                        let rule = rule_of(key, part);
                        diff.changed.push(RuleChange { rule, fields });
                    }
                }
            }
        }
        let gone = before.iter().filter(|(key, _)| !after.contains_key(*key));
        diff.dropped = gone.map(|(key, part)| rule_of(key, part)).collect();
        Ok(diff)
    }

    /// Whether nothing changes but comments, order and the names of files.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.dropped.is_empty() && self.changed.is_empty()
    }

    /// The whole in plain words, one line each, rules first.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for rule in &self.added {
            lines.push(format!("+ {}", rule.in_words()));
        }
        for rule in &self.dropped {
            lines.push(format!("- {}", rule.in_words()));
        }
        for change in &self.changed {
            lines.push(format!("~ {}", change.rule.in_words()));
            lines.extend(
                change
                    .fields
                    .iter()
                    .map(|field| format!("    {}", field.text)),
            );
        }
        lines
    }
}

impl RuleOf {
    /// Id, title, file and days in one line.
    pub fn in_words(&self) -> String {
        let mut text = self.id.clone();
        if !self.title.is_empty() {
            text.push_str(&format!(": {}", self.title));
        }
        text.push_str(&format!(" ({}", self.file));
        for (word, day) in [("from", &self.from), ("until", &self.until)] {
            if !day.is_empty() {
                text.push_str(&format!(", {word} {day}"));
            }
        }
        text.push(')');
        text
    }
}

/// How a part is found again: by its id within its section, whatever the file,
/// so that moving a rule is no change; without an id by file and place.
type Key = (String, String);

fn parts_of(files: &PolicyFiles, problems: &mut Vec<Problem>) -> BTreeMap<Key, Part> {
    let mut all = BTreeMap::new();
    for document in files.documents("", problems) {
        for part in scan::parts(&document) {
            let row = &part.row;
            let name = match (row.id(), part.section.as_str()) {
                ("", "") => document.path().to_owned(),
                ("", section) => format!("{} {section} {}", document.path(), natural(&part)),
                (id, _) => id.to_owned(),
            };
            all.insert((part.section.clone(), name.trim().to_owned()), part);
        }
    }
    all
}

/// What tells one table of an array from the others where it has no id.
fn natural(part: &Part) -> String {
    let named = ["name", "code", "kind", "jurisdiction", "eccn"];
    let mut texts = named.iter().filter_map(|key| part.row.text(key));
    match texts.next() {
        Some(text) => text.to_owned(),
        None if part.position == 0 => String::new(),
        None => (part.position + 1).to_string(),
    }
}

fn rule_of(key: &Key, part: &Part) -> RuleOf {
    let row = &part.row;
    let text = |key: &str| row.text(key).unwrap_or_default().to_owned();
    RuleOf {
        id: key.1.clone(),
        title: text("title"),
        file: row.file().to_owned(),
        section: part.section.clone(),
        from: text("from"),
        until: text("until"),
        note: plain(&text("note")),
        jurisdiction: text("jurisdiction"),
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn changes(old: &Part, new: &Part) -> Vec<FieldChange> {
    let keys: BTreeSet<&str> = old.row.keys().chain(new.row.keys()).collect();
    let mut fields = Vec::new();
    for key in keys.into_iter().filter(|key| *key != "id") {
        compare(key, old.row.value(key), new.row.value(key), &mut fields);
    }
    fields
}

fn compare(field: &str, old: Option<Value>, new: Option<Value>, fields: &mut Vec<FieldChange>) {
    match (old, new) {
        (Some(Value::Table(old)), Some(Value::Table(new))) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let inner = format!("{field}.{key}");
                compare(&inner, old.get(key).cloned(), new.get(key).cloned(), fields);
            }
        }
        (old, new) if old == new => {}
        (Some(old), Some(new)) => {
            let (a, b) = (shown(&old), shown(&new));
            // Spaces and line ends alone change nothing.
            if plain(&a) != plain(&b) {
                let text = in_words(field, &old, &new);
                fields.push(FieldChange::new(field, Some(a), Some(b), text));
            }
        }
        (Some(old), None) => {
            let text = format!("{} is gone; it was {}", named(field), quoted(&old));
            fields.push(FieldChange::new(field, Some(shown(&old)), None, text));
        }
        (None, Some(new)) => {
            let text = format!("{} is new: {}", named(field), quoted(&new));
            fields.push(FieldChange::new(field, None, Some(shown(&new)), text));
        }
        (None, None) => {}
    }
}

impl FieldChange {
    fn new(field: &str, old: Option<String>, new: Option<String>, text: String) -> FieldChange {
        FieldChange {
            field: field.to_owned(),
            old,
            new,
            text,
        }
    }
}

/// What a field is called in sentences.
fn named(field: &str) -> String {
    match field {
        "from" => "the first day".to_owned(),
        "until" => "the last day".to_owned(),
        "sunset" => "the sunset".to_owned(),
        "review_by" => "the day of review".to_owned(),
        "known_from" => "the day from which it is known".to_owned(),
        "when" | "missing" | "goods" => format!("the condition ({field})"),
        "bits" => "the weight in bits".to_owned(),
        "case" => "the set of cases".to_owned(),
        "suspended" => "the suspension".to_owned(),
        other => other.replace('_', " "),
    }
}

fn in_words(field: &str, old: &Value, new: &Value) -> String {
    let name = named(field);
    if let (Some(a), Some(b)) = (number(old), number(new)) {
        let way = if b > a { "rises" } else { "falls" };
        return format!("{name} {way} from {a} to {b}");
    }
    if let (Some(a), Some(b)) = (day(old), day(new)) {
        let way = if b > a { "later" } else { "earlier" };
        return format!("{name} moves from {a} to {b} ({way})");
    }
    if let (Some(a), Some(b)) = (members(old), members(new)) {
        return format!("{name} {}", moves(&a, &b));
    }
    format!("{name} was {} and is {}", quoted(old), quoted(new))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn day(value: &Value) -> Option<portcullis_domain::Date> {
    value.as_str()?.parse().ok()
}

/// Which members come, go and change.
fn moves(old: &[(String, String)], new: &[(String, String)]) -> String {
    let has = |all: &[(String, String)], name: &str| all.iter().any(|(n, _)| n == name);
    let names = |all: &[(String, String)], fits: &dyn Fn(&(String, String)) -> bool| -> String {
        let fitting = all.iter().filter(|one| fits(one));
        fitting
            .map(|(n, _)| n.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let said: Vec<String> = [
        ("adds", names(new, &|one| !has(old, &one.0))),
        ("drops", names(old, &|one| !has(new, &one.0))),
        (
            "changes",
            names(new, &|one| has(old, &one.0) && !old.contains(one)),
        ),
    ]
    .into_iter()
    .filter(|(_, names)| !names.is_empty())
    .map(|(verb, names)| format!("{verb} {names}"))
    .collect();
    if said.is_empty() {
        return "is the same in another order".to_owned();
    }
    said.join(" and ")
}

/// The members, by name and content, of a list of texts, of a text of codes
/// between spaces, and of a list of tables that have names.
fn members(value: &Value) -> Option<Vec<(String, String)>> {
    let same = |text: &str| (text.to_owned(), text.to_owned());
    match value {
        Value::Array(all) => {
            let member = |one: &Value| match one {
                Value::String(text) => Some(same(text)),
                Value::Table(table) => {
                    let keys = ["id", "name", "kind", "from"];
                    let name = keys.iter().find_map(|key| table.get(*key)?.as_str())?;
                    Some((name.to_owned(), shown(one)))
                }
                _ => None,
            };
            all.iter().map(member).collect()
        }
        Value::String(text) => {
            let of_code =
                |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || ".:-".contains(c);
            let words: Vec<&str> = text.split_whitespace().collect();
            let codes = words.len() > 1 && words.iter().all(|w| w.chars().all(of_code));
            codes.then(|| words.into_iter().map(same).collect())
        }
        _ => None,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// Longest piece of a value that a sentence repeats; the JSON has all of it.
const LONGEST: usize = 240;

fn quoted(value: &Value) -> String {
    let text = plain(&shown(value));
    if text.chars().count() <= LONGEST {
        return format!("“{text}”");
    }
    let start: String = text.chars().take(LONGEST).collect();
    let more = text.chars().count() - LONGEST;
    format!("“{start}…” ({more} more characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> PolicyFiles {
        [("red-flags/a.toml", text)].into_iter().collect()
    }

    fn rule(id: &str, more: &str) -> String {
        format!("[[rule]]\nid='{id}'\ntitle='T'\ncitation='C'\n{more}\n")
    }

    #[test]
    fn rules_come_go_and_change_in_plain_words() {
        let old = rule(
            "a",
            "bits=2.0\nuntil=2026-12-31\nwhen='x > 1'\nmembers=['AE','TR']\ncountries='AE TR'",
        ) + &rule("b", "");
        let new = rule("c", "from=2027-01-01")
            + &rule(
                "a",
                "bits=3.0\nuntil=2027-06-30\nwhen='x  > 1'\nmembers=['AE','KG']\ncountries='AE KG'\nnote='N'",
            );
        let diff = PolicyDiff::of(&files(&old), &files(&new)).unwrap();
        assert_eq!(
            diff.lines(),
            [
                "+ c: T (red-flags/a.toml, from 2027-01-01)",
                "- b: T (red-flags/a.toml)",
                "~ a: T (red-flags/a.toml, until 2027-06-30)",
                "    the weight in bits rises from 2 to 3",
                "    countries adds KG and drops TR",
                "    members adds KG and drops TR",
                "    note is new: “N”",
                "    the last day moves from 2026-12-31 to 2027-06-30 (later)",
            ]
        );
        let json = serde_json::to_string(&diff).unwrap();
        assert_eq!(serde_json::from_str::<PolicyDiff>(&json).unwrap(), diff);
    }

    #[test]
    fn cases_are_told_by_their_names() {
        let case =
            |name: &str, expect: &str| format!("[[rule.case]]\nname='{name}'\nexpect={expect}\n");
        let old = rule("a", "") + &case("heavy", "true") + &case("light", "false");
        let new = rule("a", "") + &case("heavy", "false") + &case("lost", "false");
        let diff = PolicyDiff::of(&files(&old), &files(&new)).unwrap();
        let text = &diff.changed[0].fields[0].text;
        assert_eq!(
            text,
            "the set of cases adds lost and drops light and changes heavy"
        );
    }

    #[test]
    fn a_comment_another_order_or_another_file_is_no_change() {
        let old = files(&(rule("a", "bits=1.0") + &rule("b", "bits=2.0")));
        let text = format!(
            "# moved\n{}{}",
            rule("b", "bits=2.0"),
            rule("a", "bits=1.0")
        );
        let new: PolicyFiles = [("red-flags/z.toml", text)].into_iter().collect();
        assert!(PolicyDiff::of(&old, &new).unwrap().is_empty());
        assert_ne!(old.version(), new.version());
    }

    #[test]
    fn a_policy_is_the_same_as_itself_and_back_is_the_reverse() {
        let (old, new) = (files(&rule("a", "bits=1.0")), files(&rule("b", "bits=1.0")));
        assert!(PolicyDiff::of(&old, &old).unwrap().is_empty());
        let (there, back) = (
            PolicyDiff::of(&old, &new).unwrap(),
            PolicyDiff::of(&new, &old).unwrap(),
        );
        assert_eq!((there.added, there.dropped), (back.dropped, back.added));
    }
}
