//! Rules as people browse them, whatever they rule on.

use crate::owners::Owners;
use crate::{CaseView, Life, Row, Status, life};
use portcullis_domain::{Date, RuleHead};

/// One row of policy as the policy browser and `policy show` show it.
#[derive(Clone, Debug)]
pub struct RuleView {
    /// Id, title, citation, jurisdiction and dates.
    pub head: RuleHead,
    /// How far it has come.
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
    /// The code of its red flag (`R02`); empty where it is none.
    pub flag: String,
    /// Who answers for it, why it is there, when it ends, what exporters are told.
    pub life: Life,
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
            flag: String::new(),
            life: Life::default(),
            cases: Vec::new(),
            lines: vec![
                ("kind".to_owned(), kind.to_owned()),
                ("status".to_owned(), status.as_str().to_owned()),
                ("file".to_owned(), place.clone()),
            ],
            place,
        }
        .living(row)
    }

    /// With what the row says of its life; a row of which that cannot be read
    /// has been refused before.
    fn living(mut self, row: &Row) -> RuleView {
        let Ok((life, suspended)) = life::read(row) else {
            return self;
        };
        for one in suspended {
            let day = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
            let span = format!("{} to {}", day(one.period.from), day(one.period.until));
            self = self.with("suspended", format!("{span}, by {}", one.citation));
        }
        let sunset = life.sunset.map(|day| day.to_string());
        self = self
            .with("sunset", sunset.unwrap_or_default())
            .with("rationale", life.rationale.as_str())
            .with("note", life.note.as_str())
            .with("justified by", life.justified_by.join(", "))
            .with("replaces", life.replaces.join(", "));
        self.life = life;
        self
    }

    /// Names the owner of its file where it names none itself.
    pub(crate) fn owned_by(&mut self, owners: &Owners) {
        if self.life.owner.is_empty() {
            let file = self.place.rsplit_once(':').map_or("", |(file, _)| file);
            self.life.owner = owners.of(file).to_owned();
        }
        if !self.life.owner.is_empty() {
            self.lines
                .push(("owner".to_owned(), self.life.owner.clone()));
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
                "flag" => self.flag.clone_from(&text),
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
        self.status != Status::Lapsed && self.head.review_by.is_some_and(|by| by < day)
    }
}
