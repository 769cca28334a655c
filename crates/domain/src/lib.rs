//! **What are the words of the field?**
//!
//! Every word that two crates share: who ([`Party`], [`Entity`]), what
//! ([`Item`]), how ([`Transaction`]), and what was concluded ([`Finding`],
//! [`Determination`], [`Decision`]). Nothing here does I/O, reads a clock or
//! draws a random number; dates and ids are arguments.
//!
//! The types derive `Serialize`/`Deserialize` for one purpose: the *recorded*
//! form that is stored, hashed and replayed. Wire forms of outside formats
//! live in `formats`, those of the API in `server`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod canonical;
mod case;
mod country;
mod date;
mod decision;
mod finding;
mod goods;
mod identifier;
mod issue;
mod item;
mod number;
mod party;
mod rule;
mod transaction;
mod truth;

pub use canonical::{bundle_digest, canonical_json, digest, hex_sha256};
pub use case::{Case, CaseParty, Facet, Given, Owner, Presence, Share};
pub use country::Country;
pub use date::{Date, PartialDate};
pub use decision::{
    Decision, Determination, DeterminationResult, HitDisposition, ListedHit, Outcome, Question,
    ScreenedParty, ScreeningStatus, Versions,
};
pub use finding::{About, Citation, Finding, Strength};
pub use goods::{CodeChange, GoodsLine};
pub use identifier::{Identifier, IdentifierCheck};
pub use issue::Issue;
pub use item::{CodeScheme, DocumentRef, Item, ItemCode, Package, Parameter};
pub use number::{Measure, Money, NumberError, Quantity};
pub use party::{
    Address, CountryRole, Entity, Gender, Link, Listing, Name, NameKind, Party, PartyKind,
    RelatedCountry,
};
pub use rule::{AfterSuspension, Jurisdiction, Period, RuleHead, Standing, Suspension};
pub use transaction::{
    MessageKind, Movement, PartyInRole, Payment, Provenance, Role, Transaction, TransactionKind,
    TransportMeans,
};
pub use truth::Truth;
