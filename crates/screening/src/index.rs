//! The immutable index of one list snapshot.

use crate::tokens::{
    Dictionary, Lookup, Word, Writing, class_code, class_of, entry, hash64, rarity_bits, space,
};
use crate::word;
use portcullis_domain::{Entity, NameKind, PartyKind};
use portcullis_names::{Bearer, Prepared, TokenClass, key, prepare, prepare_as_typed};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One name of one entity, taken apart. A name with words of descent has a
/// second row in which they stand as they were typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NameRow {
    /// Position of the entity.
    pub entity: u32,
    /// Position of the name among the names of the party.
    pub position: u32,
    /// Where its words start in `name_words`.
    pub start: u32,
    /// How many words it has.
    pub len: u32,
    /// Legal forms, as bits.
    pub forms: u16,
    /// How the name stands to the entity.
    pub kind: NameKind,
}

/// Who is on a list, prepared so that a name can be asked for in microseconds.
/// Built from entities or opened from bytes; never changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub(crate) entities: Vec<Entity>,
    pub(crate) names: Vec<NameRow>,
    /// Word ids with their class in the low three bits.
    pub(crate) name_words: Vec<u32>,
    pub(crate) dictionary: Dictionary,
    /// Where the names of each word start in `posting_names`; one more than words.
    pub(crate) posting_starts: Vec<u32>,
    pub(crate) posting_names: Vec<u32>,
    /// Whole names: in their own script, and romanised.
    pub(crate) exact: Lookup,
    /// Names run together, by key.
    pub(crate) joined: Lookup,
    /// Identifier values to entities.
    pub(crate) identifiers: Lookup,
    /// Positions of the entities in order of their ids.
    pub(crate) by_id: Vec<u32>,
}

impl Index {
    /// Builds the index of the entities of one snapshot. Entities without
    /// names are kept (they may match by identifier). Where two entities have
    /// one id, [`Index::entity`] gives the first; both are screened.
    pub fn build(entities: Vec<Entity>) -> Index {
        let mut builder = Builder::default();
        for (position, entity) in entities.iter().enumerate() {
            builder.add(position as u32, entity);
        }
        builder.finish(entities)
    }

    /// How many entities it holds.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether it holds none. An empty index answers nothing: the caller must
    /// not take it for a list on which nobody stands.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// How many names it holds.
    pub fn name_count(&self) -> usize {
        // A name that is kept in two forms stands in neighbouring rows.
        let same = |pair: &&[NameRow]| {
            (pair[0].entity, pair[0].position) == (pair[1].entity, pair[1].position)
        };
        self.names.len() - self.names.windows(2).filter(same).count()
    }

    /// The entities in the order given to `build`.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entity of an id.
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        let at = |i: &u32| self.entities[*i as usize].id.as_str();
        let start = self.by_id.partition_point(|i| at(i) < id);
        let found = self.by_id.get(start).filter(|i| at(i) == id)?;
        self.entities.get(*found as usize)
    }

    /// The words of a name: id, class.
    pub(crate) fn words_of(&self, name: &NameRow) -> impl Iterator<Item = (u32, TokenClass)> + '_ {
        let range = name.start as usize..(name.start + name.len) as usize;
        let words = &self.name_words[range];
        words.iter().map(|w| (w >> 3, class_of(*w)))
    }

    /// The names in which a word stands.
    pub(crate) fn postings(&self, word: u32) -> &[u32] {
        let start = self.posting_starts[word as usize] as usize;
        let end = self.posting_starts[word as usize + 1] as usize;
        &self.posting_names[start..end]
    }

    /// The words of a name as they are compared.
    pub(crate) fn compared<'a>(&'a self, name: &NameRow, out: &mut Vec<word::Word<'a>>) {
        out.clear();
        out.extend(self.words_of(name).map(|(id, class)| {
            let listed = self.dictionary.word(id);
            word::Word {
                in_list: f64::from(listed.bits),
                ..word::Word::new(&listed.text, listed.writing, class)
            }
        }));
    }

    /// Derives what is not stored.
    pub(crate) fn prepare(&mut self) {
        self.dictionary.prepare();
        let lookups = [&mut self.exact, &mut self.joined, &mut self.identifiers];
        lookups.into_iter().for_each(Lookup::prepare);
    }

    /// Whether all parts fit together, for bytes that come from outside.
    pub(crate) fn is_valid(&self) -> bool {
        let words = self.dictionary.words.len();
        let names_fit = self.names.iter().all(|n| {
            let entity = self.entities.get(n.entity as usize);
            let named = entity.is_some_and(|e| (n.position as usize) < e.party.names.len());
            let end = u64::from(n.start) + u64::from(n.len);
            named && end <= self.name_words.len() as u64
        });
        let mut ids = self.by_id.clone();
        ids.sort_unstable();
        names_fit
            && self.dictionary.is_valid()
            && self.name_words.iter().all(|w| ((w >> 3) as usize) < words)
            && self.posting_starts.len() == words + 1
            && self.posting_starts.is_sorted()
            && self.posting_starts.first() == Some(&0)
            && self.posting_starts.last().map(|l| *l as usize) == Some(self.posting_names.len())
            && self
                .posting_names
                .iter()
                .all(|n| (*n as usize) < self.names.len())
            && self.exact.is_valid(self.names.len())
            && self.joined.is_valid(self.names.len())
            && self.identifiers.is_valid(self.entities.len())
            && ids.iter().enumerate().all(|(i, id)| i as u32 == *id)
            && ids.len() == self.entities.len()
    }
}

/// Which words of a name count as what, for a kind of party.
pub(crate) fn bearer(kind: PartyKind) -> Bearer {
    match kind {
        PartyKind::Person => Bearer::Person,
        PartyKind::Organisation | PartyKind::Unknown => Bearer::Organisation,
        PartyKind::Vessel | PartyKind::Aircraft => Bearer::Object,
    }
}

/// The keys under which a whole name is exact.
pub(crate) fn exact_hashes(name: &Prepared) -> impl Iterator<Item = u64> {
    let native = hash64(space::NATIVE_NAME, &name.native_key);
    let latin = name
        .latin_key
        .as_deref()
        .map(|k| hash64(space::LATIN_NAME, k));
    std::iter::once(native).chain(latin)
}

/// The words of a name without spaces, beginning at any word of a short name:
/// lists put the family name first or last.
pub(crate) fn run_together(words: &[&str]) -> Vec<String> {
    let starts = if words.len() <= 4 { words.len() } else { 1 };
    let from = |start: usize| [&words[start..], &words[..start]].concat().concat();
    (0..starts).map(from).collect()
}

/// The key under which a name without its spaces is found; `None` for names
/// too short to say anything.
pub(crate) fn joined_hash(joined: &str) -> Option<u64> {
    (joined.len() >= 5).then(|| hash64(space::JOINED_NAME, &key(joined)))
}

#[derive(Default)]
struct Builder {
    ids: HashMap<(String, Writing), u32>,
    words: Vec<(String, Writing)>,
    names: Vec<NameRow>,
    name_words: Vec<u32>,
    exact: Vec<(u64, u32)>,
    joined: Vec<(u64, u32)>,
    identifiers: Vec<(u64, u32)>,
}

impl Builder {
    fn add(&mut self, position: u32, entity: &Entity) {
        for identifier in &entity.party.identifiers {
            let value = identifier.normalised();
            if !value.is_empty() {
                self.identifiers
                    .push((hash64(space::IDENTIFIER, &value), position));
            }
        }
        for (at, name) in entity.party.names.iter().enumerate() {
            let prepared = prepare(&name.text, bearer(entity.party.kind));
            if prepared.tokens.is_empty() {
                continue;
            }
            let row = self.names.len() as u32;
            self.exact.extend(exact_hashes(&prepared).map(|h| (h, row)));
            let words: Vec<&str> = prepared.tokens.iter().map(|t| t.latin.as_str()).collect();
            let runs = run_together(&words);
            let hashes = runs.iter().filter_map(|run| joined_hash(run));
            self.joined.extend(hashes.map(|h| (h, row)));
            let typed = prepare_as_typed(&name.text, bearer(entity.party.kind), &prepared);
            for form in std::iter::once(&prepared).chain(&typed) {
                self.add_row(position, at as u32, name.kind, form);
            }
        }
    }

    fn add_row(&mut self, entity: u32, position: u32, kind: NameKind, prepared: &Prepared) {
        let start = self.name_words.len() as u32;
        for token in &prepared.tokens {
            let id = self.word(entry(token));
            self.name_words.push(id << 3 | class_code(token.class));
        }
        self.names.push(NameRow {
            entity,
            position,
            start,
            len: prepared.tokens.len() as u32,
            forms: prepared.forms.bits(),
            kind,
        });
    }

    fn word(&mut self, (text, writing): (&str, Writing)) -> u32 {
        let next = self.words.len() as u32;
        let word = (text.to_owned(), writing);
        if let Some(id) = self.ids.get(&word) {
            return *id;
        }
        self.words.push(word.clone());
        self.ids.insert(word, next);
        next
    }

    fn finish(self, entities: Vec<Entity>) -> Index {
        let words = self.weigh(entities.len());
        let (posting_starts, posting_names) = self.postings();
        let mut by_id: Vec<u32> = (0..entities.len() as u32).collect();
        by_id.sort_by(|a, b| {
            let (a_id, b_id) = (&entities[*a as usize].id, &entities[*b as usize].id);
            a_id.cmp(b_id).then(a.cmp(b))
        });
        Index {
            dictionary: Dictionary::build(words),
            names: self.names,
            name_words: self.name_words,
            posting_starts,
            posting_names,
            exact: Lookup::from_pairs(self.exact),
            joined: Lookup::from_pairs(self.joined),
            identifiers: Lookup::from_pairs(self.identifiers),
            by_id,
            entities,
        }
    }

    /// Counts in how many entities each word, and each sound, stands.
    fn weigh(&self, entities: usize) -> Vec<Word> {
        let sounds: Vec<String> = self.words.iter().map(|(t, w)| sound(t, *w)).collect();
        let mut sound_ids: HashMap<&str, usize> = HashMap::new();
        let of_sound: Vec<usize> = sounds
            .iter()
            .map(|s| {
                let next = sound_ids.len();
                *sound_ids.entry(s).or_insert(next)
            })
            .collect();
        // Names of one entity stand together, so "seen last in" counts each once.
        let mut word_count = vec![(0u32, u32::MAX); self.words.len()];
        let mut sound_count = vec![(0u32, u32::MAX); sound_ids.len()];
        let count = |slot: &mut (u32, u32), entity: u32| {
            if slot.1 != entity {
                *slot = (slot.0 + 1, entity);
            }
        };
        for name in &self.names {
            let range = name.start as usize..(name.start + name.len) as usize;
            for word in &self.name_words[range] {
                let id = (word >> 3) as usize;
                count(&mut word_count[id], name.entity);
                count(&mut sound_count[of_sound[id]], name.entity);
            }
        }
        let words = self.words.iter().enumerate();
        words
            .map(|(id, (text, writing))| Word {
                text: text.clone(),
                writing: *writing,
                bits: rarity_bits(text, *writing, sound_count[of_sound[id]].0, entities) as f32,
                entities: word_count[id].0,
            })
            .collect()
    }

    /// For each word the names in which it stands, in order, once each.
    fn postings(&self) -> (Vec<u32>, Vec<u32>) {
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(self.name_words.len());
        for (row, name) in self.names.iter().enumerate() {
            let range = name.start as usize..(name.start + name.len) as usize;
            pairs.extend(self.name_words[range].iter().map(|w| (w >> 3, row as u32)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0u32; self.words.len() + 1];
        for (word, _) in &pairs {
            starts[*word as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        (starts, pairs.into_iter().map(|(_, name)| name).collect())
    }
}

/// What spellings of one word share when their bearers are counted.
fn sound(text: &str, writing: Writing) -> String {
    match writing {
        Writing::Plain => key(text),
        other => format!("{}{text}", other as u8),
    }
}
