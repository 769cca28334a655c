//! What programs use: their keys, how fast they may ask, and the counting and
//! recording of what they asked.
//!
//! That is the last thing before an answer goes, in one transaction for
//! all requests that wait at that moment: it says in the same breath whether
//! the key is still in force, the quota not spent and the rate kept, over every
//! server on the same database. So a key taken back gets no further answer,
//! whatever this process remembers. What this process knows of a rate only
//! spares the work of an answer that could not go.

use crate::problem::{Problem, log};
use jiff::{SignedDuration, Timestamp};
use portcullis_domain::hex_sha256;
use portcullis_store::{
    Bucket, Charge, Charged, RecordedScreening, Settled, Settlement, Store, Token,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

/// How long a key is known without asking the store again; counting asks it
/// every time.
const KNOWN_FOR: Duration = Duration::from_secs(10);
/// Keys remembered at once.
const MOST_KNOWN: usize = 4_096;
/// Requests that wait to be counted before others wait to wait.
const WAITING: usize = 4_096;
/// Requests settled in one transaction, and the screenings in them, beyond
/// which no further one is added.
const TOGETHER: usize = 1_024;
const SCREENINGS_TOGETHER: usize = 1_000;

type Answer = oneshot::Sender<Result<Settled, Problem>>;

struct Waiting {
    settlement: Settlement,
    answer: Answer,
}

/// Keys, rates and the queue of what is to be counted.
pub(crate) struct Meter {
    store: Store,
    known: Mutex<HashMap<String, (Arc<Token>, Instant)>>,
    buckets: Mutex<HashMap<String, (u64, Bucket)>>,
    queue: OnceLock<mpsc::Sender<Waiting>>,
}

impl Meter {
    pub(crate) fn new(store: Store) -> Meter {
        Meter {
            store,
            known: Mutex::default(),
            buckets: Mutex::default(),
            queue: OnceLock::new(),
        }
    }

    /// The key that a program sent, if it is right and in force. Kept by its
    /// hash for a moment, so that the store is not asked for each request.
    pub(crate) async fn known(
        &self,
        store: &Store,
        sent: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Token>>, Problem> {
        let hash = hex_sha256(sent.as_bytes());
        let held = whole(&self.known).get(&hash).cloned();
        if let Some((token, since)) = held
            && since.elapsed() < KNOWN_FOR
        {
            return Ok(token.is_good(now).then_some(token));
        }
        let token = store.token(sent, now).await?.map(Arc::new);
        let mut known = whole(&self.known);
        known.remove(&hash);
        if let Some(token) = &token {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            known.insert(hash, (token.clone(), Instant::now()));
        }
        Ok(token)
    }

    /// Lets queries of a key in if its rate allows them now.
    pub(crate) fn admit(&self, token: &Token, queries: u64) -> Result<(), Problem> {
        let Some(rate) = token.per_minute else {
            return Ok(());
        };
        let now = Timestamp::now();
        if queries > rate {
            let text = format!("{queries} queries in one request; the key may ask {rate} a minute");
            let minute = SignedDuration::from_mins(1);
            return Err(Problem::OverQuota(
                text,
                now.checked_add(minute).unwrap_or(now),
            ));
        }
        let mut buckets = whole(&self.buckets);
        let full = || (rate, Bucket::full(rate, now));
        let (held, bucket) = buckets.entry(token.id.clone()).or_insert_with(full);
        *held = rate;
        let taken = bucket.take(rate, queries, now);
        taken.map_err(|until| too_fast(rate, until))
    }

    /// Gives back what was let in and not answered.
    fn put_back(&self, charge: &Charge) {
        if let Some((rate, bucket)) = whole(&self.buckets).get_mut(&charge.token) {
            bucket.put_back(*rate, charge.queries);
        }
    }

    /// Counts and records a request. Only when this returns may its answer go.
    pub(crate) async fn settle(
        &self,
        settlement: Settlement,
    ) -> Result<Vec<RecordedScreening>, Problem> {
        if settlement.charge.is_none() && settlement.screenings.is_empty() {
            return Ok(Vec::new());
        }
        let charge = settlement.charge.clone();
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { settlement, answer };
        let queue = self.queue.get_or_init(|| start(self.store.clone()));
        queue.send(waiting).await.map_err(|_| Problem::Internal)?;
        let refused = match answered.await.map_err(|_| Problem::Internal)?? {
            Settled::Accepted(recorded) => return Ok(recorded),
            Settled::Refused(refused) => refused,
        };
        if let Some(charge) = &charge {
            self.put_back(charge);
        }
        Err(match refused {
            Charged::OverQuota { per_day, until } => {
                let text = format!("the key may ask {per_day} queries a day (UTC)");
                Problem::OverQuota(text, until)
            }
            Charged::TooFast { per_minute, until } => too_fast(per_minute, until),
            Charged::Accepted | Charged::Refused => Problem::SignInNeeded,
        })
    }
}

fn too_fast(per_minute: u64, until: Timestamp) -> Problem {
    let text = format!("the key may ask {per_minute} queries a minute");
    Problem::OverQuota(text, until)
}

/// Starts the writer; it stops when the last sender is gone.
fn start(store: Store) -> mpsc::Sender<Waiting> {
    let (queue, waiting) = mpsc::channel(WAITING);
    tokio::spawn(write(store, waiting));
    queue
}

/// Settles what waits, all that is there at a time together: while one
/// transaction is written, the next one gathers.
async fn write(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.recv().await {
        let mut screenings = first.settlement.screenings.len();
        let mut settlements = vec![first.settlement];
        let mut answers = vec![first.answer];
        while settlements.len() < TOGETHER
            && screenings < SCREENINGS_TOGETHER
            && let Ok(next) = waiting.try_recv()
        {
            screenings += next.settlement.screenings.len();
            settlements.push(next.settlement);
            answers.push(next.answer);
        }
        match store.settle(settlements, Timestamp::now()).await {
            Ok(settled) => {
                for (answer, settled) in answers.into_iter().zip(settled) {
                    // A client that went away does not need its answer.
                    let _ = answer.send(Ok(settled));
                }
            }
            Err(error) => {
                log(&error);
                for answer in answers {
                    let _ = answer.send(Err(Problem::Busy));
                }
            }
        }
    }
}

/// A panic while holding one of these locks cannot leave what it guards half changed.
fn whole<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
