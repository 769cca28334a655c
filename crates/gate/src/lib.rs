//! **How does a transaction come in?**
//!
//! The one way of a message: read by `formats`, admitted against what is held,
//! completed from the party book, assessed, recorded. The command and the
//! server both go through here, so that they give the same answers.
//!
//! *Invariants.* A line is given out only after its decision is durable. Every
//! message that was found gives exactly one line, in the order found. A message
//! that cannot be read is held, recorded and given out like any other.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admit;
mod control_lists;
pub mod goods;
mod judgements;
mod line;
mod lists;
mod monitor;
mod policy;
mod replay;

pub use control_lists::{
    Confirming, ControlListOptions, ControlListProblem, ControlLists, PreparedControlList,
    confirm_predicate, load_control_list, prepare_control_list, put_control_list,
};
pub use line::{Line, LineFinding, LineIssue, LineQuestion, LineVersions};
pub use lists::{Catalogue, ImportedSource, import_lists, judge_lists, load_lists, prepare_lists};

pub use monitor::{
    Hand, ListChanges, MonitorOptions, MonitorProgress, Monitored, Touched, customer_index,
    monitor_book, snapshots_delta, touched_customers, touched_parties,
};

pub use policy::{
    Acting, PolicyError, acting_policy, adopt_policy, bulletins, bundle_of, compiled, files_of,
    propose_policy, publish_list_bulletin, publish_policy_bulletin, start_shadow, suspend_policy,
};
pub use replay::{Replay, ReplayProgress};

use admit::{Admitted, Work};
use jiff::Timestamp;
use portcullis_assessment::{Asked, Engine, Lists, NotRecordable, SetAside};
use portcullis_domain::{Decision, MessageKind};
use portcullis_formats::declarations::Message;
use portcullis_store::{NewAssessment, ShadowDecision, Store, StoreError};
use std::sync::Arc;

/// Messages that are decided and recorded in one database transaction.
pub const BATCH: usize = 1_000;

/// What can stop the gate. Nothing is given out for the batch in hand.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The store failed; nothing of the batch was recorded.
    #[error("the decisions could not be recorded")]
    Store(#[from] StoreError),
    /// A decision has no recorded form.
    #[error(transparent)]
    NotRecordable(#[from] NotRecordable),
    /// The lists could not be made ready.
    #[error("list snapshot {snapshot} cannot be used: {why}")]
    Lists {
        /// Which snapshot.
        snapshot: String,
        /// What is wrong.
        why: String,
    },
    /// A control list cannot be taken, or is not there.
    #[error(transparent)]
    ControlList(#[from] ControlListProblem),
    /// A book could not be rescreened.
    #[error("{0}")]
    Monitor(String),
}

/// Runs heavy work where it does not hold up other tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, GateError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|stopped| GateError::Monitor(format!("a worker stopped: {stopped}")))
}

/// A message and the file it came in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Name of the file, as shown to people.
    pub file: String,
    /// The message.
    pub message: Message,
}

/// The gate: rules, lists and store, for one day and one state of knowledge.
#[derive(Clone)]
pub struct Gate {
    store: Store,
    engine: Arc<Engine>,
    lists: Arc<Lists>,
    asked: Asked,
    days_named: bool,
    record: bool,
}

impl Gate {
    /// A gate that records what it decides.
    pub fn new(store: Store, engine: Arc<Engine>, lists: Arc<Lists>, asked: Asked) -> Gate {
        Gate {
            store,
            engine,
            lists,
            asked,
            days_named: false,
            record: true,
        }
    }

    /// The same gate, deciding without recording: no decision ids are given.
    pub fn dry(mut self) -> Gate {
        self.record = false;
        self
    }

    /// The same gate for days that somebody named: a decision made for other
    /// days is no answer to this question, and the message is assessed anew.
    pub fn for_named_days(mut self) -> Gate {
        self.days_named = true;
        self
    }

    /// Takes a batch in, and gives one line for each message once all of them
    /// are durable. Batches of at most [`BATCH`] messages.
    pub async fn take(
        &self,
        batch: Vec<Incoming>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Vec<Line>, GateError> {
        // Somebody else may record a version of the same declaration in between:
        // then the store refuses, and the batch is admitted anew.
        for _ in 0..3 {
            match self.attempt(&batch, actor, now).await {
                Err(GateError::Store(StoreError::Conflict(_))) => continue,
                other => return other,
            }
        }
        self.attempt(&batch, actor, now).await
    }

    async fn attempt(
        &self,
        batch: &[Incoming],
        actor: &str,
        now: Timestamp,
    ) -> Result<Vec<Line>, GateError> {
        let mut admitted = admit::admit_batch(&self.store, batch, self.asking()).await?;
        admit::complete_from_party_book(&self.store, &mut admitted).await?;
        admit::name_makers(&mut admitted);
        judgements::load(&self.store, &mut admitted, self.asking()).await?;
        let decided = self.decide_all(&admitted, now)?;
        let ids = self
            .record_all(batch, &admitted, &decided, actor, now)
            .await?;
        // What acts is durable by now; what only runs along can no longer hold it up.
        if self.record
            && let Err(error) = self.in_shadow(&admitted, &decided, &ids, actor, now).await
        {
            tracing::warn!(%error, "the draft in the shadow was not recorded");
        }
        self.lines(batch, &admitted, &decided, &ids).await
    }

    fn asking(&self) -> admit::Asking {
        admit::Asking {
            asked: self.asked,
            days_named: self.days_named,
        }
    }

    /// Decides on all cores; the order of the answers is that of the batch.
    fn decide_all(
        &self,
        admitted: &[Admitted],
        now: Timestamp,
    ) -> Result<Vec<Option<Decision>>, GateError> {
        let moment = self.moment(now);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = admitted.len().div_ceil(cores).max(16);
        let mut decided = Vec::with_capacity(admitted.len());
        std::thread::scope(|scope| {
            let chunks: Vec<_> = admitted
                .chunks(share)
                .map(|chunk| {
                    scope.spawn(move || {
                        chunk
                            .iter()
                            .map(|a| self.decide(a, moment))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            for chunk in chunks {
                match chunk.join() {
                    Ok(decisions) => decided.extend(decisions),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        Ok(decided.into_iter().collect::<Result<Vec<_>, _>>()?)
    }

    /// The instant for which it is asked, where no day is named and it is today.
    fn moment(&self, now: Timestamp) -> Option<Timestamp> {
        let is_today = self.engine.policy().is_today(self.asked.as_of, now);
        (!self.days_named && is_today).then_some(now)
    }

    /// Records what a draft in the shadow would have decided, if one runs.
    async fn in_shadow(
        &self,
        admitted: &[Admitted],
        decided: &[Option<Decision>],
        ids: &[Option<String>],
        actor: &str,
        now: Timestamp,
    ) -> Result<(), GateError> {
        let today = self.engine.policy().today(now);
        let Some(shadow) = policy::shadow(&self.store, today).await? else {
            return Ok(());
        };
        let all = admitted.iter().zip(decided).zip(ids);
        let decisions = all.filter_map(|((admitted, decided), id)| {
            let (acted, id) = (decided.as_ref()?, id.as_ref()?);
            let at = self.moment(now);
            let draft = shadow.engine.replay(acted, &admitted.transaction, at);
            Some(ShadowDecision {
                decision_id: id.clone(),
                acted: acted.outcome,
                keep: draft.outcome != acted.outcome,
                shadow: draft,
            })
        });
        let decisions: Vec<ShadowDecision> = decisions.collect();
        let run = &shadow.run.id;
        self.store
            .record_shadow(run, &decisions, actor, now)
            .await?;
        Ok(())
    }

    fn decide(
        &self,
        admitted: &Admitted,
        moment: Option<Timestamp>,
    ) -> Result<Option<Decision>, NotRecordable> {
        let assess = || {
            self.engine.assess_at(
                &admitted.transaction,
                &admitted.judgements,
                &self.lists,
                self.asked,
                moment,
            )
        };
        let decision = match &admitted.work {
            Work::Nothing | Work::Repeat(_) => return Ok(None),
            Work::Assess => assess()?,
            Work::AssessAndHold(why) => self.engine.hold(assess()?, why.clone()),
            Work::SetAside(why) => self.engine.set_aside(
                &admitted.transaction,
                why.clone(),
                &self.lists,
                self.asked,
            )?,
        };
        Ok(Some(decision))
    }

    async fn record_all(
        &self,
        batch: &[Incoming],
        admitted: &[Admitted],
        decided: &[Option<Decision>],
        actor: &str,
        now: Timestamp,
    ) -> Result<Vec<Option<String>>, GateError> {
        let mut ids = vec![None; batch.len()];
        if !self.record {
            return Ok(ids);
        }
        let new: Vec<usize> = (0..batch.len())
            .filter(|at| decided[*at].is_some())
            .collect();
        let assessments = new.iter().filter_map(|at| {
            let (message, admission) = (&batch[*at].message, &admitted[*at]);
            Some(NewAssessment {
                file: batch[*at].file.clone(),
                index: message.index,
                kind: message.kind,
                reference: admission.reference.clone(),
                version: admission.version,
                message_digest: message.digest.clone(),
                held: admission.held,
                transaction: (message.kind != MessageKind::Unreadable)
                    .then(|| admission.transaction.clone()),
                decision: decided[*at].clone()?,
            })
        });
        let recorded = self.store.record(assessments.collect(), actor, now).await?;
        let numbers = admit::customs_references(batch);
        self.store
            .put_customs_references(&numbers, actor, now)
            .await?;
        for (at, recorded) in new.into_iter().zip(recorded) {
            ids[at] = Some(recorded.decision_id);
        }
        Ok(ids)
    }

    async fn lines(
        &self,
        batch: &[Incoming],
        admitted: &[Admitted],
        decided: &[Option<Decision>],
        ids: &[Option<String>],
    ) -> Result<Vec<Line>, GateError> {
        let mut lines: Vec<Line> = Vec::with_capacity(batch.len());
        for (at, incoming) in batch.iter().enumerate() {
            let line = match (&decided[at], &admitted[at].work) {
                (Some(decision), _) => Line::of(incoming, ids[at].clone(), decision)?,
                (None, Work::Repeat(admit::Earlier::InBatch(earlier))) => {
                    lines[*earlier].repeated(incoming)
                }
                (None, Work::Repeat(admit::Earlier::Held(id))) => self.repeat(incoming, id).await?,
                (None, _) => Line::undecided(
                    incoming,
                    self.asked,
                    self.engine.policy().version(),
                    &self.lists,
                ),
            };
            lines.push(line);
        }
        Ok(lines)
    }

    /// The decision already made on the same bytes.
    async fn repeat(&self, incoming: &Incoming, decision_id: &str) -> Result<Line, GateError> {
        let stored = self.store.decision(decision_id).await?;
        match stored.decision {
            Some(decision) => {
                let line = Line::of(incoming, Some(decision_id.to_owned()), &decision)?;
                Ok(line.repeated(incoming))
            }
            // Erased: what was decided remains, the evidence does not.
            None => Ok(Line::erased(incoming, &stored.row)),
        }
    }

    /// The lists that answer here.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The rules that answer here.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The question beside the transactions.
    pub fn asked(&self) -> Asked {
        self.asked
    }
}

/// Why a change cannot be decided like a new declaration.
pub(crate) fn not_applicable(text: String) -> SetAside {
    SetAside::NotApplicable { text }
}
