//! Who is new or changed on the lists since a time.

use super::{ask, refusal::Refusal, shelf::Shelf};
use crate::{AppState, problem::Problem};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use portcullis_domain::Entity;
use portcullis_store::StoreError;
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// Ids of the entities that were not listed, or were listed otherwise, at a
/// time (`YYYY-MM-DD`, or with a time of day, UTC): compared with the snapshots
/// that were in use then. `None` without a time: everybody.
pub(crate) async fn since(
    state: &AppState,
    shelf: &Arc<Shelf>,
    text: Option<&str>,
) -> Result<Option<Arc<HashSet<String>>>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || {
        Refusal::bad(format!(
            "changed_since: '{text}' is not YYYY-MM-DD[THH:MM[:SS]]"
        ))
    };
    let then = read(text).ok_or_else(wrong)?;
    let day = then.to_zoned(TimeZone::UTC).date();
    let mut before: HashMap<String, HashSet<u64>> = HashMap::new();
    let held = state.store().list_set(day, then).await?;
    // What does not cover the day was not known then: its entities are new.
    for member in held.members.iter().filter(|m| m.covers) {
        let entities = match state.store().entities(&member.snapshot_id).await {
            Ok(entities) => entities,
            Err(StoreError::File { .. } | StoreError::Damaged(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        for entity in entities {
            let print = print(&entity);
            before.entry(entity.id).or_default().insert(print);
        }
    }
    let shelf = shelf.clone();
    let comparing = tokio::task::spawn_blocking(move || {
        let now = ask::every_entity(&shelf.lists);
        let same = |e: &Entity| before.get(&e.id).is_some_and(|old| old.contains(&print(e)));
        now.filter(|e| !same(e))
            .map(|e| e.id)
            .collect::<HashSet<String>>()
    });
    let changed = comparing.await.map_err(|_| Problem::Internal)?;
    Ok(Some(Arc::new(changed)))
}

fn read(text: &str) -> Option<Timestamp> {
    let whole = match text.split_once('T') {
        None => text.parse::<Date>().ok()?.at(0, 0, 0, 0),
        Some((day, time)) => {
            let time = match time.len() {
                2 => format!("{time}:00:00"),
                5 => format!("{time}:00"),
                8 => time.to_owned(),
                _ => return None,
            };
            format!("{day}T{time}").parse::<DateTime>().ok()?
        }
    };
    Some(whole.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A fingerprint of everything that stands in an entity.
fn print(entity: &Entity) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(entity)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn times_in_every_form_that_clients_send() {
        for (text, read_as) in [
            ("2026-07-31", "2026-07-31T00:00:00Z"),
            ("2026-07-31T14", "2026-07-31T14:00:00Z"),
            ("2026-07-31T14:30", "2026-07-31T14:30:00Z"),
            ("2026-07-31T14:30:05", "2026-07-31T14:30:05Z"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), read_as);
        }
        for wrong in ["", "2026", "31.07.2026", "2026-07-31T", "2026-07-31T1:2"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
