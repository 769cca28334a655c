//! From entities to a segment, in memory that grows with the segment and not
//! with the entities: each entity is kept only as its encoded content.

use crate::align::{LEAST_RUN, acronyms};
use crate::bytes::Writer;
use crate::gate::Gate;
use crate::index::{
    Index, LinkRow, NameRow, SECTIONS, acronym_hash, bearer, exact_hashes, joined_hash, kind_code,
    letter_bit, party_code, run_together,
};
use crate::links::Links;
use crate::parts::parts;
use crate::screen::bearers;
use crate::table::LookupParts;
use crate::tokens::{
    WordRow, Writing, class_code, class_of, entry, hash64, letters, rarity_bits, space, word_hashes,
};
use crate::word::{Word, bits_at_large, weight};
use portcullis_domain::{Entity, Identifier, NameKind, PartyKind};
use portcullis_names::{Prepared, Script, Token, TokenClass, key, prepare, prepare_as_typed};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, Write};
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
        self.entities.starts.len()
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
            && u32::try_from(self.words.text.len()).is_ok()
            && self.words.places.len() < 1 << 29;
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
        writer.section([self.words.text.as_bytes()])?;
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
        let mut word_count = vec![(0u32, u32::MAX); self.words.places.len()];
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
        let rows = self.words.places.iter().enumerate();
        rows.map(|(id, (start, writing))| {
            let text = self.words.text(id as u32);
            let bearers = sound_count[of_sound[id] as usize].0;
            let bits = rarity_bits(text, *writing, bearers, entities);
            WordRow {
                start: U32::new(*start),
                end: U32::new(start + text.len() as u32),
                entities: U32::new(word_count[id].0),
                bits: F32::new(bits as f32),
                at_large: F32::new(bits_at_large(text, *writing) as f32),
                writing: *writing as u8,
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
            let words = words.map(|w| (self.words.text(w >> 3), class_of(w)));
            Gate::of(name, words).bits()
        });
        gates.collect()
    }

    /// For each word the names in which it stands, in order, once each.
    fn postings(&self) -> (Vec<U32>, Vec<U32>) {
        let words = self.words.places.len();
        let mut last = vec![u32::MAX; words];
        let mut starts = vec![0u32; words + 1];
        let mut each = |visit: &mut dyn FnMut(usize, u32)| {
            last.fill(u32::MAX);
            for (row, name) in self.names.iter().enumerate() {
                for word in words_of(name, &self.name_words) {
                    let id = (word.get() >> 3) as usize;
                    if std::mem::replace(&mut last[id], row as u32) != row as u32 {
                        visit(id, row as u32);
                    }
                }
            }
        };
        each(&mut |word, _| starts[word + 1] += 1);
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next: Vec<u32> = starts[..words].to_vec();
        let mut names = vec![U32::new(0); starts[words] as usize];
        each(&mut |word, row| {
            names[next[word] as usize] = U32::new(row);
            next[word] += 1;
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

/// One word of a name on its way into the dictionary.
struct NameWord {
    text: String,
    writing: Writing,
    class: TokenClass,
}

/// One name as one row.
struct NameParts {
    position: u32,
    kind: NameKind,
    party: PartyKind,
    script: Script,
    forms: u16,
    /// Whether it is a further form of a name.
    as_typed: bool,
    words: Vec<NameWord>,
    /// Hashes under which the name is found as a whole or by words run together.
    whole: Vec<u64>,
}

/// Of how many neighbouring words, run together, a name is found by: a word
/// that is asked for may be two listed ones, one that is listed two or three of
/// a customer.
#[derive(Clone, Copy, PartialEq)]
struct LongestRun(usize);

const LISTED: LongestRun = LongestRun(2);
const OF_CUSTOMER: LongestRun = LongestRun(3);

impl NameParts {
    fn new(
        at: usize,
        entity: &Entity,
        script: Script,
        prepared: &Prepared,
        longest: LongestRun,
        whole: Option<Vec<u64>>,
    ) -> NameParts {
        let words = prepared.tokens.iter().map(|token| {
            let (text, writing) = entry(token);
            NameWord {
                text: text.to_owned(),
                writing,
                class: token.class,
            }
        });
        NameParts {
            position: at as u32,
            kind: entity.party.names[at].kind,
            party: entity.party.kind,
            script,
            forms: prepared.forms.bits(),
            as_typed: whole.is_none(),
            words: words.collect(),
            whole: neighbours(&prepared.tokens, longest)
                .chain(whole.unwrap_or_default())
                .collect(),
        }
    }
}

/// Everything about one entity that can be known without the others.
pub(crate) struct TakenApart {
    content: Vec<u8>,
    names: Vec<NameParts>,
    /// Hashes under which the entity is found: its id, its identifiers.
    of_entity: Vec<u64>,
    /// Whether there is anything besides names.
    supported: bool,
    /// Ids that the source calls the same.
    pub same_as: Vec<String>,
    pub id: String,
    /// Hashes of the primary name, if there is something to tell namesakes by.
    pub namesake: Vec<u64>,
}

impl TakenApart {
    fn of(entity: &Entity) -> TakenApart {
        let kind = bearer(entity.party.kind);
        let mut of_entity = vec![hash64(space::ENTITY_ID, &entity.id)];
        for identifier in &entity.party.identifiers {
            let value = identifier.normalised();
            if !value.is_empty() {
                of_entity.push(hash64(space::IDENTIFIER, &value));
            }
        }
        let has_evidence =
            !entity.party.birth_dates.is_empty() || !entity.party.identifiers.is_empty();
        let caption = entity.party.caption();
        let mut namesake = Vec::new();
        let mut names = Vec::with_capacity(entity.party.names.len());
        for (at, name) in entity.party.names.iter().enumerate() {
            let prepared = prepare(&name.text, kind);
            if prepared.tokens.is_empty() {
                continue;
            }
            let mut whole: Vec<u64> = exact_hashes(&prepared).collect();
            if has_evidence && namesake.is_empty() && name.text == caption {
                namesake.clone_from(&whole);
            }
            let words: Vec<&str> = prepared.tokens.iter().map(|t| t.latin.as_str()).collect();
            let runs = run_together(&words);
            whole.extend(runs.iter().filter_map(|run| joined_hash(run)));
            if entity.party.kind != PartyKind::Person {
                whole.extend(acronym_hashes(&prepared));
            }
            let script = Script::of_text(&name.text);
            let typed = prepare_as_typed(&name.text, kind, &prepared);
            names.push(NameParts::new(
                at,
                entity,
                script,
                &prepared,
                LISTED,
                Some(whole),
            ));
            let typed = typed
                .into_iter()
                .map(|typed| NameParts::new(at, entity, script, &typed, LISTED, None));
            names.extend(typed);
        }
        TakenApart::with(entity, names, of_entity, namesake)
    }

    fn with(
        entity: &Entity,
        names: Vec<NameParts>,
        of_entity: Vec<u64>,
        namesake: Vec<u64>,
    ) -> TakenApart {
        TakenApart {
            content: content(entity),
            names,
            of_entity,
            supported: is_supported(entity),
            same_as: entity.same_as.clone(),
            id: entity.id.clone(),
            namesake,
        }
    }
}

impl TakenApart {
    /// Every form of every name and part of a name in which the party would be
    /// asked, each with all keys under which a listed name could be the same.
    fn of_customer(entity: &Entity) -> TakenApart {
        let mut of_entity = vec![hash64(space::ENTITY_ID, &entity.id)];
        for identifier in &entity.party.identifiers {
            let values = identifier_values(identifier);
            of_entity.extend(values.map(|value| hash64(space::IDENTIFIER, &value)));
        }
        let mut names: Vec<NameParts> = Vec::new();
        for (at, name) in entity.party.names.iter().enumerate() {
            let script = Script::of_text(&name.text);
            let mut seen: Vec<Prepared> = Vec::new();
            for given in std::iter::once(name.text.as_str()).chain(parts(&name.text)) {
                for bearer in bearers(entity.party.kind) {
                    let folded = prepare(given, *bearer);
                    let further = prepare_as_typed(given, *bearer, &folded);
                    for form in std::iter::once(folded).chain(further) {
                        if !form.tokens.is_empty() && !seen.contains(&form) {
                            seen.push(form);
                        }
                    }
                }
            }
            for (form_at, form) in seen.iter().enumerate() {
                let whole = Some(customer_hashes(form));
                let mut parts = NameParts::new(at, entity, script, form, OF_CUSTOMER, whole);
                parts.as_typed = form_at > 0;
                names.push(parts);
            }
        }
        TakenApart::with(entity, names, of_entity, Vec::new())
    }
}

/// The keys under which a name is found by neighbouring words run together.
fn neighbours(tokens: &[Token], longest: LongestRun) -> impl Iterator<Item = u64> + '_ {
    let runs = (2..=longest.0).flat_map(|length| tokens.windows(length));
    runs.filter_map(|words| {
        let run: String = words.iter().map(|token| entry(token).0).collect();
        (run.len() >= LEAST_RUN).then(|| hash64(space::NEIGHBOURS, &key(&run)))
    })
}

/// The keys under which a name that is asked could be a listed one.
fn customer_hashes(form: &Prepared) -> Vec<u64> {
    let mut whole: Vec<u64> = exact_hashes(form).collect();
    whole.extend(joined_hash(&form.joined));
    whole.extend(acronym_hashes(form));
    whole
}

/// The values under which an identifier is looked up: a bare one may carry the
/// prefix of its scheme.
pub(crate) fn identifier_values(identifier: &Identifier) -> impl Iterator<Item = String> {
    let mut values = vec![identifier.normalised()];
    if identifier.scheme.is_empty() {
        let schemes = ["imo", "mmsi", "lei"].into_iter();
        let read = |s| Identifier::new(s, identifier.value.as_str()).normalised();
        values.extend(schemes.map(read));
    }
    values.dedup();
    values.into_iter().filter(|value| !value.is_empty())
}

/// Whether a query about this party would hold anything besides names.
fn is_supported(entity: &Entity) -> bool {
    let party = &entity.party;
    !(party.birth_dates.is_empty()
        && party.countries.is_empty()
        && party.addresses.is_empty()
        && party.identifiers.is_empty())
}

/// The keys under which a name is found by the first letters of its words.
fn acronym_hashes(prepared: &Prepared) -> impl Iterator<Item = u64> {
    let words = prepared.tokens.iter().map(|token| {
        let (text, writing) = entry(token);
        Word {
            text,
            writing,
            class: token.class,
            weight: 0.0,
            at_large: 0.0,
            in_list: 0.0,
        }
    });
    let words: Vec<Word> = words.collect();
    acronyms(&words).map(|letters| acronym_hash(&letters))
}

/// Length of the id, the id, and the entity.
fn content(entity: &Entity) -> Vec<u8> {
    let mut content = (entity.id.len() as u32).to_le_bytes().to_vec();
    content.extend_from_slice(entity.id.as_bytes());
    // Serialising plain data into memory has no way to fail; if it did, the
    // entity would be one that cannot be read, which every answer says.
    content.extend(postcard::to_allocvec(entity).unwrap_or_default());
    content
}

/// The encoded entities, in pieces: one growing run would be copied, and for a
/// moment stand twice in memory.
#[derive(Default)]
pub(crate) struct Contents {
    pieces: Vec<Vec<u8>>,
    /// Piece and place in it where each entity begins.
    starts: Vec<(u32, u32)>,
}

/// Bytes of one piece.
const PIECE: usize = 1 << 24;

impl Contents {
    fn push(&mut self, content: Vec<u8>) {
        let room = |piece: &Vec<u8>| piece.len() + content.len() <= piece.capacity();
        if !self.pieces.last().is_some_and(room) {
            let size = PIECE.max(content.len());
            self.pieces.push(Vec::with_capacity(size));
        }
        let at = self.pieces.len() - 1;
        let piece = &mut self.pieces[at];
        self.starts.push((at as u32, piece.len() as u32));
        piece.extend_from_slice(&content);
    }

    fn bytes(&self, position: u32) -> &[u8] {
        let (piece, start) = self.starts[position as usize];
        let bytes = &self.pieces[piece as usize];
        let next = self.starts.get(position as usize + 1);
        let end = next
            .filter(|n| n.0 == piece)
            .map_or(bytes.len(), |n| n.1 as usize);
        &bytes[start as usize..end]
    }

    fn split(&self, position: u32) -> (&[u8], &[u8]) {
        let (len, rest) = self.bytes(position).split_at(4);
        let len = len.try_into().map_or(0, u32::from_le_bytes);
        rest.split_at(len as usize)
    }

    /// The id of an entity.
    pub(crate) fn id(&self, position: u32) -> &str {
        std::str::from_utf8(self.split(position).0).unwrap_or("")
    }

    /// The entity, decoded.
    pub(crate) fn entity(&self, position: u32) -> Option<Entity> {
        postcard::from_bytes(self.split(position).1).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    fn write(&self, writer: &mut Writer<'_>) -> io::Result<()> {
        let mut before = Vec::with_capacity(self.pieces.len());
        let mut total = 0u64;
        for piece in &self.pieces {
            before.push(total);
            total += piece.len() as u64;
        }
        let starts = self.starts.iter();
        let starts = starts.map(|(piece, at)| before[*piece as usize] + u64::from(*at));
        let starts: Vec<U64> = starts.chain([total]).map(U64::new).collect();
        writer.section([starts.as_bytes()])?;
        writer.section(self.pieces.iter().map(Vec::as_slice))
    }
}

/// Hashes are spread already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The distinct words so far.
#[derive(Default)]
struct Words {
    text: String,
    /// Where each begins in the text, and how it is written.
    places: Vec<(u32, Writing)>,
    by_hash: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
}

impl Words {
    fn text(&self, id: u32) -> &str {
        let start = self.places[id as usize].0 as usize;
        let next = self.places.get(id as usize + 1);
        &self.text[start..next.map_or(self.text.len(), |n| n.0 as usize)]
    }

    /// The id of a word, new or known. Two words of one hash take neighbouring
    /// places.
    fn id(&mut self, word: &NameWord) -> u32 {
        let mut hash = hash64(space::TEXT + word.writing as u8, &word.text);
        while let Some(id) = self.by_hash.get(&hash) {
            let known = self.places[*id as usize].1 == word.writing;
            if known && self.text(*id) == word.text {
                return *id;
            }
            hash = hash.wrapping_add(1);
        }
        let id = self.places.len() as u32;
        self.places.push((self.text.len() as u32, word.writing));
        self.text.push_str(&word.text);
        self.by_hash.insert(hash, id);
        id
    }

    fn of_threads<R: Send>(
        &self,
        threads: usize,
        one: impl Fn(u32, &str, Writing, &mut Vec<R>) + Sync,
    ) -> Vec<R> {
        let share = self.places.len().div_ceil(threads).max(LEAST_SHARE);
        let of_range = |start: usize| {
            let end = (start + share).min(self.places.len());
            let mut out = Vec::new();
            for id in start..end {
                one(id as u32, self.text(id as u32), self.places[id].1, &mut out);
            }
            out
        };
        let starts: Vec<usize> = (0..self.places.len()).step_by(share).collect();
        if let [] | [_] = starts[..] {
            return starts.first().map(|s| of_range(*s)).unwrap_or_default();
        }
        let of_range = &of_range;
        std::thread::scope(|scope| {
            let shares = starts.iter().map(|s| scope.spawn(move || of_range(*s)));
            let shares: Vec<_> = shares.collect();
            let mut all = Vec::new();
            for share in shares {
                match share.join() {
                    Ok(done) if all.is_empty() => all = done,
                    Ok(done) => all.extend(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        })
    }

    /// Every hash under which each word is found.
    fn hashes(&self, threads: usize) -> Vec<(u64, u32)> {
        self.of_threads(threads, |id, text, writing, out| {
            word_hashes(text, writing, &mut |hash| out.push((hash, id)));
        })
    }

    /// For each word a number for its sound, and how many sounds there are.
    fn sounds(&self, threads: usize) -> (Vec<u32>, usize) {
        let hashes = self.of_threads(threads, |_, text, writing, out| {
            out.push(match writing {
                Writing::Plain => hash64(space::KEY, &key(text)),
                other => hash64(space::TEXT + other as u8, text),
            });
        });
        let mut ids: HashMap<u64, u32, BuildHasherDefault<AsIs>> = HashMap::default();
        let numbered = hashes.iter().map(|hash| {
            let next = ids.len() as u32;
            *ids.entry(*hash).or_insert(next)
        });
        let numbered: Vec<u32> = numbered.collect();
        (numbered, ids.len())
    }
}

/// The rows of links and the text of their ids.
pub(crate) type LinkParts = (Vec<LinkRow>, String);
