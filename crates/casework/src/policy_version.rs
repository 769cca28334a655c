//! The way of a policy from proposal to adoption: two people, cases that hold,
//! and no change to what was adopted.

use crate::Hand;
use jiff::Timestamp;
use portcullis_domain::Date;
use serde::{Deserialize, Serialize};

/// How far a version of the policy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyProgress {
    /// Put forward by one person; waits for another.
    Proposed,
    /// Agreed to by another person: it acts, unless a later one does.
    Adopted,
    /// The other person did not agree.
    Rejected,
    /// Taken back by who proposed it, or by anybody before it was adopted.
    Withdrawn,
    /// Adopted once, and stopped by two people: the version before it acts.
    Suspended,
}

impl PolicyProgress {
    /// Every state.
    pub const ALL: [PolicyProgress; 5] = [
        PolicyProgress::Proposed,
        PolicyProgress::Adopted,
        PolicyProgress::Rejected,
        PolicyProgress::Withdrawn,
        PolicyProgress::Suspended,
    ];

    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            PolicyProgress::Proposed => "proposed",
            PolicyProgress::Adopted => "adopted",
            PolicyProgress::Rejected => "rejected",
            PolicyProgress::Withdrawn => "withdrawn",
            PolicyProgress::Suspended => "suspended",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<PolicyProgress> {
        PolicyProgress::ALL.into_iter().find(|p| p.as_str() == word)
    }
}

/// A version of the policy as it stands by its own events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its id.
    pub id: String,
    /// Digest of its files: what decisions name.
    pub digest: String,
    /// Digest of the adopted version that it was made from; `None` if there was none.
    pub base: Option<String>,
    /// What it is about, in a few words.
    pub title: String,
    /// How far it has come.
    pub progress: PolicyProgress,
    /// Cases that its files carry, all of which held when it was proposed.
    pub cases: u64,
    /// Who proposed it.
    pub proposed: Hand,
    /// Who adopted it.
    pub adopted: Option<Hand>,
    /// Who asked for its suspension, while that waits for a second person, and
    /// afterwards.
    pub suspension_asked: Option<Hand>,
    /// Who rejected it, took it back, or agreed to its suspension.
    pub ended: Option<Hand>,
    /// How many comments were made.
    pub comments: u64,
}

/// What was found when the files were checked, on the day of the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyCheck {
    /// Problems; with one of them a policy cannot be used.
    pub problems: u64,
    /// Cases that were run.
    pub cases: u64,
}

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyCommand {
    /// Put a version forward.
    Propose {
        /// Digest of its files.
        digest: String,
        /// Digest of the adopted version in use, if there is one.
        in_use: Option<String>,
        /// What it is about.
        title: String,
        /// Why, in the words of the person who proposes it.
        reason: String,
        /// What checking it gave.
        check: PolicyCheck,
    },
    /// Say something about it.
    Comment {
        /// What.
        text: String,
    },
    /// Agree to it as the second person.
    Adopt {
        /// Digest of the adopted version in use, if there is one.
        in_use: Option<String>,
        /// What checking it again gave.
        check: PolicyCheck,
    },
    /// Disagree with it as another person.
    Reject {
        /// Why.
        reason: String,
    },
    /// Take it back before it was adopted.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Ask that an adopted version be stopped.
    AskSuspension {
        /// Why.
        reason: String,
    },
    /// Agree as the second person that it be stopped.
    Suspend,
}

/// What happened. Reasons and comments are not here: they are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum PolicyEvent {
    /// Put forward.
    Proposed {
        /// Digest of its files.
        digest: String,
        /// Digest of the adopted version it was made from.
        base: Option<String>,
        /// What it is about.
        title: String,
        /// Cases that held.
        cases: u64,
    },
    /// Something was said about it.
    Commented,
    /// Adopted.
    Adopted,
    /// Rejected.
    Rejected,
    /// Taken back.
    Withdrawn,
    /// Its suspension was asked for.
    SuspensionAsked,
    /// Stopped.
    Suspended,
}

/// Why a command changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// There is nobody to answer for it.
    #[error("nobody is named who does this")]
    Nobody,
    /// A change without a reason helps nobody later.
    #[error("this needs a reason")]
    NoReason,
    /// A version without a title cannot be told from others.
    #[error("a proposal needs a title")]
    NoTitle,
    /// It is there already.
    #[error("this version was proposed before")]
    AlreadyThere,
    /// There is no such version.
    #[error("there is no such version of the policy")]
    NotThere,
    /// Its files are not right.
    #[error("it has {0} problems; `portcullis policy check` shows them")]
    Problems(u64),
    /// It has no cases.
    #[error("it carries no test case: nobody can see what it does")]
    NoCases,
    /// It is what is in use.
    #[error("this is the version in use; there is nothing to change")]
    InUse,
    /// Another version was adopted since it was proposed.
    #[error(
        "another version was adopted since this was proposed: what its author compared it with \
         is no longer in use; propose it anew"
    )]
    Outdated,
    /// The second person must be another one.
    #[error("{actor} {did} this; the second person must be somebody else")]
    SamePerson {
        /// Who.
        actor: String,
        /// What that person did: `proposed`, `asked for`.
        did: &'static str,
    },
    /// It is not at the point at which this can be done.
    #[error("this version is {}; {}", .state.as_str(), .why)]
    WrongState {
        /// How far it has come.
        state: PolicyProgress,
        /// What that rules out.
        why: &'static str,
    },
}

/// What a command makes happen, or why nothing does. Pure: `state` is the
/// version so far, `None` before the first event; `actor` comes from the
/// session.
///
/// # Errors
///
/// [`PolicyRefusal`], in words for the person who asked.
pub fn decide_policy(
    state: Option<&PolicyVersion>,
    command: &PolicyCommand,
    actor: &str,
) -> Result<Vec<PolicyEvent>, PolicyRefusal> {
    if actor.trim().is_empty() {
        return Err(PolicyRefusal::Nobody);
    }
    match (state, command) {
        (Some(_), PolicyCommand::Propose { .. }) => Err(PolicyRefusal::AlreadyThere),
        (None, PolicyCommand::Propose { .. }) => propose(command),
        (None, _) => Err(PolicyRefusal::NotThere),
        (Some(_), PolicyCommand::Comment { text }) => {
            given(text)?;
            Ok(vec![PolicyEvent::Commented])
        }
        (Some(state), PolicyCommand::Adopt { in_use, check }) => {
            in_state(
                state,
                PolicyProgress::Proposed,
                "only a proposal can be adopted",
            )?;
            another(&state.proposed, actor, "proposed")?;
            checked(*check)?;
            if in_use.as_ref() == Some(&state.digest) {
                return Err(PolicyRefusal::InUse);
            }
            if *in_use != state.base {
                return Err(PolicyRefusal::Outdated);
            }
            Ok(vec![PolicyEvent::Adopted])
        }
        (Some(state), PolicyCommand::Reject { reason }) => {
            in_state(
                state,
                PolicyProgress::Proposed,
                "only a proposal can be rejected",
            )?;
            another(&state.proposed, actor, "proposed")?;
            given(reason)?;
            Ok(vec![PolicyEvent::Rejected])
        }
        (Some(state), PolicyCommand::Withdraw { reason }) => {
            let why = "what was adopted cannot be taken back; ask for its suspension";
            in_state(state, PolicyProgress::Proposed, why)?;
            given(reason)?;
            Ok(vec![PolicyEvent::Withdrawn])
        }
        (Some(state), PolicyCommand::AskSuspension { reason }) => {
            in_state(
                state,
                PolicyProgress::Adopted,
                "only an adopted version can be suspended",
            )?;
            given(reason)?;
            Ok(vec![PolicyEvent::SuspensionAsked])
        }
        (Some(state), PolicyCommand::Suspend) => {
            in_state(
                state,
                PolicyProgress::Adopted,
                "only an adopted version can be suspended",
            )?;
            let Some(asked) = &state.suspension_asked else {
                let why = "nobody asked for its suspension";
                return Err(PolicyRefusal::WrongState {
                    state: state.progress,
                    why,
                });
            };
            another(asked, actor, "asked for")?;
            Ok(vec![PolicyEvent::Suspended])
        }
    }
}

fn propose(command: &PolicyCommand) -> Result<Vec<PolicyEvent>, PolicyRefusal> {
    let PolicyCommand::Propose {
        digest,
        in_use,
        title,
        reason,
        check,
    } = command
    else {
        return Err(PolicyRefusal::NotThere);
    };
    if title.trim().is_empty() {
        return Err(PolicyRefusal::NoTitle);
    }
    given(reason)?;
    checked(*check)?;
    if in_use.as_ref() == Some(digest) {
        return Err(PolicyRefusal::InUse);
    }
    Ok(vec![PolicyEvent::Proposed {
        digest: digest.clone(),
        base: in_use.clone(),
        title: title.trim().to_owned(),
        cases: check.cases,
    }])
}

fn checked(check: PolicyCheck) -> Result<(), PolicyRefusal> {
    match check {
        PolicyCheck { problems: 1.., .. } => Err(PolicyRefusal::Problems(check.problems)),
        PolicyCheck { cases: 0, .. } => Err(PolicyRefusal::NoCases),
        _ => Ok(()),
    }
}

fn given(text: &str) -> Result<(), PolicyRefusal> {
    if text.trim().is_empty() {
        return Err(PolicyRefusal::NoReason);
    }
    Ok(())
}

fn in_state(
    state: &PolicyVersion,
    wanted: PolicyProgress,
    why: &'static str,
) -> Result<(), PolicyRefusal> {
    if state.progress == wanted {
        return Ok(());
    }
    Err(PolicyRefusal::WrongState {
        state: state.progress,
        why,
    })
}

/// One person under two spellings of an account is still one person.
fn another(first: &Hand, actor: &str, did: &'static str) -> Result<(), PolicyRefusal> {
    let plain = |name: &str| name.trim().to_lowercase();
    if plain(&first.actor) == plain(actor) {
        return Err(PolicyRefusal::SamePerson {
            actor: actor.to_owned(),
            did,
        });
    }
    Ok(())
}

/// The version after an event. Events that do not fit the state leave it as it
/// is: [`decide_policy`] never gives such.
pub fn evolve_policy(
    state: Option<PolicyVersion>,
    id: &str,
    event: &PolicyEvent,
    hand: Hand,
) -> Option<PolicyVersion> {
    let Some(mut state) = state else {
        return begun(id, event, hand);
    };
    match event {
        PolicyEvent::Proposed { .. } => {}
        PolicyEvent::Commented => state.comments += 1,
        PolicyEvent::Adopted => {
            state.progress = PolicyProgress::Adopted;
            state.adopted = Some(hand);
        }
        PolicyEvent::Rejected => end(&mut state, PolicyProgress::Rejected, hand),
        PolicyEvent::Withdrawn => end(&mut state, PolicyProgress::Withdrawn, hand),
        PolicyEvent::SuspensionAsked => state.suspension_asked = Some(hand),
        PolicyEvent::Suspended => end(&mut state, PolicyProgress::Suspended, hand),
    }
    Some(state)
}

fn begun(id: &str, event: &PolicyEvent, hand: Hand) -> Option<PolicyVersion> {
    let PolicyEvent::Proposed {
        digest,
        base,
        title,
        cases,
    } = event
    else {
        return None;
    };
    Some(PolicyVersion {
        id: id.to_owned(),
        digest: digest.clone(),
        base: base.clone(),
        title: title.clone(),
        progress: PolicyProgress::Proposed,
        cases: *cases,
        proposed: hand,
        adopted: None,
        suspension_asked: None,
        ended: None,
        comments: 0,
    })
}

fn end(state: &mut PolicyVersion, progress: PolicyProgress, hand: Hand) {
    state.progress = progress;
    state.ended = Some(hand);
}

/// Which of several versions acts at a time: the one adopted last among those
/// adopted by then and not suspended by then. `None` if none does.
pub fn policy_in_use<'a>(
    versions: impl IntoIterator<Item = &'a PolicyVersion>,
    at: Timestamp,
) -> Option<&'a PolicyVersion> {
    let acts = |version: &&PolicyVersion| {
        let adopted = version.adopted.as_ref().is_some_and(|hand| hand.at <= at);
        let suspended = version.progress == PolicyProgress::Suspended
            && version.ended.as_ref().is_some_and(|hand| hand.at <= at);
        adopted && !suspended
    };
    let acting = versions.into_iter().filter(acts);
    acting.max_by_key(|version| {
        let at = version.adopted.as_ref().map(|hand| hand.at);
        (at, version.id.clone())
    })
}

/// Whether a draft still runs in the shadow on a day: from when it was started
/// to its last day, unless it was stopped.
pub fn shadow_runs(until: Date, stopped: bool, today: Date) -> bool {
    !stopped && today <= until
}
