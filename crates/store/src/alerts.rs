//! Alerts: customers who meet listed entities.

use crate::dispositions::StoredDisposition;
use crate::sql::{failed, micros};
use crate::{Store, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use portcullis_casework::{AlertState, Pair, alert_state, judge};
use sqlx::AnyConnection;

impl Store {
    /// Brings the alert of a judged pair into line with the judgements on it.
    pub(crate) async fn settle_alerts(
        &self,
        tx: &mut AnyConnection,
        judged: &StoredDisposition,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (Some(customer), Some(sides)) = (&judged.customer, &judged.disposition.judged) else {
            return Ok(());
        };
        let keys = self.disposition_keys(&sides.party, Some(customer));
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
        sqlx::query(
            "UPDATE alerts SET state = $1, disposition_id = $2, cleared_until = $3, \
             changed_at = $4 WHERE book = $5 AND customer_id = $6 AND entity_id = $7 \
             AND state <> 'gone'",
        )
        .bind(state.as_str())
        .bind(rests_on.map(|d| d.id.as_str()))
        .bind(rests_on.map(|d| d.expires_on.to_string()))
        .bind(micros(now))
        .bind(&customer.book)
        .bind(&customer.id)
        .bind(&judged.disposition.entity_id)
        .execute(tx)
        .await
        .map_err(failed("settle an alert"))?;
        Ok(())
    }
}
