//! Rescreening a customer book: what changed since the last time is screened,
//! and nothing else; the first time everything is.
//!
//! A run is planned, recorded, and done in parts, each in one transaction, so
//! that it goes on after a kill where it stopped. It ends with a completion
//! record that counts what was there and what was done.

mod meet;
mod plan;
mod segment;
mod touched;

pub use plan::{ListChanges, snapshots_delta};
pub use segment::customer_index;
pub use touched::{Touched, touched_customers, touched_parties};

use crate::GateError;
use jiff::Timestamp;
use plan::{Plan, Step};
use portcullis_assessment::Lists;
use portcullis_casework::{Disposition, alert_state};
use portcullis_domain::Date;
use portcullis_screening::Index;
use portcullis_store::{
    CompletedRun, Customer, CustomerRef, MonitorRun, NewAlert, NewPart, PartKind, Store,
};
use std::sync::Arc;

/// What to rescreen, and how.
#[derive(Clone, Debug)]
pub struct MonitorOptions {
    /// Name of the book.
    pub book: String,
    /// Screen every customer against everything, whatever was done before.
    pub full: bool,
    /// The day for which it is asked.
    pub as_of: Date,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorProgress {
    /// Parts that are done.
    pub done: u64,
    /// Parts in all.
    pub parts: u64,
}

/// A run that was completed.
#[derive(Clone, Debug)]
pub struct Monitored {
    /// What it had to do.
    pub run: MonitorRun,
    /// What it came to.
    pub completed: CompletedRun,
    /// Parts that an earlier call had done before it was stopped.
    pub resumed_after: u64,
    /// The numbers of customers that this call could screen in part only, or not
    /// at all.
    pub not_whole: Vec<String>,
    /// What changed in the lists since the run on which this one builds; `None`
    /// for a full one.
    pub changes: Option<ListChanges>,
}

/// Who does it, and when it is.
pub struct Hand<'a> {
    /// Name of the person or service.
    pub actor: &'a str,
    /// The time of each record.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
}

/// Rescreens a book against the lists. A run that was stopped goes on if the
/// book and the lists are as they were; otherwise it is given up and a new one
/// begins from the last that was completed.
///
/// # Errors
///
/// [`GateError`]; what was done until then is kept, and calling again goes on.
pub async fn monitor_book(
    store: &Store,
    lists: Arc<Lists>,
    options: &MonitorOptions,
    hand: &Hand<'_>,
    progress: &mut dyn FnMut(MonitorProgress),
) -> Result<Monitored, GateError> {
    let plan = Plan::of(store, &lists, options).await?;
    let run = begun(store, &plan, hand).await?;
    let resumed_after = run.parts_done;
    let customers = if plan.entities.is_empty() {
        None
    } else {
        let (book, version) = (&plan.new.book, plan.new.book_version);
        Some(customer_index(store, book, version).await?)
    };
    let done = store.run_parts(&run.id).await?;
    let mut upto = plan.resume_after(&done);
    let mut not_whole = Vec::new();
    for position in resumed_after..plan.new.parts {
        let part = match plan.step(position) {
            Step::Entities(changed) => {
                let index = customers.clone().unwrap_or_default();
                entities_part(store, &lists, index, changed, position, options).await?
            }
            Step::Customers => {
                let part = customers_part(store, &lists, &plan, &upto, position, options).await?;
                upto.clone_from(&part.upto);
                part
            }
        };
        not_whole.extend(part.not_whole.iter().cloned());
        store
            .record_part(&run, part, hand.actor, (hand.clock)())
            .await?;
        progress(MonitorProgress {
            done: position + 1,
            parts: plan.new.parts,
        });
    }
    let parts = store.run_parts(&run.id).await?;
    let touched = plan.touched(parts.iter().all(|p| p.partial == 0));
    let completed = store
        .complete_run(&run, &touched, hand.actor, (hand.clock)())
        .await?;
    Ok(Monitored {
        run,
        completed,
        resumed_after,
        not_whole,
        changes: plan.changes,
    })
}

/// The run that was stopped, if it still fits; else a new one.
async fn begun(store: &Store, plan: &Plan, hand: &Hand<'_>) -> Result<MonitorRun, GateError> {
    if let Some(running) = store.running(&plan.new.book).await? {
        if plan.fits(&running) {
            return Ok(running);
        }
        store
            .abandon_run(&running, hand.actor, (hand.clock)())
            .await?;
    }
    let new = plan.new.clone();
    Ok(store.begin_run(new, hand.actor, (hand.clock)()).await?)
}

/// Some customers against every list.
async fn customers_part(
    store: &Store,
    lists: &Arc<Lists>,
    plan: &Plan,
    after: &str,
    position: u64,
    options: &MonitorOptions,
) -> Result<NewPart, GateError> {
    let versions = (plan.since_version, plan.new.book_version);
    let customers = store
        .customers_after(&plan.new.book, after, versions, plan::CUSTOMERS_A_PART)
        .await?;
    let upto = customers.last().map_or(after, |c| c.id.as_str()).to_owned();
    let count = customers.len() as u64;
    let (asked, as_of) = (lists.clone(), options.as_of);
    let met = crate::blocking(move || meet::everything(&asked, customers, as_of)).await?;
    let (partial, unscreened) = meet::not_whole(&met);
    Ok(NewPart {
        position,
        kind: PartKind::Customers,
        upto,
        customers: count,
        entities: 0,
        partial,
        unscreened,
        not_whole: meet::numbers_not_whole(&met),
        alerts: alerts(store, lists, met, options).await?,
    })
}

/// Every customer against some changed entities.
async fn entities_part(
    store: &Store,
    lists: &Arc<Lists>,
    customers: Index,
    changed: &[String],
    position: u64,
    options: &MonitorOptions,
) -> Result<NewPart, GateError> {
    let (asked, ids, as_of) = (lists.clone(), changed.to_vec(), options.as_of);
    let count = customers.len() as u64;
    let met = crate::blocking(move || meet::changed(&asked, &customers, &ids, as_of)).await?;
    let (partial, unscreened) = meet::not_whole(&met);
    Ok(NewPart {
        position,
        kind: PartKind::Entities,
        upto: changed.last().cloned().unwrap_or_default(),
        customers: count,
        entities: changed.len() as u64,
        partial,
        unscreened,
        not_whole: meet::numbers_not_whole(&met),
        alerts: alerts(store, lists, met, options).await?,
    })
}

/// Alerts of those who met somebody, each as it stands by what was judged of it.
async fn alerts(
    store: &Store,
    lists: &Lists,
    met: Vec<meet::Met>,
    options: &MonitorOptions,
) -> Result<Vec<NewAlert>, GateError> {
    let met: Vec<meet::Met> = met.into_iter().filter(|m| !m.hits.is_empty()).collect();
    let references: Vec<CustomerRef> = met
        .iter()
        .map(|m| CustomerRef {
            book: options.book.clone(),
            id: m.customer.id.clone(),
        })
        .collect();
    let parties: Vec<_> = met
        .iter()
        .zip(&references)
        .map(|(m, r)| (&m.customer.party, Some(r)))
        .collect();
    let judgements = store.judgements_on(&parties).await?;
    let mut alerts = Vec::new();
    for (met, found) in met.into_iter().zip(judgements) {
        let found: Vec<Disposition> = found.into_iter().map(|f| f.disposition).collect();
        for hit in met.hits {
            alerts.extend(alert(lists, &met.customer, hit, &found, options.as_of));
        }
    }
    Ok(alerts)
}

fn alert(
    lists: &Lists,
    customer: &Customer,
    hit: portcullis_screening::Hit,
    found: &[Disposition],
    as_of: Date,
) -> Option<NewAlert> {
    let entity = lists.entity(&hit.entity_id)?;
    let judged = lists.judgement(found, &customer.party, &hit.entity_id, as_of);
    let state = alert_state(judged.as_ref().map(|(d, s)| (d.verdict, s)));
    let rests_on = judged.filter(|_| state != portcullis_casework::AlertState::Open);
    let holds = lists.judgement_in_force(found, &customer.party, &hit.entity_id, as_of);
    Some(NewAlert {
        customer_id: customer.id.clone(),
        party: customer.party.clone(),
        entity_id: hit.entity_id.clone(),
        entity,
        hit: portcullis_assessment::recorded(hit, holds),
        state,
        judged: rests_on.map(|(d, _)| (d.id.clone(), d.expires_on)),
    })
}
