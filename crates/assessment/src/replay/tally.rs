//! Counting what a draft changes, transaction by transaction.

use super::reasons::differences;
use super::{
    Change, History, KnownCases, Label, LabelledCase, Licences, Load, NotReplayed, Reason,
    ReplayReport, RuleEffect, SmallFirmsTouched, Trade, Turn,
};
use portcullis_domain::{
    Date, Decision, DeterminationResult, Item, Outcome, PartyInRole, Role, Transaction,
};
use portcullis_policy::{Policy, ReplayTerms};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A transaction of the past, decided under both policies.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Id of the recorded decision, if there is one.
    pub decision_id: Option<&'a str>,
    /// The day on which it was decided or declared.
    pub day: Option<Date>,
    /// The transaction.
    pub transaction: &'a Transaction,
    /// The outcome that was recorded, if one was.
    pub recorded: Option<Outcome>,
    /// Under the policy it is compared with.
    pub before: &'a Decision,
    /// Under the draft.
    pub after: &'a Decision,
}

/// A count of what a draft changes. Tallies of parts of a history add up to that
/// of the whole, whatever the order.
#[derive(Clone, Debug)]
pub struct Tally {
    labels: Arc<HashMap<String, Label>>,
    /// Of each labelled reference its newest decision, under both policies.
    labelled: BTreeMap<String, (Newest, Outcome, Outcome)>,
    messages: u64,
    replayed: u64,
    recorded_otherwise: u64,
    other_reasons: u64,
    first: Option<Date>,
    last: Option<Date>,
    outcomes: BTreeMap<(Outcome, Outcome), u64>,
    rules: BTreeMap<String, RuleEffect>,
    changes: Vec<Change>,
    weeks: BTreeMap<(Outcome, String), (u64, u64)>,
    licences: Licences,
    trade: BTreeMap<(String, String, String), Values>,
    firms: HashMap<String, Firm>,
    not_replayed: BTreeMap<String, (u64, Vec<String>)>,
}

/// Sums of values in ten-thousandths of the currency unit. Wide, so that no sum
/// of a history can overflow.
#[derive(Clone, Copy, Debug, Default)]
struct Values {
    lines: u64,
    without: u64,
    stricter: i128,
    milder: i128,
}

/// What one firm exported.
#[derive(Clone, Copy, Debug, Default)]
struct Firm {
    declarations: u64,
    changed: u64,
    stricter: u64,
}

/// Which of two decisions on one reference is newer; ids are in order of recording.
type Newest = (Option<Date>, Option<String>);

fn keep_newest(
    all: &mut BTreeMap<String, (Newest, Outcome, Outcome)>,
    reference: &str,
    case: (Newest, Outcome, Outcome),
) {
    match all.get_mut(reference) {
        Some(held) if held.0 >= case.0 => {}
        Some(held) => *held = case,
        None => {
            all.insert(reference.to_owned(), case);
        }
    }
}

/// Examples that are named of what could not be replayed.
const EXAMPLES: usize = 10;

impl Tally {
    /// An empty count. `labels`: what past cases must come out as, by reference.
    pub fn new(labels: Arc<HashMap<String, Label>>) -> Tally {
        Tally {
            labels,
            labelled: BTreeMap::new(),
            messages: 0,
            replayed: 0,
            recorded_otherwise: 0,
            other_reasons: 0,
            first: None,
            last: None,
            outcomes: BTreeMap::new(),
            rules: BTreeMap::new(),
            changes: Vec::new(),
            weeks: BTreeMap::new(),
            licences: Licences::default(),
            trade: BTreeMap::new(),
            firms: HashMap::new(),
            not_replayed: BTreeMap::new(),
        }
    }

    /// Counts a message that cannot be replayed.
    pub fn skip(&mut self, why: &str, example: &str) {
        self.messages += 1;
        let entry = self.not_replayed.entry(why.to_owned()).or_default();
        entry.0 += 1;
        // The first by name, so that parts add up whatever their order.
        entry.1.push(example.to_owned());
        entry.1.sort();
        entry.1.truncate(EXAMPLES);
    }

    /// Counts a transaction.
    pub fn add(&mut self, past: Past<'_>) {
        let (from, to) = (past.before.outcome, past.after.outcome);
        self.messages += 1;
        self.replayed += 1;
        self.recorded_otherwise += u64::from(past.recorded.is_some_and(|o| o != from));
        self.first = [self.first, past.day].into_iter().flatten().min();
        self.last = [self.last, past.day].into_iter().flatten().max();
        *self.outcomes.entry((from, to)).or_default() += 1;
        let why = differences(past.before, past.after);
        self.count_rules(&why, from != to);
        self.other_reasons += u64::from(from == to && !why.is_empty());
        self.count_load(past.day, from, to);
        self.count_licences(needs_licence(past.before), needs_licence(past.after));
        self.count_firm(past.transaction, from, to);
        let reference = &past.transaction.reference;
        let label = self.labels.get(reference).cloned();
        if label.is_some() {
            let newest = (past.day, past.decision_id.map(str::to_owned));
            keep_newest(&mut self.labelled, reference, (newest, from, to));
        }
        if from != to {
            self.count_trade(past.transaction, to > from);
            self.changes.push(Change {
                reference: reference.clone(),
                decision_id: past.decision_id.map(str::to_owned),
                day: past.day,
                destination: past.transaction.destination.map(|c| c.code().to_owned()),
                from,
                to,
                why,
                label,
            });
        }
    }

    fn count_rules(&mut self, why: &[Reason], outcome_differs: bool) {
        let mut of_rule: BTreeMap<&str, BTreeSet<Turn>> = BTreeMap::new();
        for reason in why {
            of_rule.entry(&reason.rule).or_default().insert(reason.turn);
        }
        for (rule, turns) in of_rule {
            let effect = self.rules.entry(rule.to_owned()).or_default();
            effect.new += u64::from(turns.contains(&Turn::New));
            effect.gone += u64::from(turns.contains(&Turn::Gone));
            effect.changed += u64::from(turns.contains(&Turn::Changed));
            effect.outcomes += u64::from(outcome_differs);
        }
    }

    fn count_load(&mut self, day: Option<Date>, from: Outcome, to: Outcome) {
        let week = day.map(week_of).unwrap_or_default();
        self.weeks.entry((from, week.clone())).or_default().0 += 1;
        self.weeks.entry((to, week)).or_default().1 += 1;
    }

    fn count_licences(&mut self, before: bool, after: bool) {
        self.licences.before += u64::from(before);
        self.licences.after += u64::from(after);
        self.licences.added += u64::from(after && !before);
        self.licences.freed += u64::from(before && !after);
    }

    fn count_firm(&mut self, transaction: &Transaction, from: Outcome, to: Outcome) {
        let Some((_, exporter)) = transaction.in_role(Role::Exporter).next() else {
            return;
        };
        let firm = self.firms.entry(firm_key(exporter)).or_default();
        firm.declarations += 1;
        firm.changed += u64::from(from != to);
        firm.stricter += u64::from(to > from);
    }

    fn count_trade(&mut self, transaction: &Transaction, stricter: bool) {
        let destination = transaction.destination.map(|c| c.code().to_owned());
        let destination = destination.unwrap_or_default();
        for item in &transaction.items {
            let chapter = item
                .hs6()
                .map(|code| code[..2].to_owned())
                .unwrap_or_default();
            let value = item.value.as_ref();
            let currency = value.map(|v| v.currency.clone()).unwrap_or_default();
            let key = (destination.clone(), chapter, currency);
            let sums = self.trade.entry(key).or_default();
            sums.add(item, stricter);
        }
    }

    /// Takes in the count of another part of the history.
    pub fn merge(&mut self, other: Tally) {
        self.messages += other.messages;
        self.replayed += other.replayed;
        self.recorded_otherwise += other.recorded_otherwise;
        self.other_reasons += other.other_reasons;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
        for (key, count) in other.outcomes {
            *self.outcomes.entry(key).or_default() += count;
        }
        for (rule, effect) in other.rules {
            let mine = self.rules.entry(rule).or_default();
            mine.new += effect.new;
            mine.gone += effect.gone;
            mine.changed += effect.changed;
            mine.outcomes += effect.outcomes;
        }
        self.changes.extend(other.changes);
        for (key, (before, after)) in other.weeks {
            let mine = self.weeks.entry(key).or_default();
            mine.0 += before;
            mine.1 += after;
        }
        self.licences.before += other.licences.before;
        self.licences.after += other.licences.after;
        self.licences.added += other.licences.added;
        self.licences.freed += other.licences.freed;
        for (key, values) in other.trade {
            self.trade.entry(key).or_default().merge(values);
        }
        for (key, firm) in other.firms {
            let mine = self.firms.entry(key).or_default();
            mine.declarations += firm.declarations;
            mine.changed += firm.changed;
            mine.stricter += firm.stricter;
        }
        for (reference, case) in other.labelled {
            keep_newest(&mut self.labelled, &reference, case);
        }
        for (why, (count, examples)) in other.not_replayed {
            let mine = self.not_replayed.entry(why).or_default();
            mine.0 += count;
            mine.1.extend(examples);
            mine.1.sort();
            mine.1.truncate(EXAMPLES);
        }
    }

    /// The report. `draft` says which queues there are, which firms are small,
    /// and what rules are called; `milliseconds` how long it took.
    pub fn report(self, draft: &Policy, base: &Policy, milliseconds: u64) -> ReplayReport {
        let mut changes = self.changes;
        changes.sort_by(|a, b| {
            let key = |c: &Change| {
                (
                    c.to > c.from,
                    c.from,
                    c.to,
                    c.reference.clone(),
                    c.decision_id.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        let stricter = changes.iter().filter(|c| c.to > c.from).count() as u64;
        let changed = changes.len() as u64;
        let terms = draft.replay_terms();
        let mut remarks = Vec::new();
        if terms.is_none() {
            let text = "replay.toml is missing: no queue is known and no firm counts as small";
            remarks.push(text.to_owned());
        }
        let known_cases = (!self.labels.is_empty()).then(|| known(&self.labels, &self.labelled));
        ReplayReport {
            v: 1,
            draft: draft.version().to_owned(),
            base: base.version().to_owned(),
            history: History {
                first: self.first,
                last: self.last,
                messages: self.messages,
                not_replayed: not_replayed(self.not_replayed),
                ..History::default()
            },
            replayed: self.replayed,
            recorded_otherwise: self.recorded_otherwise,
            changed,
            stricter,
            milder: changed - stricter,
            other_reasons: self.other_reasons,
            outcomes: self
                .outcomes
                .into_iter()
                .map(|((a, b), n)| (a, b, n))
                .collect(),
            rules: rules(self.rules, draft, base),
            changes,
            load: terms
                .map(|terms| load(self.weeks, terms))
                .unwrap_or_default(),
            licences: self.licences,
            trade: self.trade.into_iter().map(trade).collect(),
            small_firms: small_firms(&self.firms, terms),
            known_cases,
            milliseconds,
            remarks,
            ..ReplayReport::default()
        }
    }
}

impl Values {
    fn add(&mut self, item: &Item, stricter: bool) {
        self.lines += 1;
        let Some(value) = &item.value else {
            self.without += 1;
            return;
        };
        let sum = if stricter {
            &mut self.stricter
        } else {
            &mut self.milder
        };
        *sum += i128::from(value.scaled());
    }

    fn merge(&mut self, other: Values) {
        self.lines += other.lines;
        self.without += other.without;
        self.stricter += other.stricter;
        self.milder += other.milder;
    }
}

/// A firm is told by its identifiers, and by its name where it has none.
fn firm_key(exporter: &PartyInRole) -> String {
    let identifier = exporter.party.identifiers.first();
    match identifier.map(|i| i.normalised()).filter(|i| !i.is_empty()) {
        Some(identifier) => identifier,
        None => exporter.party.caption().to_lowercase(),
    }
}

/// The ISO 8601 week of a day.
fn week_of(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// Whether a licence is asked for, by a list or by the law of an item.
fn needs_licence(decision: &Decision) -> bool {
    decision.outcome == Outcome::LicenceRequired
        || decision
            .findings
            .iter()
            .any(|f| f.outcome == Outcome::LicenceRequired)
        || decision
            .determinations
            .iter()
            .any(|d| d.binding && d.result == DeterminationResult::Required)
}

fn not_replayed(all: BTreeMap<String, (u64, Vec<String>)>) -> Vec<NotReplayed> {
    let one = |(why, (count, examples))| NotReplayed {
        why,
        count,
        examples,
    };
    all.into_iter().map(one).collect()
}

fn rules(all: BTreeMap<String, RuleEffect>, draft: &Policy, base: &Policy) -> Vec<RuleEffect> {
    let title = |id: &str| -> String {
        let mut rows = draft.rules().chain(base.rules());
        let row = rows.find(|r| r.head.id == id);
        row.map(|r| r.head.title.clone()).unwrap_or_default()
    };
    let mut rules: Vec<RuleEffect> = all
        .into_iter()
        .map(|(rule, effect)| RuleEffect {
            title: title(&rule),
            rule,
            ..effect
        })
        .collect();
    let speaks = |r: &RuleEffect| r.new + r.gone + r.changed;
    rules.sort_by(|a, b| {
        let key = |r: &RuleEffect| (r.outcomes, speaks(r));
        key(b).cmp(&key(a)).then_with(|| a.rule.cmp(&b.rule))
    });
    rules
}

fn load(weeks: BTreeMap<(Outcome, String), (u64, u64)>, terms: &ReplayTerms) -> Vec<Load> {
    let mut by_queue: BTreeMap<(usize, String), (u64, u64)> = BTreeMap::new();
    for ((outcome, week), (before, after)) in weeks {
        let queue = terms
            .queues
            .iter()
            .position(|q| q.outcomes.contains(&outcome));
        if let Some(queue) = queue {
            let sums = by_queue.entry((queue, week)).or_default();
            sums.0 += before;
            sums.1 += after;
        }
    }
    let one = |((queue, week), (before, after)): ((usize, String), (u64, u64))| Load {
        queue: terms.queues[queue].name.clone(),
        week,
        before,
        after,
    };
    by_queue.into_iter().map(one).collect()
}

fn trade(((destination, chapter, currency), sums): ((String, String, String), Values)) -> Trade {
    Trade {
        destination,
        chapter,
        currency,
        lines: sums.lines,
        without_value: sums.without,
        value: decimal(sums.stricter + sums.milder),
        stricter: decimal(sums.stricter),
        milder: decimal(sums.milder),
    }
}

/// Ten-thousandths as a decimal number without trailing zeros.
fn decimal(scaled: i128) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, part) = (
        scaled.unsigned_abs() / 10_000,
        scaled.unsigned_abs() % 10_000,
    );
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:04}");
    format!("{sign}{whole}.{}", part.trim_end_matches('0'))
}

fn small_firms(firms: &HashMap<String, Firm>, terms: Option<&ReplayTerms>) -> SmallFirmsTouched {
    let mut touched = SmallFirmsTouched {
        firms: firms.len() as u64,
        all_touched: firms.values().filter(|f| f.changed > 0).count() as u64,
        ..SmallFirmsTouched::default()
    };
    let Some(terms) = terms.map(|t| &t.small_firms) else {
        return touched;
    };
    let small: Vec<&Firm> = firms
        .values()
        .filter(|f| f.declarations < terms.declarations_below)
        .collect();
    touched.defined = format!(
        "firms that export with fewer than {} declarations in this history ({})",
        terms.declarations_below, terms.citation
    );
    touched.small = small.len() as u64;
    touched.touched = small.iter().filter(|f| f.changed > 0).count() as u64;
    touched.stricter = small.iter().filter(|f| f.stricter > 0).count() as u64;
    touched
}

/// What became of the labelled cases.
fn known(
    labels: &HashMap<String, Label>,
    cases: &BTreeMap<String, (Newest, Outcome, Outcome)>,
) -> KnownCases {
    let mut known = KnownCases {
        labels: labels.len() as u64,
        ..KnownCases::default()
    };
    for (reference, (_, from, to)) in cases {
        let Some(label) = labels.get(reference) else {
            continue;
        };
        let bad = label.outcome > Outcome::Release;
        // A bad case is right where it is caught, a lawful one where it passes.
        let right = |outcome: Outcome| match bad {
            true => outcome >= label.outcome,
            false => outcome == Outcome::Release,
        };
        let (before, after) = (right(*from), right(*to));
        if bad {
            known.bad += 1;
            known.caught_before += u64::from(before);
            known.caught_after += u64::from(after);
        } else {
            known.lawful += 1;
            known.stopped_before += u64::from(!before);
            known.stopped_after += u64::from(!after);
        }
        let list = match (before, after) {
            (true, false) => &mut known.worse,
            (false, true) => &mut known.better,
            _ => continue,
        };
        list.push(LabelledCase {
            reference: reference.clone(),
            label: label.clone(),
            from: *from,
            to: *to,
        });
    }
    known.not_in_history = known.labels - known.bad - known.lawful;
    known
}

#[cfg(test)]
mod tests;
