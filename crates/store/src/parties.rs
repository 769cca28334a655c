//! The party book: who stands behind an identifier.

use crate::contents::{self, seal};
use crate::events::{self, PlainEvent};
use crate::files::blocking;
use crate::sql::{Insert, MAX_IDS, cell, count, failed, places, storable};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Identifier, Party};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::{BTreeSet, HashMap};

/// The longest scheme of identifiers, in bytes.
const MAX_SCHEME_BYTES: usize = 64;

/// One way to find a party.
struct Entry {
    lookup: String,
    scheme: String,
    party_id: String,
}

impl Store {
    /// Takes parties into the book, each under its identifiers; an identifier
    /// that is there already stands for the new party from now on. Returns how
    /// many parties were taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if a party has no identifier.
    pub async fn put_parties(
        &self,
        parties: Vec<(Vec<Identifier>, Party)>,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let taken = parties.len() as u64;
        if taken == 0 {
            return Ok(0);
        }
        let with_ids: Vec<_> = parties
            .into_iter()
            .map(|(identifiers, party)| (self.new_id(now), identifiers, party))
            .collect();
        // The last one wins within a call too: one statement may not touch a row twice.
        let mut entries: HashMap<(String, String), Entry> = HashMap::new();
        for (party_id, identifiers, party) in &with_ids {
            for entry in self.entries(party_id, identifiers, party)? {
                entries.insert((entry.lookup.clone(), entry.scheme.clone()), entry);
            }
        }
        let wrapping = self.keys.wrapping;
        let sealed = blocking(move || {
            let sealed = with_ids
                .iter()
                .map(|(id, _, party)| seal(&wrapping, id, "party", party));
            sealed.collect::<Result<Vec<_>, _>>()
        })
        .await?;
        let entries: Vec<Entry> = entries.into_values().collect();
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &sealed).await?;
        Insert {
            table: "party_book",
            columns: "lookup,scheme,party_id",
            tail: "ON CONFLICT (lookup, scheme) DO UPDATE SET party_id = excluded.party_id",
        }
        .rows(&mut tx, &entries, |query, e| {
            query.bind(&e.lookup).bind(&e.scheme).bind(&e.party_id)
        })
        .await?;
        let event = PlainEvent {
            stream_id: "party-book".to_owned(),
            kind: "PartiesImported",
            leaf_kind: "party-book",
            subject: "party-book",
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({ "parties": taken, "identifiers": entries.len() }),
        };
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("store parties"))?;
        Ok(taken)
    }

    fn entries(
        &self,
        party_id: &str,
        identifiers: &[Identifier],
        party: &Party,
    ) -> Result<Vec<Entry>, StoreError> {
        if let Some(odd) = identifiers
            .iter()
            .find(|i| i.scheme.len() > MAX_SCHEME_BYTES)
        {
            let beginning: String = odd.scheme.chars().take(20).collect();
            return Err(StoreError::Invalid(format!(
                "'{beginning}…' is no scheme of identifiers"
            )));
        }
        let usable = identifiers.iter().filter(|i| !i.normalised().is_empty());
        let entries: Vec<Entry> = usable
            .map(|identifier| Entry {
                lookup: self.party_lookup(identifier),
                scheme: storable(&identifier.scheme),
                party_id: party_id.to_owned(),
            })
            .collect();
        if entries.is_empty() {
            return Err(StoreError::Invalid(format!(
                "the party '{}' has no identifier to be found by",
                party.caption()
            )));
        }
        Ok(entries)
    }

    fn party_lookup(&self, identifier: &Identifier) -> String {
        self.keys.lookup("party", &identifier.normalised())
    }

    /// The parties behind identifiers, by [`Identifier::normalised`]. An
    /// identifier is found under its own scheme; where either side states no
    /// scheme the value alone decides, if it stands for one party only.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn resolve(
        &self,
        identifiers: &[Identifier],
    ) -> Result<HashMap<String, Party>, StoreError> {
        let lookups: BTreeSet<String> = identifiers.iter().map(|i| self.party_lookup(i)).collect();
        let lookups: Vec<String> = lookups.into_iter().collect();
        let mut found: HashMap<String, Vec<AnyRow>> = HashMap::new();
        for chunk in lookups.chunks(MAX_IDS) {
            let sql = format!(
                "SELECT b.lookup, b.scheme, b.party_id, c.ciphertext, k.wrapped FROM party_book b \
                 JOIN contents c ON c.id = b.party_id \
                 JOIN content_keys k ON k.content_id = c.id WHERE b.lookup IN {}",
                places(1, chunk.len())
            );
            let query = chunk
                .iter()
                .fold(sqlx::query(AssertSqlSafe(sql)), |q, l| q.bind(l));
            let rows = query.fetch_all(&self.read).await;
            for row in rows.map_err(failed("read the party book"))? {
                found.entry(cell(&row, "lookup")?).or_default().push(row);
            }
        }
        // Under one value, two schemes of the question may lead to two parties: then to none.
        let mut chosen: HashMap<String, Option<&AnyRow>> = HashMap::new();
        for identifier in identifiers {
            let rows = found.get(&self.party_lookup(identifier));
            let Some(row) = only_match(identifier, rows.map_or(&[], Vec::as_slice))? else {
                continue;
            };
            let value = identifier.normalised();
            let before = chosen.entry(value).or_insert(Some(row));
            if let Some(other) = *before
                && cell::<String>(other, "party_id")? != cell::<String>(row, "party_id")?
            {
                *before = None;
            }
        }
        let mut parties = HashMap::new();
        for (value, row) in chosen {
            let Some(row) = row else { continue };
            let id: String = cell(row, "party_id")?;
            if let Some(party) = contents::from_row(self, &id, row)? {
                parties.insert(value, party);
            }
        }
        Ok(parties)
    }

    /// How many parties the book holds.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn party_count(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(DISTINCT party_id) AS n FROM party_book")
            .fetch_one(&self.read)
            .await
            .map_err(failed("count parties"))?;
        count(&row, "n")
    }
}

/// The row of the same scheme, else the only party that fits.
fn only_match<'r>(
    identifier: &Identifier,
    rows: &'r [AnyRow],
) -> Result<Option<&'r AnyRow>, StoreError> {
    let mut fitting: Option<&AnyRow> = None;
    for row in rows {
        let scheme: String = cell(row, "scheme")?;
        if scheme == identifier.scheme {
            return Ok(Some(row));
        }
        if !scheme.is_empty() && !identifier.scheme.is_empty() {
            continue;
        }
        let party: String = cell(row, "party_id")?;
        match fitting {
            Some(other) if cell::<String>(other, "party_id")? != party => return Ok(None),
            _ => fitting = Some(row),
        }
    }
    Ok(fitting)
}
