//! Local accounts.

use crate::{Store, StoreError};
use jiff::Timestamp;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Manages accounts and lists.
    Admin,
    /// Judges and decides.
    Officer,
    /// Prepares and comments.
    Analyst,
    /// Reads everything, the ledger included; changes nothing.
    Auditor,
    /// Reads decisions.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [
        Role::Admin,
        Role::Officer,
        Role::Analyst,
        Role::Auditor,
        Role::Viewer,
    ];

    /// The word used on the command line and in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Officer => "officer",
            Role::Analyst => "analyst",
            Role::Auditor => "auditor",
            Role::Viewer => "viewer",
        }
    }

    /// Reads the word used on the command line.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.as_str() == word)
    }
}

/// A local account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id, which stands in events.
    pub id: String,
    /// Name to sign in with; compared without regard to case.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Whether the account is shut.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The answer to an attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Name and password are right and the account is open.
    Accepted(User),
    /// Something is wrong; what, is not said.
    Refused,
    /// Too many failures; nothing was tried. Applies to names that do not exist, too.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

impl Store {
    /// Makes an account.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if the name is taken or either is out of bounds:
    /// a name has 1 to 64 characters without white space or control characters
    /// at its ends, a password 12 to 1,024 bytes.
    pub async fn add_user(
        &self,
        name: &str,
        role: Role,
        password: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        todo!("{name} {role:?} {} {actor} {now}", password.len())
    }

    /// Every account, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        todo!()
    }

    /// Shuts an account and ends its sessions, or opens it again.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn set_user_disabled(
        &self,
        user_id: &str,
        disabled: bool,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!("{user_id} {disabled} {actor} {now}")
    }

    /// Checks name and password. Takes as long for a name that does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn authenticate(
        &self,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Authentication, StoreError> {
        todo!("{name} {} {now}", password.len())
    }
}
