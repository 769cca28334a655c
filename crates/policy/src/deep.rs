//! A closer look at rules that each are right: whether they contradict each
//! other, leave gaps, or can never speak.

use crate::condition::Env;
use crate::facts::Facts;
use crate::rule::{Kind, Rule};
use crate::scan;
use crate::{Policy, PolicyFiles, RuleView};
use portcullis_domain::{Date, Outcome, Period, Truth};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What sort of remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeepKind {
    /// Rules that hold of the same thing and say contrary things.
    Conflict,
    /// Something that no rule answers.
    Gap,
    /// A rule, or set, that never speaks.
    Unreachable,
}

impl DeepKind {
    /// The word used in JSON and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            DeepKind::Conflict => "conflict",
            DeepKind::Gap => "gap",
            DeepKind::Unreachable => "unreachable",
        }
    }
}

/// Something that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeepRemark {
    /// What sort.
    pub kind: DeepKind,
    /// The rules, sets or files it is about.
    pub about: Vec<String>,
    /// In plain words.
    pub text: String,
}

impl DeepRemark {
    /// A remark.
    pub fn new(kind: DeepKind, about: Vec<String>, text: String) -> DeepRemark {
        DeepRemark { kind, about, text }
    }
}

impl Policy {
    /// Looks for conflicts, gaps and what never speaks, on a day. `files` are
    /// those it was loaded from: conflicts are looked for in the cases that
    /// rules carry, each put to every other rule.
    pub fn look_deep(&self, files: &PolicyFiles, today: Date) -> Vec<DeepRemark> {
        let mut all = Vec::new();
        self.contrary(files, today, &mut all);
        self.same_condition(&mut all);
        self.never_speaks(today, &mut all);
        self.roles.overlaps(today, &mut all);
        self.risk.gaps(today, &mut all);
        self.unused_sets(&mut all);
        self.replaced_and_in_force(today, &mut all);
        all.extend(empty_files(files));
        all.sort();
        all.dedup();
        all
    }

    fn acting(&self, day: Date) -> impl Iterator<Item = &Rule> {
        let acting = move |rule: &&Rule| rule.status.is_adopted() && rule.head.applies(day, day);
        self.rules.iter().filter(acting)
    }

    /// Two laws that hold in the same case and ask for different things.
    fn contrary(&self, files: &PolicyFiles, today: Date, all: &mut Vec<DeepRemark>) {
        let sets = self.sets.newest();
        let laws: Vec<&Rule> = self
            .acting(today)
            .filter(|r| r.kind == Kind::Legal)
            .collect();
        if laws.len() < 2 {
            return;
        }
        for document in files.documents("red-flags/", &mut Vec::new()) {
            for row in document.rows("rule", &mut Vec::new()) {
                let Some(of_case) = laws.iter().find(|r| r.head.id == row.id()) else {
                    continue;
                };
                for case in row.rows("case", &mut Vec::new()) {
                    let facts = Facts::of_case(&case, &mut Vec::new());
                    let env = Env::of(&facts, &sets);
                    let name = case.text("name").unwrap_or_default();
                    let holds = |rule: &&&Rule| {
                        rule.each() == of_case.each() && rule.holds_first(&env) == Truth::True
                    };
                    let holding: Vec<&&Rule> = laws.iter().filter(holds).collect();
                    all.extend(contrary_in(name, of_case, &holding));
                }
            }
        }
    }

    /// Evidence that would be counted twice, law that stands twice.
    fn same_condition(&self, all: &mut Vec<DeepRemark>) {
        let mut by_condition: BTreeMap<String, Vec<&RuleView>> = BTreeMap::new();
        for view in self
            .rules()
            .filter(|v| v.status.is_adopted() && !v.condition.is_empty())
        {
            let plain: String = view.condition.split_whitespace().collect();
            let key = format!("{} {plain}", view.kind);
            by_condition.entry(key).or_default().push(view);
        }
        for views in by_condition.into_values().filter(|views| views.len() > 1) {
            let days = |v: &RuleView| v.head.in_force;
            let together = views
                .windows(2)
                .any(|p| share_a_day(days(p[0]), days(p[1])));
            // Fields of the same kind that are asked for by the same condition are no double.
            if !together || views[0].kind == "completeness" {
                continue;
            }
            let ids: Vec<String> = views.iter().map(|v| v.head.id.clone()).collect();
            let text = format!(
                "{} have the same condition on the same days",
                ids.join(" and ")
            );
            all.push(DeepRemark::new(DeepKind::Conflict, ids, text));
        }
    }

    /// Rules whose days are over or never come, and conditions that cannot hold.
    fn never_speaks(&self, today: Date, all: &mut Vec<DeepRemark>) {
        let empty = Facts::nothing();
        let sets = self.sets.newest();
        let env = Env::of(&empty, &sets);
        for rule in self.rules.iter().filter(|r| r.status.is_adopted()) {
            let id = &rule.head.id;
            if rule.never_holds(&env) {
                let text = format!("{id}: its condition is false whatever is declared");
                all.push(DeepRemark::new(
                    DeepKind::Unreachable,
                    vec![id.clone()],
                    text,
                ));
            }
            let (path, coverage) = &self.coverage[rule.file];
            if !share_a_day(rule.head.in_force, coverage.period) {
                let text = format!("{id}: it is in force only on days that {path} does not cover");
                all.push(DeepRemark::new(
                    DeepKind::Unreachable,
                    vec![id.clone()],
                    text,
                ));
            }
        }
        let over = |v: &&RuleView| {
            matches!(v.status, crate::Status::Adopted | crate::Status::Suspended)
                && v.head.in_force.until.is_some_and(|until| until < today)
        };
        for view in self.rules().filter(over) {
            let id = &view.head.id;
            let until = view.head.in_force.until.unwrap_or(today);
            let text = format!(
                "{id}: its last day was {until}; its status still is “{}”",
                view.status.as_str()
            );
            all.push(DeepRemark::new(
                DeepKind::Unreachable,
                vec![id.clone()],
                text,
            ));
        }
    }

    /// Sets that no condition names.
    fn unused_sets(&self, all: &mut Vec<DeepRemark>) {
        let conditions: String = self
            .rules()
            .flat_map(|v| v.lines.iter())
            .filter(|(name, _)| matches!(name.as_str(), "condition" | "text" | "question"))
            .map(|(_, text)| format!("{text} "))
            .collect();
        let words: BTreeSet<&str> = conditions
            .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
            .collect();
        for info in self.sets() {
            let named = [format!("sets.{}", info.name), format!("maps.{}", info.name)];
            // Dialling codes are read by the facts of parties themselves.
            if info.name != "dialling" && !named.iter().any(|n| words.contains(n.as_str())) {
                let text = format!(
                    "no condition names the set “{}” ({})",
                    info.name, info.place
                );
                all.push(DeepRemark::new(
                    DeepKind::Unreachable,
                    vec![info.head.id.clone()],
                    text,
                ));
            }
        }
    }

    /// A rule and the one it replaces, both in force.
    fn replaced_and_in_force(&self, today: Date, all: &mut Vec<DeepRemark>) {
        for view in self
            .rules()
            .filter(|v| v.status.is_adopted() && v.head.applies(today, today))
        {
            for old in &view.life.replaces {
                let both = |v: &&RuleView| {
                    v.head.id == *old && v.status.is_adopted() && v.head.applies(today, today)
                };
                if self.rules().any(|v| both(&v)) {
                    let ids = vec![view.head.id.clone(), old.clone()];
                    let text = format!("{} replaces {old}, and both are in force", view.head.id);
                    all.push(DeepRemark::new(DeepKind::Conflict, ids, text));
                }
            }
        }
    }
}

fn contrary_in(case: &str, of_case: &Rule, holding: &[&&Rule]) -> Option<DeepRemark> {
    let outcomes: BTreeSet<Outcome> = holding.iter().map(|r| r.outcome()).collect();
    if outcomes.len() < 2 {
        return None;
    }
    let said: Vec<String> = holding
        .iter()
        .map(|r| format!("{} says {}", r.head.id, r.outcome().as_str()))
        .collect();
    let ids = holding.iter().map(|r| r.head.id.clone()).collect();
    let text = format!(
        "in the case “{case}” of {}: {}; the strictest decides",
        of_case.head.id,
        said.join(", ")
    );
    Some(DeepRemark::new(DeepKind::Conflict, ids, text))
}

/// Whether two spans share a day.
fn share_a_day(a: Period, b: Period) -> bool {
    let before_end = |from: Option<Date>, until: Option<Date>| match (from, until) {
        (Some(from), Some(until)) => from <= until,
        _ => true,
    };
    before_end(a.from, b.until) && before_end(b.from, a.until)
}

/// Files in `files` that hold no row at all: most likely cut off.
fn empty_files(files: &PolicyFiles) -> Vec<DeepRemark> {
    let documents = files.documents("", &mut Vec::new());
    let empty = documents.iter().filter(|d| scan::parts(d).is_empty());
    let remark = |d: &crate::Document| {
        let text = format!("{} holds nothing", d.path());
        DeepRemark::new(DeepKind::Gap, vec![d.path().to_owned()], text)
    };
    empty.map(remark).collect()
}
