//! What no course of events may do to a version of the policy.

use portcullis_casework::{
    Hand, PolicyCheck, PolicyCommand, PolicyProgress, PolicyRefusal, PolicyVersion, decide_policy,
    evolve_policy, policy_in_use,
};
use proptest::prelude::*;

fn at(hour: usize) -> jiff::Timestamp {
    let start: jiff::Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    start + jiff::SignedDuration::from_hours(i64::try_from(hour).unwrap())
}

const ACTORS: [&str; 5] = ["ann", " ANN ", "ben", "Cal", ""];

fn commands() -> impl Strategy<Value = Vec<(usize, PolicyCommand)>> {
    let reason = prop_oneof![Just(String::new()), Just("because".to_owned())];
    let digest = prop_oneof![Just("d1".to_owned()), Just("d2".to_owned())];
    let in_use = prop_oneof![Just(None), digest.clone().prop_map(Some)];
    let check = (0_u64..2, 0_u64..2).prop_map(|(problems, cases)| PolicyCheck { problems, cases });
    let command = prop_oneof![
        3 => (digest, in_use.clone(), reason.clone(), check.clone()).prop_map(
            |(digest, in_use, reason, check)| PolicyCommand::Propose {
                digest,
                in_use,
                title: "T".to_owned(),
                reason,
                check,
            }
        ),
        1 => reason.clone().prop_map(|text| PolicyCommand::Comment { text }),
        3 => (in_use, check).prop_map(|(in_use, check)| PolicyCommand::Adopt { in_use, check }),
        1 => reason.clone().prop_map(|reason| PolicyCommand::Reject { reason }),
        1 => reason.clone().prop_map(|reason| PolicyCommand::Withdraw { reason }),
        2 => reason.prop_map(|reason| PolicyCommand::AskSuspension { reason }),
        2 => Just(PolicyCommand::Suspend),
    ];
    proptest::collection::vec((0..ACTORS.len(), command), 0..16)
}

fn hand(actor: &str, hour: usize) -> Hand {
    Hand {
        actor: actor.to_owned(),
        at: at(hour),
    }
}

fn walk(commands: &[(usize, PolicyCommand)]) -> Vec<Option<PolicyVersion>> {
    let (mut state, mut states) = (None, vec![None]);
    for (hour, (actor, command)) in commands.iter().enumerate() {
        let actor = ACTORS[*actor];
        if let Ok(events) = decide_policy(state.as_ref(), command, actor) {
            assert!(!actor.trim().is_empty(), "nobody did something");
            for event in &events {
                state = evolve_policy(state, "v", event, hand(actor, hour));
            }
        }
        states.push(state.clone());
    }
    states
}

fn same(a: &Hand, b: &Hand) -> bool {
    a.actor.trim().to_lowercase() == b.actor.trim().to_lowercase()
}

proptest! {
    #[test]
    fn adoption_takes_two_people_and_what_was_adopted_never_changes(commands in commands()) {
        let states = walk(&commands);
        for pair in states.windows(2) {
            let [before, after] = pair else { continue };
            if let Some(version) = after {
                if let Some(adopted) = &version.adopted {
                    prop_assert!(!same(adopted, &version.proposed), "{version:?}");
                    prop_assert!(version.cases > 0);
                }
                if version.progress == PolicyProgress::Suspended {
                    let (Some(asked), Some(ended)) = (&version.suspension_asked, &version.ended)
                    else { panic!("stopped by nobody: {version:?}") };
                    prop_assert!(!same(asked, ended));
                    prop_assert!(version.adopted.is_some());
                }
            }
            if let (Some(before), Some(after)) = (before, after) {
                prop_assert_eq!(&before.digest, &after.digest);
                prop_assert_eq!(&before.proposed, &after.proposed);
                if before.adopted.is_some() {
                    prop_assert_eq!(&before.adopted, &after.adopted);
                    prop_assert!(matches!(
                        after.progress,
                        PolicyProgress::Adopted | PolicyProgress::Suspended
                    ));
                }
                let over = [
                    PolicyProgress::Rejected,
                    PolicyProgress::Withdrawn,
                    PolicyProgress::Suspended,
                ];
                if over.contains(&before.progress) {
                    prop_assert_eq!(before.progress, after.progress, "what is over stays over");
                }
            }
        }
    }

    #[test]
    fn at_any_time_one_adopted_version_acts_or_none(order in proptest::collection::vec((0_usize..6, any::<bool>()), 1..6), hour in 0_usize..8) {
        let versions: Vec<PolicyVersion> = order.iter().enumerate().map(|(n, (adopted, stopped))| {
            let mut version = proposed(&format!("v{n}"));
            version.adopted = Some(hand("ben", *adopted));
            version.progress = PolicyProgress::Adopted;
            if *stopped {
                version.progress = PolicyProgress::Suspended;
                version.ended = Some(hand("cal", adopted + 1));
            }
            version
        }).collect();
        let in_use = policy_in_use(&versions, at(hour));
        let acts = |v: &&PolicyVersion| {
            let begun = v.adopted.as_ref().is_some_and(|h| h.at <= at(hour));
            begun && v.ended.as_ref().is_none_or(|h| h.at > at(hour))
        };
        let latest = versions.iter().filter(acts).filter_map(|v| v.adopted.as_ref()).map(|h| h.at).max();
        prop_assert_eq!(in_use.and_then(|v| v.adopted.as_ref()).map(|h| h.at), latest);
    }
}

fn proposed(id: &str) -> PolicyVersion {
    let command = propose(None);
    let events = decide_policy(None, &command, "ann").unwrap();
    evolve_policy(None, id, &events[0], hand("ann", 0)).unwrap()
}

fn propose(in_use: Option<&str>) -> PolicyCommand {
    PolicyCommand::Propose {
        digest: "d1".to_owned(),
        in_use: in_use.map(str::to_owned),
        title: "Pumps".to_owned(),
        reason: "because".to_owned(),
        check: PolicyCheck {
            problems: 0,
            cases: 3,
        },
    }
}

#[test]
fn each_refusal_says_why() {
    let version = proposed("v");
    let good = PolicyCheck {
        problems: 0,
        cases: 3,
    };
    let adopt = |in_use: Option<&str>, check| PolicyCommand::Adopt {
        in_use: in_use.map(str::to_owned),
        check,
    };
    let bad = PolicyCheck {
        problems: 2,
        cases: 0,
    };
    for (command, actor, says) in [
        (adopt(None, good), "ANN", "somebody else"),
        (adopt(Some("d9"), good), "ben", "propose it anew"),
        (adopt(Some("d1"), good), "ben", "version in use"),
        (adopt(None, bad), "ben", "2 problems"),
        (adopt(None, PolicyCheck::default()), "ben", "no test case"),
        (PolicyCommand::Suspend, "ben", "only an adopted"),
        (
            PolicyCommand::Reject {
                reason: " ".to_owned(),
            },
            "ben",
            "needs a reason",
        ),
        (propose(None), "ben", "proposed before"),
    ] {
        let refused = decide_policy(Some(&version), &command, actor).unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let in_use = decide_policy(None, &propose(Some("d1")), "ann").unwrap_err();
    assert_eq!(in_use, PolicyRefusal::InUse);
}
