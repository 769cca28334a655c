//! How evidence adds up (`risk.toml`): groups of flags that hang together, and
//! the line above which an officer looks.

use crate::rule::{Kind, Rule, millibits};
use crate::{DeepKind, DeepRemark, Document, PolicyFiles, Problem, Row, RuleView, Status};
use portcullis_domain::{About, Citation, Date, Finding, Outcome, RuleHead, Strength};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug)]
struct Group {
    head: RuleHead,
    status: Status,
    name: String,
    count: usize,
}

#[derive(Debug)]
struct Line {
    head: RuleHead,
    status: Status,
    millibits: i64,
}

/// How evidence adds up.
#[derive(Debug, Default)]
pub(crate) struct Risk {
    groups: Vec<Group>,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    id: String,
    name: Option<String>,
    count: usize,
    #[serde(default)]
    guidance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    #[serde(rename = "id")]
    _id: String,
    bits: f64,
    #[serde(default)]
    guidance: String,
}

/// One weight on its way into the sum.
#[derive(Clone, Debug)]
pub(crate) struct Weight {
    /// The rule or cause: counted once, however often it was found.
    pub source: String,
    pub group: Option<String>,
    pub millibits: i64,
    /// Counts only beside evidence that is not context.
    pub context: bool,
    /// Shown to people.
    pub label: String,
}

impl Weight {
    pub fn of(rule: &Rule, label: &str) -> Weight {
        Weight {
            source: rule.head.id.clone(),
            group: rule.group.clone(),
            millibits: rule.millibits,
            context: rule.kind == Kind::Context,
            label: label.to_owned(),
        }
    }
}

impl Risk {
    /// The file it is read from.
    pub const FILE: &str = "risk.toml";

    pub fn load(
        files: &PolicyFiles,
        problems: &mut Vec<Problem>,
    ) -> (Risk, Vec<RuleView>, Vec<Row>) {
        let mut risk = Risk::default();
        let mut views = Vec::new();
        let mut rows = Vec::new();
        let document = match files.document(Risk::FILE) {
            Ok(document) => document,
            Err(wrong) => {
                problems.extend(wrong);
                return (risk, views, rows);
            }
        };
        document.only_keys(&["coverage", "group", "review_line"], problems);
        risk.read(&document, problems, &mut views, &mut rows);
        if risk.lines.is_empty() {
            problems.push(Problem::of_file(Risk::FILE, "there is no [[review_line]]"));
        }
        (risk, views, rows)
    }

    fn read(
        &mut self,
        document: &Document,
        problems: &mut Vec<Problem>,
        views: &mut Vec<RuleView>,
        rows: &mut Vec<Row>,
    ) {
        for row in document.rows("group", problems) {
            match self.add_group(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        for row in document.rows("review_line", problems) {
            match self.add_line(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
    }

    fn add_group(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let dated = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawGroup = dated.body.read().map_err(|p| vec![p])?;
        if raw.count == 0 {
            return Err(vec![
                row.problem_at("count", "a group counts at least one flag"),
            ]);
        }
        let view = RuleView::new(row, &dated.head, dated.status, "evidence group")
            .with("effect", format!("the strongest {} count", raw.count))
            .with("guidance", raw.guidance);
        self.groups.push(Group {
            head: dated.head,
            status: dated.status,
            name: raw.name.unwrap_or(raw.id),
            count: raw.count,
        });
        Ok(view)
    }

    fn add_line(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let dated = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawLine = dated.body.read().map_err(|p| vec![p])?;
        if !(raw.bits > 0.0 && raw.bits <= 100.0) {
            return Err(vec![row.problem_at(
                "bits",
                "the line must be above 0 and at most 100 bits",
            )]);
        }
        let view = RuleView::new(row, &dated.head, dated.status, "review line")
            .with("effect", format!("review from {} bits", raw.bits))
            .with("guidance", raw.guidance);
        self.lines.push(Line {
            head: dated.head,
            status: dated.status,
            millibits: millibits(raw.bits),
        });
        Ok(view)
    }

    /// A problem for every group that a rule names and that does not exist.
    pub fn check_groups(&self, rules: &[Rule], problems: &mut Vec<Problem>) {
        for rule in rules {
            if let Some(group) = &rule.group
                && !self.groups.iter().any(|g| g.name == *group)
            {
                problems.push(Problem {
                    rule: Some(rule.head.id.clone()),
                    ..Problem::of_file(Risk::FILE, format!("there is no group '{group}'"))
                });
            }
        }
    }

    /// Groups and lines that no row in force states on a day.
    pub fn gaps(&self, today: Date, all: &mut Vec<DeepRemark>) {
        let acts =
            |status: Status, head: &RuleHead| status.is_adopted() && head.applies(today, today);
        let mut names: Vec<&str> = self.groups.iter().map(|g| g.name.as_str()).collect();
        names.dedup();
        for name in names {
            let mut of_name = self.groups.iter().filter(|g| g.name == name);
            if !of_name.any(|g| acts(g.status, &g.head)) {
                let text = format!(
                    "no row in force caps the group of evidence “{name}”: all of it counts"
                );
                all.push(DeepRemark::new(DeepKind::Gap, vec![name.to_owned()], text));
            }
        }
        let lines = self.lines.iter().filter(|l| acts(l.status, &l.head));
        let ids: Vec<String> = lines.map(|l| l.head.id.clone()).collect();
        match ids.len() {
            0 => {
                let text = "no review line is in force; the lowest one known is used".to_owned();
                all.push(DeepRemark::new(DeepKind::Gap, Vec::new(), text));
            }
            1 => {}
            _ => {
                let text = format!(
                    "{} are review lines on the same days; only the first is used",
                    ids.join(" and ")
                );
                all.push(DeepRemark::new(DeepKind::Conflict, ids, text));
            }
        }
    }

    /// The sum of the evidence: each source once, of each group the strongest
    /// few, context only beside other evidence. Gives the sum and what counted.
    pub fn sum(&self, weights: &[Weight], as_of: Date, known: Date) -> (i64, Vec<Weight>) {
        let mut by_source: BTreeMap<&str, &Weight> = BTreeMap::new();
        for weight in weights {
            let strongest = by_source.entry(&weight.source).or_insert(weight);
            if weight.millibits > strongest.millibits {
                *strongest = weight;
            }
        }
        let mut ranked: Vec<&Weight> = by_source.into_values().collect();
        ranked.sort_by(|a, b| b.millibits.cmp(&a.millibits).then(a.source.cmp(&b.source)));
        if ranked.iter().all(|w| w.context) {
            return (0, Vec::new());
        }
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        let mut counted = Vec::new();
        for weight in ranked {
            if let Some(group) = weight.group.as_deref() {
                let used = taken.entry(group).or_default();
                if *used >= self.cap(group, as_of, known) {
                    continue;
                }
                *used += 1;
            }
            counted.push(weight.clone());
        }
        (counted.iter().map(|w| w.millibits).sum(), counted)
    }

    /// A group without a rule for the day is not capped: evidence is not lost.
    fn cap(&self, group: &str, as_of: Date, known: Date) -> usize {
        let mut groups = self.groups.iter().filter(|g| g.status.is_adopted());
        let found = groups.find(|g| g.name == group && g.head.applies(as_of, known));
        found.map_or(usize::MAX, |g| g.count)
    }

    /// The finding that the sum reaches the line, if it does. Where no line is
    /// in force on the day, the lowest one known is used.
    pub fn verdict(
        &self,
        sum: i64,
        counted: &[Weight],
        as_of: Date,
        known: Date,
    ) -> Option<Finding> {
        let active = || self.lines.iter().filter(|l| l.status.is_adopted());
        let in_force = active().find(|l| l.head.applies(as_of, known));
        let line = in_force.or(active().min_by_key(|l| l.millibits))?;
        if sum < line.millibits || counted.is_empty() {
            return None;
        }
        let labels: Vec<&str> = counted.iter().map(|w| w.label.as_str()).collect();
        let text = format!(
            "The signs of risk add up to {} bits; from {} bits an officer looks. Counted: {}.",
            bits(sum),
            bits(line.millibits),
            labels.join("; ")
        );
        Some(Finding {
            about: About::Transaction,
            code: "risk-above-line".to_owned(),
            text,
            strength: Strength::Evidence,
            millibits: 0,
            outcome: Outcome::Review,
            jurisdiction: None,
            rule: Some(line.head.id.clone()),
            citations: vec![Citation(line.head.citation.clone())],
        })
    }
}

fn bits(millibits: i64) -> String {
    let tenths = (millibits + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "
[[group]]
id='hub'
title='T'
citation='C'
count=1
[[group]]
id='address'
title='T'
citation='C'
count=2
[[review_line]]
id='line'
title='T'
citation='C'
bits=6
";

    fn risk() -> Risk {
        let mut problems = Vec::new();
        let files = [(Risk::FILE, FILE)].into_iter().collect();
        let (risk, _, _) = Risk::load(&files, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        risk
    }

    fn weight(source: &str, group: &str, bits: i64, context: bool) -> Weight {
        Weight {
            source: source.to_owned(),
            group: Some(group.to_owned()).filter(|g| !g.is_empty()),
            millibits: bits * 1_000,
            context,
            label: source.to_owned(),
        }
    }

    fn sum(weights: &[Weight]) -> i64 {
        let day: Date = "2026-11-22".parse().unwrap();
        risk().sum(weights, day, day).0 / 1_000
    }

    #[test]
    fn evidence_adds_up_and_dependent_evidence_does_not() {
        let w = weight;
        for (weights, expected, why) in [
            (vec![], 0, "nothing"),
            (
                vec![w("a", "", 2, false), w("b", "", 3, false)],
                5,
                "independent flags add up",
            ),
            (
                vec![w("a", "", 2, false), w("a", "", 2, false)],
                2,
                "the same rule counts once",
            ),
            (
                vec![w("a", "hub", 2, false), w("b", "hub", 3, false)],
                3,
                "a group of one",
            ),
            (
                vec![
                    w("a", "address", 1, false),
                    w("b", "address", 2, false),
                    w("c", "address", 3, false),
                ],
                5,
                "the strongest two",
            ),
            (vec![w("a", "hub", 2, true)], 0, "a hub alone never weighs"),
            (
                vec![w("a", "hub", 2, true), w("b", "", 1, false)],
                3,
                "context beside evidence",
            ),
        ] {
            assert_eq!(sum(&weights), expected, "{why}");
        }
    }

    #[test]
    fn the_line_is_reached_from_its_value_on() {
        let day: Date = "2026-11-22".parse().unwrap();
        let counted = [weight("a", "", 6, false)];
        assert!(risk().verdict(5_999, &counted, day, day).is_none());
        let finding = risk().verdict(6_000, &counted, day, day).unwrap();
        assert_eq!(finding.outcome, Outcome::Review);
        assert!(finding.text.contains("6.0 bits"), "{}", finding.text);
        let only_context = [weight("a", "hub", 20, true)];
        let (sum, counted) = risk().sum(&only_context, day, day);
        assert!(
            risk().verdict(sum, &counted, day, day).is_none(),
            "{counted:?}"
        );
    }

    proptest! {
        #[test]
        fn one_more_flag_never_lowers_the_sum(
            picks in proptest::collection::vec((0_usize..6, 0_usize..3, 1_i64..6, any::<bool>()), 1..8),
        ) {
            let groups = ["", "hub", "address"];
            let weights: Vec<Weight> = picks
                .iter()
                .map(|(source, group, bits, context)| weight(&source.to_string(), groups[*group], *bits, *context))
                .collect();
            let (last, before) = weights.split_last().unwrap();
            // The same source always stands in the same group in real rules.
            prop_assume!(before.iter().all(|w| w.source != last.source));
            prop_assert!(sum(&weights) >= sum(before));
        }
    }
}
