//! Whether versions of the policy and bulletins are those that the ledger vouches for.

use super::{Stop, problem};
use crate::events::StoredEvent;
use crate::sql::{cell, failed, micros};
use crate::{Store, StoreError};

impl Store {
    /// The files of a version are those of its digest, and who adopted it, and
    /// when, is what the event says.
    pub(super) async fn check_policy(
        &self,
        index: Option<u64>,
        id: &str,
        event: &StoredEvent,
    ) -> Result<(), Stop> {
        if event.kind != "PolicyAdopted" {
            return Ok(());
        }
        let wrong = |text: &str| problem(index, Some(id), text);
        let version = match self.policy_version(id).await {
            Ok(stored) => stored.version,
            Err(StoreError::NotFound { .. }) => return Err(wrong("the policy version is missing")),
            Err(other) => return Err(other.into()),
        };
        let by_event = version.adopted.as_ref().is_some_and(|hand| {
            hand.actor == event.actor_id && micros(hand.at) == event.recorded_at
        });
        if !by_event || event.body["digest"] != version.digest.as_str() {
            return Err(wrong("the policy version shows another adoption"));
        }
        match self.policy_files(&version.digest).await {
            Ok(_) => Ok(()),
            Err(StoreError::NotFound { .. }) => Err(wrong("the files of the policy are missing")),
            Err(StoreError::Damaged(text)) => Err(wrong(&text)),
            Err(other) => Err(other.into()),
        }
    }

    /// A bulletin is the one that was published.
    pub(super) async fn check_bulletin(
        &self,
        index: Option<u64>,
        id: &str,
        event: &StoredEvent,
    ) -> Result<(), Stop> {
        let row = sqlx::query("SELECT body FROM bulletins WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a bulletin"))?;
        let body: Option<String> = row.map(|row| cell(&row, "body")).transpose()?;
        let digest = body.map(|body| portcullis_domain::hex_sha256(body.as_bytes()));
        if digest.is_none_or(|digest| event.body["sha256"] != digest.as_str()) {
            return Err(problem(
                index,
                Some(id),
                "the bulletin is not the one that was published",
            ));
        }
        Ok(())
    }
}
