//! How is a name written, and which other spellings are the same name?
//!
//! Normalisation, romanisation, comparison keys, legal forms and distances for
//! names of people, bodies, ships and aircraft in any script. Pure functions
//! over strings: no I/O, no state, nothing generic at the border, so that the
//! crate can be compiled optimised even in development builds.
//!
//! Useful for: preparing a name once ([`prepare`]) and comparing the parts.
//! Not useful for: deciding whether two parties are the same; that is the
//! question of the screening crate, which knows rarity, dates and identifiers.
//!
//! *Invariant:* every function accepts any string, never panics and is
//! deterministic. Output of [`romanise`] and all keys are lower-case ASCII.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod commonness;
mod descent;
mod distance;
mod han;
mod hash;
mod keys;
mod korean;
mod legal;
mod nicknames;
mod normalise;
mod prepare;
mod romanise;
mod script;
mod semitic;
mod variants;
mod words;

pub use commonness::{RAREST, commonness, commonness_in, commonness_of, spelling_commonness};
pub use distance::{osa, similarity};
pub use keys::{is_respelling, key, key_into, unleet};
pub use korean::syllable_key;
pub use legal::{FoundForms, LegalForms, find_legal_forms};
pub use nicknames::{is_nickname, nicknames};
pub use normalise::normalise;
pub use prepare::{
    Bearer, MOST_CHARACTERS, MOST_FORMS, MOST_WORDS, Prepared, Token, TokenClass, acronym, prepare,
    prepare_as_typed, prepare_for,
};
pub use romanise::romanise;
pub use script::Script;
pub use semitic::{SkeletonMatch, skeleton, skeleton_agreement, skeletons};
pub use words::{is_common_name, is_generic, is_particle, is_place};
