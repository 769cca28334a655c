//! Sessions of signed-in users.

use crate::keys::random_bytes;
use crate::sql::{cell, failed, micros, time};
use crate::users::user_row;
use crate::{Store, StoreError, User};
use jiff::Timestamp;
use portcullis_domain::hex_sha256;

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
        let session = NewSession {
            token: hex::encode(random_bytes()),
            csrf: hex::encode(random_bytes()),
            expires_at,
        };
        sqlx::query(
            "INSERT INTO sessions (token_hash, user_id, csrf, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(token_hash(&session.token))
        .bind(user_id)
        .bind(&session.csrf)
        .bind(micros(now))
        .bind(micros(expires_at))
        .execute(&self.write)
        .await
        .map_err(failed("start a session"))?;
        Ok(session)
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
        let row = sqlx::query(
            "SELECT s.csrf, s.expires_at, u.id AS user_id, u.name, u.role, u.disabled, \
             u.created_at AS user_created_at FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled = 0",
        )
        .bind(token_hash(token))
        .bind(micros(now))
        .fetch_optional(&self.read)
        .await
        .map_err(failed("read a session"))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Session {
            user: user_row(&row)?,
            csrf: cell(&row, "csrf")?,
            expires_at: time(cell(&row, "expires_at")?)?,
        }))
    }

    /// Ends a session. One that does not exist is no error.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn delete_session(&self, token: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(token_hash(token))
            .execute(&self.write)
            .await
            .map_err(failed("end a session"))?;
        Ok(())
    }

    /// Removes sessions that have ended; returns how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        let removed = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(micros(now))
            .execute(&self.write)
            .await
            .map_err(failed("remove sessions"))?;
        Ok(removed.rows_affected())
    }
}

/// What is stored of a token: whoever reads the database cannot use it. A token
/// is 32 random bytes, so a plain hash is enough.
fn token_hash(token: &str) -> String {
    hex_sha256(token.as_bytes())
}
