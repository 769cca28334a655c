//! Rules as people browse them, whatever they rule on.

use crate::{CaseView, Row, Status};
use portcullis_domain::{Date, RuleHead};

/// One row of policy as the policy browser and `policy show` show it.
#[derive(Clone, Debug)]
pub struct RuleView {
    /// Id, title, citation, jurisdiction and dates.
    pub head: RuleHead,
    /// Draft, active or retired.
    pub status: Status,
    /// What sort of row: `red flag`, `legal rule`, `context`, `question`,
    /// `list`, `role`, `missing role`, `required field`, `completeness`,
    /// `evidence group`, `review line`, `set`.
    pub kind: &'static str,
    /// What follows where it applies, in a few words.
    pub effect: String,
    /// The condition as written; empty where it has none.
    pub condition: String,
    /// What officers should know; empty where nothing is noted.
    pub guidance: String,
    /// Its own test cases.
    pub cases: Vec<CaseView>,
    /// File and line.
    pub place: String,
    /// Everything that is particular to the kind, as name and text.
    pub lines: Vec<(String, String)>,
}

impl RuleView {
    pub(crate) fn new(row: &Row, head: &RuleHead, status: Status, kind: &'static str) -> RuleView {
        let place = format!("{}:{}", row.file(), row.line());
        RuleView {
            head: head.clone(),
            status,
            kind,
            effect: String::new(),
            condition: String::new(),
            guidance: String::new(),
            cases: Vec::new(),
            lines: vec![
                ("kind".to_owned(), kind.to_owned()),
                ("status".to_owned(), status.as_str().to_owned()),
                ("file".to_owned(), place.clone()),
            ],
            place,
        }
    }

    /// Adds a line unless the text is empty.
    pub(crate) fn with(mut self, name: &str, text: impl Into<String>) -> RuleView {
        let text: String = text.into();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            match name {
                "effect" => self.effect.clone_from(&text),
                "condition" => self.condition.clone_from(&text),
                "guidance" => self.guidance.clone_from(&text),
                _ => {}
            }
            self.lines.push((name.to_owned(), text));
        }
        self
    }

    pub(crate) fn with_cases(mut self, cases: Vec<CaseView>) -> RuleView {
        for case in &cases {
            let text = format!("{} ({})", case.name, case.expect);
            self.lines.push(("case".to_owned(), text));
        }
        self.cases = cases;
        self
    }

    /// Whether the rule should have been reviewed before the day.
    pub fn overdue(&self, day: Date) -> bool {
        self.status != Status::Retired && self.head.review_by.is_some_and(|by| by < day)
    }
}
