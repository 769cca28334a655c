//! Chinese names as they stand in passports: two syllables of pinyin that
//! differ in a letter are two names, not two spellings of one.

use crate::align::Alignment;
use crate::tokens::Writing;
use crate::word::{How, Word};

/// Letters with which a syllable of pinyin begins; two letters before one.
const INITIALS: [&str; 24] = [
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r",
    "z", "c", "s", "y", "w", "",
];

/// What follows them.
const FINALS: [&str; 35] = [
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao",
    "ie", "in", "ing", "iong", "iu", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "ue", "ui",
    "un", "uo", "v", "ve", "van",
];

/// The family names of most Chinese (Ministry of Public Security, 2020, the
/// hundred most frequent), without those that are common words elsewhere.
const FAMILY_NAMES: [&str; 77] = [
    "wang", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "xu", "sun", "hu",
    "zhu", "gao", "lin", "he", "guo", "luo", "liang", "song", "zheng", "xie", "tang", "feng", "yu",
    "dong", "xiao", "cheng", "cao", "yuan", "deng", "fu", "shen", "zeng", "peng", "lu", "su",
    "jiang", "cai", "ding", "wei", "xue", "ye", "pan", "du", "dai", "xia", "zhong", "tian", "fan",
    "fang", "shi", "yao", "tan", "liao", "zou", "xiong", "jin", "hao", "kong", "bai", "cui",
    "kang", "mao", "qiu", "qin", "gu", "hou", "shao", "meng", "long", "qian", "li", "yin", "lei",
    "gong", "wen",
];

/// Whether a word is one syllable of pinyin.
fn is_syllable(text: &str) -> bool {
    let starts = INITIALS.iter().filter_map(|i| text.strip_prefix(i));
    starts.take(1).any(|rest| FINALS.contains(&rest))
}

/// Whether a word is one or two syllables of pinyin.
fn is_pinyin(text: &str) -> bool {
    let whole = text.is_ascii() && text.len() <= 12;
    whole
        && (is_syllable(text)
            || (1..text.len()).any(|at| is_syllable(&text[..at]) && is_syllable(&text[at..])))
}

/// Whether both names are Chinese in pinyin and a syllable of one is another
/// in the other: *Wang Guiying* is not *Wang Guoying*.
pub(crate) fn is_other_name(query: &[Word], listed: &[Word], alignment: &Alignment) -> bool {
    let chinese = |words: &[Word]| {
        (2..=3).contains(&words.len())
            && words
                .iter()
                .all(|w| w.writing == Writing::Plain && is_pinyin(w.text))
            && words.iter().any(|w| FAMILY_NAMES.contains(&w.text))
    };
    let other = |how: How| matches!(how, How::Spelling | How::Typo);
    alignment.pairs.iter().any(|p| other(p.how)) && chinese(query) && chinese(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_syllables_of_pinyin_from_other_words() {
        for word in ["wang", "guiying", "zhou", "xi", "an", "jianping"] {
            assert!(is_pinyin(word), "{word}");
        }
        for word in ["wnag", "smith", "guifng", "kim-", "hasann", "mohamed"] {
            assert!(!is_pinyin(word), "{word}");
        }
    }
}
