//! Sessions of signed-in users.

use crate::{Store, StoreError, User};
use jiff::Timestamp;

/// A session just made.
#[derive(Clone)]
pub struct NewSession {
    /// For the cookie; only its hash is stored.
    pub token: String,
    /// For the hidden field of forms.
    pub csrf: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A session that is in force.
#[derive(Clone)]
pub struct Session {
    /// Whose it is.
    pub user: User,
    /// For the hidden field of forms.
    pub csrf: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Store {
    /// Starts a session for a user who was just authenticated.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn create_session(
        &self,
        user_id: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<NewSession, StoreError> {
        todo!("{user_id} {now} {expires_at}")
    }

    /// The session with this token, if it has not ended and its user is not shut out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn session(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        todo!("{} {now}", token.len())
    }

    /// Ends a session. One that does not exist is no error.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn delete_session(&self, token: &str) -> Result<(), StoreError> {
        todo!("{}", token.len())
    }

    /// Removes sessions that have ended; returns how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        todo!("{now}")
    }
}
