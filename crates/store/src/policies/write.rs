//! Proposing, adopting, rejecting: decided by casework, written as events and one row.

use super::{
    NewPolicyVersion, PolicyBundle, REMARK, RemarkContent, RemarkKind, StoredPolicyVersion,
};
use crate::contents::{self, seal};
use crate::events::{self, AGENCY, PlainEvent};
use crate::keys::random_bytes;
use crate::sql::{failed, micros, signed, storable};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_casework::{
    Hand, PolicyCheck, PolicyCommand, PolicyEvent, PolicyVersion, decide_policy, evolve_policy,
};
use serde_json::{Value, json};
use sqlx::AnyConnection;

/// Bytes of a title that are kept.
const TITLE_BYTES: usize = 200;

impl Store {
    /// Puts a policy forward. It acts nowhere until another person adopts it.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`] says what the rules do not allow.
    pub async fn propose_policy(
        &self,
        new: NewPolicyVersion,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        one_at_a_time(&mut tx).await?;
        let digest = put_bundle(&mut tx, &new.files, actor, now).await?;
        let in_use = self.in_use(&mut tx, now).await?.map(|v| v.digest);
        let command = PolicyCommand::Propose {
            digest,
            in_use,
            title: short(&storable(&new.title)),
            reason: new.reason.clone(),
            check: new.check,
        };
        let id = self.new_id(now);
        let remark = (RemarkKind::Proposal, new.reason.as_str());
        let version = self
            .act(&mut tx, &id, None, &command, Some(remark), actor, now)
            .await?;
        tx.commit().await.map_err(failed("propose a policy"))?;
        self.policy_version(&version.id).await
    }

    /// Says something about a version.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`], [`StoreError::NotFound`].
    pub async fn comment_policy(
        &self,
        id: &str,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let command = PolicyCommand::Comment {
            text: text.to_owned(),
        };
        let remark = Some((RemarkKind::Comment, text));
        self.change_policy(id, &command, remark, actor, now).await
    }

    /// Adopts a proposal as the second person: from now on it acts. `check` is
    /// what checking its files again gave; `reason` may be empty.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`]: the same person, problems, or another
    /// version was adopted in the meantime; [`StoreError::NotFound`].
    pub async fn adopt_policy(
        &self,
        id: &str,
        check: PolicyCheck,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        one_at_a_time(&mut tx).await?;
        let in_use = self.in_use(&mut tx, now).await?.map(|v| v.digest);
        let command = PolicyCommand::Adopt { in_use, check };
        let state = self.policy_version_in(&mut tx, id).await?;
        let remark = (!reason.trim().is_empty()).then_some((RemarkKind::Adoption, reason));
        self.act(&mut tx, id, Some(state), &command, remark, actor, now)
            .await?;
        tx.commit().await.map_err(failed("adopt a policy"))?;
        self.policy_version(id).await
    }

    /// Disagrees with a proposal as another person.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`], [`StoreError::NotFound`].
    pub async fn reject_policy(
        &self,
        id: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let command = PolicyCommand::Reject {
            reason: reason.to_owned(),
        };
        let remark = Some((RemarkKind::Rejection, reason));
        self.change_policy(id, &command, remark, actor, now).await
    }

    /// Takes a proposal back.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`], [`StoreError::NotFound`].
    pub async fn withdraw_policy(
        &self,
        id: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let command = PolicyCommand::Withdraw {
            reason: reason.to_owned(),
        };
        let remark = Some((RemarkKind::Withdrawal, reason));
        self.change_policy(id, &command, remark, actor, now).await
    }

    /// Asks that an adopted version be stopped; a second person must agree.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`], [`StoreError::NotFound`].
    pub async fn ask_policy_suspension(
        &self,
        id: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let command = PolicyCommand::AskSuspension {
            reason: reason.to_owned(),
        };
        let remark = Some((RemarkKind::Suspension, reason));
        self.change_policy(id, &command, remark, actor, now).await
    }

    /// Agrees as the second person that an adopted version be stopped: the one
    /// before it acts again.
    ///
    /// # Errors
    ///
    /// [`StoreError::PolicyRefused`], [`StoreError::NotFound`].
    pub async fn suspend_policy(
        &self,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        self.change_policy(id, &PolicyCommand::Suspend, None, actor, now)
            .await
    }

    async fn change_policy(
        &self,
        id: &str,
        command: &PolicyCommand,
        remark: Option<(RemarkKind, &str)>,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredPolicyVersion, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        one_at_a_time(&mut tx).await?;
        let state = self.policy_version_in(&mut tx, id).await?;
        self.act(&mut tx, id, Some(state), command, remark, actor, now)
            .await?;
        tx.commit()
            .await
            .map_err(failed("change a policy version"))?;
        self.policy_version(id).await
    }

    #[allow(clippy::too_many_arguments)]
    async fn act(
        &self,
        tx: &mut AnyConnection,
        id: &str,
        state: Option<PolicyVersion>,
        command: &PolicyCommand,
        remark: Option<(RemarkKind, &str)>,
        actor: &str,
        now: Timestamp,
    ) -> Result<PolicyVersion, StoreError> {
        let events = decide_policy(state.as_ref(), command, actor)?;
        let is_new = state.is_none();
        let mut next = state;
        for event in &events {
            let hand = Hand {
                actor: actor.to_owned(),
                at: now,
            };
            next = evolve_policy(next, id, event, hand);
        }
        let next = next.ok_or_else(|| {
            StoreError::Damaged(format!("the policy version '{id}' has no beginning"))
        })?;
        put_row(tx, &next, is_new).await?;
        let mut more = json!({ "digest": next.digest });
        if let Some((kind, text)) = remark {
            more["content"] = Value::String(self.put_remark(tx, id, kind, text, actor, now).await?);
        }
        for event in &events {
            let mut body = serde_json::to_value(event)
                .map_err(|e| StoreError::Invalid(format!("the event of '{id}': {e}")))?;
            if let (Value::Object(body), Value::Object(more)) = (&mut body, &more) {
                body.extend(more.clone());
            }
            let event = PlainEvent {
                stream_id: format!("policy:{id}"),
                kind: kind_of(event),
                leaf_kind: "policy",
                subject: id,
                command_id: self.new_id(now),
                actor,
                at: now,
                body,
            };
            events::append_plain(tx, event).await?;
        }
        Ok(next)
    }

    /// Seals what was said; gives the digest that the event commits to.
    async fn put_remark(
        &self,
        tx: &mut AnyConnection,
        version: &str,
        kind: RemarkKind,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let content = RemarkContent {
            secret: hex::encode(random_bytes()),
            text: storable(text),
        };
        let own = self.new_id(now);
        let sealed = seal(&self.keys.wrapping, &own, REMARK, &content)?.under(version);
        contents::insert(tx, &[sealed]).await?;
        sqlx::query(
            "INSERT INTO policy_remarks (content_id, version_id, kind, said_by, said_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&own)
        .bind(version)
        .bind(kind.as_str())
        .bind(actor)
        .bind(micros(now))
        .execute(tx)
        .await
        .map_err(failed("record a remark"))?;
        portcullis_domain::digest(&content).map_err(StoreError::Invalid)
    }
}

/// From here on nobody else proposes or adopts until this transaction ends: two
/// people must not adopt two versions made from the same one.
pub(super) async fn one_at_a_time(tx: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO installation (name, value) VALUES ('policy', '') \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .execute(tx)
    .await
    .map_err(failed("begin a change of policy"))?;
    Ok(())
}

/// Stores the files under their digest, once.
pub(super) async fn put_bundle(
    tx: &mut AnyConnection,
    files: &PolicyBundle,
    actor: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    let digest =
        portcullis_domain::bundle_digest(files.iter().map(|(p, t)| (p.as_str(), t.as_str())));
    if files.values().any(|text| text.contains('\0')) {
        return Err(StoreError::Invalid(
            "a policy file holds a zero byte".to_owned(),
        ));
    }
    let text = portcullis_domain::canonical_json(files).map_err(StoreError::Invalid)?;
    sqlx::query(
        "INSERT INTO policy_bundles (digest, files, recorded_at, recorded_by) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(&digest)
    .bind(text)
    .bind(micros(now))
    .bind(actor)
    .execute(tx)
    .await
    .map_err(failed("store the files of a policy"))?;
    Ok(digest)
}

fn short(title: &str) -> String {
    let mut end = title.len().min(TITLE_BYTES);
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    title[..end].to_owned()
}

fn kind_of(event: &PolicyEvent) -> &'static str {
    match event {
        PolicyEvent::Proposed { .. } => "PolicyProposed",
        PolicyEvent::Commented => "PolicyCommented",
        PolicyEvent::Adopted => "PolicyAdopted",
        PolicyEvent::Rejected => "PolicyRejected",
        PolicyEvent::Withdrawn => "PolicyWithdrawn",
        PolicyEvent::SuspensionAsked => "PolicySuspensionAsked",
        PolicyEvent::Suspended => "PolicySuspended",
    }
}

const INSERT: &str = "INSERT INTO policy_versions (id, progress, comments, adopted_by, adopted_at, \
     asked_by, asked_at, ended_by, ended_at, agency_id, digest, base, title, cases, proposed_by, \
     proposed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)";

const UPDATE: &str = "UPDATE policy_versions SET progress = $2, comments = $3, adopted_by = $4, \
     adopted_at = $5, asked_by = $6, asked_at = $7, ended_by = $8, ended_at = $9 WHERE id = $1";

async fn put_row(
    tx: &mut AnyConnection,
    v: &PolicyVersion,
    is_new: bool,
) -> Result<(), StoreError> {
    let by = |hand: &Option<Hand>| hand.as_ref().map(|h| h.actor.clone());
    let at = |hand: &Option<Hand>| hand.as_ref().map(|h| micros(h.at));
    let query = sqlx::query(if is_new { INSERT } else { UPDATE })
        .bind(&v.id)
        .bind(v.progress.as_str())
        .bind(signed(v.comments)?)
        .bind(by(&v.adopted))
        .bind(at(&v.adopted))
        .bind(by(&v.suspension_asked))
        .bind(at(&v.suspension_asked))
        .bind(by(&v.ended))
        .bind(at(&v.ended));
    let query = match is_new {
        false => query,
        true => query
            .bind(AGENCY)
            .bind(&v.digest)
            .bind(v.base.as_deref())
            .bind(&v.title)
            .bind(signed(v.cases)?)
            .bind(&v.proposed.actor)
            .bind(micros(v.proposed.at)),
    };
    query
        .execute(tx)
        .await
        .map_err(failed("record a policy version"))?;
    Ok(())
}
