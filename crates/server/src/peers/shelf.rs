//! The lists in use, laid out for the peers' endpoints: what can be asked, and
//! each entity as JSON, made once.

use super::{datasets::Datasets, directory::Directory};
use crate::{
    AppState,
    problem::{Problem, log},
    state::today,
};
use portcullis_assessment::Lists;
use portcullis_domain::{Date, Entity};
use portcullis_formats::watchlists::ftm_write::{self, FtmEntity};
use portcullis_policy::listing_in_force;
use portcullis_store::SnapshotRow;
use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How old what is known of the lists may be: a new list answers within this time.
const FRESH: Duration = Duration::from_secs(1);
/// How old it may be while somebody looks anew.
const USABLE: Duration = Duration::from_secs(10);
/// Bytes of JSON kept for one list set.
const MOST_BYTES: usize = 64 << 20;

/// The shelf in use.
#[derive(Default)]
pub(crate) struct Shelves {
    current: RwLock<Option<(Instant, Arc<Shelf>)>>,
    looking: tokio::sync::Mutex<()>,
}

impl Shelves {
    /// The lists that answer now, known to be so at most a second ago.
    pub(crate) async fn current(&self, state: &AppState) -> Result<Arc<Shelf>, Problem> {
        if let Some(shelf) = self.held(FRESH) {
            return Ok(shelf);
        }
        let looking = match self.looking.try_lock() {
            Ok(looking) => looking,
            Err(_) => match self.held(USABLE) {
                Some(shelf) => return Ok(shelf),
                None => self.looking.lock().await,
            },
        };
        let shelf = self.look(state).await;
        drop(looking);
        shelf
    }

    fn held(&self, age: Duration) -> Option<Arc<Shelf>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let (since, shelf) = current.as_ref()?;
        (since.elapsed() < age).then(|| shelf.clone())
    }

    async fn look(&self, state: &AppState) -> Result<Arc<Shelf>, Problem> {
        if let Some(shelf) = self.held(FRESH) {
            return Ok(shelf);
        }
        let since = Instant::now();
        let lists = state.desk().lists().await?;
        let held = self.held(Duration::MAX);
        let same = held.filter(|s| s.lists.id() == lists.id() && s.day == today());
        let shelf = match same {
            Some(shelf) => shelf,
            None => Arc::new(Shelf::new(state, lists).await?),
        };
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some((since, shelf.clone()));
        Ok(shelf)
    }
}

/// One list set on one day.
pub(crate) struct Shelf {
    pub(crate) lists: Arc<Lists>,
    pub(crate) datasets: Datasets,
    /// The snapshots in use.
    pub(crate) snapshots: Vec<SnapshotRow>,
    /// The day for which is asked.
    pub(crate) day: Date,
    cards: RwLock<HashMap<String, Option<Arc<Card>>>>,
    bytes: AtomicUsize,
    directory: OnceLock<Directory>,
}

/// An entity as it is answered.
pub(crate) struct Card {
    /// The flat entity as JSON, without the last brace.
    pub(crate) open_json: String,
    /// Lists on which it stands on the day.
    pub(crate) codes: Vec<String>,
    pub(crate) schema: &'static str,
    pub(crate) topics: Vec<String>,
}

impl Shelf {
    async fn new(state: &AppState, lists: Arc<Lists>) -> Result<Shelf, Problem> {
        let wanted = state.list_set().await?;
        let in_use = |id: &str| wanted.members.iter().any(|m| m.snapshot_id == id);
        let mut snapshots = state.store().snapshots().await?;
        snapshots.retain(|row| in_use(&row.id));
        let effects = state.desk().list_effects();
        let rules = state.rules();
        let title = |code: &str| rules.book.entry(code).map(|e| e.head.title.clone());
        Ok(Shelf {
            datasets: Datasets::of(&snapshots, &effects, &title),
            snapshots,
            lists,
            day: today(),
            cards: RwLock::default(),
            bytes: AtomicUsize::new(0),
            directory: OnceLock::new(),
        })
    }

    /// The entity of an id, if a listing of it is in force.
    pub(crate) fn entity(&self, id: &str) -> Option<Entity> {
        let entity = self.lists.entity(id)?;
        let listed = entity.listings.iter();
        let in_force = listed.filter(|l| listing_in_force(l, self.day)).count() > 0;
        (in_force || entity.listings.is_empty()).then_some(entity)
    }

    /// The lists on which an entity stands on the day, each once.
    pub(crate) fn codes(&self, entity: &Entity) -> Vec<String> {
        let in_force = |l: &&portcullis_domain::Listing| listing_in_force(l, self.day);
        let mut codes: Vec<String> = Vec::new();
        for listing in entity.listings.iter().filter(in_force) {
            if !codes.contains(&listing.list) {
                codes.push(listing.list.clone());
            }
        }
        codes
    }

    /// What its lists mean, each once.
    pub(crate) fn topics(&self, codes: &[String]) -> Vec<&'static str> {
        let mut topics: Vec<&'static str> = Vec::new();
        for topic in codes.iter().filter_map(|code| self.datasets.topic(code)) {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        topics
    }

    /// The entity as it is written, flat.
    pub(crate) fn flat(&self, entity: &Entity) -> FtmEntity {
        self.dressed(
            entity,
            ftm_write::flat(entity, &self.topics(&self.codes(entity))),
        )
    }

    /// The entity as it is written, with those around it in their places.
    pub(crate) fn nested(&self, entity: &Entity) -> FtmEntity {
        let topics = self.topics(&self.codes(entity));
        let other = |id: &str| self.entity(id).map(|e| self.flat(&e));
        self.dressed(entity, ftm_write::nested(entity, &topics, &other))
    }

    fn dressed(&self, entity: &Entity, mut out: FtmEntity) -> FtmEntity {
        out.datasets = self.codes(entity);
        let seen = out.datasets.iter().filter_map(|c| self.datasets.seen(c));
        out.last_seen = seen.max().map(str::to_owned);
        out
    }

    /// The card of an id, made once; `None` if nobody of that id is listed.
    pub(crate) fn card(&self, id: &str) -> Option<Arc<Card>> {
        let cards = self.cards.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(card) = cards.get(id) {
            return card.clone();
        }
        drop(cards);
        let card = self.entity(id).and_then(|entity| self.made(&entity));
        let size = id.len() + card.as_ref().map_or(0, |c| c.open_json.len()) + 256;
        let mut cards = self.cards.write().unwrap_or_else(PoisonError::into_inner);
        if self.bytes.fetch_add(size, Ordering::Relaxed) > MOST_BYTES {
            cards.clear();
            self.bytes.store(size, Ordering::Relaxed);
        }
        cards.insert(id.to_owned(), card.clone());
        card
    }

    fn made(&self, entity: &Entity) -> Option<Arc<Card>> {
        let flat = self.flat(entity);
        let mut open_json = match serde_json::to_string(&flat) {
            Ok(json) => json,
            Err(error) => {
                log(&error);
                return None;
            }
        };
        open_json.pop();
        Some(Arc::new(Card {
            open_json,
            codes: flat.datasets.clone(),
            schema: flat.schema,
            topics: flat.texts("topics").map(str::to_owned).collect(),
        }))
    }

    /// Everybody listed, for searches; made at the first one.
    pub(crate) fn directory(&self) -> &Directory {
        self.directory.get_or_init(|| Directory::of(self))
    }
}
