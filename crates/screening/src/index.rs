//! The immutable index of everybody who can be asked for: the entities of all
//! lists in use, or a book of customers.

use crate::build::Builder;
use crate::bytes::{OpenError, VERSION, sections};
use crate::screen::Pool;
use crate::table::{Lookup, Table, all_below, starts_fit};
use crate::tokens::{Dictionary, class_of, hash64, space};
use crate::word::{self, weight};
use bytes::Bytes;
use portcullis_domain::{Entity, NameKind, PartyKind};
use portcullis_names::{Bearer, Prepared, TokenClass, key};
use std::fmt;
use zerocopy::little_endian::{F32, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// One name of one entity, taken apart. A name with words of descent has a
/// second row in which they stand as they were typed.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct NameRow {
    /// Position of the entity.
    pub entity: U32,
    /// Position of the name among the names of the party.
    pub position: U32,
    /// Where its words start in `name_words`.
    pub start: U32,
    /// How many words it has.
    pub len: U32,
    /// What all its words weigh together.
    pub weight: F32,
    /// First letters of its words, as bits; see [`letter_bit`].
    pub letters: U32,
    /// Legal forms, as bits.
    pub forms: U16,
    /// How the name stands to the entity: [`NameKind`] as a number.
    pub kind: u8,
    /// What the entity is: [`PartyKind`] as a number.
    pub party: u8,
    /// The script of the name as written: [`portcullis_names::Script`] as a number.
    pub script: u8,
    /// How many of its words are single letters, at most 255.
    pub initials: u8,
    /// 1 if the entity has anything besides names: a date, country, address or
    /// identifier.
    pub supported: u8,
    pub reserved: u8,
}

impl NameRow {
    /// Whether the entity has anything besides names.
    pub(crate) fn is_supported(&self) -> bool {
        self.supported != 0
    }

    /// How the name stands to the entity.
    pub(crate) fn kind(&self) -> NameKind {
        name_kind_of(self.kind)
    }

    /// What the entity is.
    pub(crate) fn party(&self) -> PartyKind {
        party_of(self.party)
    }
}

pub(crate) fn name_kind_of(code: u8) -> NameKind {
    match code {
        0 => NameKind::Primary,
        1 => NameKind::Alias,
        2 => NameKind::WeakAlias,
        _ => NameKind::Former,
    }
}

pub(crate) fn party_of(code: u8) -> PartyKind {
    match code {
        0 => PartyKind::Person,
        1 => PartyKind::Organisation,
        2 => PartyKind::Vessel,
        3 => PartyKind::Aircraft,
        _ => PartyKind::Unknown,
    }
}

/// The number of a kind of name in a segment.
pub(crate) fn kind_code(kind: NameKind) -> u8 {
    match kind {
        NameKind::Primary => 0,
        NameKind::Alias => 1,
        NameKind::WeakAlias => 2,
        NameKind::Former => 3,
    }
}

/// The number of a kind of party in a segment.
pub(crate) fn party_code(kind: PartyKind) -> u8 {
    match kind {
        PartyKind::Person => 0,
        PartyKind::Organisation => 1,
        PartyKind::Vessel => 2,
        PartyKind::Aircraft => 3,
        PartyKind::Unknown => 4,
    }
}

/// The names of one word are kept apart by what bears them: a question about a
/// person need not pass over the names of firms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part(usize);

impl Part {
    pub(crate) const COUNT: usize = 4;

    pub(crate) fn of(kind: PartyKind) -> Part {
        Part(match kind {
            PartyKind::Person => 0,
            PartyKind::Organisation => 1,
            PartyKind::Vessel | PartyKind::Aircraft => 2,
            PartyKind::Unknown => 3,
        })
    }

    /// Its number, below [`Part::COUNT`].
    pub(crate) fn number(self) -> usize {
        self.0
    }

    pub(crate) fn all() -> impl Iterator<Item = Part> {
        (0..Part::COUNT).map(Part)
    }
}

/// The bit of a word's first letter: one each for the letters, one for digits.
pub(crate) fn letter_bit(word: &str) -> u32 {
    match word.as_bytes().first() {
        Some(letter @ b'a'..=b'z') => 1 << (letter - b'a'),
        Some(_) => 1 << 26,
        None => 0,
    }
}

/// The ids that a source or a shared name and birth date link to an entity.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct LinkRow {
    pub entity: U32,
    /// Where the linked id stands in the text of all.
    pub start: U32,
    pub end: U32,
}

/// How many sections a segment has; see [`Index::open`] for their order.
pub(crate) const SECTIONS: usize = 21;

/// Who is listed, prepared so that a name can be asked for in microseconds.
/// Reads a segment in place: opening copies only the text of the distinct words,
/// and a clone costs nothing. Never changed.
#[derive(Clone, Default)]
pub struct Index {
    segment: Bytes,
    name_count: usize,
    entity_starts: Table<U64>,
    entity_bytes: Bytes,
    pub(crate) names: Table<NameRow>,
    /// [`Gate`] of each name.
    pub(crate) gates: Table<U64>,
    /// Word ids with their class in the low three bits.
    pub(crate) name_words: Table<U32>,
    pub(crate) dictionary: Dictionary,
    /// Where the names of each word start in `posting_names`, by [`Part`]; and
    /// where the last ones end.
    posting_starts: Table<U32>,
    posting_names: Table<U32>,
    /// Whole names, in their own script and romanised, and run together.
    pub(crate) whole_names: Lookup,
    /// Identifier values and ids to entities.
    pub(crate) of_entities: Lookup,
    links: Table<LinkRow>,
    link_text: Bytes,
    /// Working memory between queries; holds nothing that an answer depends on.
    pub(crate) pool: Pool,
}

impl Index {
    /// Version of the format of a segment: part of the name under which a
    /// prepared index is kept, so that another version is built anew.
    pub const FORMAT: u32 = VERSION;

    /// Builds the index of entities held in memory; [`Builder`] takes them one
    /// by one. Entities without names are kept (they may match by identifier).
    /// Where two entities have one id, both are screened and are one hit.
    pub fn build(entities: Vec<Entity>) -> Index {
        let mut builder = Builder::default();
        builder.extend(&entities);
        // Dropped first: it is of the size of the index itself.
        drop(entities);
        builder.finish()
    }

    /// Opens a segment that [`Builder::write`] wrote, without copying it: a
    /// memory-mapped file stays where it is. Bytes that are cut off, changed,
    /// of another version or inconsistent are an error, never a smaller list.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(segment: impl Into<Bytes>) -> Result<Index, OpenError> {
        let segment: Bytes = segment.into();
        let sections = sections(&segment, SECTIONS)?;
        let misfit = OpenError::Damaged("its parts do not fit together");
        let index = Index::of_sections(segment, sections).ok_or(misfit.clone())?;
        if index.is_valid() {
            Ok(index)
        } else {
            Err(misfit)
        }
    }

    fn of_sections(segment: Bytes, sections: Vec<Bytes>) -> Option<Index> {
        let mut sections = sections.into_iter();
        let mut next = || sections.next();
        let counts: Table<U64> = Table::new(next()?)?;
        Some(Index {
            segment,
            name_count: usize::try_from(counts.first()?.get()).ok()?,
            entity_starts: Table::new(next()?)?,
            entity_bytes: next()?,
            names: Table::new(next()?)?,
            gates: Table::new(next()?)?,
            name_words: Table::new(next()?)?,
            dictionary: Dictionary {
                rows: Table::new(next()?)?,
                text: std::str::from_utf8(&next()?).ok()?.into(),
                lookup: Lookup {
                    starts: Table::new(next()?)?,
                    hashes: Table::new(next()?)?,
                    ids: Table::new(next()?)?,
                },
            },
            posting_starts: Table::new(next()?)?,
            posting_names: Table::new(next()?)?,
            whole_names: Lookup {
                starts: Table::new(next()?)?,
                hashes: Table::new(next()?)?,
                ids: Table::new(next()?)?,
            },
            of_entities: Lookup {
                starts: Table::new(next()?)?,
                hashes: Table::new(next()?)?,
                ids: Table::new(next()?)?,
            },
            links: Table::new(next()?)?,
            link_text: next()?,
            pool: Pool::default(),
        })
    }

    /// The segment itself, for keeping. The same entities give the same bytes.
    pub fn to_bytes(&self) -> Bytes {
        self.segment.clone()
    }

    /// How many entities it holds.
    pub fn len(&self) -> usize {
        self.entity_starts.len().saturating_sub(1)
    }

    /// Whether it holds none. An empty index answers nothing: the caller must
    /// not take it for a list on which nobody stands.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many names it holds.
    pub fn name_count(&self) -> usize {
        self.name_count
    }

    /// The entities in the order given, decoded one by one. One that cannot be
    /// decoded is left out: where that matters, ask [`Index::entity_at`].
    pub fn entities(&self) -> impl Iterator<Item = Entity> + '_ {
        (0..self.len()).filter_map(|at| self.entity_at(at))
    }

    /// The entity at a position, decoded; `None` beyond the end, and where its
    /// bytes cannot be decoded.
    pub fn entity_at(&self, position: usize) -> Option<Entity> {
        let (_, content) = self.entity_parts(position)?;
        postcard::from_bytes(content).ok()
    }

    /// The id at a position; `None` beyond the end.
    pub fn id_at(&self, position: usize) -> Option<&str> {
        self.entity_parts(position).map(|(id, _)| id)
    }

    /// Id and content of an entity.
    fn entity_parts(&self, position: usize) -> Option<(&str, &[u8])> {
        let starts = self.entity_starts.get(position..position.checked_add(2)?)?;
        let range =
            usize::try_from(starts[0].get()).ok()?..usize::try_from(starts[1].get()).ok()?;
        let (len, rest) = self.entity_bytes.get(range)?.split_at_checked(4)?;
        let len = u32::from_le_bytes(len.try_into().ok()?) as usize;
        let (id, content) = rest.split_at_checked(len)?;
        Some((std::str::from_utf8(id).ok()?, content))
    }

    /// The entity of an id, decoded; the first where several have it.
    pub fn entity(&self, id: &str) -> Option<Entity> {
        self.positions(id).next().and_then(|at| self.entity_at(at))
    }

    /// The positions of the entities of an id, rising.
    pub fn positions(&self, id: &str) -> impl Iterator<Item = usize> {
        let places = self.of_entities.get(hash64(space::ENTITY_ID, id));
        let places = places.map(|at| at as usize);
        places.filter(move |at| self.id_at(*at) == Some(id))
    }

    /// The ids linked to the entity at a position, sorted: those that a source
    /// calls the same, and entities of other schemes that have the same primary
    /// name and share a whole birth date or an identifier.
    pub fn linked(&self, position: usize) -> impl Iterator<Item = &str> {
        let start = self
            .links
            .partition_point(|l| (l.entity.get() as usize) < position);
        let rows = self.links[start..].iter();
        let rows = rows.take_while(move |l| l.entity.get() as usize == position);
        rows.filter_map(|l| {
            let range = l.start.get() as usize..l.end.get() as usize;
            std::str::from_utf8(self.link_text.get(range)?).ok()
        })
    }

    /// The words of a name: ids with their class in the low three bits.
    pub(crate) fn word_ids(&self, name: &NameRow) -> &[U32] {
        let start = name.start.get() as usize;
        &self.name_words[start..start + name.len.get() as usize]
    }

    /// The words of a name: id, class.
    pub(crate) fn words_of(&self, name: &NameRow) -> impl Iterator<Item = (u32, TokenClass)> + '_ {
        let words = self.word_ids(name);
        words.iter().map(|w| (w.get() >> 3, class_of(w.get())))
    }

    /// The names in which a word stands: those of people, organisations, objects
    /// and parties of unknown kind, one after the other.
    pub(crate) fn postings(&self, word: u32) -> &[U32] {
        let first = word as usize * Part::COUNT;
        self.posting_range(first, first + Part::COUNT)
    }

    /// Those of one part.
    pub(crate) fn postings_in(&self, word: u32, part: Part) -> &[U32] {
        let at = word as usize * Part::COUNT + part.0;
        self.posting_range(at, at + 1)
    }

    fn posting_range(&self, first: usize, end: usize) -> &[U32] {
        let starts: &[U32] = &self.posting_starts;
        &self.posting_names[starts[first].get() as usize..starts[end].get() as usize]
    }

    /// The words of a name as they are compared.
    pub(crate) fn compared<'a>(&'a self, name: &NameRow, out: &mut Vec<word::Word<'a>>) {
        out.clear();
        out.extend(self.words_of(name).map(|(id, class)| {
            let listed = self.dictionary.word(id);
            let at_large = f64::from(listed.at_large);
            word::Word {
                text: listed.text,
                writing: listed.writing,
                class,
                weight: weight(at_large, class),
                at_large,
                in_list: f64::from(listed.bits),
            }
        }));
    }

    /// Whether all parts fit together, for bytes that come from outside: every
    /// number that is followed without a check leads to something.
    fn is_valid(&self) -> bool {
        let (words, names) = (self.dictionary.rows.len(), self.names.len());
        let entities = self.len();
        let names_fit = self.names.iter().all(|n| {
            let end = u64::from(n.start.get()) + u64::from(n.len.get());
            (n.entity.get() as usize) < entities
                && end <= self.name_words.len() as u64
                && n.weight.get().is_finite()
        });
        names_fit
            && self.gates.len() == names
            && u32::try_from(entities).is_ok()
            && !self.entity_starts.is_empty()
            && self.dictionary.is_valid()
            && self
                .name_words
                .iter()
                .all(|w| ((w.get() >> 3) as usize) < words)
            && self.posting_starts.len() == words * Part::COUNT + 1
            && starts_fit(&self.posting_starts, self.posting_names.len())
            && all_below(&self.posting_names, names)
            && self.whole_names.is_valid(names)
            && self.of_entities.is_valid(entities)
    }
}

/// Equal segments are equal indexes.
impl PartialEq for Index {
    fn eq(&self, other: &Index) -> bool {
        self.segment == other.segment
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("entities", &self.len())
            .field("names", &self.name_count)
            .field("bytes", &self.segment.len())
            .finish()
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

/// The key under which the names are found whose words begin with these letters.
pub(crate) fn acronym_hash(letters: &str) -> u64 {
    hash64(space::ACRONYM, letters)
}
