//! Making judgements: decided by casework, written as events and one row.

use super::{
    CLASS, CustomerRef, DispositionContent, END_CLASS, EndContent, NewDisposition,
    StoredDisposition,
};
use crate::contents::{self, Sealed, seal};
use crate::events::{self, AGENCY, PlainEvent};
use crate::keys::random_bytes;
use crate::sql::{Insert, failed, micros, storable};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_casework::{
    Command, Disposition, Event, Hand, Identity, Judged, decide, evolve, party_keys, same_entry,
};
use portcullis_domain::Party;
use serde_json::{Value, json};
use sqlx::AnyConnection;

impl Store {
    /// Makes a judgement. Where policy wants a second person it waits for one;
    /// otherwise it is decided at once and takes the place of older ones on the
    /// same pair.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] says what the rules do not allow.
    pub async fn propose_disposition(
        &self,
        new: NewDisposition,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredDisposition, StoreError> {
        let command = Command::Propose {
            entity_id: new.entity.id.clone(),
            verdict: new.verdict,
            reason: new.reason.clone(),
            expires_on: new.expires_on,
            engine_major: new.engine_major,
            terms: new.terms.clone(),
        };
        let events = decide(None, &command, actor, now)?;
        let id = self.new_id(now);
        let judged = Judged {
            party: new.party,
            entity: new.entity,
        };
        let disposition = after(None, &id, &events, actor, now, Some(judged.clone()))?;
        let content = DispositionContent {
            secret: hex::encode(random_bytes()),
            judged,
            reason: storable(&new.reason),
        };
        let sealed = seal(&self.keys.wrapping, &id, CLASS, &content)?;
        let stored = StoredDisposition {
            customer: new.customer,
            rests_on: new.rests_on,
            reason: Some(content.reason.clone()),
            end_reason: None,
            disposition,
        };
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &[sealed]).await?;
        insert_row(&mut tx, &stored).await?;
        self.insert_keys(&mut tx, &stored).await?;
        let digest = portcullis_domain::digest(&content).map_err(StoreError::Invalid)?;
        let more = json!({
            "content": digest,
            "customer": stored.customer,
            "rests_on": stored.rests_on,
        });
        self.append_events(&mut tx, &id, &events, more, actor, now)
            .await?;
        self.replace_older(&mut tx, &stored, actor, now).await?;
        self.settle_alerts(&mut tx, &stored, now).await?;
        tx.commit().await.map_err(failed("record a judgement"))?;
        Ok(stored)
    }

    /// Agrees to a judgement as the second person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`]: the same person, or nobody is waited for;
    /// [`StoreError::NotFound`].
    pub async fn confirm_disposition(
        &self,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredDisposition, StoreError> {
        self.act_on(id, Command::Confirm, None, actor, now).await
    }

    /// Disagrees with a judgement as the second person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`], [`StoreError::NotFound`].
    pub async fn refuse_disposition(
        &self,
        id: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredDisposition, StoreError> {
        let reason = storable(reason);
        let command = Command::Refuse {
            reason: reason.clone(),
        };
        self.act_on(id, command, Some(reason), actor, now).await
    }

    /// Takes a judgement back; what it replaced stays replaced.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`], [`StoreError::NotFound`].
    pub async fn withdraw_disposition(
        &self,
        id: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredDisposition, StoreError> {
        let reason = storable(reason);
        let command = Command::Withdraw {
            reason: reason.clone(),
        };
        self.act_on(id, command, Some(reason), actor, now).await
    }

    async fn act_on(
        &self,
        id: &str,
        command: Command,
        end_reason: Option<String>,
        actor: &str,
        now: Timestamp,
    ) -> Result<StoredDisposition, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        // A write first: from here on nobody else changes it.
        sqlx::query("UPDATE dispositions SET id = id WHERE id = $1")
            .bind(id)
            .execute(&mut *tx)
            .await
            .map_err(failed("hold a judgement"))?;
        let mut stored = self.disposition_in(&mut tx, id).await?;
        let events = decide(Some(&stored.disposition), &command, actor, now)?;
        let mut more = json!({});
        if let Some(end_reason) = end_reason {
            let content = EndContent {
                secret: hex::encode(random_bytes()),
                end_reason,
            };
            let sealed = self.sealed_end(id, &content, now)?;
            contents::insert(&mut tx, &[sealed]).await?;
            let digest = portcullis_domain::digest(&content).map_err(StoreError::Invalid)?;
            more = json!({ "content": digest });
            stored.end_reason = Some(content.end_reason);
        }
        let judged = stored.disposition.judged.clone();
        stored.disposition = after(Some(stored.disposition), id, &events, actor, now, judged)?;
        update_row(&mut tx, &stored.disposition).await?;
        self.append_events(&mut tx, id, &events, more, actor, now)
            .await?;
        self.replace_older(&mut tx, &stored, actor, now).await?;
        self.settle_alerts(&mut tx, &stored, now).await?;
        tx.commit().await.map_err(failed("record a judgement"))?;
        Ok(stored)
    }

    fn sealed_end(
        &self,
        id: &str,
        content: &EndContent,
        now: Timestamp,
    ) -> Result<Sealed, StoreError> {
        let own = self.new_id(now);
        Ok(seal(&self.keys.wrapping, &own, END_CLASS, content)?.under(id))
    }

    async fn append_events(
        &self,
        tx: &mut AnyConnection,
        id: &str,
        events: &[Event],
        more: Value,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for event in events {
            let mut body = serde_json::to_value(event)
                .map_err(|e| StoreError::Invalid(format!("the event of '{id}': {e}")))?;
            if let (Value::Object(body), Value::Object(more)) = (&mut body, &more) {
                body.extend(more.clone());
            }
            events::append_plain(
                tx,
                PlainEvent {
                    stream_id: format!("disposition:{id}"),
                    kind: kind_of(event),
                    leaf_kind: "disposition",
                    subject: id,
                    command_id: self.new_id(now),
                    actor,
                    at: now,
                    body,
                },
            )
            .await?;
        }
        Ok(())
    }

    /// A decided judgement takes the place of older ones on the same pair.
    async fn replace_older(
        &self,
        tx: &mut AnyConnection,
        decided: &StoredDisposition,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if decided.disposition.progress != portcullis_casework::Progress::Decided {
            return Ok(());
        }
        let Some(judged) = &decided.disposition.judged else {
            return Ok(());
        };
        let found = self
            .open_under_keys(tx, &self.keys_of(decided, &judged.party))
            .await?;
        for older in found {
            let same_entity = older.disposition.entity_id == decided.disposition.entity_id
                || older
                    .disposition
                    .judged
                    .as_ref()
                    .is_some_and(|j| same_entry(&j.entity, &judged.entity));
            let other = older.disposition.id != decided.disposition.id;
            if !other || !same_entity || !same_party(&older, decided, &judged.party) {
                continue;
            }
            let id = older.disposition.id.clone();
            let events = decide(Some(&older.disposition), &Command::Supersede, actor, now)?;
            let next = after(Some(older.disposition), &id, &events, actor, now, None)?;
            update_row(tx, &next).await?;
            let more = json!({ "by": decided.disposition.id });
            self.append_events(tx, &id, &events, more, actor, now)
                .await?;
        }
        Ok(())
    }

    async fn insert_keys(
        &self,
        tx: &mut AnyConnection,
        stored: &StoredDisposition,
    ) -> Result<(), StoreError> {
        let Some(judged) = &stored.disposition.judged else {
            return Ok(());
        };
        Insert {
            table: "disposition_keys",
            columns: "lookup,disposition_id",
            tail: "",
        }
        .rows(tx, &self.keys_of(stored, &judged.party), |query, key| {
            query.bind(key).bind(&stored.disposition.id)
        })
        .await
    }

    fn keys_of(&self, stored: &StoredDisposition, party: &Party) -> Vec<String> {
        self.disposition_keys(party, stored.customer.as_ref())
    }

    /// The keyed hashes under which judgements on a party, or customer, stand.
    pub(crate) fn disposition_keys(
        &self,
        party: &Party,
        customer: Option<&CustomerRef>,
    ) -> Vec<String> {
        let of_customer = customer.map(|c| format!("customer:{}\0{}", c.book, c.id));
        let plain = party_keys(party).into_iter().chain(of_customer);
        plain.map(|k| self.keys.lookup("disposition", &k)).collect()
    }
}

/// Whether an older judgement is on the same customer, or on this very party.
fn same_party(older: &StoredDisposition, newer: &StoredDisposition, party: &Party) -> bool {
    if older.customer.is_some() && older.customer == newer.customer {
        return true;
    }
    let judged = older.disposition.judged.as_ref();
    judged.is_some_and(|j| {
        Identity::of(&j.party)
            .changes(&Identity::of(party))
            .is_empty()
    })
}

fn kind_of(event: &Event) -> &'static str {
    match event {
        Event::Proposed { .. } => "DispositionProposed",
        Event::Confirmed => "DispositionConfirmed",
        Event::Refused => "DispositionRefused",
        Event::Withdrawn => "DispositionWithdrawn",
        Event::Superseded => "DispositionSuperseded",
    }
}

fn after(
    mut state: Option<Disposition>,
    id: &str,
    events: &[Event],
    actor: &str,
    now: Timestamp,
    judged: Option<Judged>,
) -> Result<Disposition, StoreError> {
    for event in events {
        let hand = Hand {
            actor: actor.to_owned(),
            at: now,
        };
        state = evolve(state, id, event, hand, judged.clone());
    }
    state.ok_or_else(|| StoreError::Damaged(format!("the judgement '{id}' has no beginning")))
}

async fn insert_row(tx: &mut AnyConnection, stored: &StoredDisposition) -> Result<(), StoreError> {
    Insert {
        table: "dispositions",
        columns: "id,agency_id,book,customer_id,entity_id,rests_on,verdict,progress,\
                  second_needed,expires_on,engine_major,proposed_by,proposed_at",
        tail: "",
    }
    .rows(tx, std::slice::from_ref(stored), |query, s| {
        let d = &s.disposition;
        query
            .bind(&d.id)
            .bind(AGENCY)
            .bind(s.customer.as_ref().map(|c| c.book.as_str()))
            .bind(s.customer.as_ref().map(|c| c.id.as_str()))
            .bind(&d.entity_id)
            .bind(s.rests_on.as_deref())
            .bind(d.verdict.as_str())
            .bind(d.progress.as_str())
            .bind(i32::from(d.second_needed))
            .bind(d.expires_on.to_string())
            .bind(i64::from(d.engine_major))
            .bind(&d.proposed.actor)
            .bind(micros(d.proposed.at))
    })
    .await
}

async fn update_row(tx: &mut AnyConnection, d: &Disposition) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE dispositions SET progress = $1, confirmed_by = $2, confirmed_at = $3, \
         ended_by = $4, ended_at = $5 WHERE id = $6",
    )
    .bind(d.progress.as_str())
    .bind(d.confirmed.as_ref().map(|h| h.actor.as_str()))
    .bind(d.confirmed.as_ref().map(|h| micros(h.at)))
    .bind(d.ended.as_ref().map(|h| h.actor.as_str()))
    .bind(d.ended.as_ref().map(|h| micros(h.at)))
    .bind(&d.id)
    .execute(tx)
    .await
    .map_err(failed("record a judgement"))?;
    Ok(())
}
