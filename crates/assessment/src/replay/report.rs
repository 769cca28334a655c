//! What a replay says: one record for the command, the console and files.

use super::{Label, Reason};
use portcullis_domain::{Date, Outcome};
use serde::{Deserialize, Serialize};

/// What a draft would have changed in a history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayReport {
    /// Version of this form.
    pub v: u32,
    /// Id of the draft.
    pub draft: String,
    /// Id of the policy it is compared with.
    pub base: String,
    /// What that policy is: `adopted`, `files`, or words of the caller.
    pub base_is: String,
    /// The history.
    pub history: History,
    /// Whether everybody was screened again; otherwise the recorded findings of
    /// screening were used.
    pub rescreened: bool,
    /// Transactions decided under both policies.
    pub replayed: u64,
    /// Those whose recorded outcome is not what `base` makes of them today:
    /// another policy or engine decided them. They are compared with `base`.
    pub recorded_otherwise: u64,
    /// Transactions whose outcome differs.
    pub changed: u64,
    /// Of these, to a stricter outcome.
    pub stricter: u64,
    /// Of these, to a milder outcome.
    pub milder: u64,
    /// Transactions with the same outcome for other reasons.
    pub other_reasons: u64,
    /// How many came from which outcome to which; the same to the same included.
    pub outcomes: Vec<(Outcome, Outcome, u64)>,
    /// Which rules are behind it, those behind most changes first.
    pub rules: Vec<RuleEffect>,
    /// Every transaction whose outcome differs: milder ones first, since they
    /// are what a mistake would let pass.
    pub changes: Vec<Change>,
    /// Work that comes to people, by queue and week.
    pub load: Vec<Load>,
    /// Licences.
    pub licences: Licences,
    /// The value of trade whose outcome differs, by destination and sector.
    pub trade: Vec<Trade>,
    /// Small firms.
    pub small_firms: SmallFirmsTouched,
    /// What is known of past cases; absent without labels.
    pub known_cases: Option<KnownCases>,
    /// How long the evaluation took, in milliseconds, reading included.
    pub milliseconds: u64,
    /// What the reader should know: what was not done, and why.
    pub remarks: Vec<String>,
}

/// The history that was replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Where it comes from: a file, or the record.
    pub source: String,
    /// The first day in it.
    pub first: Option<Date>,
    /// The last day in it.
    pub last: Option<Date>,
    /// Messages in it.
    pub messages: u64,
    /// What could not be replayed, and why.
    pub not_replayed: Vec<NotReplayed>,
}

/// Messages that could not be replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotReplayed {
    /// Why, in words.
    pub why: String,
    /// How many.
    pub count: u64,
    /// The first of them, at most ten.
    pub examples: Vec<String>,
}

/// What hangs on one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleEffect {
    /// The rule, or the code where no rule is named.
    pub rule: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// Transactions in which it speaks now and did not before.
    pub new: u64,
    /// Transactions in which it spoke and does no longer.
    pub gone: u64,
    /// Transactions in which it asks for another outcome or weighs otherwise.
    pub changed: u64,
    /// Transactions whose outcome differs and in which it is among the reasons.
    pub outcomes: u64,
}

/// A transaction whose outcome differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The trader's reference.
    pub reference: String,
    /// Id of the recorded decision, if there is one.
    pub decision_id: Option<String>,
    /// The day on which it was decided, or declared.
    pub day: Option<Date>,
    /// Where the goods go.
    pub destination: Option<String>,
    /// The outcome under the policy it is compared with.
    pub from: Outcome,
    /// The outcome under the draft.
    pub to: Outcome,
    /// What differs, the strictest first.
    pub why: Vec<Reason>,
    /// What was known of the case, where it was labelled.
    pub label: Option<Label>,
}

/// The work of one queue in one week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// The queue.
    pub queue: String,
    /// The week, `2026-W46` (ISO 8601); empty where no day is known.
    pub week: String,
    /// Decisions that came to it under the policy it is compared with.
    pub before: u64,
    /// Decisions that come to it under the draft.
    pub after: u64,
}

/// Licences that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licences {
    /// Transactions that need one under the policy it is compared with.
    pub before: u64,
    /// Transactions that need one under the draft.
    pub after: u64,
    /// Transactions that need one under the draft only.
    pub added: u64,
    /// Transactions that need one no longer.
    pub freed: u64,
}

/// The value of goods whose outcome differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// Where they go, ISO 3166-1 alpha-2; empty if not known.
    pub destination: String,
    /// The chapter of the Harmonized System, two digits; empty if not known.
    pub chapter: String,
    /// The currency; empty if none is stated. Currencies are never added up.
    pub currency: String,
    /// Lines of goods.
    pub lines: u64,
    /// Lines of which no value is stated.
    pub without_value: u64,
    /// Their value, as a decimal number.
    pub value: String,
    /// The part whose outcome is stricter.
    pub stricter: String,
    /// The part whose outcome is milder.
    pub milder: String,
}

/// Small firms whose outcomes differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmallFirmsTouched {
    /// Which firms count as small, in words; empty where policy does not say.
    pub defined: String,
    /// Firms that export in the history.
    pub firms: u64,
    /// Small ones among them.
    pub small: u64,
    /// Small ones with a changed outcome.
    pub touched: u64,
    /// Small ones with a stricter outcome.
    pub stricter: u64,
    /// All firms with a changed outcome.
    pub all_touched: u64,
}

/// What became of cases of which the right outcome is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCases {
    /// Labels given.
    pub labels: u64,
    /// Labels whose reference is not in the history.
    pub not_in_history: u64,
    /// Bad cases (labelled with more than release) in the history.
    pub bad: u64,
    /// Bad cases with at least the labelled outcome, under the policy it is compared with.
    pub caught_before: u64,
    /// The same under the draft.
    pub caught_after: u64,
    /// Lawful cases (labelled release) in the history.
    pub lawful: u64,
    /// Lawful cases that were stopped, under the policy it is compared with.
    pub stopped_before: u64,
    /// The same under the draft.
    pub stopped_after: u64,
    /// Bad cases that the draft loses, and lawful ones that it stops.
    pub worse: Vec<LabelledCase>,
    /// Bad cases that only the draft catches, and lawful ones that it frees.
    pub better: Vec<LabelledCase>,
}

/// A labelled case that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelledCase {
    /// The trader's reference.
    pub reference: String,
    /// What it should be.
    pub label: Label,
    /// Under the policy it is compared with.
    pub from: Outcome,
    /// Under the draft.
    pub to: Outcome,
}

impl ReplayReport {
    /// Transactions evaluated in a second, both policies counted as one.
    pub fn per_second(&self) -> f64 {
        if self.milliseconds == 0 {
            return 0.0;
        }
        self.replayed as f64 * 1_000.0 / self.milliseconds as f64
    }

    /// How many messages could not be replayed.
    pub fn not_replayed(&self) -> u64 {
        self.history.not_replayed.iter().map(|one| one.count).sum()
    }
}
