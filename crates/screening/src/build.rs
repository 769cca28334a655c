//! From entities to a segment, in memory that grows with the segment and not
//! with the entities: each entity is kept only as its encoded content.

mod apart;
mod contents;
mod words;

pub(crate) use apart::{TakenApart, identifier_values};
pub(crate) use contents::Contents;

use crate::bytes::Writer;
use crate::gate::Gate;
use crate::index::{Index, LinkRow, NameRow, Part, SECTIONS, kind_code, letter_bit, party_code};
use crate::links::Links;
use crate::table::LookupParts;
use crate::tokens::{WordRow, class_code, class_of, letters, rarity_bits};
use crate::word::{bits_at_large, weight};
use portcullis_domain::Entity;
use portcullis_names::TokenClass;
use std::io::{self, Write};
use words::Words;
use zerocopy::IntoBytes;
use zerocopy::little_endian::{F32, U16, U32, U64};

/// Takes entities one by one or many at once and makes their segment. Names
/// are taken apart on several threads; the result does not depend on how many.
pub struct Builder {
    threads: usize,
    /// How an entity is taken apart: as a listed one, or as one that is asked.
    apart: fn(&Entity) -> TakenApart,
    words: Words,
    names: Vec<NameRow>,
    /// Word ids with their class in the low three bits.
    name_words: Vec<U32>,
    name_count: u64,
    whole_names: Vec<(u64, u32)>,
    of_entities: Vec<(u64, u32)>,
    entities: Contents,
    links: Links,
}

impl Default for Builder {
    fn default() -> Builder {
        let cores = std::thread::available_parallelism();
        Builder::with_threads(cores.map_or(1, usize::from))
    }
}

/// Entities that are handed to the threads at once.
const BATCH: usize = 16_384;

/// Fewer items than this are not worth a thread.
const LEAST_SHARE: usize = 256;

impl Builder {
    /// A builder that takes names apart on so many threads, at least one.
    pub fn with_threads(threads: usize) -> Builder {
        Builder {
            threads: threads.max(1),
            apart: TakenApart::of,
            words: Words::default(),
            names: Vec::new(),
            name_words: Vec::new(),
            name_count: 0,
            whole_names: Vec::new(),
            of_entities: Vec::new(),
            entities: Contents::default(),
            links: Links::default(),
        }
    }

    /// A builder of a book of customers, for [`rescreen`](crate::rescreen):
    /// every name in every form in which it would be asked.
    pub fn customers() -> Builder {
        Builder {
            apart: TakenApart::of_customer,
            ..Builder::default()
        }
    }

    /// How many entities it has.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds one entity.
    pub fn add(&mut self, entity: &Entity) {
        self.take((self.apart)(entity));
    }

    /// Adds entities in the order given, on all threads.
    pub fn extend(&mut self, entities: &[Entity]) {
        for batch in entities.chunks(BATCH) {
            for taken in in_shares(batch, self.threads, self.apart) {
                self.take(taken);
            }
        }
    }

    fn take(&mut self, taken: TakenApart) {
        let position = self.len() as u32;
        self.links.add(position, &taken);
        self.entities.push(taken.content);
        let hashes = taken.of_entity.iter().map(|h| (*h, position));
        self.of_entities.extend(hashes);
        for name in taken.names {
            let row = self.names.len() as u32;
            self.name_count += u64::from(!name.as_typed);
            let hashes = name.whole.iter().map(|h| (*h, row));
            self.whole_names.extend(hashes);
            let start = self.name_words.len() as u32;
            let mut letters = 0;
            let mut initials = 0u8;
            for word in &name.words {
                letters |= letter_bit(&word.text);
                initials = initials.saturating_add(u8::from(word.class == TokenClass::Initial));
                let id = self.words.id(word);
                self.name_words
                    .push(U32::new(id << 3 | class_code(word.class)));
            }
            self.names.push(NameRow {
                entity: U32::new(position),
                position: U32::new(name.position),
                start: U32::new(start),
                len: U32::new(name.words.len() as u32),
                // Known once all names are counted.
                weight: F32::new(0.0),
                letters: U32::new(letters),
                forms: U16::new(name.forms),
                kind: kind_code(name.kind),
                party: party_code(name.party),
                script: name.script as u8,
                initials,
                supported: u8::from(taken.supported),
                reserved: 0,
            });
        }
    }

    /// The index itself, its segment in memory.
    pub fn finish(self) -> Index {
        let mut bytes = Vec::new();
        // Writing into memory does not fail, and what was just written opens;
        // if ever not, an empty index answers nothing and so clears nobody.
        let written = self.write(&mut bytes);
        written
            .ok()
            .and_then(|()| Index::open(bytes).ok())
            .unwrap_or_default()
    }

    /// Writes the segment, for [`Index::open`]. Parts are dropped as they are
    /// written.
    ///
    /// # Errors
    ///
    /// What the writer says; and if there are more names or words than a
    /// segment can number (2^32 names, 2^29 distinct words).
    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        let entities = self.len();
        let fits = u32::try_from(self.name_words.len()).is_ok()
            && u32::try_from(self.whole_names.len()).is_ok()
            && u32::try_from(self.of_entities.len()).is_ok()
            && u32::try_from(self.words.all_text().len()).is_ok()
            && self.words.len() < 1 << 29;
        if !fits {
            return Err(io::Error::other("more names than one index can number"));
        }
        let links = self.links.rows(&self.entities);
        let mut writer = Writer::new(out, SECTIONS)?;
        writer.section([U64::new(self.name_count).as_bytes()])?;
        let contents = std::mem::take(&mut self.entities);
        contents.write(&mut writer)?;
        drop(contents);
        let rows = self.weigh(entities);
        self.weigh_names(&rows);
        writer.section([self.names.as_bytes()])?;
        writer.section([self.gates().as_bytes()])?;
        writer.section([self.name_words.as_bytes()])?;
        writer.section([rows.as_bytes()])?;
        drop(rows);
        writer.section([self.words.all_text().as_bytes()])?;
        write_lookup(&mut writer, self.words.hashes(self.threads))?;
        let (starts, names) = self.postings();
        writer.section([starts.as_bytes()])?;
        writer.section([names.as_bytes()])?;
        drop((starts, names));
        write_lookup(&mut writer, std::mem::take(&mut self.whole_names))?;
        write_lookup(&mut writer, std::mem::take(&mut self.of_entities))?;
        let (rows, text) = links;
        writer.section([rows.as_bytes()])?;
        writer.section([text.as_bytes()])?;
        writer.finish()
    }

    /// Counts in how many entities each word, and each sound, stands.
    fn weigh(&self, entities: usize) -> Vec<WordRow> {
        let (of_sound, sounds) = self.words.sounds(self.threads);
        // Names of one entity stand together, so "seen last in" counts each once.
        let mut word_count = vec![(0u32, u32::MAX); self.words.len()];
        let mut sound_count = vec![(0u32, u32::MAX); sounds];
        let count = |slot: &mut (u32, u32), entity: u32| {
            if slot.1 != entity {
                *slot = (slot.0 + 1, entity);
            }
        };
        for name in &self.names {
            for word in words_of(name, &self.name_words) {
                let id = (word.get() >> 3) as usize;
                count(&mut word_count[id], name.entity.get());
                count(&mut sound_count[of_sound[id] as usize], name.entity.get());
            }
        }
        let rows = self.words.places().enumerate();
        rows.map(|(id, (start, writing))| {
            let text = self.words.text(id as u32);
            let bearers = sound_count[of_sound[id] as usize].0;
            let bits = rarity_bits(text, writing, bearers, entities);
            WordRow {
                start: U32::new(start),
                end: U32::new(start + text.len() as u32),
                entities: U32::new(word_count[id].0),
                bits: F32::new(bits as f32),
                at_large: F32::new(bits_at_large(text, writing) as f32),
                writing: writing as u8,
                letters: letters(text),
            }
        })
        .collect()
    }

    /// What all words of each name weigh together.
    fn weigh_names(&mut self, rows: &[WordRow]) {
        for name in &mut self.names {
            let words = words_of(name, &self.name_words).iter();
            let weights = words.map(|w| {
                let bits = rows[(w.get() >> 3) as usize].at_large.get();
                weight(f64::from(bits), class_of(w.get()))
            });
            name.weight = F32::new(weights.sum::<f64>() as f32);
        }
    }

    /// What is asked of each name first.
    fn gates(&self) -> Vec<U64> {
        let gates = self.names.iter().map(|name| {
            let words = words_of(name, &self.name_words).iter().map(|w| w.get());
            let words = words.map(|w| {
                let (text, writing) = self.words.get(w >> 3);
                (text, writing, class_of(w))
            });
            Gate::of(name, words).bits()
        });
        gates.collect()
    }

    /// For each word and [`Part`] the names in which it stands, in order, once
    /// each.
    fn postings(&self) -> (Vec<U32>, Vec<U32>) {
        let words = self.words.len();
        let places = words * Part::COUNT;
        let mut last = vec![u32::MAX; words];
        let mut starts = vec![0u32; places + 1];
        let mut each = |visit: &mut dyn FnMut(usize, u32)| {
            last.fill(u32::MAX);
            for (row, name) in self.names.iter().enumerate() {
                let part = Part::of(name.party()).number();
                for word in words_of(name, &self.name_words) {
                    let id = (word.get() >> 3) as usize;
                    if std::mem::replace(&mut last[id], row as u32) != row as u32 {
                        visit(id * Part::COUNT + part, row as u32);
                    }
                }
            }
        };
        each(&mut |place, _| starts[place + 1] += 1);
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next: Vec<u32> = starts[..places].to_vec();
        let mut names = vec![U32::new(0); starts[places] as usize];
        each(&mut |place, row| {
            names[next[place] as usize] = U32::new(row);
            next[place] += 1;
        });
        (starts.into_iter().map(U32::new).collect(), names)
    }
}

fn words_of<'w>(name: &NameRow, words: &'w [U32]) -> &'w [U32] {
    let start = name.start.get() as usize;
    &words[start..start + name.len.get() as usize]
}

fn write_lookup(writer: &mut Writer<'_>, pairs: Vec<(u64, u32)>) -> io::Result<()> {
    let lookup = LookupParts::of(pairs);
    writer.section([lookup.starts.as_bytes()])?;
    writer.section([lookup.hashes.as_bytes()])?;
    writer.section([lookup.ids.as_bytes()])
}

/// Applies a function to every item, on so many threads, in order.
fn in_shares<T: Sync, R: Send>(items: &[T], threads: usize, one: fn(&T) -> R) -> Vec<R> {
    let share = items.len().div_ceil(threads).max(LEAST_SHARE);
    if items.len() <= share {
        return items.iter().map(one).collect();
    }
    std::thread::scope(|scope| {
        let shares: Vec<_> = items
            .chunks(share)
            .map(|items| scope.spawn(move || items.iter().map(one).collect::<Vec<R>>()))
            .collect();
        let mut all = Vec::with_capacity(items.len());
        for share in shares {
            match share.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

/// The rows of links and the text of their ids.
pub(crate) type LinkParts = (Vec<LinkRow>, String);
