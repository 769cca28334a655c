//! Is this message new, the same again, a change of what is held, or a conflict?

use portcullis_domain::MessageKind;

/// The version of a message that was decided and never took effect: it could
/// not be read, conflicted, or changed what is not held. Nothing is built on it.
pub const NEVER_IN_FORCE: u32 = 0;

/// A version of a declaration that is already held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Version as declared; a message that states none is version 1, and one
    /// that was set aside is [`NEVER_IN_FORCE`].
    pub version: u32,
    /// What the held message did.
    pub kind: MessageKind,
    /// SHA-256 of the message's own bytes.
    pub message_digest: String,
    /// The decision that was made on it.
    pub decision_id: String,
}

/// What to do with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Assess it as it stands.
    Assess,
    /// The same bytes were decided before: that decision stands.
    Repeat {
        /// The decision already made.
        decision_id: String,
    },
    /// Apply it to the newest version held, then assess the result.
    Change {
        /// The decision on the version that is changed.
        original: String,
    },
    /// Hold: the same reference and version came with other bytes, or an older
    /// version came after a newer one.
    Conflict {
        /// The decision on the version it conflicts with.
        with: String,
        /// Why, in plain words.
        text: String,
    },
    /// Hold: it changes or withdraws a declaration that is not held.
    OriginalNotHeld,
}

/// Decides what to do with a message, given every held version under its
/// reference (in the order in which they came).
pub fn admit(kind: MessageKind, version: Option<u32>, digest: &str, held: &[Held]) -> Admission {
    let changes = matches!(kind, MessageKind::Amendment | MessageKind::Cancellation);
    let mut in_force = held.iter().filter(|h| h.version != NEVER_IN_FORCE);
    let newest = in_force.next_back();
    if let Some(same) = held.iter().rev().find(|h| h.message_digest == digest) {
        // A change that came before its original is looked at anew once that is here.
        let waited = changes && same.version == NEVER_IN_FORCE && newest.is_some();
        if !waited {
            return Admission::Repeat {
                decision_id: same.decision_id.clone(),
            };
        }
    }
    let Some(newest) = newest else {
        return if changes {
            Admission::OriginalNotHeld
        } else {
            Admission::Assess
        };
    };
    let conflict = |text: String| Admission::Conflict {
        with: newest.decision_id.clone(),
        text,
    };
    if changes && newest.kind == MessageKind::Cancellation {
        return conflict("the declaration was cancelled; it cannot be changed any more".to_owned());
    }
    let highest = held.iter().map(|h| h.version).max().unwrap_or(0);
    let fits = match (kind, version) {
        // A cancellation names the version that it withdraws, or none.
        (MessageKind::Cancellation, stated) => stated.is_none_or(|v| v >= highest),
        (MessageKind::Amendment, stated) => stated.is_none_or(|v| v > highest),
        (_, stated) => stated.unwrap_or(1) > highest,
    };
    match (fits, changes) {
        (true, true) => Admission::Change {
            original: newest.decision_id.clone(),
        },
        (true, false) => Admission::Assess,
        (false, _) => {
            let version = version.unwrap_or(1);
            conflict(if held.iter().any(|h| h.version == version) {
                format!("version {version} under this reference is held with other content")
            } else {
                format!("version {version} came after version {highest}")
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MessageKind::*;

    fn held(version: u32, kind: MessageKind, digest: &str) -> Held {
        let decision_id = format!("decision-{digest}");
        Held {
            version,
            kind,
            message_digest: digest.to_owned(),
            decision_id,
        }
    }

    #[track_caller]
    fn check(held: &[Held], kind: MessageKind, version: Option<u32>, digest: &str, want: &str) {
        let got = match admit(kind, version, digest, held) {
            Admission::Assess => "assess".to_owned(),
            Admission::Repeat { decision_id } => format!("repeat {decision_id}"),
            Admission::Change { original } => format!("change {original}"),
            Admission::Conflict { with, .. } => format!("conflict {with}"),
            Admission::OriginalNotHeld => "original not held".to_owned(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn cases() {
        let one = [held(1, Declaration, "a")];
        let withdrawn = [held(1, Declaration, "a"), held(1, Cancellation, "c")];
        let third = [held(3, Declaration, "a")];
        check(&[], Declaration, None, "a", "assess");
        check(&[], Amendment, None, "a", "original not held");
        check(&[], Cancellation, None, "a", "original not held");
        check(&one, Declaration, None, "a", "repeat decision-a");
        check(&one, Declaration, None, "b", "conflict decision-a");
        check(&one, Declaration, Some(1), "b", "conflict decision-a");
        check(&one, Declaration, Some(2), "b", "assess");
        check(&third, Declaration, Some(2), "b", "conflict decision-a");
        check(&one, Amendment, None, "b", "change decision-a");
        check(&one, Cancellation, None, "b", "change decision-a");
        check(&one, Amendment, Some(2), "b", "change decision-a");
        check(&one, Amendment, Some(1), "b", "conflict decision-a");
        check(&third, Amendment, Some(2), "b", "conflict decision-a");
        check(&third, Cancellation, Some(3), "b", "change decision-a");
        check(&third, Cancellation, Some(2), "b", "conflict decision-a");
        let aside = [held(NEVER_IN_FORCE, Amendment, "x")];
        check(&aside, Amendment, Some(2), "b", "original not held");
        check(&aside, Declaration, None, "b", "assess");
        check(&aside, Amendment, Some(2), "x", "repeat decision-x");
        let arrived = [
            held(NEVER_IN_FORCE, Amendment, "x"),
            held(1, Declaration, "a"),
        ];
        check(&arrived, Amendment, Some(2), "x", "change decision-a");
        check(&withdrawn, Amendment, None, "b", "conflict decision-c");
        check(&withdrawn, Cancellation, None, "c", "repeat decision-c");
    }
}
