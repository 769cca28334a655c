//! Name and other evidence weighed together. The same for one entity of a list
//! and for a pair of parties.

use crate::evidence::{Effect, Term};
use crate::hit::Strength;
use crate::score::NameScore;
use portcullis_domain::{NameKind, PartyKind};

/// The name score below which other evidence cannot make a hit.
pub(crate) const LEAST_SUPPORTED_NAME: f64 = 0.5;

/// What the best pair of names of two parties says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameFound<'a> {
    /// Score after the standing of the name.
    pub standing: f64,
    pub name: &'a NameScore,
    /// Whether only a part of what was given agrees.
    pub part: bool,
    /// How the listed name stands to its bearer.
    pub kind: NameKind,
}

/// The score of two parties and what it can carry.
pub(crate) struct Judged {
    pub score: f64,
    pub strong: Strength,
    pub terms: Vec<Term>,
}

impl Judged {
    /// Weighs the name (`None`: no name agrees) with everything else.
    pub(crate) fn new(name: Option<NameFound>, terms: Vec<Term>, kind: PartyKind) -> Judged {
        let name_alone = name.map_or(0.0, |n| n.standing);
        let mut score = name_alone;
        let mut contradicted = false;
        let mut identity = 0.0f64;
        for term in &terms {
            match term.effect {
                Effect::Lift(share) if name_alone >= LEAST_SUPPORTED_NAME => {
                    score += (1.0 - score) * share;
                }
                Effect::Contradict(factor) => {
                    contradicted = true;
                    score *= factor;
                }
                Effect::AtLeast(least) => identity = least + (1.0 - least) * name_alone,
                Effect::Lift(_) | Effect::BitsOnly => {}
            }
        }
        let weak = name.is_some_and(|n| n.kind == NameKind::WeakAlias);
        let object = matches!(kind, PartyKind::Vessel | PartyKind::Aircraft);
        let exact = name.is_some_and(|n| n.name.exact && !n.name.common_single && !n.part);
        let strong = if identity > 0.0 {
            Strength::Identifier
        } else if exact && !weak && !object && !contradicted {
            Strength::ExactName
        } else {
            Strength::Possible
        };
        let ceiling = if strong.is_strong() { 1.0 } else { 0.99 };
        Judged {
            score: round(score.max(identity).min(ceiling), 10_000.0),
            strong,
            terms,
        }
    }
}

/// A number to one part in `steps`, never a negative zero.
pub(crate) fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps + 0.0
}
