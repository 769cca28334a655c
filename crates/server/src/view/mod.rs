//! What a page shows, made from the words of the domain. Nothing here reads a
//! store or a clock: the same decision always gives the same page.

mod assessment;
mod chart;
mod compare;
mod format;
mod icon;
mod outcome;
mod paging;
mod screening;
mod shell;

pub(crate) use assessment::{
    AssessmentView, IssueView, ListLine, Recorded, kind_label_of, movement_label, queue_reason,
};
pub(crate) use chart::{outcome_chart, pair_chart, weight_bar};
pub(crate) use compare::{ComparisonView, EntityView, ScoreView, identifier, shown_name};
pub(crate) use format::{age_in_days, bits, count, day, grouped, moment, money, percent, sentence};
pub(crate) use icon::{Markup, big_icon, icon};
pub(crate) use outcome::OutcomeView;
pub(crate) use paging::{COUNT_ONLY, Pages, Tab};
pub(crate) use screening::{ScreeningView, screening_facts, screening_result, screening_source};
pub(crate) use shell::{Crumb, Nav, Shell, Who};

/// A term and what it says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fact {
    pub(crate) term: String,
    pub(crate) text: String,
    /// Where it leads; empty if nowhere.
    pub(crate) href: String,
    /// Shown in a fixed-width face: digests, ids.
    pub(crate) mono: bool,
    /// Takes a whole row.
    pub(crate) wide: bool,
}

impl Fact {
    pub(crate) fn new(term: &str, text: impl Into<String>) -> Fact {
        Fact {
            term: term.to_owned(),
            text: text.into(),
            ..Fact::default()
        }
    }

    pub(crate) fn mono(mut self) -> Fact {
        self.mono = true;
        self
    }

    pub(crate) fn wide(mut self) -> Fact {
        self.wide = true;
        self
    }

    pub(crate) fn to(mut self, href: impl Into<String>) -> Fact {
        self.href = href.into();
        self
    }
}

/// One choice of a select box.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}
