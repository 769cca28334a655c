//! Parties of assessed transactions who meet listed entities: what assessments
//! add to the queue of alerts.

use crate::assessments::AssessmentContent;
use crate::events::AGENCY;
use crate::sql::{Insert, failed, micros};
use crate::{AlertEvidence, Store, StoreError};
use jiff::Timestamp;
use portcullis_casework::{AlertState, Identity};
use portcullis_domain::{
    About, Decision, Entity, ListedHit, Listing, Name, NameKind, Party, Transaction,
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// A pair as one assessment met it.
struct Met {
    id: String,
    decision_id: String,
    known: String,
    hit: ListedHit,
}

impl Store {
    /// Under what a party and an entity are one pair: a keyed hash of what is
    /// material about the party, and of the entity's id.
    pub(crate) fn met_id(&self, party: &Party, entity_id: &str) -> String {
        let identity = Identity::of(party).canonical();
        let text = format!("{identity}\0{entity_id}");
        self.keys.lookup("met-party", &text)
    }

    /// Puts what assessments met into the queue, inside their transaction.
    pub(crate) async fn put_met<'a>(
        &self,
        tx: &mut AnyConnection,
        assessed: impl Iterator<Item = (&'a str, &'a Transaction, &'a Decision)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut links = Vec::new();
        // The last of a batch is its newest; one statement must not name a row twice.
        let mut newest: BTreeMap<String, Met> = BTreeMap::new();
        for (decision_id, transaction, decision) in assessed {
            for (party, hit) in pairs(transaction, decision) {
                let id = self.met_id(party, &hit.entity_id);
                links.push((id.clone(), decision_id.to_owned()));
                let met = Met {
                    id: id.clone(),
                    decision_id: decision_id.to_owned(),
                    known: decision.known.to_string(),
                    hit: hit.clone(),
                };
                let older = newest.get(&id);
                if older.is_none_or(|o| o.known <= met.known) {
                    newest.insert(id, met);
                }
            }
        }
        links.sort_unstable();
        links.dedup();
        let rows: Vec<Met> = newest.into_values().collect();
        upsert(tx, &rows, now).await?;
        Insert {
            table: "met_in",
            columns: "met_id,decision_id",
            tail: "ON CONFLICT (met_id, decision_id) DO NOTHING",
        }
        .rows(tx, &links, |query, (id, decision)| {
            query.bind(id).bind(decision)
        })
        .await
    }

    /// Both sides of a pair, as an assessment recorded them.
    pub(super) fn met_evidence(
        &self,
        id: &str,
        entity_id: &str,
        content: &AssessmentContent<'_>,
    ) -> Option<AlertEvidence> {
        let transaction = content.transaction.as_ref()?;
        let mut pairs = pairs(transaction, &content.decision);
        let (party, hit) =
            pairs.find(|(p, h)| h.entity_id == entity_id && self.met_id(p, entity_id) == id)?;
        Some(AlertEvidence {
            party: party.clone(),
            entity: as_recorded(hit),
            hit: hit.clone(),
        })
    }
}

/// Every party with every entity that it met.
fn pairs<'a>(
    transaction: &'a Transaction,
    decision: &'a Decision,
) -> impl Iterator<Item = (&'a Party, &'a ListedHit)> {
    decision.screened.iter().flat_map(|screened| {
        let party = match screened.about {
            About::Party(at) => transaction.parties.get(at),
            _ => None,
        };
        let hits = screened.hits.iter();
        party
            .into_iter()
            .flat_map(move |p| hits.clone().map(|h| (&p.party, h)))
    })
}

/// The entity as far as a decision says who it is: its name and its lists.
fn as_recorded(hit: &ListedHit) -> Entity {
    let listing = |list: &String| Listing {
        list: list.clone(),
        programmes: Vec::new(),
        listed_on: None,
        until: None,
        citation: String::new(),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    };
    Entity {
        id: hit.entity_id.clone(),
        party: Party {
            names: vec![Name::new(NameKind::Primary, hit.caption.clone())],
            ..Party::default()
        },
        listings: hit.lists.iter().map(listing).collect(),
        ..Entity::default()
    }
}

fn state(hit: &ListedHit) -> AlertState {
    match &hit.disposition {
        Some(judged) if judged.same => AlertState::Confirmed,
        Some(_) => AlertState::Cleared,
        None => AlertState::Open,
    }
}

/// An assessment as of an earlier knowledge than the newest changes nothing,
/// and one that knows of no judgement does not hide that one is proposed.
async fn upsert(tx: &mut AnyConnection, rows: &[Met], now: Timestamp) -> Result<(), StoreError> {
    Insert {
        table: "met_parties",
        columns: "id,agency_id,entity_id,decision_id,known,state,strong,score,millibits,\
                  raised_at,changed_at,disposition_id,cleared_until",
        tail: "ON CONFLICT (id) DO UPDATE SET \
               decision_id = excluded.decision_id, known = excluded.known, \
               state = CASE WHEN met_parties.state = 'awaiting' AND excluded.state = 'open' \
               THEN met_parties.state ELSE excluded.state END, \
               disposition_id = CASE WHEN met_parties.state = 'awaiting' \
               AND excluded.state = 'open' THEN met_parties.disposition_id \
               ELSE excluded.disposition_id END, \
               cleared_until = excluded.cleared_until, strong = excluded.strong, \
               score = excluded.score, millibits = excluded.millibits, \
               changed_at = CASE WHEN met_parties.state <> excluded.state \
               OR met_parties.score <> excluded.score \
               THEN excluded.changed_at ELSE met_parties.changed_at END \
               WHERE excluded.known >= met_parties.known",
    }
    .rows(tx, rows, |query, met| {
        let judged = met.hit.disposition.as_ref();
        query
            .bind(&met.id)
            .bind(AGENCY)
            .bind(&met.hit.entity_id)
            .bind(&met.decision_id)
            .bind(&met.known)
            .bind(state(&met.hit).as_str())
            .bind(i32::from(met.hit.strong))
            .bind(met.hit.score)
            .bind(met.hit.millibits)
            .bind(micros(now))
            .bind(micros(now))
            .bind(judged.map(|d| d.id.as_str()))
            .bind(judged.map(|d| d.expires_on.to_string()))
    })
    .await
}

/// After the contents of an assessment went: what it met stays in the queue
/// while another assessment still tells of it.
pub(crate) async fn forget(tx: &mut AnyConnection, decision_id: &str) -> Result<(), StoreError> {
    let statements = [
        "DELETE FROM met_in WHERE decision_id = $1",
        "UPDATE met_parties SET decision_id = COALESCE((SELECT MAX(i.decision_id) FROM met_in i \
         WHERE i.met_id = met_parties.id), decision_id) WHERE decision_id = $1",
        "DELETE FROM met_parties WHERE decision_id = $1",
    ];
    for statement in statements {
        sqlx::query(statement)
            .bind(decision_id)
            .execute(&mut *tx)
            .await
            .map_err(failed("forget what an assessment met"))?;
    }
    Ok(())
}
