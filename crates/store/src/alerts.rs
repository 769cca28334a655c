//! Alerts: customers, and parties of assessed transactions, who meet listed
//! entities; one queue.

mod met;
mod put;

pub(crate) use met::forget;

use crate::assessments::AssessmentContent;
use crate::contents;
use crate::dispositions::{CustomerRef, StoredDisposition};
use crate::sql::{Where, cell, count, date, failed, micros, signed, time};
use crate::{Page, Paged, Store, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use portcullis_casework::{AlertState, Pair, alert_state, judge};
use portcullis_domain::{Date, Entity, ListedHit, Party};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};

/// A customer who meets an entity.
#[derive(Clone, Debug)]
pub struct NewAlert {
    /// The customer's number.
    pub customer_id: String,
    /// The customer as it is.
    pub party: Party,
    /// Id of the entity.
    pub entity_id: String,
    /// The entity as it is.
    pub entity: Entity,
    /// How they meet.
    pub hit: ListedHit,
    /// What it is, given the judgements on the pair.
    pub state: AlertState,
    /// The judgement on which that rests, and the first day on which it no longer holds.
    pub judged: Option<(String, Date)>,
}

/// The two sides of an alert and how they meet; sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertEvidence {
    /// The customer as it was.
    pub party: Party,
    /// The entity as it was.
    pub entity: Entity,
    /// How they met.
    pub hit: ListedHit,
}

/// Who meets a listed entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertOf {
    /// A customer of a book.
    Customer(CustomerRef),
    /// A party of transactions that were assessed.
    Assessed {
        /// The newest decision in which they met.
        decision_id: String,
        /// In how many assessments they met.
        assessments: u64,
    },
}

/// Where the sides of an alert met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertSource {
    /// In a customer book.
    Customers,
    /// In assessments.
    Assessments,
}

impl AlertSource {
    /// The word used in SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertSource::Customers => "customers",
            AlertSource::Assessments => "assessments",
        }
    }

    /// Reads the word used in SQL and URLs.
    pub fn parse(word: &str) -> Option<AlertSource> {
        [AlertSource::Customers, AlertSource::Assessments]
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// An alert as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// Who meets the entity.
    pub of: AlertOf,
    /// Id of the entity.
    pub entity_id: String,
    /// How it stands on the day asked about.
    pub state: AlertState,
    /// Exact name or identifier.
    pub strong: bool,
    /// Similarity in ten-thousandths.
    pub score: i64,
    /// Evidence in thousandths of a bit.
    pub millibits: i64,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The judgement on which its state rests.
    pub disposition_id: Option<String>,
    /// The first day on which that no longer holds.
    pub cleared_until: Option<Date>,
    /// Both sides and how they met; `None` after erasure. Of an assessment, the
    /// entity has only the name and lists that the decision tells.
    pub evidence: Option<AlertEvidence>,
}

impl Alert {
    /// The customer, if it is one who meets the entity.
    pub fn customer(&self) -> Option<&CustomerRef> {
        match &self.of {
            AlertOf::Customer(customer) => Some(customer),
            AlertOf::Assessed { .. } => None,
        }
    }
}

/// Which alerts to list. An absent field does not filter.
#[derive(Clone, Debug)]
pub struct AlertFilter {
    /// The day for which is asked: a judgement whose day has come no longer clears.
    pub as_of: Date,
    /// Only in this state.
    pub state: Option<AlertState>,
    /// Only where the sides met here.
    pub source: Option<AlertSource>,
    /// Only of this book.
    pub book: Option<String>,
    /// Only of the customer with this number.
    pub customer_id: Option<String>,
    /// Only on this entity.
    pub entity_id: Option<String>,
    /// Only those raised by this run.
    pub raised_run: Option<String>,
    /// Only those whose sides last met in this run.
    pub seen_run: Option<String>,
}

impl AlertFilter {
    /// Every alert, as they stand on a day.
    pub fn on(as_of: Date) -> AlertFilter {
        AlertFilter {
            as_of,
            state: None,
            source: None,
            book: None,
            customer_id: None,
            entity_id: None,
            raised_run: None,
            seen_run: None,
        }
    }
}

const COLUMNS: &str = "a.*, c.ciphertext, k.wrapped, \
     (SELECT COUNT(*) FROM met_in m WHERE m.met_id = a.id) AS assessments";
/// Customers who met, and parties of assessments; the evidence of the latter is
/// the content of the newest decision.
const TABLES: &str = "(SELECT 'customers' AS source, id, book, customer_id, entity_id, state, \
     strong, score, millibits, evidence, raised_at, raised_run, changed_at, seen_run, \
     disposition_id, cleared_until FROM alerts \
     UNION ALL SELECT 'assessments', id, NULL, NULL, entity_id, state, strong, score, millibits, \
     decision_id, raised_at, NULL, changed_at, NULL, disposition_id, cleared_until \
     FROM met_parties) a JOIN contents c ON c.id = a.evidence \
     LEFT JOIN content_keys k ON k.content_id = a.evidence";

/// The state on the day that is bound first.
const STATE: &str = "CASE WHEN a.state IN ('cleared', 'confirmed') AND a.cleared_until <= $1 \
     THEN 'open' ELSE a.state END =";

/// Strength of evidence falling; of equal ones the longest waiting first.
const ORDER: &str = "a.strong DESC, a.score DESC, a.millibits DESC, a.raised_at, a.id";

impl Store {
    /// Alerts, the strongest evidence first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn alerts(
        &self,
        filter: &AlertFilter,
        page: Page,
    ) -> Result<Paged<Alert>, StoreError> {
        let day = filter.as_of.to_string();
        Where::default()
            // Always true: it binds the day for the state.
            .and_text("'' <>", Some(&day))
            .and_text(STATE, filter.state.map(|s| s.as_str()))
            .and_text("a.source =", filter.source.map(|s| s.as_str()))
            .and_text("a.book =", filter.book.as_deref())
            .and_text("a.customer_id =", filter.customer_id.as_deref())
            .and_text("a.entity_id =", filter.entity_id.as_deref())
            .and_text("a.raised_run =", filter.raised_run.as_deref())
            .and_text("a.seen_run =", filter.seen_run.as_deref())
            .page(self, (COLUMNS, TABLES), ORDER, page, |row| {
                self.alert_row(row, filter.as_of)
            })
            .await
    }

    /// One alert as it stands on a day.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn alert(&self, id: &str, as_of: Date) -> Result<Alert, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE a.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read an alert"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "alert",
            id: id.chars().take(64).collect(),
        })?;
        self.alert_row(&row, as_of)
    }

    fn alert_row(&self, row: &AnyRow, as_of: Date) -> Result<Alert, StoreError> {
        let id: String = cell(row, "id")?;
        let entity_id: String = cell(row, "entity_id")?;
        let (of, evidence) = self.sides(row, &id, &entity_id)?;
        let state: String = cell(row, "state")?;
        let stored = AlertState::parse(&state)
            .ok_or_else(|| StoreError::Damaged(format!("'{state}' is no state of an alert")))?;
        let until: Option<String> = cell(row, "cleared_until")?;
        let until = until.as_deref().map(date).transpose()?;
        let judged = matches!(stored, AlertState::Cleared | AlertState::Confirmed);
        let expired = judged && until.is_some_and(|until| until <= as_of);
        Ok(Alert {
            id,
            of,
            entity_id,
            state: if expired { AlertState::Open } else { stored },
            strong: cell::<i64>(row, "strong")? != 0,
            score: cell(row, "score")?,
            millibits: cell(row, "millibits")?,
            raised_at: time(cell(row, "raised_at")?)?,
            changed_at: time(cell(row, "changed_at")?)?,
            disposition_id: cell(row, "disposition_id")?,
            cleared_until: until,
            evidence,
        })
    }

    /// Who meets the entity, and both sides as they were.
    fn sides(
        &self,
        row: &AnyRow,
        id: &str,
        entity_id: &str,
    ) -> Result<(AlertOf, Option<AlertEvidence>), StoreError> {
        let evidence: String = cell(row, "evidence")?;
        let book: Option<String> = cell(row, "book")?;
        if let Some(book) = book {
            let customer = CustomerRef {
                book,
                id: cell(row, "customer_id")?,
            };
            let sides = contents::from_row(self, &evidence, row)?;
            return Ok((AlertOf::Customer(customer), sides));
        }
        let content: Option<AssessmentContent<'static>> = contents::from_row(self, &evidence, row)?;
        let sides = content.and_then(|c| self.met_evidence(id, entity_id, &c));
        let of = AlertOf::Assessed {
            decision_id: evidence,
            assessments: count(row, "assessments")?,
        };
        Ok((of, sides))
    }

    /// The newest assessments in which the sides of an alert met.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn assessments_of_alert(
        &self,
        id: &str,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT decision_id FROM met_in WHERE met_id = $1 ORDER BY decision_id DESC LIMIT $2",
        )
        .bind(id)
        .bind(signed(limit)?)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the assessments of an alert"))?;
        rows.iter().map(|row| cell(row, "decision_id")).collect()
    }

    /// The alerts that an assessment raised or met again, the strongest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn alerts_of_assessment(
        &self,
        decision_id: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.id, a.entity_id FROM met_in m JOIN met_parties a ON a.id = m.met_id \
             WHERE m.decision_id = $1 ORDER BY a.strong DESC, a.score DESC, a.id",
        )
        .bind(decision_id)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the alerts of an assessment"))?;
        rows.iter()
            .map(|row| Ok((cell(row, "id")?, cell(row, "entity_id")?)))
            .collect()
    }
}

impl Store {
    /// Brings the alert of a judged pair into line with the judgements on it.
    pub(crate) async fn settle_alerts(
        &self,
        tx: &mut AnyConnection,
        judged: &StoredDisposition,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(sides) = &judged.disposition.judged else {
            return Ok(());
        };
        let keys = self.disposition_keys(&sides.party, judged.customer.as_ref());
        let found = self.open_under_keys(tx, &keys).await?;
        let pair = Pair {
            party: &sides.party,
            entity: &sides.entity,
            engine_major: judged.disposition.engine_major,
            as_of: now.to_zoned(TimeZone::UTC).date(),
        };
        // The judged entity itself is asked for, so no other number can stand for it.
        let decides = judge(found.iter().map(|f| &f.disposition), &pair, &|_| true);
        let state = alert_state(decides.as_ref().map(|(d, s)| (d.verdict, s)));
        let rests_on = decides
            .filter(|_| state != AlertState::Open)
            .map(|(d, _)| d);
        let stands = Stands {
            state,
            disposition: rests_on.map(|d| d.id.clone()),
            until: rests_on.map(|d| d.expires_on.to_string()),
            now,
        };
        // The entry may stand under another number by now: found by its judgement, too.
        let own = judged.disposition.id.as_str();
        let entity = judged.disposition.entity_id.as_str();
        let met = self.met_id(&sides.party, entity);
        stands.write_met(tx, &met, own).await?;
        match &judged.customer {
            Some(customer) => stands.write_customer(tx, customer, entity, own).await,
            None => Ok(()),
        }
    }
}

/// How the alerts of a judged pair stand from now on.
struct Stands {
    state: AlertState,
    disposition: Option<String>,
    until: Option<String>,
    now: Timestamp,
}

impl Stands {
    async fn write_customer(
        &self,
        tx: &mut AnyConnection,
        customer: &CustomerRef,
        entity: &str,
        judgement: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE alerts SET state = $1, disposition_id = $2, cleared_until = $3, \
             changed_at = $4 WHERE book = $5 AND customer_id = $6 \
             AND (entity_id = $7 OR disposition_id = $8) AND state <> 'gone'",
        )
        .bind(self.state.as_str())
        .bind(self.disposition.as_deref())
        .bind(self.until.as_deref())
        .bind(micros(self.now))
        .bind(&customer.book)
        .bind(&customer.id)
        .bind(entity)
        .bind(judgement)
        .execute(tx)
        .await
        .map_err(failed("settle an alert"))?;
        Ok(())
    }

    async fn write_met(
        &self,
        tx: &mut AnyConnection,
        met: &str,
        judgement: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE met_parties SET state = $1, disposition_id = $2, cleared_until = $3, \
             changed_at = $4, known = CASE WHEN known < $5 THEN $5 ELSE known END \
             WHERE id = $6 OR disposition_id = $7",
        )
        .bind(self.state.as_str())
        .bind(self.disposition.as_deref())
        .bind(self.until.as_deref())
        .bind(micros(self.now))
        .bind(self.now.to_zoned(TimeZone::UTC).date().to_string())
        .bind(met)
        .bind(judgement)
        .execute(tx)
        .await
        .map_err(failed("settle an alert"))?;
        Ok(())
    }
}
