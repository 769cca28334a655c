//! What must be declared for goods that call for care (`completeness.toml`).

use crate::case;
use crate::condition::{Condition, Env, Scope};
use crate::facts::RecordKind;
use crate::rule::{RISK, about, compile, template};
use crate::sets::Sets;
use crate::template::Template;
use crate::{DatedRow, PolicyFiles, Problem, Row, RuleView, Status};
use portcullis_domain::{Citation, Date, Outcome, Question, RuleHead, Truth};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    #[serde(rename = "id")]
    _id: String,
    code: String,
    missing: String,
    ask: String,
    #[serde(default)]
    guidance: String,
    #[serde(default, rename = "case")]
    _case: Vec<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequirement {
    #[serde(rename = "id")]
    _id: String,
    when: String,
    fields: Vec<String>,
    #[serde(default)]
    guidance: String,
    #[serde(default, rename = "case")]
    _case: Vec<toml::Value>,
}

#[derive(Debug)]
struct Field {
    head: RuleHead,
    status: Status,
    code: String,
    missing: Condition,
    ask: Template,
}

#[derive(Debug)]
struct Requirement {
    head: RuleHead,
    status: Status,
    when: Condition,
    fields: Vec<usize>,
}

/// What must be declared, by the goods.
#[derive(Debug, Default)]
pub(crate) struct Completeness {
    fields: Vec<Field>,
    requirements: Vec<Requirement>,
}

/// Conditions range over lines of goods.
const EACH: RecordKind = RecordKind::Item;

impl Completeness {
    /// The file it is read from.
    pub const FILE: &str = "completeness.toml";

    pub fn load(
        files: &PolicyFiles,
        sets: &Sets,
        problems: &mut Vec<Problem>,
    ) -> (Completeness, Vec<RuleView>, Vec<Row>) {
        let mut whole = Completeness::default();
        let (mut views, mut rows) = (Vec::new(), Vec::new());
        let document = match files.document(Completeness::FILE) {
            Ok(document) => document,
            Err(wrong) => {
                problems.extend(wrong);
                return (whole, views, rows);
            }
        };
        document.only_keys(&["coverage", "field", "requirement"], problems);
        for row in document.rows("field", problems) {
            match whole.add_field(&row, sets, problems) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        for row in document.rows("requirement", problems) {
            match whole.add_requirement(&row, sets, problems) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        (whole, views, rows)
    }

    fn add_field(
        &mut self,
        row: &Row,
        sets: &Sets,
        problems: &mut Vec<Problem>,
    ) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(RISK))?;
        let raw: RawField = body.read().map_err(|p| vec![p])?;
        let scope = Scope::of(sets, EACH);
        let missing = compile(row, "missing", &raw.missing, &scope)?;
        let ask = template(row, "ask", Some(&raw.ask), &scope)?;
        let cases = case::run(row, &missing, EACH, &sets.newest(), problems);
        let view = RuleView::new(row, &head, status, "required field")
            .with("effect", Outcome::Question.as_str())
            .with("condition", missing.source())
            .with("question", ask.source())
            .with("guidance", raw.guidance)
            .with_cases(cases);
        self.fields.push(Field {
            head,
            status,
            code: raw.code,
            missing,
            ask,
        });
        Ok(view)
    }

    fn add_requirement(
        &mut self,
        row: &Row,
        sets: &Sets,
        problems: &mut Vec<Problem>,
    ) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(RISK))?;
        let raw: RawRequirement = body.read().map_err(|p| vec![p])?;
        let when = compile(row, "when", &raw.when, &Scope::of(sets, EACH))?;
        let cases = case::run(row, &when, EACH, &sets.newest(), problems);
        let mut fields = Vec::new();
        for id in &raw.fields {
            match self.fields.iter().position(|f| f.head.id == *id) {
                Some(position) => fields.push(position),
                None => {
                    problems.push(row.problem_at("fields", format!("there is no field '{id}'")))
                }
            }
        }
        let view = RuleView::new(row, &head, status, "completeness")
            .with(
                "effect",
                format!("must be declared: {}", raw.fields.join(", ")),
            )
            .with("condition", when.source())
            .with("guidance", raw.guidance)
            .with_cases(cases);
        self.requirements.push(Requirement {
            head,
            status,
            when,
            fields,
        });
        Ok(view)
    }

    /// Asks for what is missing: each question once for a line of goods. Goods
    /// that are not known to call for care are asked nothing here; that their
    /// codes are missing is asked by `controls`.
    pub fn apply(&self, env: &Env<'_>, as_of: Date, known: Date) -> Vec<Question> {
        let mut questions: Vec<Question> = Vec::new();
        let in_force =
            |status: Status, head: &RuleHead| status.is_adopted() && head.applies(as_of, known);
        for requirement in self
            .requirements
            .iter()
            .filter(|r| in_force(r.status, &r.head))
        {
            for at in 0..env.facts().records(EACH).len() {
                let env = env.about(EACH, at);
                if requirement.when.holds(&env) != Truth::True {
                    continue;
                }
                let fields = requirement.fields.iter().map(|f| &self.fields[*f]);
                for field in fields.filter(|f| in_force(f.status, &f.head)) {
                    // Not known to be there is missing.
                    if field.missing.holds(&env) != Truth::False {
                        questions.push(Question {
                            about: about(EACH, at),
                            code: field.code.clone(),
                            text: field.ask.fill(&env),
                            citations: vec![
                                Citation(requirement.head.citation.clone()),
                                Citation(field.head.citation.clone()),
                            ],
                        });
                    }
                }
            }
        }
        questions.sort();
        questions.dedup_by(|a, b| a.about == b.about && a.code == b.code);
        questions
    }
}
