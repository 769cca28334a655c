//! Is this message new, the same again, a change of what is held, or a conflict?

use portcullis_domain::MessageKind;

/// A version of a declaration that is already held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Version as declared; a message that states none is version 1.
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
    if let Some(same) = held.iter().find(|h| h.message_digest == digest) {
        return Admission::Repeat {
            decision_id: same.decision_id.clone(),
        };
    }
    let Some(newest) = held.last() else {
        return match kind {
            MessageKind::Amendment | MessageKind::Cancellation => Admission::OriginalNotHeld,
            _ => Admission::Assess,
        };
    };
    if matches!(kind, MessageKind::Amendment | MessageKind::Cancellation) {
        if newest.kind == MessageKind::Cancellation {
            return Admission::Conflict {
                with: newest.decision_id.clone(),
                text: "the declaration was cancelled; it cannot be changed any more".to_owned(),
            };
        }
        return Admission::Change {
            original: newest.decision_id.clone(),
        };
    }
    let version = version.unwrap_or(1);
    let highest = held.iter().map(|h| h.version).max().unwrap_or(0);
    if version > highest {
        return Admission::Assess;
    }
    let text = if held.iter().any(|h| h.version == version) {
        format!("version {version} under this reference is held with other content")
    } else {
        format!("version {version} came after version {highest}")
    };
    Admission::Conflict {
        with: newest.decision_id.clone(),
        text,
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
        check(&withdrawn, Amendment, None, "b", "conflict decision-c");
        check(&withdrawn, Cancellation, None, "c", "repeat decision-c");
    }
}
