//! What is asked of every name that shares a word with a query, in eight bytes,
//! so that the names of a whole list fit the cache of a core.

use crate::index::{NameRow, letter_bit, name_kind_of, party_of};
use crate::tokens::Writing;
use portcullis_domain::{NameKind, PartyKind};
use portcullis_names::TokenClass;
use zerocopy::little_endian::U64;

/// Eight bytes about a name: sort (6 bits), how many single letters it has (2),
/// telling words (4), weight of its words (12), its letters (20), the first
/// letters of its words (20). Everything is rounded to the side on which more
/// names are looked at: a gate may let in, it never puts aside wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gate(u64);

const INITIALS: u32 = 6;
const MOST_INITIALS: u64 = 3;
const TELLING: u32 = 8;
const MOST_TELLING: u64 = 15;
const WEIGHT: u32 = 12;
const MOST_WEIGHT: u64 = (1 << 12) - 1;
/// Weights are kept to 1/64.
const STEPS: f64 = 64.0;
const LETTERS: u32 = 24;
const FIRST: u32 = 44;
const LETTER_BITS: u32 = (1 << 20) - 1;

impl Gate {
    /// Sorts of names: what tells apart names that the same questions admit.
    pub(crate) const SORTS: usize = 1 << 6;

    /// The gate of a name with these words.
    pub(crate) fn of<'w>(
        row: &NameRow,
        words: impl Iterator<Item = (&'w str, Writing, TokenClass)>,
    ) -> Gate {
        let sort = u64::from(row.party.min(7))
            | u64::from(row.kind.min(3)) << 3
            | u64::from(row.is_supported()) << 5;
        let (mut telling, mut all, mut first) = (0u64, 0, 0);
        for (text, writing, class) in words {
            telling += u64::from(class != TokenClass::Particle);
            // Words without their vowels may be a reading of other letters.
            all |= match writing {
                Writing::Plain => letters(text),
                _ => LETTER_BITS,
            };
            first |= fold(letter_bit(text));
        }
        let weight = (f64::from(row.weight.get()) * STEPS) as u64;
        Gate(
            sort | u64::from(row.initials).min(MOST_INITIALS) << INITIALS
                | telling.min(MOST_TELLING) << TELLING
                | weight.min(MOST_WEIGHT) << WEIGHT
                | u64::from(all) << LETTERS
                | u64::from(first) << FIRST,
        )
    }

    pub(crate) fn read(bits: &U64) -> Gate {
        Gate(bits.get())
    }

    pub(crate) fn bits(self) -> U64 {
        U64::new(self.0)
    }

    /// Which sort of name it is, below [`Gate::SORTS`].
    pub(crate) fn sort(self) -> usize {
        self.0 as usize % Gate::SORTS
    }

    /// What the names of a sort have in common: kind of party, kind of name,
    /// and whether the entity has anything besides names.
    pub(crate) fn of_sort(sort: usize) -> (PartyKind, NameKind, bool) {
        let party = party_of((sort & 7) as u8);
        (
            party,
            name_kind_of((sort >> 3 & 3) as u8),
            sort >> 5 & 1 != 0,
        )
    }

    /// How many of its words are single letters, at most 3.
    pub(crate) fn initials(self) -> u32 {
        (self.0 >> INITIALS & MOST_INITIALS) as u32
    }

    /// How many of its words say anything, at most 15.
    pub(crate) fn telling(self) -> u32 {
        (self.0 >> TELLING & MOST_TELLING) as u32
    }

    /// What its words weigh together, at least.
    pub(crate) fn weight(self) -> f64 {
        (self.0 >> WEIGHT & MOST_WEIGHT) as f64 / STEPS
    }

    /// Its letters, as [`letters`] writes them.
    pub(crate) fn letters(self) -> u32 {
        (self.0 >> LETTERS) as u32 & LETTER_BITS
    }

    /// The first letters of its words, as [`fold`] writes them.
    pub(crate) fn first(self) -> u32 {
        (self.0 >> FIRST) as u32 & LETTER_BITS
    }
}

/// The letters of a word as twenty bits, some of which stand for two: one edit
/// takes away at most one of them.
pub(crate) fn letters(text: &str) -> u32 {
    let bytes = 0..text.len();
    fold(bytes.fold(0, |bits, at| bits | text.get(at..).map_or(0, letter_bit)))
}

/// The bits of [`letter_bit`] as twenty: the last letters share their bits with
/// rare ones.
pub(crate) fn fold(bits: u32) -> u32 {
    /// The bits of *u* to *z*, and of digits.
    const LAST: [u32; 7] = [16, 9, 5, 10, 6, 9, 16];
    let last = LAST.iter().enumerate();
    last.fold(bits & LETTER_BITS, |all, (at, bit)| {
        all | (bits >> (20 + at) & 1) << bit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_takes_away_at_most_one_letter() {
        for (word, edited) in [
            ("vorontsov", "vorontsow"),
            ("zzyx", "zzy"),
            ("put1n", "putin"),
            ("quick", "uqick"),
        ] {
            let gone = letters(word) & !letters(edited);
            assert!(gone.count_ones() <= 1, "{word} {edited}");
        }
        assert_eq!(letters("abba"), 0b11);
        assert_eq!(fold(1 << 20), 1 << 16);
    }
}
