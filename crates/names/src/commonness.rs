//! How rare is a word among names at large?
//!
//! A table of what people and firms everywhere are called, not of who is
//! listed: two names that share *Mohammed* share little, whatever list one of
//! them stands on. `data/common.txt` says how it was counted.

use crate::hash::WordMap;
use crate::keys::key;
use crate::prepare::Bearer;
use crate::script::Script;
use crate::semitic::skeletons;
use crate::words::{common_names, is_common_name, is_generic};
use std::sync::LazyLock;

/// Rarity of a word that the table does not know, in bits: about one bearer in
/// a quarter of a million.
pub const RAREST: f32 = 18.0;

/// Most that a name borne by millions can say: a share of one in 64.
const WORLD_NAME: f32 = 6.0;
/// Most that a generic word in the name of a firm can say.
const GENERIC_WORD: f32 = 5.0;
/// How much of the bearers of other spellings of a sound count for a spelling.
const OTHER_SPELLINGS: f32 = 0.5;

const TABLE: &str = include_str!("../data/common.txt");

/// Shares of bearers: people, firms.
type Shares = [f32; 2];

/// The table, each part read when it is first asked.
struct Table {
    words: LazyLock<WordMap<&'static str, Shares>>,
    /// Summed over the spellings that sound alike.
    sounds: LazyLock<WordMap<String, Shares>>,
}

static COMMON: Table = Table {
    words: LazyLock::new(words),
    sounds: LazyLock::new(sounds),
};

fn words() -> WordMap<&'static str, Shares> {
    let mut words = WordMap::with_capacity_and_hasher(40_000, Default::default());
    for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
        if let Some((word, levels)) = line.split_once(' ') {
            let mut levels = levels.bytes().map(share);
            let shares = [levels.next().unwrap_or(0.0), levels.next().unwrap_or(0.0)];
            words.insert(word, shares);
        }
    }
    words
}

fn sounds() -> WordMap<String, Shares> {
    let mut sounds: WordMap<String, Shares> =
        WordMap::with_capacity_and_hasher(30_000, Default::default());
    for (word, shares) in COMMON.words.iter() {
        let sound = sounds.entry(key(word)).or_default();
        sound[0] += shares[0];
        sound[1] += shares[1];
    }
    sounds
}

/// Whether anybody at large is called so, in this very spelling.
pub(crate) fn is_known(word: &str) -> bool {
    COMMON.words.contains_key(word)
}

/// The share that a character of the table stands for.
fn share(level: u8) -> f32 {
    match level.checked_sub(b'0') {
        Some(steps) if level != b'-' => (-f32::from(steps) / 2.0).exp2(),
        _ => 0.0,
    }
}

/// Rarity at large of a romanised word, in bits, 1 to [`RAREST`]: minus the
/// logarithm to base 2 of the share of people or firms (whichever is larger)
/// that bear it or, counted half, another spelling of its sound. A word the
/// table does not know is as rare as can be.
pub fn commonness(word: &str) -> f32 {
    commonness_of(word, Bearer::Person).min(commonness_of(word, Bearer::Organisation))
}

/// Rarity at large of a word in this very spelling, in bits, 1 to [`RAREST`]:
/// a misspelt common name is rare, however common its sound is.
pub fn spelling_commonness(word: &str) -> f32 {
    let own = COMMON.words.get(word);
    let share = own.map_or(0.0, |shares| shares[0].max(shares[1]));
    match share > 0.0 {
        true => (-share.log2()).clamp(1.0, RAREST),
        false => RAREST,
    }
}

/// As [`commonness`], among people or among firms alone. Objects are named
/// after both.
pub fn commonness_of(word: &str, bearer: Bearer) -> f32 {
    let slot = match bearer {
        Bearer::Person => 0,
        Bearer::Organisation => 1,
        Bearer::Object => return commonness(word),
    };
    let sound = key(word);
    let own = COMMON.words.get(word).map_or(0.0, |s| s[slot]);
    let alike = COMMON.sounds.get(&sound).map_or(0.0, |s| s[slot]);
    let share = own + OTHER_SPELLINGS * (alike - own).max(0.0);
    let bits = if share > 0.0 { -share.log2() } else { RAREST };
    let most = match bearer {
        Bearer::Person if is_common_name(word) => WORLD_NAME,
        Bearer::Organisation if is_generic(word) => GENERIC_WORD,
        _ => RAREST,
    };
    bits.clamp(1.0, most)
}

/// The largest share of people whose name has these consonants, for names that
/// at least one in four thousand bears. Built at the first Arabic or Hebrew word.
static CONSONANTS: LazyLock<WordMap<String, f32>> = LazyLock::new(|| {
    let mut table: WordMap<String, f32> = WordMap::default();
    let at_large = COMMON.words.iter().map(|(word, shares)| (*word, shares[0]));
    let world = common_names().map(|word| (word, (-WORLD_NAME).exp2()));
    for (word, share) in at_large
        .filter(|(_, s)| *s >= LEAST_CONSONANT_SHARE)
        .chain(world)
    {
        for skeleton in skeletons(word) {
            let known = table.entry(skeleton).or_default();
            *known = known.max(share);
        }
    }
    table
});

const LEAST_CONSONANT_SHARE: f32 = 1.0 / 4096.0;

/// As [`commonness`], for a word as [`crate::Token`] holds it: words without
/// vowels are as common as the commonest name of their consonants, a syllable
/// of Chinese or Korean says about five bits.
pub fn commonness_in(word: &str, script: Script, bearer: Bearer) -> f32 {
    if script.is_unspaced() {
        return SYLLABLE;
    }
    if !script.is_consonantal() {
        return commonness_of(word, bearer);
    }
    let consonants = skeletons(word);
    let shares = consonants.iter().filter_map(|s| CONSONANTS.get(s));
    let share = shares.copied().fold(0.0, f32::max);
    let bits = if share > 0.0 { -share.log2() } else { RAREST };
    // A word of few consonants could be many names.
    let most = BITS_PER_CONSONANT * consonants.iter().map(String::len).max().unwrap_or(0) as f32;
    bits.min(most).clamp(1.0, RAREST)
}

/// One syllable of a few hundred in use, some far commoner than others.
const SYLLABLE: f32 = 5.0;
/// What one consonant says at most where vowels are not written.
const BITS_PER_CONSONANT: f32 = 3.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_millions_say_little_and_unknown_ones_most() {
        for common in [
            "john", "mohammed", "muhamad", "wang", "ivan", "garcia", "nguyen",
        ] {
            let bits = commonness_of(common, Bearer::Person);
            assert!(bits <= 7.0, "{common} {bits}");
        }
        for rare in ["zarqawi", "vorontsov", "prigozhin"] {
            assert!(commonness(rare) >= 11.0, "{rare} {}", commonness(rare));
        }
        assert_eq!(commonness("qzxvlop"), RAREST);
        assert!(commonness_of("trading", Bearer::Organisation) <= 5.0);
        assert!(commonness_of("diamond", Bearer::Organisation) < 11.0);
    }

    #[test]
    fn names_without_vowels_are_as_common_as_their_consonants() {
        let bits = |name: &str| {
            let token = &crate::prepare(name, Bearer::Person).tokens[0];
            commonness_in(&token.latin, token.script, Bearer::Person)
        };
        for common in ["محمد", "حسين", "علي", "דוד", "احمد"] {
            assert!(bits(common) <= 8.0, "{common} {}", bits(common));
        }
        for rare in ["زرقاوي", "کدخدایی"] {
            assert!(bits(rare) >= 10.0, "{rare} {}", bits(rare));
        }
    }

    #[test]
    fn a_spelling_of_a_common_name_is_common() {
        let usual = commonness("mohammed");
        let odd = commonness("mohhamed");
        assert!(odd < usual + 3.0, "{odd} {usual}");
    }
}
