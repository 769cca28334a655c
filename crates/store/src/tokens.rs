//! Keys of programs: made, shown once, checked, taken back.

use crate::events::{self, AGENCY, PlainEvent};
use crate::keys::random_bytes;
use crate::sql::{cell, failed, micros, signed, time, unsigned};
use crate::{Role, Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::hex_sha256;
use serde_json::json;
use sqlx::any::AnyRow;
use std::fmt;

/// What a program may do with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Screen parties.
    Match,
    /// Look up what stands on lists.
    Search,
    /// Have files assessed.
    Assess,
    /// Read decisions, lists and policy.
    Read,
    /// Read the ledger and take proofs.
    Prove,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 5] = [
        Scope::Match,
        Scope::Search,
        Scope::Assess,
        Scope::Read,
        Scope::Prove,
    ];

    /// The word used on the command line and in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Match => "match",
            Scope::Search => "search",
            Scope::Assess => "assess",
            Scope::Read => "read",
            Scope::Prove => "prove",
        }
    }

    /// Reads the word used on the command line.
    pub fn parse(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// What a key is to be.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// For people, and for revoking it.
    pub name: String,
    /// What it allows; at least one.
    pub scopes: Vec<Scope>,
    /// The local account whose calls these are; without one the key acts by its own name.
    pub owner: Option<String>,
    /// Queries a day (UTC); a batch of ten is ten.
    pub per_day: Option<u64>,
    /// Queries a minute.
    pub per_minute: Option<u64>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Id; the public part of what a program sends.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// Who acts: the owner's name, or `token:<name>`. Stands in events and records.
    pub actor: String,
    /// What the owner's account may do; `None` without an owner.
    pub role: Option<Role>,
    /// Queries a day.
    pub per_day: Option<u64>,
    /// Queries a minute.
    pub per_minute: Option<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, to the transaction.
    pub last_used_at: Option<Timestamp>,
    /// Whether the account of its owner is shut.
    pub owner_shut: bool,
}

impl Token {
    /// Whether it is in force.
    pub fn is_good(&self, now: Timestamp) -> bool {
        let ended = self.expires_at.is_some_and(|end| end <= now);
        self.revoked_at.is_none() && !ended && !self.owner_shut
    }
}

/// A key just made: the only time that its secret is seen.
pub struct CreatedToken {
    /// The key.
    pub token: Token,
    /// What a program sends: `portcullis_<id>_<64 hexadecimal digits>`.
    pub secret: String,
}

impl fmt::Debug for CreatedToken {
    /// Without the secret: it must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// What every key begins with, so that scanners find one in the wrong place.
const PREFIX: &str = "portcullis_";

const COLUMNS: &str = "t.id, t.name, t.secret_hash, t.scopes, t.per_day, t.per_minute, \
     t.created_at, t.created_by, t.expires_at, t.revoked_at, t.last_used_at, \
     u.name AS owner_name, u.role AS owner_role, u.disabled AS owner_disabled \
     FROM api_tokens t LEFT JOIN users u ON u.id = t.owner_id";

impl Store {
    /// Makes a key and gives its secret, which is not kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if the name is taken or out of bounds (1 to 64
    /// characters without white space at its ends), no scope is given, a quota
    /// is zero, it would have ended already, or the owner is no open account.
    pub async fn create_token(
        &self,
        new: &NewToken,
        actor: &str,
        now: Timestamp,
    ) -> Result<CreatedToken, StoreError> {
        acceptable(new, now)?;
        let owner_id = match &new.owner {
            Some(owner) => Some(self.open_account(owner).await?),
            None => None,
        };
        let public = hex::encode(&random_bytes()[..6]);
        let secret = format!("{PREFIX}{public}_{}", hex::encode(random_bytes()));
        let mut words: Vec<&str> = new.scopes.iter().map(|s| s.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        let scopes = words.join(" ");
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let inserted = sqlx::query(
            "INSERT INTO api_tokens (id, name, name_key, secret_hash, scopes, agency_id, owner_id, \
             per_day, per_minute, created_at, created_by, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (name_key) DO NOTHING",
        )
        .bind(&public)
        .bind(&new.name)
        .bind(new.name.to_lowercase())
        .bind(hex_sha256(secret.as_bytes()))
        .bind(&scopes)
        .bind(AGENCY)
        .bind(&owner_id)
        .bind(new.per_day.map(signed).transpose()?)
        .bind(new.per_minute.map(signed).transpose()?)
        .bind(micros(now))
        .bind(actor)
        .bind(new.expires_at.map(micros))
        .execute(&mut *tx)
        .await
        .map_err(failed("add a key"))?;
        if inserted.rows_affected() == 0 {
            let text = format!("there is a token '{}' already", new.name);
            return Err(StoreError::Invalid(text));
        }
        let body = json!({ "token": public, "scopes": scopes, "owner": owner_id });
        let event = self.token_event(&public, "TokenCreated", actor, now, body);
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("add a key"))?;
        let token = self.token_by("WHERE t.id = $1", &public).await?;
        let (token, _) = token.ok_or_else(|| not_found(&new.name))?;
        Ok(CreatedToken { token, secret })
    }

    async fn open_account(&self, name: &str) -> Result<String, StoreError> {
        let users = self.users().await?;
        let own = |u: &&crate::User| u.name.to_lowercase() == name.trim().to_lowercase();
        let user = users.iter().find(own).filter(|u| !u.disabled);
        let text = || format!("there is no open account '{name}'");
        user.map(|u| u.id.clone())
            .ok_or_else(|| StoreError::Invalid(text()))
    }

    fn token_event<'a>(
        &self,
        id: &'a str,
        kind: &'static str,
        actor: &'a str,
        at: Timestamp,
        body: serde_json::Value,
    ) -> PlainEvent<'a> {
        PlainEvent {
            stream_id: format!("token:{id}"),
            kind,
            leaf_kind: "account",
            subject: id,
            command_id: self.new_id(at),
            actor,
            at,
            body,
        }
    }

    /// Every key, by name; those taken back included.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let sql = format!("SELECT {COLUMNS} ORDER BY t.name_key");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(&self.read)
            .await
            .map_err(failed("read keys"))?;
        rows.iter().map(|row| Ok(token_row(row)?.0)).collect()
    }

    /// Takes a key back, by its name or id. It gets no further answer.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] if there is none, or it was taken back before.
    pub async fn revoke_token(
        &self,
        name: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let held = self
            .token_by("WHERE t.name_key = $1 OR t.id = $1", &name.to_lowercase())
            .await?;
        let (token, _) = held.ok_or_else(|| not_found(name))?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let changed = sqlx::query(
            "UPDATE api_tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        )
        .bind(micros(now))
        .bind(&token.id)
        .execute(&mut *tx)
        .await
        .map_err(failed("take a key back"))?;
        if changed.rows_affected() == 0 {
            return Err(not_found(name));
        }
        let body = json!({ "token": token.id });
        let event = self.token_event(&token.id, "TokenRevoked", actor, now, body);
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("take a key back"))
    }

    /// The key that a program sent, if it is right and in force.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn token(&self, sent: &str, now: Timestamp) -> Result<Option<Token>, StoreError> {
        let Some(id) = public_part(sent) else {
            return Ok(None);
        };
        let held = self.token_by("WHERE t.id = $1", id).await?;
        let right = held
            .filter(|(token, hash)| same(hash, &hex_sha256(sent.as_bytes())) && token.is_good(now));
        Ok(right.map(|(token, _)| token))
    }

    async fn token_by(
        &self,
        condition: &str,
        value: &str,
    ) -> Result<Option<(Token, String)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} {condition}");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(value)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a key"))?;
        row.as_ref().map(token_row).transpose()
    }
}

fn not_found(name: &str) -> StoreError {
    StoreError::NotFound {
        what: "token in force",
        id: name.to_owned(),
    }
}

/// The id in what a program sent.
fn public_part(sent: &str) -> Option<&str> {
    let (id, secret) = sent.strip_prefix(PREFIX)?.split_once('_')?;
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    (id.len() == 12 && secret.len() == 64 && hex(id) && hex(secret)).then_some(id)
}

/// Compares without telling by its duration where two hashes differ.
fn same(left: &str, right: &str) -> bool {
    let pairs = left.bytes().zip(right.bytes());
    let differences = pairs.fold(0_u8, |all, (a, b)| all | (a ^ b));
    left.len() == right.len() && differences == 0
}

fn acceptable(new: &NewToken, now: Timestamp) -> Result<(), StoreError> {
    let invalid = |text: &str| Err(StoreError::Invalid(text.to_owned()));
    let name = new.name.as_str();
    let shape = !name.is_empty() && name.chars().count() <= 64 && name == name.trim();
    if !shape || name.chars().any(char::is_control) {
        return invalid("a token name has 1 to 64 characters and no space at its ends");
    }
    if new.scopes.is_empty() {
        return invalid("a token allows at least one thing");
    }
    if new.per_day == Some(0) || new.per_minute == Some(0) {
        return invalid("a quota is at least one query");
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return invalid("the token would have ended already");
    }
    Ok(())
}

/// A row of [`COLUMNS`] with the hash of the secret.
fn token_row(row: &AnyRow) -> Result<(Token, String), StoreError> {
    let scopes: String = cell(row, "scopes")?;
    let scope = |word: &str| {
        let damaged = || StoreError::Damaged(format!("'{word}' is no scope"));
        Scope::parse(word).ok_or_else(damaged)
    };
    let moment = |name| -> Result<Option<Timestamp>, StoreError> {
        cell::<Option<i64>>(row, name)?.map(time).transpose()
    };
    let number = |name| -> Result<Option<u64>, StoreError> {
        cell::<Option<i64>>(row, name)?.map(unsigned).transpose()
    };
    let name: String = cell(row, "name")?;
    let owner: Option<String> = cell(row, "owner_name")?;
    let role: Option<String> = cell(row, "owner_role")?;
    let role = role.map(|word| {
        let damaged = || StoreError::Damaged(format!("'{word}' is no role"));
        Role::parse(&word).ok_or_else(damaged)
    });
    let token = Token {
        id: cell(row, "id")?,
        scopes: scopes.split(' ').map(scope).collect::<Result<_, _>>()?,
        actor: owner.unwrap_or_else(|| format!("token:{name}")),
        role: role.transpose()?,
        per_day: number("per_day")?,
        per_minute: number("per_minute")?,
        created_at: time(cell(row, "created_at")?)?,
        created_by: cell(row, "created_by")?,
        expires_at: moment("expires_at")?,
        revoked_at: moment("revoked_at")?,
        last_used_at: moment("last_used_at")?,
        owner_shut: cell::<Option<i64>>(row, "owner_disabled")?.is_some_and(|d| d != 0),
        name,
    };
    Ok((token, cell(row, "secret_hash")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_key_is_looked_up() {
        let key = format!("portcullis_{}_{}", "a1".repeat(6), "0f".repeat(32));
        assert_eq!(public_part(&key), Some("a1a1a1a1a1a1"));
        for wrong in [
            "",
            "portcullis_",
            &key[1..],
            &key[..key.len() - 1],
            &key.replace("0f", "zz"),
            &format!("{key}0"),
        ] {
            assert_eq!(public_part(wrong), None, "{wrong}");
        }
    }
}
