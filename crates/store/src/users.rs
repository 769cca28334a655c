//! Local accounts.

use crate::events::{self, PlainEvent};
use crate::files::blocking;
use crate::keys::random_bytes;
use crate::sql::{cell, count, failed, micros, time};
use crate::{Store, StoreError};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::any::AnyRow;
use std::sync::OnceLock;

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
        acceptable(name, password)?;
        let user = User {
            id: self.new_id(now),
            name: name.to_owned(),
            role,
            disabled: false,
            created_at: now,
        };
        let password = password.to_owned();
        let hashed = blocking(move || hash_password(&password)).await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let inserted = sqlx::query(
            "INSERT INTO users (id, name, name_key, role, password, disabled, created_at) \
             VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (name_key) DO NOTHING",
        )
        .bind(&user.id)
        .bind(name)
        .bind(name_key(name))
        .bind(role.as_str())
        .bind(hashed)
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .map_err(failed("add a user"))?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Invalid(format!(
                "there is a user '{name}' already"
            )));
        }
        let body = json!({ "user": user.id, "role": role.as_str() });
        let event = self.account_event(&user.id, "UserAdded", actor, now, body);
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("add a user"))?;
        Ok(user)
    }

    fn account_event<'a>(
        &self,
        user_id: &'a str,
        kind: &'static str,
        actor: &'a str,
        at: Timestamp,
        body: serde_json::Value,
    ) -> PlainEvent<'a> {
        PlainEvent {
            stream_id: format!("user:{user_id}"),
            kind,
            leaf_kind: "account",
            subject: user_id,
            command_id: self.new_id(at),
            actor,
            at,
            body,
        }
    }

    /// Every account, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query(
            "SELECT id AS user_id, name, role, disabled, created_at AS user_created_at FROM users \
             ORDER BY name_key",
        )
        .fetch_all(&self.read)
        .await
        .map_err(failed("read users"))?;
        rows.iter().map(user_row).collect()
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
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let changed = sqlx::query("UPDATE users SET disabled = $1 WHERE id = $2")
            .bind(i32::from(disabled))
            .bind(user_id)
            .execute(&mut *tx)
            .await
            .map_err(failed("shut an account"))?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound {
                what: "user",
                id: user_id.to_owned(),
            });
        }
        sqlx::query("DELETE FROM sessions WHERE user_id = $1")
            .bind(user_id)
            .execute(&mut *tx)
            .await
            .map_err(failed("end sessions"))?;
        let kind = if disabled {
            "UserDisabled"
        } else {
            "UserEnabled"
        };
        let event = self.account_event(user_id, kind, actor, now, json!({ "user": user_id }));
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("shut an account"))
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
        let failures_key = self.keys.lookup("login", &name_key(name));
        if let Some(until) = self.throttled(&failures_key).await?.filter(|t| *t > now) {
            return Ok(Authentication::Throttled { until });
        }
        let row = sqlx::query(
            "SELECT id AS user_id, name, role, disabled, created_at AS user_created_at, password \
             FROM users WHERE name_key = $1",
        )
        .bind(name_key(name))
        .fetch_optional(&self.read)
        .await
        .map_err(failed("read a user"))?;
        let user = row.as_ref().map(user_row).transpose()?;
        let stored: Option<String> = row.as_ref().map(|r| cell(r, "password")).transpose()?;
        let password = password.to_owned();
        let right = blocking(move || verify_password(&password, stored.as_deref())).await?;
        match user {
            Some(user) if right && !user.disabled => {
                self.forget_failures(&failures_key).await?;
                Ok(Authentication::Accepted(user))
            }
            _ => {
                self.count_failure(&failures_key, now).await?;
                Ok(Authentication::Refused)
            }
        }
    }

    async fn throttled(&self, failures_key: &str) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query("SELECT failures, last_at FROM login_failures WHERE name_key = $1")
            .bind(failures_key)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read failures"))?;
        let Some(row) = row else { return Ok(None) };
        let last = time(cell(&row, "last_at")?)?;
        let wait = SignedDuration::from_secs(wait_seconds(count(&row, "failures")?));
        Ok(last.checked_add(wait).ok())
    }

    async fn count_failure(&self, failures_key: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO login_failures (name_key, failures, last_at) VALUES ($1, 1, $2) \
             ON CONFLICT (name_key) DO UPDATE SET failures = login_failures.failures + 1, \
             last_at = excluded.last_at",
        )
        .bind(failures_key)
        .bind(micros(now))
        .execute(&self.write)
        .await
        .map_err(failed("count a failure"))?;
        Ok(())
    }

    async fn forget_failures(&self, failures_key: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM login_failures WHERE name_key = $1")
            .bind(failures_key)
            .execute(&self.write)
            .await
            .map_err(failed("forget failures"))?;
        Ok(())
    }
}

/// Failures in a row that cost nothing.
const FREE_FAILURES: u64 = 5;
/// The first wait; each further failure doubles it.
const FIRST_WAIT_SECONDS: i64 = 15;
/// The longest wait: an attacker must not be able to shut somebody out for long.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;

fn wait_seconds(failures: u64) -> i64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(doublings) => {
            let factor = 1_i64 << doublings.min(16);
            (FIRST_WAIT_SECONDS * factor).min(LONGEST_WAIT_SECONDS)
        }
    }
}

fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn acceptable(name: &str, password: &str) -> Result<(), StoreError> {
    let shape = !name.is_empty() && name.chars().count() <= 64 && name == name.trim();
    if !shape || name.chars().any(char::is_control) {
        return Err(StoreError::Invalid(
            "a user name has 1 to 64 characters and no space at its ends".to_owned(),
        ));
    }
    if !(12..=1024).contains(&password.len()) {
        return Err(StoreError::Invalid(
            "a password has at least 12 characters and at most 1,024 bytes".to_owned(),
        ));
    }
    Ok(())
}

fn hash_password(password: &str) -> Result<String, StoreError> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed
        .map(|hash| hash.to_string())
        .map_err(|e| StoreError::Invalid(format!("the password cannot be hashed: {e}")))
}

/// Whether the password is right. Without a stored hash it is held against that
/// of nobody, so that a name that does not exist takes as long.
fn verify_password(password: &str, stored: Option<&str>) -> Result<bool, StoreError> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let hash = match (stored, NOBODY.get()) {
        (Some(stored), _) => stored,
        (None, Some(nobody)) => nobody,
        (None, None) => {
            let nobody = hash_password(&hex::encode(random_bytes()))?;
            NOBODY.get_or_init(|| nobody)
        }
    };
    let parsed = PasswordHash::new(hash)
        .map_err(|e| StoreError::Damaged(format!("the hash of a password: {e}")))?;
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed);
    Ok(right.is_ok() && stored.is_some())
}

/// A row with `user_id`, `name`, `role`, `disabled` and `user_created_at`.
pub(crate) fn user_row(row: &AnyRow) -> Result<User, StoreError> {
    let role: String = cell(row, "role")?;
    Ok(User {
        id: cell(row, "user_id")?,
        name: cell(row, "name")?,
        role: Role::parse(&role)
            .ok_or_else(|| StoreError::Damaged(format!("'{role}' is no role")))?,
        disabled: cell::<i64>(row, "disabled")? != 0,
        created_at: time(cell(row, "user_created_at")?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<i64> = (3..=8).map(wait_seconds).collect();
        assert_eq!(waits, [0, 0, 15, 30, 60, 120]);
        assert_eq!(wait_seconds(u64::MAX), LONGEST_WAIT_SECONDS);
    }
}
