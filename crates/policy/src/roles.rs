//! What follows where a party is known by its identifier only, or not at all
//! (`roles.toml`), and which roles have to be there.

use crate::{DatedRow, DeepKind, DeepRemark, PolicyFiles, Problem, Row, RuleView, Status};
use portcullis_domain::{
    About, Citation, Date, Finding, Identifier, IdentifierCheck, Movement, Outcome, PartyInRole,
    Provenance, Question, Role, RuleHead, Strength, Transaction,
};
use serde::Deserialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// Goes on; said in a finding.
    Accept,
    /// Asked of the trader.
    Question,
    /// Held.
    Hold,
}

impl Answer {
    fn as_str(self) -> &'static str {
        match self {
            Answer::Accept => "accept",
            Answer::Question => "question",
            Answer::Hold => "hold",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRole {
    #[serde(rename = "id")]
    _id: String,
    roles: Vec<Role>,
    #[serde(default)]
    movements: Vec<Movement>,
    /// Known by a well-formed identifier only.
    identifier_only: Answer,
    /// Known by an identifier only, and it fails its check.
    malformed: Answer,
    /// Nobody is named.
    unnamed: Answer,
    /// Schemes without a check digit that count as well-formed.
    #[serde(default)]
    unchecked_schemes: Vec<String>,
    ask: String,
    #[serde(default)]
    guidance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMissing {
    #[serde(rename = "id")]
    _id: String,
    code: String,
    /// One of these has to be there.
    any_of: Vec<Role>,
    #[serde(default)]
    movements: Vec<Movement>,
    ask: String,
    #[serde(default)]
    guidance: String,
}

#[derive(Debug)]
struct RoleRule {
    head: RuleHead,
    status: Status,
    roles: Vec<Role>,
    movements: Vec<Movement>,
    identifier_only: Answer,
    malformed: Answer,
    unnamed: Answer,
    unchecked_schemes: Vec<String>,
    ask: String,
}

#[derive(Debug)]
struct MissingRule {
    head: RuleHead,
    status: Status,
    code: String,
    any_of: Vec<Role>,
    movements: Vec<Movement>,
    ask: String,
}

/// What follows from how well a role is filled.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    rules: Vec<RoleRule>,
    missing: Vec<MissingRule>,
}

const MOVEMENTS: [Movement; 9] = [
    Movement::Export,
    Movement::Reexport,
    Movement::InCountryTransfer,
    Movement::Transit,
    Movement::Brokering,
    Movement::TechnicalAssistance,
    Movement::Intangible,
    Movement::Import,
    Movement::Unknown,
];

fn concerns(movements: &[Movement], movement: Movement) -> bool {
    movements.is_empty() || movement == Movement::Unknown || movements.contains(&movement)
}

impl Roles {
    /// The file it is read from.
    pub const FILE: &str = "roles.toml";

    pub fn load(
        files: &PolicyFiles,
        problems: &mut Vec<Problem>,
    ) -> (Roles, Vec<RuleView>, Vec<Row>) {
        let mut roles = Roles::default();
        let (mut views, mut rows) = (Vec::new(), Vec::new());
        let document = match files.document(Roles::FILE) {
            Ok(document) => document,
            Err(wrong) => {
                problems.extend(wrong);
                return (roles, views, rows);
            }
        };
        document.only_keys(&["coverage", "role", "missing"], problems);
        for row in document.rows("role", problems) {
            match roles.add_role(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        for row in document.rows("missing", problems) {
            match roles.add_missing(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        roles.check_whole(problems);
        (roles, views, rows)
    }

    fn add_role(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawRole = body.read().map_err(|p| vec![p])?;
        let roles: Vec<&str> = raw.roles.iter().map(|r| r.as_str()).collect();
        let movements: Vec<&str> = raw.movements.iter().map(|m| m.as_str()).collect();
        let effect = format!(
            "identifier only: {}; malformed: {}; unnamed: {}",
            raw.identifier_only.as_str(),
            raw.malformed.as_str(),
            raw.unnamed.as_str()
        );
        let view = RuleView::new(row, &head, status, "role")
            .with("effect", effect)
            .with("roles", roles.join(", "))
            .with("movements", movements.join(", "))
            .with("question", raw.ask.as_str())
            .with("guidance", raw.guidance);
        self.rules.push(RoleRule {
            head,
            status,
            roles: raw.roles,
            movements: raw.movements,
            identifier_only: raw.identifier_only,
            malformed: raw.malformed,
            unnamed: raw.unnamed,
            unchecked_schemes: raw.unchecked_schemes,
            ask: raw.ask,
        });
        Ok(view)
    }

    fn add_missing(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawMissing = body.read().map_err(|p| vec![p])?;
        if raw.any_of.is_empty() {
            return Err(vec![row.problem_at("any_of", "names no role")]);
        }
        let any_of: Vec<&str> = raw.any_of.iter().map(|r| r.as_str()).collect();
        let movements: Vec<&str> = raw.movements.iter().map(|m| m.as_str()).collect();
        let view = RuleView::new(row, &head, status, "missing role")
            .with("effect", Outcome::Question.as_str())
            .with("one of", any_of.join(", "))
            .with("movements", movements.join(", "))
            .with("question", raw.ask.as_str())
            .with("guidance", raw.guidance);
        self.missing.push(MissingRule {
            head,
            status,
            code: raw.code,
            any_of: raw.any_of,
            movements: raw.movements,
            ask: raw.ask,
        });
        Ok(view)
    }

    /// Every role of every movement is ruled on by some row: none is forgotten.
    fn check_whole(&self, problems: &mut Vec<Problem>) {
        for role in Role::ALL {
            let without = MOVEMENTS.into_iter().find(|movement| {
                let mut rules = self.rules.iter().filter(|r| r.status == Status::Adopted);
                !rules.any(|r| r.roles.contains(&role) && concerns(&r.movements, *movement))
            });
            if let Some(movement) = without {
                let text = format!(
                    "no [[role]] says what follows for the {} of {} transactions",
                    role.label(),
                    movement.as_str()
                );
                problems.push(Problem::of_file(Roles::FILE, text));
            }
        }
    }

    /// Rows that speak of the same role and movement on one day: the first
    /// decides, the others never do.
    pub fn overlaps(&self, today: Date, all: &mut Vec<DeepRemark>) {
        let acting = |r: &&RoleRule| r.status.is_adopted() && r.head.applies(today, today);
        let rules: Vec<&RoleRule> = self.rules.iter().filter(acting).collect();
        for (at, first) in rules.iter().enumerate() {
            for second in &rules[at + 1..] {
                let roles: Vec<Role> = first
                    .roles
                    .iter()
                    .filter(|r| second.roles.contains(r))
                    .copied()
                    .collect();
                // A movement that is not known may be any: there the rows are meant to meet.
                let mut stated = MOVEMENTS.iter().filter(|m| **m != Movement::Unknown);
                let meets = stated
                    .any(|m| concerns(&first.movements, *m) && concerns(&second.movements, *m));
                if roles.is_empty() || !meets {
                    continue;
                }
                let answers = |r: &RoleRule| (r.identifier_only, r.malformed, r.unnamed);
                let kind = if answers(first) == answers(second) {
                    DeepKind::Unreachable
                } else {
                    DeepKind::Conflict
                };
                let (a, b) = (&first.head.id, &second.head.id);
                let named: Vec<String> = roles.iter().map(|r| r.label()).collect();
                let text = format!(
                    "{a} and {b} both speak of {}; only {a} is ever asked",
                    named.join(", ")
                );
                all.push(DeepRemark::new(kind, vec![a.clone(), b.clone()], text));
            }
        }
    }

    pub fn apply(
        &self,
        transaction: &Transaction,
        as_of: Date,
        known: Date,
        findings: &mut Vec<Finding>,
        questions: &mut Vec<Question>,
    ) {
        for (at, party) in transaction.parties.iter().enumerate() {
            let about = About::Party(at);
            if !matches!(
                party.provenance,
                Provenance::IdentifierOnly | Provenance::Unnamed
            ) {
                continue;
            }
            let rule = self.rules.iter().find(|r| {
                r.status.is_adopted()
                    && r.head.applies(as_of, known)
                    && r.roles.contains(&party.role)
                    && concerns(&r.movements, transaction.movement)
            });
            match rule {
                Some(rule) => rule.apply(about, party, findings, questions),
                None => questions.push(no_rule(about, party.role)),
            }
        }
        for rule in &self.missing {
            if rule.status.is_adopted() && rule.head.applies(as_of, known) {
                questions.extend(rule.apply(transaction));
            }
        }
    }
}

impl RoleRule {
    fn apply(
        &self,
        about: About,
        party: &PartyInRole,
        findings: &mut Vec<Finding>,
        questions: &mut Vec<Question>,
    ) {
        let role = party.role.label();
        let (answer, code, text) = if party.provenance == Provenance::Unnamed {
            let text = format!("Nobody is named as {role}.");
            (self.unnamed, "party-unnamed", text)
        } else {
            match self.wrong_identifier(&party.party.identifiers) {
                None => {
                    let text = format!(
                        "The {role} is known by its identifier only; it was screened by that."
                    );
                    (self.identifier_only, "screened-by-identifier", text)
                }
                Some(why) => {
                    let text = format!(
                        "The {role} is known by an identifier only, and that cannot be right: {why}."
                    );
                    (self.malformed, "identifier-malformed", text)
                }
            }
        };
        match answer {
            Answer::Accept => findings.push(self.finding(about, code, text, Outcome::Release)),
            Answer::Hold => findings.push(self.finding(about, code, text, Outcome::Hold)),
            Answer::Question => {
                let code = if code == "screened-by-identifier" {
                    "party-name-missing"
                } else {
                    code
                };
                questions.push(Question {
                    about,
                    code: code.to_owned(),
                    text: format!("{text} {}", self.ask.replace("{role}", &role)),
                    citations: vec![Citation(self.head.citation.clone())],
                });
            }
        }
    }

    /// Why none of the identifiers can be what it says, if none can.
    fn wrong_identifier(&self, identifiers: &[Identifier]) -> Option<String> {
        let mut wrong = None;
        for identifier in identifiers {
            let stated = identifier.normalised().len() > 3;
            match identifier.check() {
                IdentifierCheck::WellFormed => return None,
                IdentifierCheck::Unchecked
                    if stated && self.unchecked_schemes.contains(&identifier.scheme) =>
                {
                    return None;
                }
                IdentifierCheck::Unchecked => {
                    wrong = Some("an identifier of this kind cannot be checked".to_owned());
                }
                IdentifierCheck::Malformed(why) => wrong = Some(why.to_owned()),
            }
        }
        Some(wrong.unwrap_or_else(|| "it is empty".to_owned()))
    }

    fn finding(&self, about: About, code: &str, text: String, outcome: Outcome) -> Finding {
        Finding {
            about,
            code: code.to_owned(),
            text,
            strength: Strength::Context,
            millibits: 0,
            outcome,
            jurisdiction: None,
            rule: Some(self.head.id.clone()),
            citations: vec![Citation(self.head.citation.clone())],
        }
    }
}

impl MissingRule {
    fn apply(&self, transaction: &Transaction) -> Option<Question> {
        let there = self
            .any_of
            .iter()
            .any(|role| transaction.in_role(*role).next().is_some());
        let asked = concerns(&self.movements, transaction.movement) && !there;
        asked.then(|| Question {
            about: About::Transaction,
            code: self.code.clone(),
            text: self.ask.clone(),
            citations: vec![Citation(self.head.citation.clone())],
        })
    }
}

fn no_rule(about: About, role: Role) -> Question {
    Question {
        about,
        code: "role-policy-missing".to_owned(),
        text: format!(
            "The {} is not named, and no rule for this day says whether that suffices. Who is it?",
            role.label()
        ),
        citations: Vec::new(),
    }
}
