//! A draft of policy against history: the record, or a file of declarations.
//!
//! From the record nobody is screened again unless that is asked for: facts and
//! findings are those that were recorded. A file has no findings, so everybody
//! in it is screened once, and both policies weigh what that gave.

use crate::admit::{self, Admitted, Asking, Work};
use crate::{GateError, Incoming, blocking, judgements};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_assessment::{
    Asked, ENGINE_VERSION, Engine, Label, Lists, Past, ReplayReport, Tally,
};
use portcullis_domain::{Decision, MessageKind, Transaction};
use portcullis_store::{PastDecision, SealedPast, Store};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// Decisions that are read, opened and weighed at a time.
const PAGE: u64 = 2_000;

/// Why a message stays out, in words that the report repeats.
const ERASED: &str = "its evidence was erased: what was decided remains, the facts do not";
const UNREADABLE: &str = "it could not be read: it is held whatever the rules say";
const NO_DECLARATION: &str =
    "it is no declaration: changes and notifications are replayed from the record, not from a file";

/// How far a replay has come.
pub type ReplayProgress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Two policies, and what a replay of one against the other takes along.
#[derive(Clone)]
pub struct Replay {
    store: Store,
    draft: Arc<Engine>,
    base: Arc<Engine>,
    labels: Arc<HashMap<String, Label>>,
    base_is: String,
}

impl Replay {
    /// A replay of `draft` against `base`. `base_is` says what `base` is, in
    /// words for the report: `adopted`, or `the files of …`.
    pub fn new(store: Store, draft: Arc<Engine>, base: Arc<Engine>, base_is: &str) -> Replay {
        Replay {
            store,
            draft,
            base,
            labels: Arc::default(),
            base_is: base_is.to_owned(),
        }
    }

    /// The same, with cases of which the right outcome is known.
    pub fn with_labels(mut self, labels: HashMap<String, Label>) -> Replay {
        self.labels = Arc::new(labels);
        self
    }

    /// Replays what was recorded at `since` or later; everything without it.
    /// With `lists` everybody is screened again, against these.
    ///
    /// # Errors
    ///
    /// [`GateError`] if the record cannot be read.
    pub async fn record(
        &self,
        since: Option<Timestamp>,
        lists: Option<Arc<Lists>>,
        progress: ReplayProgress<'_>,
    ) -> Result<ReplayReport, GateError> {
        let started = Instant::now();
        let mut tally = Tally::new(Arc::clone(&self.labels));
        let (mut page, mut mark) = self.store.history(since, None, PAGE).await?;
        let mut done = 0;
        while !page.is_empty() {
            // The next page is read while this one is weighed.
            let store = self.store.clone();
            let after = mark.clone();
            let reading =
                tokio::spawn(async move { store.history(since, after.as_ref(), PAGE).await });
            done += page.len() as u64;
            tally.merge(self.page(page, lists.as_ref()).await?);
            progress(done);
            let read = reading.await;
            (page, mark) = read
                .map_err(|stopped| GateError::Monitor(format!("a worker stopped: {stopped}")))??;
        }
        let source = match since {
            Some(since) => format!("the record since {}", since.to_zoned(TimeZone::UTC).date()),
            None => "the whole record".to_owned(),
        };
        Ok(self.report(tally, &source, lists.is_some(), started))
    }

    /// Replays declarations that are not in the record. Everybody in them is
    /// screened against `lists` for the day asked.
    ///
    /// # Errors
    ///
    /// [`GateError`] if the party book cannot be read, or a decision has no
    /// recorded form.
    pub async fn messages(
        &self,
        source: &str,
        messages: impl Iterator<Item = Incoming>,
        lists: Arc<Lists>,
        asked: Asked,
        progress: ReplayProgress<'_>,
    ) -> Result<ReplayReport, GateError> {
        let started = Instant::now();
        let mut tally = Tally::new(Arc::clone(&self.labels));
        let mut batch = Vec::new();
        let mut done = 0;
        let mut messages = messages.peekable();
        while messages.peek().is_some() {
            batch.extend(messages.by_ref().take(crate::BATCH));
            done += batch.len() as u64;
            let part = self
                .batch(std::mem::take(&mut batch), &lists, asked)
                .await?;
            tally.merge(part);
            progress(done);
        }
        Ok(self.report(tally, source, true, started))
    }

    fn report(&self, tally: Tally, source: &str, screened: bool, started: Instant) -> ReplayReport {
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut report = tally.report(self.draft.policy(), self.base.policy(), milliseconds);
        report.history.source = source.to_owned();
        report.base_is.clone_from(&self.base_is);
        report.rescreened = screened;
        if !screened {
            let text = "effects of the draft on screening itself are not in this report: nobody was screened again";
            report.remarks.push(text.to_owned());
        }
        report
    }

    async fn page(
        &self,
        page: Vec<SealedPast>,
        lists: Option<&Arc<Lists>>,
    ) -> Result<Tally, GateError> {
        let this = self.clone();
        match lists {
            None => blocking(move || this.on_all_cores(&page, Replay::sealed)).await?,
            Some(lists) => {
                let store = self.store.clone();
                let opened = blocking(move || {
                    let opened = page.iter().map(|sealed| store.open_past(sealed));
                    opened.collect::<Result<Vec<PastDecision>, _>>()
                })
                .await??;
                let with_judgements = self.judged(opened).await?;
                let lists = Arc::clone(lists);
                let again = move |this: &Replay, past: &Judged, tally: &mut Tally| {
                    this.screened_again(past, &lists, tally)
                };
                blocking(move || this.on_all_cores(&with_judgements, again)).await?
            }
        }
    }

    /// Shares the work among the cores; the tallies add up.
    fn on_all_cores<T: Sync>(
        &self,
        all: &[T],
        one: impl Fn(&Replay, &T, &mut Tally) -> Result<(), GateError> + Sync,
    ) -> Result<Tally, GateError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = all.len().div_ceil(cores).max(16);
        let empty = || Tally::new(Arc::clone(&self.labels));
        let work = |chunk: &[T]| {
            let mut tally = empty();
            for past in chunk {
                one(self, past, &mut tally)?;
            }
            Ok::<Tally, GateError>(tally)
        };
        let work = &work;
        let mut whole = empty();
        std::thread::scope(|scope| {
            let chunks: Vec<_> = all
                .chunks(share)
                .map(|chunk| scope.spawn(move || work(chunk)))
                .collect();
            for chunk in chunks {
                match chunk.join() {
                    Ok(tally) => whole.merge(tally?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(whole)
        })
    }

    fn sealed(&self, sealed: &SealedPast, tally: &mut Tally) -> Result<(), GateError> {
        let past = self.store.open_past(sealed)?;
        let Some((decision, transaction)) = known(&past, tally) else {
            return Ok(());
        };
        self.weigh(decision, transaction, &past, tally);
        Ok(())
    }

    /// Weighs one decision under both policies.
    fn weigh(
        &self,
        recorded: &Decision,
        transaction: &Transaction,
        past: &PastDecision,
        tally: &mut Tally,
    ) {
        let at = Some(past.recorded_at);
        let versions = &recorded.versions;
        let is_of_base =
            versions.policy == self.base.policy().version() && versions.engine == ENGINE_VERSION;
        // What the base decided itself needs no second look.
        let again = (!is_of_base).then(|| self.base.replay(recorded, transaction, at));
        let after = self.draft.replay(recorded, transaction, at);
        tally.add(Past {
            decision_id: Some(&past.decision_id),
            day: Some(past.recorded_at.to_zoned(TimeZone::UTC).date()),
            transaction,
            recorded: Some(recorded.outcome),
            before: again.as_ref().unwrap_or(recorded),
            after: &after,
        });
    }

    /// The judgements that may concern the parties of each, as of the day of
    /// knowledge of its decision.
    async fn judged(&self, opened: Vec<PastDecision>) -> Result<Vec<Judged>, GateError> {
        let mut all = Vec::with_capacity(opened.len());
        let mut by_day: HashMap<_, Vec<Judged>> = HashMap::new();
        for past in opened {
            let Some(transaction) = past.transaction.clone() else {
                all.push(Judged {
                    past,
                    admitted: None,
                });
                continue;
            };
            let known = past.decision.as_ref().map(|d| (d.as_of, d.known));
            by_day.entry(known).or_default().push(Judged {
                past,
                admitted: Some(admitted(transaction)),
            });
        }
        for (days, mut group) in by_day {
            let Some((as_of, known)) = days else {
                all.extend(group);
                continue;
            };
            let asking = Asking {
                asked: Asked { as_of, known },
                days_named: true,
            };
            let mut work: Vec<Admitted> = group
                .iter_mut()
                .filter_map(|one| one.admitted.take())
                .collect();
            judgements::load(&self.store, &mut work, asking).await?;
            for (one, ready) in group.iter_mut().zip(work) {
                one.admitted = Some(ready);
            }
            all.extend(group);
        }
        Ok(all)
    }

    fn screened_again(
        &self,
        one: &Judged,
        lists: &Lists,
        tally: &mut Tally,
    ) -> Result<(), GateError> {
        let Some((recorded, transaction)) = known(&one.past, tally) else {
            return Ok(());
        };
        let judgements = one.admitted.as_ref().map_or(&[][..], |a| &a.judgements);
        let base = &self.base;
        let before = base.screen_again(recorded, transaction, judgements, lists)?;
        let after = self.draft.replay(&before, transaction, None);
        tally.add(Past {
            decision_id: Some(&one.past.decision_id),
            day: Some(one.past.recorded_at.to_zoned(TimeZone::UTC).date()),
            transaction,
            recorded: Some(recorded.outcome),
            before: &before,
            after: &after,
        });
        Ok(())
    }

    async fn batch(
        &self,
        batch: Vec<Incoming>,
        lists: &Arc<Lists>,
        asked: Asked,
    ) -> Result<Tally, GateError> {
        let mut tally = Tally::new(Arc::clone(&self.labels));
        let mut work = Vec::with_capacity(batch.len());
        for incoming in batch {
            let message = incoming.message;
            let name = message.reference.clone();
            let name = name.unwrap_or_else(|| format!("{}:{}", incoming.file, message.index));
            match (message.kind, message.transaction) {
                (MessageKind::Declaration, Some(transaction)) => work.push(admitted(transaction)),
                (MessageKind::Unreadable, _) => tally.skip(UNREADABLE, &name),
                _ => tally.skip(NO_DECLARATION, &name),
            }
        }
        admit::complete_from_party_book(&self.store, &mut work).await?;
        admit::name_makers(&mut work);
        let asking = Asking {
            asked,
            days_named: true,
        };
        judgements::load(&self.store, &mut work, asking).await?;
        let (this, lists) = (self.clone(), Arc::clone(lists));
        let weighed = blocking(move || {
            let one = |this: &Replay, one: &Admitted, tally: &mut Tally| {
                let transaction = &one.transaction;
                let before = this
                    .base
                    .assess(transaction, &one.judgements, &lists, asked)?;
                let after = this.draft.replay(&before, transaction, None);
                tally.add(Past {
                    decision_id: None,
                    day: transaction.declared_on,
                    transaction,
                    recorded: None,
                    before: &before,
                    after: &after,
                });
                Ok(())
            };
            this.on_all_cores(&work, one)
        })
        .await??;
        tally.merge(weighed);
        Ok(tally)
    }
}

/// A decision of the record, and the judgements on its parties.
struct Judged {
    past: PastDecision,
    admitted: Option<Admitted>,
}

fn admitted(transaction: Transaction) -> Admitted {
    Admitted {
        work: Work::Assess,
        transaction,
        reference: None,
        version: None,
        held: None,
        judgements: Vec::new(),
    }
}

/// What can be replayed of a decision; what cannot is counted with the reason.
fn known<'a>(past: &'a PastDecision, tally: &mut Tally) -> Option<(&'a Decision, &'a Transaction)> {
    let name = past.reference.as_deref().unwrap_or(&past.decision_id);
    match (&past.decision, &past.transaction) {
        (None, _) => tally.skip(ERASED, name),
        (Some(_), None) => tally.skip(UNREADABLE, name),
        (Some(decision), Some(transaction)) => return Some((decision, transaction)),
    }
    None
}
