//! What follows from standing on a list (`lists.toml`).

use crate::condition::{Condition, Env, Scope};
use crate::facts::RecordKind;
use crate::sets::Sets;
use crate::zones::When;
use crate::{DatedRow, Installation, PolicyFiles, Problem, Row, RuleView, Status};
use portcullis_domain::{
    About, Citation, Date, Finding, ListedHit, Listing, Movement, Outcome, Period, Question, Role,
    RuleHead, ScreenedParty, Strength, Transaction, Truth,
};
use serde::Deserialize;

/// What follows from standing on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListEffect {
    /// Dealing with the party is forbidden.
    Prohibited,
    /// A licence is needed.
    LicenceRequired,
    /// No licence exception may be used, and its statement must be had first.
    NoLicenceExceptions,
    /// Only certain financial dealings are restricted: an officer looks.
    FinancialOnly,
    /// Nothing follows by itself.
    Information,
}

impl ListEffect {
    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            ListEffect::Prohibited => "prohibited",
            ListEffect::LicenceRequired => "licence_required",
            ListEffect::NoLicenceExceptions => "no_licence_exceptions",
            ListEffect::FinancialOnly => "financial_only",
            ListEffect::Information => "information",
        }
    }

    /// The outcome that a strong hit asks for where the law binds.
    fn outcome(self) -> Outcome {
        match self {
            ListEffect::Prohibited => Outcome::Prohibited,
            ListEffect::LicenceRequired => Outcome::LicenceRequired,
            ListEffect::NoLicenceExceptions => Outcome::Question,
            ListEffect::FinancialOnly => Outcome::Review,
            ListEffect::Information => Outcome::Release,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    id: String,
    #[serde(default)]
    lists: Vec<String>,
    effect: ListEffect,
    #[serde(default)]
    movements: Vec<Movement>,
    #[serde(default)]
    shown_by: Vec<String>,
    goods: Option<String>,
    explanation: String,
    what_to_do: String,
    ask: Option<String>,
    #[serde(default)]
    review_policy: String,
    #[serde(default)]
    guidance: String,
}

/// The effect of one list, or of several that have one.
#[derive(Debug)]
struct ListRule {
    head: RuleHead,
    status: Status,
    lists: Vec<String>,
    effect: ListEffect,
    /// Empty = every movement.
    movements: Vec<Movement>,
    /// Kinds of documents that show what is asked for.
    shown_by: Vec<String>,
    /// The goods it reaches; `None` = all.
    goods: Option<Condition>,
    explanation: String,
    what_to_do: String,
    ask: String,
}

/// The effects of all lists.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    rules: Vec<ListRule>,
}

/// What the hits of a transaction gave.
#[derive(Default)]
pub(crate) struct FromLists {
    pub findings: Vec<Finding>,
    pub questions: Vec<Question>,
    pub exceptions_refused: bool,
    /// Strongest evidence of a match that is not strong, in millibits.
    pub evidence: i64,
}

/// For which day, and whose law.
pub(crate) struct Asked<'a> {
    pub env: &'a Env<'a>,
    pub transaction: &'a Transaction,
    pub installation: &'a Installation,
    pub when: When<'a>,
    /// Whether `lists.toml` says what held on the day.
    pub covered: bool,
}

/// Whether a listing counts on a day: undated ones always, dated ones from
/// their first to their last day.
pub fn listing_in_force(listing: &Listing, as_of: Date) -> bool {
    let period = Period {
        from: listing.listed_on,
        until: listing.until,
    };
    period.contains(as_of)
}

impl Lists {
    /// The file it is read from.
    pub const FILE: &str = "lists.toml";

    pub fn load(
        files: &PolicyFiles,
        sets: &Sets,
        problems: &mut Vec<Problem>,
    ) -> (Lists, Vec<RuleView>, Vec<Row>) {
        let mut lists = Lists::default();
        let mut views = Vec::new();
        let document = match files.document(Lists::FILE) {
            Ok(document) => document,
            Err(wrong) => {
                problems.extend(wrong);
                return (lists, views, Vec::new());
            }
        };
        document.only_keys(&["coverage", "list", "source"], problems);
        let rows = document.rows("list", problems);
        for row in &rows {
            match ListRule::load(row, sets) {
                Ok((rule, view)) => {
                    problems.extend(lists.clash(row, &rule));
                    lists.rules.push(rule);
                    views.push(view);
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        (lists, views, rows)
    }

    /// Two rows may not say what follows from one list on one day.
    fn clash(&self, row: &Row, rule: &ListRule) -> Option<Problem> {
        let overlaps = |other: &&ListRule| {
            let apart =
                |a: &ListRule, b: &ListRule| match (a.head.in_force.until, b.head.in_force.from) {
                    (Some(until), Some(from)) => until < from,
                    _ => false,
                };
            let shared = other.lists.iter().any(|code| rule.lists.contains(code));
            shared && !apart(other, rule) && !apart(rule, other)
        };
        let active = |r: &&ListRule| r.status.is_adopted() && rule.status.is_adopted();
        let other = self.rules.iter().filter(active).find(overlaps)?;
        Some(row.problem(format!(
            "{} says what follows from the same list on the same days",
            other.head.id
        )))
    }

    /// The codes of all lists that have an effect, with it.
    pub fn codes(&self) -> impl Iterator<Item = (&str, ListEffect)> {
        let rules = self.rules.iter().filter(|r| r.status.is_adopted());
        rules.flat_map(|r| r.lists.iter().map(|code| (code.as_str(), r.effect)))
    }

    pub fn apply(&self, screened: &[ScreenedParty], asked: &Asked<'_>) -> FromLists {
        let mut given = FromLists::default();
        for party in screened {
            for hit in &party.hits {
                if hit.is_cleared() {
                    given.findings.push(cleared(party, hit));
                    continue;
                }
                for code in &hit.lists {
                    self.one(party, hit, code, asked, &mut given);
                }
            }
        }
        given
    }

    fn one(
        &self,
        party: &ScreenedParty,
        hit: &ListedHit,
        code: &str,
        asked: &Asked<'_>,
        given: &mut FromLists,
    ) {
        let mut of_list = self
            .rules
            .iter()
            .filter(|r| r.status.is_adopted() && r.lists.iter().any(|l| l == code))
            .peekable();
        if of_list.peek().is_none() {
            given.findings.push(effect_unknown(party, hit, code));
            return;
        }
        // Outside its dates the oldest row serves as evidence, never as law.
        let oldest = of_list.clone().min_by_key(|r| r.head.in_force.from);
        let in_force = of_list.find(|r| asked.when.applies(&r.head));
        let Some(rule) = in_force.or(oldest) else {
            return;
        };
        let decides = in_force.is_some() && asked.covered;
        if hit.strong {
            rule.strong(party, hit, decides, asked, given);
        } else {
            rule.possible(party, hit, asked, given);
        }
    }
}

impl ListRule {
    fn load(row: &Row, sets: &Sets) -> Result<(ListRule, RuleView), Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated()?;
        let raw: RawList = body.read().map_err(|p| vec![p])?;
        let asks = raw.effect == ListEffect::NoLicenceExceptions;
        if asks != raw.ask.is_some() {
            let text = "no_licence_exceptions needs 'ask', and nothing else has it";
            return Err(vec![row.problem_at("ask", text)]);
        }
        let scope = Scope::of(sets, RecordKind::Item);
        let goods = raw.goods.as_deref();
        let goods = goods
            .map(|g| crate::rule::compile(row, "goods", g, &scope))
            .transpose()?;
        let lists = if raw.lists.is_empty() {
            vec![raw.id.clone()]
        } else {
            raw.lists.clone()
        };
        let movements: Vec<&str> = raw.movements.iter().map(|m| m.as_str()).collect();
        let view = RuleView::new(row, &head, status, "list")
            .with("effect", raw.effect.as_str())
            .with("lists", lists.join(", "))
            .with("movements", movements.join(", "))
            .with("condition", raw.goods.clone().unwrap_or_default())
            .with("text", raw.explanation.as_str())
            .with("what to do", raw.what_to_do.as_str())
            .with("question", raw.ask.clone().unwrap_or_default())
            .with("shown by", raw.shown_by.join(", "))
            .with("review policy", raw.review_policy)
            .with("guidance", raw.guidance);
        let rule = ListRule {
            head,
            status,
            lists,
            effect: raw.effect,
            movements: raw.movements,
            shown_by: raw.shown_by,
            goods,
            explanation: raw.explanation,
            what_to_do: raw.what_to_do,
            ask: raw.ask.unwrap_or_default(),
        };
        Ok((rule, view))
    }

    /// An unknown movement may be any.
    fn concerns(&self, movement: Movement) -> bool {
        self.movements.is_empty()
            || movement == Movement::Unknown
            || self.movements.contains(&movement)
    }

    /// Whether it reaches any line of goods. Goods that are not known, or of
    /// which nothing is declared, may be any.
    fn reaches_goods(&self, env: &Env<'_>) -> bool {
        let lines = env.facts().records(RecordKind::Item).len();
        self.goods.as_ref().is_none_or(|goods| {
            let about = |at| env.about(RecordKind::Item, at);
            lines == 0 || (0..lines).any(|at| goods.holds(&about(at)) != Truth::False)
        })
    }

    fn is_shown(&self, transaction: &Transaction) -> bool {
        let mut documents = transaction.all_documents();
        documents.any(|d| self.shown_by.contains(&d.kind))
    }

    fn strong(
        &self,
        party: &ScreenedParty,
        hit: &ListedHit,
        decides: bool,
        asked: &Asked<'_>,
        given: &mut FromLists,
    ) {
        let binds = asked.installation.binds(&self.head.jurisdiction);
        let concerned = self.concerns(asked.transaction.movement);
        let text = self.explain(party, hit, &self.explanation);
        if !concerned {
            let text = format!("{text} It says nothing about this movement.");
            given.findings.push(self.finding(
                party,
                hit,
                "listed-party",
                text,
                Strength::Context,
                Outcome::Release,
            ));
            return;
        }
        if !binds || !decides {
            let why = if binds {
                "What followed from this list on the day is not known here."
            } else {
                "This law does not bind here; it is shown as evidence."
            };
            // A rule that is not known for the day asks for a review whatever it says today.
            let milder = if binds {
                Outcome::Review
            } else {
                self.effect.outcome().min(Outcome::Review)
            };
            let text = format!("{text} {why}");
            given.findings.push(self.finding(
                party,
                hit,
                "listed-party",
                text,
                Strength::Context,
                milder,
            ));
            return;
        }
        if !self.reaches_goods(asked.env) {
            let text = format!(
                "{text} The list does not reach these goods; an officer looks who the party is."
            );
            given.findings.push(self.finding(
                party,
                hit,
                "listed-party",
                text,
                Strength::Context,
                Outcome::Review,
            ));
            return;
        }
        let shown = self.is_shown(asked.transaction);
        let (code, outcome, more) = match self.effect {
            ListEffect::NoLicenceExceptions => {
                given.exceptions_refused = true;
                let outcome = if shown {
                    Outcome::Release
                } else {
                    Outcome::Question
                };
                if !shown {
                    given
                        .questions
                        .push(self.question(party, hit, "statement-missing", &self.ask));
                }
                ("licence-exceptions-refused", outcome, "")
            }
            ListEffect::LicenceRequired if shown => (
                "listed-party",
                Outcome::Review,
                " A licence is named; an officer checks that it covers this party.",
            ),
            effect => ("listed-party", effect.outcome(), ""),
        };
        let text = format!("{text}{more} {}", self.what_to_do);
        given
            .findings
            .push(self.finding(party, hit, code, text, Strength::Presumptive, outcome));
    }

    /// A weaker match never asks for more than the list itself does.
    fn possible(
        &self,
        party: &ScreenedParty,
        hit: &ListedHit,
        asked: &Asked<'_>,
        given: &mut FromLists,
    ) {
        if !self.concerns(asked.transaction.movement) {
            return;
        }
        let outcome = self.effect.outcome().min(Outcome::Review);
        let text = format!(
            "{} may be {} on the list {}: {}. Whether it is the same has to be judged.",
            shown(party),
            hit.caption,
            self.head.title,
            because(hit)
        );
        let mut finding = self.finding(
            party,
            hit,
            "possible-listed-party",
            text,
            Strength::Evidence,
            outcome,
        );
        finding.millibits = hit.millibits.max(0);
        if outcome == Outcome::Review {
            given.evidence = given.evidence.max(finding.millibits);
        } else if outcome == Outcome::Question {
            let ask = format!(
                "Is {} the same as {} ({})? If it is not, state what tells them apart: address, registration number, owner.",
                shown(party),
                hit.caption,
                self.head.title
            );
            given
                .questions
                .push(self.question(party, hit, "possible-listed-party", &ask));
        }
        given.findings.push(finding);
    }

    fn finding(
        &self,
        party: &ScreenedParty,
        hit: &ListedHit,
        code: &str,
        text: String,
        strength: Strength,
        outcome: Outcome,
    ) -> Finding {
        Finding {
            about: party.about,
            code: code.to_owned(),
            text,
            strength,
            millibits: 0,
            outcome,
            jurisdiction: Some(self.head.jurisdiction.clone()),
            rule: Some(self.head.id.clone()),
            citations: vec![
                Citation(self.head.citation.clone()),
                Citation(format!("list entry {}", hit.entity_id)),
            ],
        }
    }

    fn question(&self, party: &ScreenedParty, hit: &ListedHit, code: &str, ask: &str) -> Question {
        Question {
            about: party.about,
            code: code.to_owned(),
            text: self.explain(party, hit, ask),
            citations: vec![Citation(self.head.citation.clone())],
        }
    }

    /// Fills `{party}`, `{role}`, `{listed}`, `{list}` and `{reasons}`.
    fn explain(&self, party: &ScreenedParty, hit: &ListedHit, template: &str) -> String {
        let template = template.split_whitespace().collect::<Vec<_>>().join(" ");
        template
            .replace("{party}", &shown(party))
            .replace("{role}", &party.role.label())
            .replace("{listed}", &hit.caption)
            .replace("{list}", &self.head.title)
            .replace("{reasons}", &because(hit))
    }
}

/// Fail closed: a list of which policy does not say what follows.
fn effect_unknown(party: &ScreenedParty, hit: &ListedHit, code: &str) -> Finding {
    Finding {
        about: party.about,
        code: "list-effect-unknown".to_owned(),
        text: format!(
            "{} matches {} on the list '{code}', and lists.toml does not say what follows from that list.",
            shown(party),
            hit.caption
        ),
        strength: Strength::Context,
        millibits: 0,
        outcome: Outcome::Hold,
        jurisdiction: None,
        rule: None,
        citations: vec![Citation(format!("list entry {}", hit.entity_id))],
    }
}

/// A match that was judged not the same: it stops nothing, and is said.
fn cleared(party: &ScreenedParty, hit: &ListedHit) -> Finding {
    let judged = hit.disposition.as_ref().map(|d| {
        format!(
            "judged not the same on {} by {} (judgement {}), which holds until {}",
            d.decided_on, d.by, d.id, d.expires_on
        )
    });
    Finding {
        about: party.about,
        code: "cleared-listed-party".to_owned(),
        text: format!(
            "{} resembles {} ({}): {}. It was {}.",
            shown(party),
            hit.caption,
            hit.lists.join(", "),
            because(hit),
            judged.unwrap_or_default()
        ),
        strength: Strength::Context,
        millibits: 0,
        outcome: Outcome::Release,
        jurisdiction: None,
        rule: None,
        citations: vec![Citation(format!("list entry {}", hit.entity_id))],
    }
}

fn shown(party: &ScreenedParty) -> String {
    let name = party.name.trim();
    if name.is_empty() {
        format!("the {}", party.role.label())
    } else {
        name.to_owned()
    }
}

fn because(hit: &ListedHit) -> String {
    if hit.reasons.is_empty() {
        "reasons not recorded".to_owned()
    } else {
        hit.reasons.join("; ")
    }
}

/// A party that has a name and could nevertheless not be screened.
pub(crate) fn not_screened(about: About, role: Role) -> Finding {
    Finding {
        about,
        code: "not-screened".to_owned(),
        text: format!(
            "The {} could not be screened: nothing in its name or identifiers can be compared.",
            role.label()
        ),
        strength: Strength::Context,
        millibits: 0,
        outcome: Outcome::Hold,
        jurisdiction: None,
        rule: None,
        citations: Vec::new(),
    }
}
