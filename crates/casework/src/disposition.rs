//! Judgements on a match: who may do what, and what follows.

use jiff::{Timestamp, tz::TimeZone};
use portcullis_domain::{Date, Entity, Party};
use serde::{Deserialize, Serialize};

/// What was judged of a party and a listed entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They are the same: the match is confirmed.
    Same,
    /// They are not the same: the match does not stop anything while this stands.
    NotSame,
}

impl Verdict {
    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::NotSame => "not_same",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<Verdict> {
        [Verdict::Same, Verdict::NotSame]
            .into_iter()
            .find(|v| v.as_str() == word)
    }
}

/// How far a judgement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Waits for the second person.
    Proposed,
    /// Made, by as many people as policy wants.
    Decided,
    /// The second person did not agree.
    Refused,
    /// Taken back.
    Withdrawn,
    /// A newer judgement on the same pair took its place.
    Superseded,
}

impl Progress {
    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Progress::Proposed => "proposed",
            Progress::Decided => "decided",
            Progress::Refused => "refused",
            Progress::Withdrawn => "withdrawn",
            Progress::Superseded => "superseded",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<Progress> {
        let all = [
            Progress::Proposed,
            Progress::Decided,
            Progress::Refused,
            Progress::Withdrawn,
            Progress::Superseded,
        ];
        all.into_iter().find(|p| p.as_str() == word)
    }

    /// Whether nothing can happen to it any more.
    pub fn is_over(self) -> bool {
        !matches!(self, Progress::Proposed | Progress::Decided)
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Name of the person, from the session.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// The two sides as they were when they were judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The customer or party of a transaction.
    pub party: Party,
    /// The listed entity.
    pub entity: Entity,
}

/// A judgement as it stands by its own events. Whether it holds for the sides as
/// they are now says [`crate::standing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// Its id.
    pub id: String,
    /// Id of the listed entity at the time; stays when the contents are erased.
    pub entity_id: String,
    /// Same or not the same.
    pub verdict: Verdict,
    /// How far it has come.
    pub progress: Progress,
    /// Whether policy wants a second person.
    pub second_needed: bool,
    /// The first day on which it no longer holds.
    pub expires_on: Date,
    /// Major version of the screening engine that made the match.
    pub engine_major: u32,
    /// Who proposed it.
    pub proposed: Hand,
    /// Who agreed, where a second person was needed.
    pub confirmed: Option<Hand>,
    /// Who refused it, took it back, or replaced it.
    pub ended: Option<Hand>,
    /// The sides as they were; `None` once erased.
    pub judged: Option<Judged>,
}

impl Disposition {
    /// When it was made by all who had to agree; `None` while it waits.
    pub fn decided(&self) -> Option<&Hand> {
        match (self.second_needed, &self.confirmed) {
            (true, confirmed) => confirmed.as_ref(),
            (false, _) => Some(&self.proposed),
        }
    }

    /// The people behind it: `ann`, or `ann and ben`.
    pub fn by_whom(&self) -> String {
        match &self.confirmed {
            Some(second) => format!("{} and {}", self.proposed.actor, second.actor),
            None => self.proposed.actor.clone(),
        }
    }
}

/// What policy says of a judgement about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whether a second person must agree.
    pub second_needed: bool,
    /// For how many days it may be remembered, at most.
    pub longest_days: u32,
}

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Judge a match.
    Propose {
        /// Id of the listed entity.
        entity_id: String,
        /// Same or not the same.
        verdict: Verdict,
        /// Why, in the words of the person who judges.
        reason: String,
        /// The first day on which it no longer holds; `None` takes the longest
        /// that policy allows.
        expires_on: Option<Date>,
        /// Major version of the screening engine that made the match.
        engine_major: u32,
        /// What policy says.
        terms: Terms,
    },
    /// Agree as the second person.
    Confirm,
    /// Disagree as the second person.
    Refuse {
        /// Why.
        reason: String,
    },
    /// Take it back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// A newer judgement on the same pair was decided.
    Supersede,
}

/// What happened. Reasons are not here: they are sealed with the contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// Judged; decided at once where no second person is needed.
    Proposed {
        /// Id of the listed entity.
        entity_id: String,
        /// Same or not the same.
        verdict: Verdict,
        /// The first day on which it no longer holds.
        expires_on: Date,
        /// Major version of the engine.
        engine_major: u32,
        /// Whether it waits for a second person.
        second_needed: bool,
    },
    /// The second person agreed.
    Confirmed,
    /// The second person did not agree.
    Refused,
    /// Taken back.
    Withdrawn,
    /// A newer judgement took its place.
    Superseded,
}

/// Why a command changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nobody to answer for it.
    #[error("nobody is named who does this")]
    Nobody,
    /// A judgement without a reason helps nobody later.
    #[error("a judgement needs a reason")]
    NoReason,
    /// It is there already.
    #[error("this judgement was made before")]
    AlreadyThere,
    /// There is no such judgement.
    #[error("there is no such judgement")]
    NotThere,
    /// It would end before it begins.
    #[error("{expires_on} is not after today ({today})")]
    ExpiresTooEarly {
        /// The day asked for.
        expires_on: Date,
        /// Today.
        today: Date,
    },
    /// Policy does not remember for so long.
    #[error("{expires_on} is too far: policy remembers this until {latest} at the latest")]
    ExpiresTooLate {
        /// The day asked for.
        expires_on: Date,
        /// The latest day that policy allows.
        latest: Date,
    },
    /// Policy gives no time at all.
    #[error("policy gives such a judgement no validity; see dispositions.toml")]
    NoValidity,
    /// The second person must be another one.
    #[error("{actor} judged this; the second person must be somebody else")]
    SamePerson {
        /// Who.
        actor: String,
    },
    /// No second person is waited for.
    #[error("this judgement is {}: it waits for nobody", .0.as_str())]
    NotWaiting(Progress),
    /// It is over.
    #[error("this judgement is {}: nothing can be done to it any more", .0.as_str())]
    Over(Progress),
}

/// What a command makes happen, or why nothing does. Pure: `state` is the
/// judgement so far, `None` before the first event; `actor` comes from the
/// session; `now` is the time at which it is recorded.
///
/// # Errors
///
/// [`Refusal`], in words for the person who asked.
pub fn decide(
    state: Option<&Disposition>,
    command: &Command,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if actor.trim().is_empty() {
        return Err(Refusal::Nobody);
    }
    match (state, command) {
        (Some(_), Command::Propose { .. }) => Err(Refusal::AlreadyThere),
        (None, Command::Propose { .. }) => propose(command, now),
        (None, _) => Err(Refusal::NotThere),
        (Some(state), Command::Confirm) => {
            second_person(state, actor)?;
            Ok(vec![Event::Confirmed])
        }
        (Some(state), Command::Refuse { reason }) => {
            second_person(state, actor)?;
            given(reason)?;
            Ok(vec![Event::Refused])
        }
        (Some(state), Command::Withdraw { reason }) => {
            not_over(state)?;
            given(reason)?;
            Ok(vec![Event::Withdrawn])
        }
        (Some(state), Command::Supersede) => {
            not_over(state)?;
            Ok(vec![Event::Superseded])
        }
    }
}

fn propose(command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let Command::Propose {
        entity_id,
        verdict,
        reason,
        expires_on,
        engine_major,
        terms,
    } = command
    else {
        return Err(Refusal::NotThere);
    };
    given(reason)?;
    let expires_on = expiry(*expires_on, terms, now)?;
    Ok(vec![Event::Proposed {
        entity_id: entity_id.clone(),
        verdict: *verdict,
        expires_on,
        engine_major: *engine_major,
        second_needed: terms.second_needed,
    }])
}

fn expiry(asked: Option<Date>, terms: &Terms, now: Timestamp) -> Result<Date, Refusal> {
    if terms.longest_days == 0 {
        return Err(Refusal::NoValidity);
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    let span = jiff::Span::new().try_days(i64::from(terms.longest_days));
    let latest = span.and_then(|days| today.checked_add(days));
    // So far in the future that the calendar ends.
    let latest = latest.unwrap_or(Date::MAX);
    let expires_on = asked.unwrap_or(latest);
    if expires_on <= today {
        return Err(Refusal::ExpiresTooEarly { expires_on, today });
    }
    if expires_on > latest {
        return Err(Refusal::ExpiresTooLate { expires_on, latest });
    }
    Ok(expires_on)
}

fn given(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::NoReason);
    }
    Ok(())
}

/// Compared without regard to case and spaces: one person under two spellings
/// of an account is still one person.
fn second_person(state: &Disposition, actor: &str) -> Result<(), Refusal> {
    not_over(state)?;
    if state.progress != Progress::Proposed {
        return Err(Refusal::NotWaiting(state.progress));
    }
    let plain = |name: &str| name.trim().to_lowercase();
    if plain(&state.proposed.actor) == plain(actor) {
        return Err(Refusal::SamePerson {
            actor: actor.to_owned(),
        });
    }
    Ok(())
}

fn not_over(state: &Disposition) -> Result<(), Refusal> {
    if state.progress.is_over() {
        return Err(Refusal::Over(state.progress));
    }
    Ok(())
}

/// The judgement after an event. Events that do not fit the state leave it as it
/// is: [`decide`] never gives such.
pub fn evolve(
    state: Option<Disposition>,
    id: &str,
    event: &Event,
    hand: Hand,
    judged: Option<Judged>,
) -> Option<Disposition> {
    match (state, event) {
        (
            None,
            Event::Proposed {
                entity_id,
                verdict,
                expires_on,
                engine_major,
                second_needed,
            },
        ) => Some(Disposition {
            id: id.to_owned(),
            entity_id: entity_id.clone(),
            verdict: *verdict,
            progress: if *second_needed {
                Progress::Proposed
            } else {
                Progress::Decided
            },
            second_needed: *second_needed,
            expires_on: *expires_on,
            engine_major: *engine_major,
            proposed: hand,
            confirmed: None,
            ended: None,
            judged,
        }),
        (Some(mut state), event) => {
            match event {
                Event::Proposed { .. } => {}
                Event::Confirmed => {
                    state.progress = Progress::Decided;
                    state.confirmed = Some(hand);
                }
                Event::Refused => end(&mut state, Progress::Refused, hand),
                Event::Withdrawn => end(&mut state, Progress::Withdrawn, hand),
                Event::Superseded => end(&mut state, Progress::Superseded, hand),
            }
            Some(state)
        }
        (None, _) => None,
    }
}

fn end(state: &mut Disposition, progress: Progress, hand: Hand) {
    state.progress = progress;
    state.ended = Some(hand);
}
