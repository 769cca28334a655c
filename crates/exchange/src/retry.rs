//! When to ask again. Pure.

use std::time::Duration;

/// How attempts follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Attempts in all.
    pub attempts: u32,
    /// Pause before the second attempt; doubled before each further one.
    pub first: Duration,
    /// Longest pause.
    pub cap: Duration,
}

/// The pause after `done` attempts (at least 1), or `None` if there is none
/// left. A server that asks for a longer pause gets it, up to the cap; one that
/// asks for more is not asked again in this run.
pub fn delay(pace: Pace, done: u32, asked: Option<Duration>) -> Option<Duration> {
    if done >= pace.attempts || asked.is_some_and(|pause| pause > pace.cap) {
        return None;
    }
    let doubled = 1_u32
        .checked_shl(done.saturating_sub(1))
        .unwrap_or(u32::MAX);
    let own = pace.first.saturating_mul(doubled).min(pace.cap);
    Some(own.max(asked.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pauses_grow_stay_bounded_and_end(
            attempts in 0..12u32, first in 0..10_000u64, cap in 0..100_000u64,
            asked in proptest::option::of(0..200_000u64),
        ) {
            let pace = Pace {
                attempts,
                first: Duration::from_millis(first),
                cap: Duration::from_millis(cap),
            };
            let asked = asked.map(Duration::from_millis);
            let mut before = Duration::ZERO;
            for done in 1..attempts {
                match delay(pace, done, asked) {
                    Some(pause) => {
                        prop_assert!(pause <= pace.cap && pause >= before);
                        prop_assert!(asked.is_none_or(|a| pause >= a));
                        before = pause;
                    }
                    None => prop_assert!(asked.is_some_and(|a| a > pace.cap)),
                }
            }
            prop_assert_eq!(delay(pace, attempts.max(1), asked), None);
            prop_assert_eq!(delay(pace, u32::MAX, asked), None);
        }
    }
}
