//! What no course of events may do.

use portcullis_casework::{
    Command, Disposition, Hand, Progress, Refusal, Standing, Terms, Verdict, decide, evolve,
    standing,
};
use portcullis_domain::{Entity, Party};
use proptest::prelude::*;

fn at(hour: usize) -> jiff::Timestamp {
    let start: jiff::Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    start + jiff::SignedDuration::from_hours(i64::try_from(hour).unwrap())
}

fn propose(second_needed: bool) -> Command {
    Command::Propose {
        entity_id: "x:1".to_owned(),
        verdict: Verdict::NotSame,
        reason: "another person".to_owned(),
        expires_on: None,
        engine_major: 1,
        terms: Terms {
            second_needed,
            longest_days: 10,
        },
    }
}

fn commands() -> impl Strategy<Value = Vec<(usize, Command)>> {
    let reason = prop_oneof![Just(String::new()), Just("because".to_owned())];
    let command = prop_oneof![
        any::<bool>().prop_map(propose),
        Just(Command::Confirm),
        reason.clone().prop_map(|reason| Command::Refuse { reason }),
        reason.prop_map(|reason| Command::Withdraw { reason }),
        Just(Command::Supersede),
    ];
    proptest::collection::vec((0_usize..4, command), 0..12)
}

const ACTORS: [&str; 4] = ["ann", " ANN ", "ben", ""];

/// Walks through commands, and returns each state with who had agreed to it.
fn walk(commands: &[(usize, Command)]) -> Vec<Option<Disposition>> {
    let (mut state, mut states) = (None, Vec::new());
    for (hour, (actor, command)) in commands.iter().enumerate() {
        let actor = ACTORS[*actor];
        if let Ok(events) = decide(state.as_ref(), command, actor, at(hour)) {
            assert!(!actor.trim().is_empty(), "nobody did something");
            for event in &events {
                let hand = Hand {
                    actor: actor.to_owned(),
                    at: at(hour),
                };
                state = evolve(state, "d", event, hand, None);
            }
        }
        states.push(state.clone());
    }
    states
}

proptest! {
    #[test]
    fn a_second_person_is_never_the_first(commands in commands()) {
        for state in walk(&commands).into_iter().flatten() {
            let decided = state.progress == Progress::Decided;
            if decided && state.second_needed {
                let plain = |name: &str| name.trim().to_lowercase();
                let second = state.confirmed.as_ref().map(|h| plain(&h.actor));
                prop_assert!(second.is_some_and(|s| s != plain(&state.proposed.actor)));
            }
        }
    }

    #[test]
    fn what_is_over_stays_over(commands in commands()) {
        let states = walk(&commands);
        for pair in states.windows(2) {
            if let [Some(before), after] = pair && before.progress.is_over() {
                prop_assert_eq!(Some(before), after.as_ref());
            }
        }
    }

    #[test]
    fn only_a_decided_one_can_be_in_force(commands in commands()) {
        for state in walk(&commands).into_iter().flatten() {
            let stands = standing(&state, &Party::default(), &Entity::default(), 1, at(0).to_zoned(jiff::tz::TimeZone::UTC).date());
            // Its sides were never given, so nothing can be shown to be as it was.
            prop_assert_ne!(stands, Standing::InForce);
        }
    }

    #[test]
    fn a_refused_command_says_why_and_changes_nothing(commands in commands()) {
        let states = walk(&commands);
        let mut before: Option<Disposition> = None;
        for ((actor, command), after) in commands.iter().zip(states) {
            let hour = 0;
            if let Err(refusal) = decide(before.as_ref(), command, ACTORS[*actor], at(hour)) {
                prop_assert!(!refusal.to_string().is_empty());
                prop_assert_eq!(&before, &after);
            }
            before = after;
        }
    }
}

#[test]
fn a_judgement_lasts_no_longer_than_policy_allows() {
    let Command::Propose { terms, .. } = propose(false) else {
        unreachable!("a proposal");
    };
    let asking = |day: &str, terms: &Terms| Command::Propose {
        entity_id: "x:1".to_owned(),
        verdict: Verdict::Same,
        reason: "same".to_owned(),
        expires_on: Some(day.parse().unwrap()),
        engine_major: 1,
        terms: terms.clone(),
    };
    let ask = |day: &str| decide(None, &asking(day, &terms), "ann", at(0));
    assert!(ask("2026-12-02").is_ok());
    assert!(matches!(
        ask("2026-12-03"),
        Err(Refusal::ExpiresTooLate { .. })
    ));
    assert!(matches!(
        ask("2026-11-22"),
        Err(Refusal::ExpiresTooEarly { .. })
    ));
    let never = Terms {
        longest_days: 0,
        ..terms.clone()
    };
    let none = decide(None, &asking("2026-11-23", &never), "ann", at(0));
    assert_eq!(none, Err(Refusal::NoValidity));
}
