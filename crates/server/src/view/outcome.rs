//! Outcomes as people read them: a word, an icon, a colour, a meaning.

use super::icon::{Markup, icon, sized};
use portcullis_domain::Outcome;

/// An outcome as a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutcomeView(pub(crate) Outcome);

impl OutcomeView {
    /// Every outcome, strictest first, as the queue shows them.
    pub(crate) fn strictest_first() -> impl Iterator<Item = OutcomeView> {
        Outcome::ALL.into_iter().rev().map(OutcomeView)
    }

    /// The word of JSON, SQL and URLs; also the name of the style.
    pub(crate) fn word(&self) -> &'static str {
        self.0.as_str()
    }

    /// The word for people.
    pub(crate) fn label(&self) -> &'static str {
        match self.0 {
            Outcome::Release => "Release",
            Outcome::Question => "Question",
            Outcome::Review => "Review",
            Outcome::LicenceRequired => "Licence required",
            Outcome::Hold => "Hold",
            Outcome::Prohibited => "Prohibited",
        }
    }

    /// What follows, in one or two sentences.
    pub(crate) fn meaning(&self) -> &'static str {
        match self.0 {
            Outcome::Release => {
                "Nothing that was checked stands against this transaction. It may go."
            }
            Outcome::Question => {
                "Something is missing that the trader can answer. The goods wait for the answer."
            }
            Outcome::Review => {
                "An officer must judge: a possible match with a list, or signs of risk. Neither is proof."
            }
            Outcome::LicenceRequired => {
                "The law asks for a licence, and none that fits is shown. The goods stay until there is one."
            }
            Outcome::Hold => {
                "Something could not be read, screened or determined. Nothing is released on what is not known."
            }
            Outcome::Prohibited => {
                "The law forbids this transaction as it was declared. The goods must not leave."
            }
        }
    }

    fn icon_name(self) -> &'static str {
        match self.0 {
            Outcome::Release => "check",
            Outcome::Question => "question",
            Outcome::Review => "eye",
            Outcome::LicenceRequired => "paper",
            Outcome::Hold => "pause",
            Outcome::Prohibited => "stop",
        }
    }

    /// The icon at text size.
    pub(crate) fn icon(&self) -> Markup {
        icon(self.icon_name())
    }

    /// The icon for the banner.
    pub(crate) fn big_icon(&self) -> Markup {
        sized(self.icon_name(), 40)
    }

    /// Icon and word in a coloured pill.
    pub(crate) fn badge(&self) -> Markup {
        let (word, label) = (self.word(), self.label());
        let icon = sized(self.icon_name(), 14);
        Markup(format!(
            "<span class=\"badge o-{word}\">{icon}{label}</span>"
        ))
    }
}
