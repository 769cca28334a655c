//! What a new version of a list adds, drops, moves, loosens and tightens.

use super::crosswalk::likeness;
use super::{ControlList, Entry};
use crate::predicate::{Comparator, Predicate, Quantity, Range};
use serde::Serialize;
use std::collections::BTreeMap;

/// How much of the words must agree for a paragraph to count as moved.
const MOVED: f32 = 0.85;
/// Most dropped paragraphs for which a new place is looked for.
const MAX_SOUGHT: usize = 2_000;

/// What happened to a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Dropped,
    /// It has another code.
    Moved,
    /// Fewer items are described by it.
    Loosened,
    /// More items are described by it.
    Tightened,
    /// Thresholds went both ways, or their form changed.
    Thresholds,
    /// Other reasons for control.
    Reasons,
    /// Other words, with the same thresholds.
    Wording,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The code, of the new version where it is there.
    pub code: String,
    /// The earlier code, where it moved.
    pub from: Option<String>,
    /// In plain words.
    pub text: String,
}

/// The differences of two versions, in the order of the codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListDiff {
    /// Label of the earlier version.
    pub old: String,
    /// Label of the later version.
    pub new: String,
    /// Every change.
    pub changes: Vec<Change>,
    /// Dropped paragraphs for which no new place was looked for, because there
    /// were too many.
    pub not_sought: usize,
}

/// Compares two versions of one list.
pub fn diff(old: &ControlList, new: &ControlList) -> ListDiff {
    let mut changes = Vec::new();
    for (at, entry) in old.entries().iter().enumerate() {
        let Some(there) = new.find(&entry.code) else {
            continue;
        };
        if let (Some(after), Ok(at)) = (new.entry(there), u32::try_from(at)) {
            changes.extend(compared(old, (at, entry), new, (there, after)));
        }
    }
    let not_sought = moved(old, new, &mut changes);
    changes.sort_by(|a, b| (&a.code, a.kind).cmp(&(&b.code, b.kind)));
    ListDiff {
        old: old.head().label.clone(),
        new: new.head().label.clone(),
        changes,
        not_sought,
    }
}

/// Added, dropped and moved paragraphs.
fn moved(old: &ControlList, new: &ControlList, changes: &mut Vec<Change>) -> usize {
    let gone: Vec<&Entry> = old
        .entries()
        .iter()
        .filter(|e| new.get(&e.code).is_none())
        .collect();
    let mut come: Vec<&Entry> = new
        .entries()
        .iter()
        .filter(|e| old.get(&e.code).is_none())
        .collect();
    for entry in gone.iter().take(MAX_SOUGHT) {
        let found = come
            .iter()
            .position(|other| entry.text.len() > 20 && likeness(&entry.text, &other.text) >= MOVED);
        let Some(found) = found else {
            changes.push(change(
                ChangeKind::Dropped,
                entry,
                format!("{} is no longer listed: {}", entry.code, entry.title()),
            ));
            continue;
        };
        let other = come.remove(found);
        changes.push(Change {
            kind: ChangeKind::Moved,
            code: other.code.clone(),
            from: Some(entry.code.clone()),
            text: format!("{} is now {}: {}", entry.code, other.code, other.title()),
        });
    }
    let unsought = gone.get(MAX_SOUGHT..).unwrap_or(&[]);
    changes.extend(unsought.iter().map(|entry| {
        change(
            ChangeKind::Dropped,
            entry,
            format!("{} is no longer listed: {}", entry.code, entry.title()),
        )
    }));
    changes.extend(come.iter().map(|entry| {
        change(
            ChangeKind::Added,
            entry,
            format!("{} is new: {}", entry.code, entry.title()),
        )
    }));
    unsought.len()
}

fn change(kind: ChangeKind, entry: &Entry, text: String) -> Change {
    Change {
        kind,
        code: entry.code.clone(),
        from: None,
        text,
    }
}

fn compared(
    old: &ControlList,
    (old_at, before): (u32, &Entry),
    new: &ControlList,
    (new_at, after): (u32, &Entry),
) -> Vec<Change> {
    let mut changes = Vec::new();
    if !before.reasons.is_empty() && !after.reasons.is_empty() && before.reasons != after.reasons {
        let text = format!(
            "{}: the reasons for control were {} and are {}",
            after.code,
            before.reasons.join(", "),
            after.reasons.join(", ")
        );
        changes.push(change(ChangeKind::Reasons, after, text));
    }
    if before.digest() == after.digest() {
        return changes;
    }
    let (from, to) = (old.draft(old_at), new.draft(new_at));
    let from = from.and_then(|draft| draft.predicate);
    let to = to.and_then(|draft| draft.predicate);
    let (kind, text) = thresholds(from.as_ref(), to.as_ref());
    changes.push(change(kind, after, format!("{}: {text}", after.code)));
    changes
}

/// Compares the thresholds of two drafts, parameter by parameter.
fn thresholds(old: Option<&Predicate>, new: Option<&Predicate>) -> (ChangeKind, String) {
    let (old, new) = (limits(old), limits(new));
    let (mut tighter, mut looser, mut said) = (false, false, Vec::new());
    for (key, before) in &old {
        match new.get(key) {
            None => {
                said.push(format!("{before} is gone"));
                looser = true;
                tighter = true;
            }
            Some(after) => {
                let Some(direction) = before.catches(after) else {
                    continue;
                };
                tighter |= direction;
                looser |= !direction;
                let word = if direction { "tightened" } else { "loosened" };
                said.push(format!("{word} from {before} to {after}"));
            }
        }
    }
    for (key, after) in &new {
        if !old.contains_key(key) {
            said.push(format!("{after} is asked now"));
            looser = true;
            tighter = true;
        }
    }
    let kind = match (tighter, looser) {
        (true, false) => ChangeKind::Tightened,
        (false, true) => ChangeKind::Loosened,
        (true, true) => ChangeKind::Thresholds,
        (false, false) => {
            return (
                ChangeKind::Wording,
                "other words, the same thresholds".to_owned(),
            );
        }
    };
    (kind, said.join("; "))
}

/// One side of a comparison.
struct Limit {
    upward: bool,
    inclusive: bool,
    at: Quantity,
    shown: String,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Limit {
    /// Whether the later limit catches more; `None` where they are the same or
    /// cannot be compared.
    fn catches(&self, later: &Limit) -> Option<bool> {
        let before = self
            .at
            .unit
            .to_base_of(self.at.value, &later.at.unit)
            .ok()?;
        let after = later.at.unit.to_base(later.at.value);
        if crate::predicate::same_number(before, after) {
            return (self.inclusive != later.inclusive).then_some(later.inclusive);
        }
        Some(if self.upward {
            after < before
        } else {
            after > before
        })
    }
}

/// The limits of a predicate by parameter, side and place.
fn limits(predicate: Option<&Predicate>) -> BTreeMap<String, Limit> {
    let mut found = BTreeMap::new();
    let leaves = predicate.map(Predicate::leaves).unwrap_or_default();
    for leaf in leaves {
        for limit in limits_of(leaf) {
            let (name, limit) = limit;
            let side = if limit.upward { "up" } else { "down" };
            let mut nth = 0;
            while found.contains_key(&format!("{name} {side} {nth}")) {
                nth += 1;
            }
            found.insert(format!("{name} {side} {nth}"), limit);
        }
    }
    found
}

fn limits_of(leaf: &Predicate) -> Vec<(String, Limit)> {
    match leaf {
        Predicate::Compare(c) => {
            let upward = matches!(c.comparator, Comparator::More | Comparator::AtLeast);
            let inclusive = matches!(c.comparator, Comparator::AtMost | Comparator::AtLeast);
            let limit = Limit {
                upward,
                inclusive,
                at: c.threshold.clone(),
                shown: c.to_string(),
            };
            vec![(c.subject.to_string(), limit)]
        }
        Predicate::Within(range) => ends(range),
        _ => Vec::new(),
    }
}

fn ends(range: &Range) -> Vec<(String, Limit)> {
    let ends = [(true, &range.low), (false, &range.high)];
    let limit = |(upward, bound): (bool, &Option<crate::predicate::Bound>)| {
        let bound = bound.as_ref()?;
        Some((
            range.name.to_string(),
            Limit {
                upward,
                inclusive: bound.inclusive,
                at: bound.at.clone(),
                shown: range.to_string(),
            },
        ))
    };
    ends.into_iter().filter_map(limit).collect()
}
