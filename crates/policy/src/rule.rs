//! `[[rule]]`: a condition over the facts of a transaction, and what follows.

use crate::case;
use crate::condition::{Condition, Env, Scope};
use crate::facts::RecordKind;
use crate::sets::Sets;
use crate::template::Template;
use crate::{DatedRow, Document, Problem, Row, RuleView, Status};
use portcullis_domain::{About, Citation, Finding, Outcome, Question, RuleHead, Strength, Truth};
use serde::Deserialize;

/// What sort of weight a rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Law: decides, where it binds.
    Legal,
    /// Evidence of risk, in bits.
    Risk,
    /// Evidence that counts only beside other evidence.
    Context,
    /// Asks the trader.
    Question,
}

/// What follows where a condition is not known to hold or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum IfUnknown {
    Ignore,
    Question,
    Hold,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    #[serde(rename = "id")]
    _id: String,
    kind: Kind,
    #[serde(default)]
    each: Option<String>,
    when: String,
    flag: Option<String>,
    outcome: Option<Outcome>,
    bits: Option<f64>,
    group: Option<String>,
    unknown: Option<IfUnknown>,
    text: Option<String>,
    ask: Option<String>,
    #[serde(default)]
    guidance: String,
    #[serde(default)]
    citations: Vec<String>,
    // Read apart by `case::run`.
    #[serde(default, rename = "case")]
    _case: Vec<toml::Value>,
}

/// A rule, checked and compiled.
#[derive(Debug)]
pub(crate) struct Rule {
    pub head: RuleHead,
    pub status: Status,
    pub kind: Kind,
    /// Position of its file among those with coverage.
    pub file: usize,
    pub group: Option<String>,
    pub millibits: i64,
    code: String,
    each: RecordKind,
    condition: Condition,
    outcome: Outcome,
    unknown: IfUnknown,
    text: Template,
    ask: Template,
    citations: Vec<Citation>,
}

/// The class that rules of risk name in place of a jurisdiction.
pub(crate) const RISK: &str = "risk";

/// Most bits that one rule may weigh: beyond it a guess pretends to be proof.
const MOST_BITS: f64 = 20.0;

/// What a rule gave about one subject.
pub(crate) enum Given {
    Finding(Finding),
    Question(Question),
}

impl Rule {
    /// Reads the `[[rule]]` tables of a document; runs their cases.
    pub fn load_all(
        document: &Document,
        file: usize,
        sets: &Sets,
        problems: &mut Vec<Problem>,
    ) -> (Vec<Rule>, Vec<RuleView>, Vec<Row>) {
        let rows = document.rows("rule", problems);
        let mut rules = Vec::new();
        let mut views = Vec::new();
        for row in &rows {
            match Rule::load(row, file, sets, problems) {
                Ok((rule, view)) => {
                    rules.push(rule);
                    views.push(view);
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        (rules, views, rows)
    }

    fn load(
        row: &Row,
        file: usize,
        sets: &Sets,
        problems: &mut Vec<Problem>,
    ) -> Result<(Rule, RuleView), Vec<Problem>> {
        let legal = row.text("kind") == Some("legal");
        let dated = row.dated_within(if legal { None } else { Some(RISK) })?;
        let raw: RawRule = dated.body.read().map_err(|p| vec![p])?;
        check_fields(row, &raw, &dated)?;
        let each = each_of(row, raw.each.as_deref())?;
        let scope = Scope::of(sets, each);
        let condition = compile(row, "when", &raw.when, &scope)?;
        let text = template(row, "text", raw.text.as_deref(), &scope)?;
        let ask = template(row, "ask", raw.ask.as_deref(), &scope)?;
        let cases = case::run(row, &condition, each, &sets.newest(), problems);

        let mut citations = vec![Citation(dated.head.citation.clone())];
        citations.extend(raw.citations.iter().cloned().map(Citation));
        let code = match (&raw.flag, raw.kind) {
            (Some(flag), _) => format!("red-flag:{flag}"),
            (None, _) => dated.head.id.clone(),
        };
        let rule = Rule {
            kind: raw.kind,
            file,
            group: raw.group.clone(),
            millibits: millibits(raw.bits.unwrap_or(0.0)),
            code,
            each,
            condition,
            outcome: raw.outcome.unwrap_or(Outcome::Release),
            unknown: raw.unknown.unwrap_or(match raw.kind {
                Kind::Legal | Kind::Question => IfUnknown::Question,
                Kind::Risk | Kind::Context => IfUnknown::Ignore,
            }),
            text,
            ask,
            citations,
            head: dated.head,
            status: dated.status,
        };
        let view = rule.view(row, &raw).with_cases(cases);
        Ok((rule, view))
    }

    fn view(&self, row: &Row, raw: &RawRule) -> RuleView {
        let kind = match self.kind {
            Kind::Legal => "legal rule",
            Kind::Risk => "red flag",
            Kind::Context => "context",
            Kind::Question => "question",
        };
        let effect = match (self.kind, raw.bits) {
            (Kind::Legal, _) => self.outcome.as_str().to_owned(),
            (Kind::Question, _) => Outcome::Question.as_str().to_owned(),
            (_, Some(bits)) if self.outcome > Outcome::Release => {
                format!("{bits} bits, {}", self.outcome.as_str())
            }
            (_, bits) => format!("{} bits", bits.unwrap_or(0.0)),
        };
        RuleView::new(row, &self.head, self.status, kind)
            .with("effect", effect)
            .with("flag", raw.flag.clone().unwrap_or_default())
            .with("group", self.group.clone().unwrap_or_default())
            .with("ranges over", self.each.variable())
            .with("condition", self.condition.source())
            .with("text", self.text.source())
            .with("question", self.ask.source())
            .with("guidance", raw.guidance.as_str())
            .with("also", raw.citations.join("; "))
    }

    /// What the rule gives for each of its subjects. `binding`: whether its
    /// law binds here and its file covers the day.
    pub fn apply(&self, env: &Env<'_>, binding: bool, given: &mut Vec<Given>) {
        for at in 0..env.facts().records(self.each).len() {
            let env = env.about(self.each, at);
            match self.condition.holds(&env) {
                Truth::True => given.push(self.holding(&env, at, binding)),
                Truth::False => {}
                Truth::Unknown => given.extend(self.not_known(&env, at, binding)),
            }
        }
    }

    /// What it ranges over.
    pub fn each(&self) -> RecordKind {
        self.each
    }

    /// The outcome that it asks for.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the condition holds of the first subject.
    pub fn holds_first(&self, env: &Env<'_>) -> Truth {
        self.condition.holds(&env.about(self.each, 0))
    }

    /// Whether the condition is false where nothing at all is known, and can
    /// therefore never hold. Conditions that ask whether something is known, or
    /// how many there are, may be false only for want of declarations.
    pub fn never_holds(&self, nothing: &Env<'_>) -> bool {
        let source = self.condition.source();
        let asks = ["has(", "size(", ".exists(", ".all("];
        !asks.iter().any(|word| source.contains(word))
            && self.condition.holds(&nothing.about(self.each, 0)) == Truth::False
    }

    /// The first subject of which the condition is as asked.
    pub fn first_where(&self, env: &Env<'_>, fits: impl Fn(Truth) -> bool) -> Option<About> {
        let count = env.facts().records(self.each).len();
        let mut places = 0..count;
        let at = places.find(|at| fits(self.condition.holds(&env.about(self.each, *at))))?;
        Some(about(self.each, at))
    }

    fn holding(&self, env: &Env<'_>, at: usize, binding: bool) -> Given {
        if self.kind == Kind::Question {
            return Given::Question(self.question(env, at));
        }
        let (strength, outcome) = match self.kind {
            Kind::Legal if binding => (Strength::Legal, self.outcome),
            Kind::Legal => (Strength::Context, self.outcome.min(Outcome::Review)),
            Kind::Risk => (Strength::Evidence, self.outcome),
            _ => (Strength::Context, Outcome::Release),
        };
        Given::Finding(self.finding(env, at, strength, outcome))
    }

    fn not_known(&self, env: &Env<'_>, at: usize, binding: bool) -> Option<Given> {
        match self.unknown {
            IfUnknown::Ignore => None,
            IfUnknown::Question => Some(Given::Question(self.question(env, at))),
            IfUnknown::Hold => {
                let outcome = if binding {
                    Outcome::Hold
                } else {
                    Outcome::Review
                };
                let mut finding = self.finding(env, at, Strength::Context, outcome);
                finding.millibits = 0;
                finding.text = format!("cannot be told whether this holds: {}", self.head.title);
                Some(Given::Finding(finding))
            }
        }
    }

    fn finding(&self, env: &Env<'_>, at: usize, strength: Strength, outcome: Outcome) -> Finding {
        Finding {
            about: about(self.each, at),
            code: self.code.clone(),
            text: self.text.fill(env),
            strength,
            millibits: self.millibits,
            outcome,
            jurisdiction: (self.kind == Kind::Legal).then(|| self.head.jurisdiction.clone()),
            rule: Some(self.head.id.clone()),
            citations: self.citations.clone(),
        }
    }

    fn question(&self, env: &Env<'_>, at: usize) -> Question {
        Question {
            about: about(self.each, at),
            code: self.code.clone(),
            text: self.ask.fill(env),
            citations: self.citations.clone(),
        }
    }
}

/// Bits as the integer of the recorded form.
pub(crate) fn millibits(bits: f64) -> i64 {
    (bits * 1_000.0).round() as i64
}

pub(crate) fn about(each: RecordKind, at: usize) -> About {
    match each {
        RecordKind::Transaction => About::Transaction,
        RecordKind::Item => About::Item(at),
        RecordKind::Party => About::Party(at),
        RecordKind::Payment => About::Payment(at),
    }
}

pub(crate) fn each_of(row: &Row, word: Option<&str>) -> Result<RecordKind, Vec<Problem>> {
    match word {
        None | Some("transaction") => Ok(RecordKind::Transaction),
        Some("item") => Ok(RecordKind::Item),
        Some("party") => Ok(RecordKind::Party),
        Some("payment") => Ok(RecordKind::Payment),
        Some(other) => {
            let text = format!(
                "'{other}' is nothing to range over; write transaction, item, party or payment"
            );
            Err(vec![row.problem_at("each", text)])
        }
    }
}

pub(crate) fn compile(
    row: &Row,
    key: &str,
    source: &str,
    scope: &Scope<'_>,
) -> Result<Condition, Vec<Problem>> {
    Condition::compile(source, scope).map_err(|errors| {
        let problem = |error: String| row.problem_at(key, format!("{key}: {error}"));
        errors.into_iter().map(problem).collect()
    })
}

pub(crate) fn template(
    row: &Row,
    key: &str,
    source: Option<&str>,
    scope: &Scope<'_>,
) -> Result<Template, Vec<Problem>> {
    let source = source.unwrap_or("").trim();
    Template::compile(source, scope)
        .map_err(|error| vec![row.problem_at(key, format!("{key}: {error}"))])
}

fn check_fields(row: &Row, raw: &RawRule, dated: &DatedRow) -> Result<(), Vec<Problem>> {
    let mut wrong: Vec<(&str, String)> = Vec::new();
    let mut require = |holds: bool, key: &'static str, text: &str| {
        if !holds {
            wrong.push((key, text.to_owned()));
        }
    };
    let evidence = matches!(raw.kind, Kind::Risk | Kind::Context);
    let asks = raw.kind == Kind::Question
        || raw.unknown == Some(IfUnknown::Question)
        || (raw.kind == Kind::Legal && raw.unknown.is_none());
    let bits_fit = raw.bits.is_none_or(|b| b > 0.0 && b <= MOST_BITS);
    require(
        evidence == raw.bits.is_some(),
        "bits",
        "evidence has bits, and nothing else has",
    );
    require(bits_fit, "bits", "bits must be above 0 and at most 20");
    require(
        evidence || raw.group.is_none(),
        "group",
        "only evidence is grouped",
    );
    require(
        (raw.kind == Kind::Legal) == raw.outcome.is_some() || raw.kind == Kind::Risk,
        "outcome",
        "a legal rule has an outcome; context and questions have none",
    );
    require(
        raw.kind != Kind::Risk || raw.outcome.is_none_or(|o| o <= Outcome::Review),
        "outcome",
        "evidence can ask for a review at most; anything stricter is law",
    );
    require(
        raw.text.is_some() == (raw.kind != Kind::Question),
        "text",
        "a finding has a text; a question has 'ask'",
    );
    require(raw.ask.is_some() || !asks, "ask", "has nothing to ask with");
    require(
        dated.status != Status::Lapsed || dated.head.in_force.until.is_some(),
        "until",
        "a lapsed rule has a last day",
    );
    require(
        raw.kind != Kind::Legal || dated.head.jurisdiction.code() != RISK,
        "jurisdiction",
        "a legal rule names whose law it is",
    );
    let problems: Vec<Problem> = wrong
        .into_iter()
        .map(|(key, text)| row.problem_at(key, text))
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
