//! Whether a judgement still holds for the two sides as they are now.

use crate::delta::same_entry;
use crate::{Aspect, Disposition, Identity, Progress};
use portcullis_domain::{Date, Entity, Party};
use serde::{Deserialize, Serialize};

/// How a judgement stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It holds.
    InForce,
    /// It waits for the second person.
    AwaitingSecond,
    /// Its day has come.
    Expired {
        /// The first day on which it no longer holds.
        on: Date,
    },
    /// Something is no longer as it was: somebody must look again.
    Reopened {
        /// Everything that is not as it was.
        why: Vec<Why>,
    },
    /// Refused, taken back or replaced.
    Over,
}

/// Why a judgement reopened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The party is not as it was.
    PartyChanged(Vec<Aspect>),
    /// The entity is not as it was.
    EntityChanged(Vec<Aspect>),
    /// The entity is another one: neither the same number, nor the same entry
    /// under a new number.
    AnotherEntity,
    /// The engine judges likeness in another way.
    EngineChanged {
        /// Major version at the time.
        from: u32,
        /// Major version now.
        to: u32,
    },
    /// What was judged was erased, so nothing can be compared.
    Erased,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let listed = |aspects: &[Aspect]| {
            let words: Vec<&str> = aspects.iter().map(|a| a.words()).collect();
            words.join(", ")
        };
        match self {
            Why::PartyChanged(aspects) => write!(f, "the party's {} changed", listed(aspects)),
            Why::EntityChanged(aspects) => {
                write!(f, "the listed {} changed", listed(aspects))
            }
            Why::AnotherEntity => f.write_str("the listed entity is another one"),
            Why::EngineChanged { from, to } => {
                write!(
                    f,
                    "the screening engine changed from version {from} to {to}"
                )
            }
            Why::Erased => f.write_str("what was judged was erased"),
        }
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Standing::InForce => f.write_str("in force"),
            Standing::AwaitingSecond => f.write_str("waits for a second person"),
            Standing::Expired { on } => write!(f, "expired on {on}"),
            Standing::Reopened { why } => {
                let why: Vec<String> = why.iter().map(Why::to_string).collect();
                write!(f, "reopened: {}", why.join("; "))
            }
            Standing::Over => f.write_str("no longer counts"),
        }
    }
}

/// How a judgement stands for a party and an entity as they are on a day, asked
/// by an engine of this major version. Fails closed: only what is shown to be as
/// it was is in force.
pub fn standing(
    disposition: &Disposition,
    party_now: &Party,
    entity_now: &Entity,
    engine_major: u32,
    as_of: Date,
) -> Standing {
    match disposition.progress {
        Progress::Refused | Progress::Withdrawn | Progress::Superseded => return Standing::Over,
        Progress::Proposed => return Standing::AwaitingSecond,
        Progress::Decided => {}
    }
    if as_of >= disposition.expires_on {
        return Standing::Expired {
            on: disposition.expires_on,
        };
    }
    let why = reopened(disposition, party_now, entity_now, engine_major);
    if why.is_empty() {
        Standing::InForce
    } else {
        Standing::Reopened { why }
    }
}

fn reopened(
    disposition: &Disposition,
    party_now: &Party,
    entity_now: &Entity,
    engine_major: u32,
) -> Vec<Why> {
    let mut why = Vec::new();
    if disposition.engine_major != engine_major {
        why.push(Why::EngineChanged {
            from: disposition.engine_major,
            to: engine_major,
        });
    }
    let Some(judged) = &disposition.judged else {
        why.push(Why::Erased);
        return why;
    };
    let party = Identity::of(&judged.party).changes(&Identity::of(party_now));
    if !party.is_empty() {
        why.push(Why::PartyChanged(party));
    }
    let before = &judged.entity;
    if disposition.entity_id != entity_now.id && !same_entry(before, entity_now) {
        why.push(Why::AnotherEntity);
    }
    let entity = Identity::of(&before.party).changes(&Identity::of(&entity_now.party));
    if !entity.is_empty() {
        why.push(Why::EntityChanged(entity));
    }
    why
}

/// A pair as it is now, and what is asked of it.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// The customer or party.
    pub party: &'a Party,
    /// The listed entity.
    pub entity: &'a Entity,
    /// Major version of the engine that made the match.
    pub engine_major: u32,
    /// The day for which it is asked.
    pub as_of: Date,
}

/// The judgement that decides for a pair, and how it stands; `None` if nobody
/// judged it. `found` are the judgements under the keys of the party
/// ([`crate::party_keys`]), on any entity. One that was made on the same entry
/// under an earlier number counts, unless that number is still listed.
///
/// Of several the newest decides that was made on this very party; else the
/// newest, which then says what is no longer as it was. One that waits for its
/// second person comes before an older one: somebody has doubts.
pub fn judge<'a>(
    found: impl IntoIterator<Item = &'a Disposition>,
    pair: &Pair<'_>,
    is_listed: &dyn Fn(&str) -> bool,
) -> Option<(&'a Disposition, Standing)> {
    let now = Identity::of(pair.party);
    let open = found
        .into_iter()
        .filter(|d| !d.progress.is_over() && concerns(d, pair.entity, is_listed));
    let of_this_party = |d: &Disposition| {
        let judged = d.judged.as_ref();
        judged.is_some_and(|j| Identity::of(&j.party).changes(&now).is_empty())
    };
    let newest = open.max_by_key(|d| (of_this_party(d), d.proposed.at, d.id.clone()))?;
    let standing = standing(
        newest,
        pair.party,
        pair.entity,
        pair.engine_major,
        pair.as_of,
    );
    Some((newest, standing))
}

fn concerns(disposition: &Disposition, entity: &Entity, is_listed: &dyn Fn(&str) -> bool) -> bool {
    if disposition.entity_id == entity.id {
        return true;
    }
    let judged = disposition.judged.as_ref().map(|j| &j.entity);
    judged.is_some_and(|before| !is_listed(&before.id) && same_entry(before, entity))
}
