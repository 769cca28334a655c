//! Legal forms of organisations, in many languages, as classes that compare.
//!
//! Facts from the commercial laws themselves and the ISO 20275 code list
//! (release 1.4.1), grouped here by what the form means; compiled 2026-11.
//! Forms are recognised in their romanised spelling, so one row serves
//! Cyrillic and Latin writing alike.

use crate::commonness::is_known;
use crate::distance::osa;
use crate::hash::{WordMap, WordSet};
use crate::keys::key;
use crate::romanise::romanise;
use crate::words::{expand, is_generic, is_particle, is_place};
use std::collections::BTreeMap;
use std::ops::BitOr;
use std::sync::LazyLock;

/// The legal forms found in a name, as a set of classes. Two names whose sets
/// are equal state the same form, in whatever language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegalForms(u16);

impl LegalForms {
    /// No form stated.
    pub const NONE: LegalForms = LegalForms(0);
    /// Limited liability company: LLC, OOO, TOV, GmbH, SARL, s.r.o., d.o.o.
    pub const LLC: LegalForms = LegalForms(1);
    /// Company limited, private or unspecified: Ltd, Co Ltd, Pvt Ltd, Sdn Bhd.
    pub const LIMITED: LegalForms = LegalForms(1 << 1);
    /// Joint-stock company of any sort: JSC, AO, OAO, ZAO, PAO, AG, SA, SpA, PLC.
    pub const JOINT_STOCK: LegalForms = LegalForms(1 << 2);
    /// Incorporated company of American or similar law: Inc, Corp.
    pub const INCORPORATED: LegalForms = LegalForms(1 << 3);
    /// A company, form not stated: Co, Company, Cie, Firma.
    pub const COMPANY: LegalForms = LegalForms(1 << 4);
    /// Partnership: LP, LLP, KG, OHG, SNC, GP.
    pub const PARTNERSHIP: LegalForms = LegalForms(1 << 5);
    /// State-owned unitary enterprise: FGUP, GUP.
    pub const STATE: LegalForms = LegalForms(1 << 6);
    /// Free-zone establishment or company: FZE, FZCO, DMCC.
    pub const FREE_ZONE: LegalForms = LegalForms(1 << 7);
    /// Sole trader: IP, FOP, e.K.
    pub const SOLE: LegalForms = LegalForms(1 << 8);
    /// Cooperative.
    pub const COOPERATIVE: LegalForms = LegalForms(1 << 9);
    /// Foundation or registered association.
    pub const FOUNDATION: LegalForms = LegalForms(1 << 10);

    /// Whether no form is stated.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The set as a number, stable within one version of the crate.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The set from [`bits`](LegalForms::bits).
    pub fn from_bits(bits: u16) -> LegalForms {
        LegalForms(bits)
    }
}

impl BitOr for LegalForms {
    type Output = LegalForms;
    fn bitor(self, other: LegalForms) -> LegalForms {
        LegalForms(self.0 | other.0)
    }
}

/// Where in a name a form may stand to be read as one.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Anywhere.
    Anywhere,
    /// First or last: short forms that are words elsewhere.
    Edge,
    /// Last only: very short forms that begin names elsewhere.
    End,
}

/// Forms by class and place, separated by `|`.
const FORMS: &[(LegalForms, Place, &str)] = &[
    (
        LegalForms::LLC,
        Place::Anywhere,
        "llc|limited liability company|limited liability co|wll|gmbh|mbh|\
         gesellschaft mit beschrankter haftung|sarl|societe a responsabilite limitee|srl|\
         sociedad de responsabilidad limitada|societa a responsabilita limitata|\
         obshchestvo s ogranichennoy otvetstvennostyu|ooo|\
         tovarystvo z obmezhenoyu vidpovidalnistyu|\
         tavarystva z abmezhavanay adkaznastsyu|spzoo|sp z oo|sp zoo|\
         spolka z ograniczona odpowiedzialnoscia|sro|\
         spolecnost s rucenim omezenym|doo|drustvo s ogranicenom odgovornoscu|\
         druzhestvo s ogranichena otgovornost|eood|ood|kft|\
         korlatolt felelossegu tarsasag|bvba|besloten vennootschap|eurl|eirl|\
         sociedade limitada|lda|tovarishchestvo s ogranichennoy otvetstvennostyu|\
         mas uliyati cheklangan jamiyati|mchj|pllc|s de rl de cv|s de rl|uab|sia|\
         osauhing|anpartsselskab",
    ),
    (
        LegalForms::LLC,
        Place::Edge,
        "too|tov|tdv|oo|aps|bv|ug|shpk|oy|epe|osoo",
    ),
    (
        LegalForms::LIMITED,
        Place::Anywhere,
        "ltd|limited|co ltd|company limited|company ltd|co limited|private limited|pvt ltd|\
         pte ltd|pty ltd|private ltd|proprietary limited|sdn bhd|sendirian berhad|limitada|ltda|\
         limited sirketi|ltd sti|ltd sirketi|lmtd|almhdwdh|company private limited|\
         co pvt ltd|co private limited|coltd",
    ),
    (
        LegalForms::JOINT_STOCK,
        Place::Anywhere,
        "jsc|joint stock company|joint stock co|ojsc|cjsc|pjsc|psc|qjsc|open joint stock company|\
         closed joint stock company|public joint stock company|joint stock|\
         private joint stock company|pjs|oao|zao|pao|nao|prat|\
         aktsionernoe obshchestvo|otkrytoe aktsionernoe obshchestvo|\
         zakrytoe aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo|\
         nepublichnoe aktsionernoe obshchestvo|aktsionerne tovarystvo|\
         publichne aktsionerne tovarystvo|pryvatne aktsionerne tovarystvo|\
         aktsionerno druzhestvo|aktiengesellschaft|sociedad anonima|societe anonyme|\
         societa per azioni|spa|spolka akcyjna|akciova spolecnost|naamloze vennootschap|\
         aktieselskab|aktiebolag|plc|public limited company|anonim sirketi|anonim sirket|\
         sa de cv|sociedad anonima de capital variable|shirkat sahami|sherkat sahami|nyrt|zrt|\
         saog|saoc|kabushiki kaisha|chusik hoesa|jusikhoesa|public company limited|pcl|\
         osakeyhtio|oyj|asa|sociedade anonima|sal|saa",
    ),
    (
        LegalForms::JOINT_STOCK,
        Place::Edge,
        "ao|at|pt|aat|zat|vat|kk|aad|ead|kgaa",
    ),
    (
        LegalForms::JOINT_STOCK,
        Place::End,
        "ag|sa|nv|as|ab|ad|dd|se|ae|sae|s a|a s|sas|tas",
    ),
    (
        LegalForms::INCORPORATED,
        Place::Anywhere,
        "inc|incorporated|corp|corporation|korporatsiya|corporacion|corporation inc",
    ),
    (
        LegalForms::COMPANY,
        Place::Anywhere,
        "company|compania|compagnie|companhia|kompaniya|shirkat|sherkat|shrkh|shrkt|firma|\
         sirketi|gongsi|kompani|comp",
    ),
    (LegalForms::COMPANY, Place::Edge, "co|cie|cia|coy|ko"),
    (
        LegalForms::PARTNERSHIP,
        Place::Anywhere,
        "llp|limited partnership|limited liability partnership|general partnership|\
         gmbh and co kg|gmbh co kg|ag and co kg|kommanditgesellschaft|ohg|gbr|\
         societe en nom collectif|snc|komanditni spolecnost|kgaa",
    ),
    (
        LegalForms::PARTNERSHIP,
        Place::End,
        "lp|kg|gp|cv|ks|vof|l p",
    ),
    (
        LegalForms::STATE,
        Place::Anywhere,
        "fgup|gup|federal state unitary enterprise|state unitary enterprise|fsue|\
         federalnoe gosudarstvennoe unitarnoe predpriyatie|fkp|\
         gosudarstvennoe unitarnoe predpriyatie|republican unitary enterprise|\
         respublikanskoe unitarnoe predpriyatie|unitary enterprise|state owned enterprise",
    ),
    (LegalForms::STATE, Place::Edge, "rup|mup|sue|dp"),
    (
        LegalForms::FREE_ZONE,
        Place::Anywhere,
        "fze|fzco|fzc|fz llc|fzllc|dmcc|free zone establishment|free zone company|dwc llc",
    ),
    (
        LegalForms::SOLE,
        Place::Anywhere,
        "individualnyy predprinimatel|individual entrepreneur|sole proprietorship|\
         fizychna osoba pidpryyemets|chastnoe predpriyatie|pryvatne pidpryyemstvo",
    ),
    (LegalForms::SOLE, Place::End, "ip|fop|ek|e k"),
    (
        LegalForms::COOPERATIVE,
        Place::Anywhere,
        "kooperativ|eingetragene genossenschaft|coop",
    ),
    (
        LegalForms::FOUNDATION,
        Place::Anywhere,
        "stiftung|stichting|eingetragener verein|asbl",
    ),
    (LegalForms::FOUNDATION, Place::End, "ev|e v|ry|vzw"),
];

/// Forms written without spaces at the end or the beginning of a name,
/// longest first.
const UNSPACED: &[(&str, LegalForms)] = &[
    ("股份有限公司", LegalForms::JOINT_STOCK),
    ("有限责任公司", LegalForms::LIMITED),
    ("有限責任公司", LegalForms::LIMITED),
    ("株式会社", LegalForms::JOINT_STOCK),
    ("株式會社", LegalForms::JOINT_STOCK),
    ("有限会社", LegalForms::LIMITED),
    ("合同会社", LegalForms::LLC),
    ("주식회사", LegalForms::JOINT_STOCK),
    ("유한회사", LegalForms::LIMITED),
    ("有限公司", LegalForms::LIMITED),
    ("公司", LegalForms::COMPANY),
    ("会社", LegalForms::COMPANY),
    ("회사", LegalForms::COMPANY),
];

/// Short words compare as they are, long ones by key, so that the many
/// romanisations of the long Russian forms are one.
fn form_word(word: &str) -> String {
    if word.len() <= 5 {
        word.to_owned()
    } else {
        key(word)
    }
}

fn form_phrase<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(form_word).collect();
    words.join(" ")
}

/// The words with which a form may begin.
static FIRST_WORDS: LazyLock<WordSet<String>> = LazyLock::new(|| {
    let phrases = TABLE.keys();
    phrases
        .filter_map(|p| p.split(' ').next())
        .map(str::to_owned)
        .collect()
});

/// A word as it looks in the table: a long one that is a typing error of a
/// word of the table counts as that word. The second value says so.
fn form_word_or_typo(word: &str) -> (String, bool) {
    let plain = form_word(word);
    if word.len() < 6 || LONG_WORDS.keys.contains(&plain) {
        return (plain, false);
    }
    let reach = if word.len() >= 10 { 2 } else { 1 };
    // One edit cannot touch both ends of a word of six letters.
    let own = letters(word);
    // An edit changes at most two letters of the set.
    let may_be = |other: &u32| (other ^ own).count_ones() as usize <= 2 * reach;
    let candidates = LONG_WORDS.with_end(word);
    let near = candidates
        .filter(|(_, w, letters)| w.len().abs_diff(word.len()) <= reach && may_be(letters))
        .filter_map(|(key, w, _)| Some((osa(word, w, reach)?, key)))
        .min();
    match near {
        Some((_, key)) => (key.clone(), true),
        None => (plain, false),
    }
}

/// The long words of the table, found by their first and last two letters.
#[derive(Default)]
struct LongWords {
    keys: WordSet<String>,
    /// Key, spelling and [`letters`], in a fixed order.
    words: Vec<(String, String, u32)>,
    by_end: WordMap<([u8; 2], bool), Vec<u16>>,
}

impl LongWords {
    fn with_end(&self, word: &str) -> impl Iterator<Item = &(String, String, u32)> {
        let ends = ends(word);
        let found = ends.into_iter().flat_map(|end| self.by_end.get(&end));
        found
            .flatten()
            .filter_map(|i| self.words.get(usize::from(*i)))
    }
}

/// Typing errors are looked for in learned words of so many letters; in
/// shorter ones they are too often another word.
const LEAST_LEARNED_TYPO: usize = 8;

/// Which letters a word has, as bits.
fn letters(word: &str) -> u32 {
    let bytes = word.bytes();
    bytes.fold(0, |bits, byte| bits | 1 << (byte % 32))
}

/// The first two letters, and the last two.
fn ends(word: &str) -> [([u8; 2], bool); 2] {
    let bytes = word.as_bytes();
    let pair = |at: usize| {
        [
            bytes.get(at).copied().unwrap_or(0),
            bytes.get(at + 1).copied().unwrap_or(0),
        ]
    };
    [
        (pair(0), true),
        (pair(bytes.len().saturating_sub(2)), false),
    ]
}

static LONG_WORDS: LazyLock<LongWords> = LazyLock::new(|| {
    let phrases = FORMS.iter().flat_map(|(_, _, phrases)| phrases.split('|'));
    let words = phrases.flat_map(str::split_ascii_whitespace);
    let long = words.filter(|w| w.len() >= 6).map(str::to_owned);
    let learned: Vec<String> = LEARNED_FORMS
        .iter()
        .flat_map(|(_, phrase, _)| phrase.split(' ').map(str::to_owned))
        .filter(|w| w.len() >= LEAST_LEARNED_TYPO)
        .collect();
    let all = learned.into_iter().chain(long);
    let by_key: BTreeMap<String, String> = all.map(|w| (form_word(&w), w)).collect();
    let mut table = LongWords {
        keys: by_key.keys().cloned().collect(),
        words: by_key
            .into_iter()
            .map(|(key, word)| {
                let letters = letters(&word);
                (key, word, letters)
            })
            .collect(),
        by_end: WordMap::default(),
    };
    for (i, (_, word, _)) in table.words.iter().enumerate() {
        for end in ends(word) {
            table.by_end.entry(end).or_default().push(i as u16);
        }
    }
    table
});

/// The longest phrase in the table.
const LONGEST: usize = 6;

static TABLE: LazyLock<WordMap<String, (LegalForms, Place)>> = LazyLock::new(|| {
    let mut table = WordMap::default();
    for (class, place, phrases) in FORMS {
        for phrase in phrases.split('|') {
            let phrase = form_phrase(phrase.split_ascii_whitespace());
            table.entry(phrase).or_insert((*class, *place));
        }
    }
    for (class, phrase, place) in LEARNED_FORMS.iter() {
        let entry = table.entry(form_phrase(phrase.split(' ')));
        entry.or_insert((*class, *place));
    }
    table
});

/// Forms of many laws, from the ISO 20275 code list and a collection of usage.
/// What stands in [`FORMS`] goes before.
const LEARNED: &str = include_str!("../data/forms.txt");

static LEARNED_FORMS: LazyLock<Vec<(LegalForms, String, Place)>> = LazyLock::new(|| {
    let lines = LEARNED.lines().filter(|l| !l.starts_with('#'));
    let forms = lines.filter_map(|line| {
        let (class, written) = line.split_once('\t')?;
        let latin = romanise(written);
        let place = learned_place(&latin)?;
        Some((learned_class(class), latin, place))
    });
    forms.collect()
});

fn learned_class(name: &str) -> LegalForms {
    match name {
        "llc" => LegalForms::LLC,
        "joint" => LegalForms::JOINT_STOCK,
        "partnership" => LegalForms::PARTNERSHIP,
        "cooperative" => LegalForms::COOPERATIVE,
        "foundation" => LegalForms::FOUNDATION,
        "state" => LegalForms::STATE,
        "sole" => LegalForms::SOLE,
        _ => LegalForms::NONE,
    }
}

/// Where a learned phrase may stand, if it can be no other word of a name. Short words and words of trade are left to the table by hand.
fn learned_place(latin: &str) -> Option<Place> {
    let words = latin.split(' ').count();
    let says_more = |w: &str| matches!(w, "bank" | "banka" | "fond" | "fund" | "trust" | "union");
    let ordinary = |w: &str| is_generic(w) || is_particle(w) || is_place(w) || expand(w) != w;
    if words > LONGEST || latin.split(' ').any(says_more) || latin.split(' ').all(ordinary) {
        return None;
    }
    match (words, latin.len()) {
        (1, 0..=3) => None,
        (1, 4..=5) => Some(Place::End),
        (1, _) if is_known(latin) => None,
        (_, len) if len < 5 => None,
        _ => Some(Place::Anywhere),
    }
}

/// The legal forms among the words of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundForms {
    /// Which forms.
    pub forms: LegalForms,
    /// For each word, whether it belongs to a form.
    pub taken: Vec<bool>,
    /// Whether a form was recognised only by taking a word for a typing error.
    pub misspelt: bool,
}

/// Finds the legal forms among the romanised words of a name. A name that is
/// nothing but a form (a company called "Limited") keeps its words.
pub fn find_legal_forms(words: &[&str]) -> FoundForms {
    let read: Vec<(String, bool)> = words.iter().map(|w| form_word_or_typo(w)).collect();
    if !read.iter().any(|(w, _)| FIRST_WORDS.contains(w)) {
        return FoundForms {
            taken: vec![false; words.len()],
            ..FoundForms::default()
        };
    }
    let mut taken = vec![false; words.len()];
    let mut found = LegalForms::NONE;
    // Twice: a short form may come to stand at the edge once another is taken.
    for _ in 0..2 {
        let mut i = 0;
        while i < words.len() {
            let step = match form_at(&read, &taken, i) {
                Some((class, len)) => {
                    found = found | class;
                    taken[i..i + len].fill(true);
                    len
                }
                None => 1,
            };
            i += step;
        }
    }
    if taken.iter().all(|t| *t) {
        taken.fill(false);
        found = LegalForms::NONE;
    }
    let misspelt = taken.iter().zip(&read).any(|(t, (_, typo))| *t && *typo);
    FoundForms {
        forms: found,
        taken,
        misspelt,
    }
}

/// The longest form that starts at a word, if it may stand there.
fn form_at(words: &[(String, bool)], taken: &[bool], start: usize) -> Option<(LegalForms, usize)> {
    if taken[start] || !FIRST_WORDS.contains(&words[start].0) {
        return None;
    }
    let most = LONGEST.min(words.len() - start);
    for len in (1..=most).rev() {
        let end = start + len;
        if taken[start..end].iter().any(|t| *t) {
            continue;
        }
        let phrase: Vec<&str> = words[start..end].iter().map(|(w, _)| w.as_str()).collect();
        let phrase = phrase.join(" ");
        let Some((class, place)) = TABLE.get(&phrase) else {
            continue;
        };
        let is_first = taken[..start].iter().all(|t| *t) && end < words.len();
        let is_last = taken[end..].iter().all(|t| *t) && start > 0;
        let fits = match place {
            Place::Anywhere => true,
            Place::Edge => is_first || is_last,
            Place::End => is_last,
        };
        if fits {
            return Some((*class, len));
        }
    }
    None
}

/// Takes a form off a word of an unspaced script: the rest and the form.
pub(crate) fn strip_unspaced(word: &str) -> (&str, LegalForms) {
    for (form, class) in UNSPACED {
        let rest = word.strip_suffix(form).or_else(|| word.strip_prefix(form));
        if let Some(rest) = rest
            && !rest.is_empty()
        {
            return (rest, *class);
        }
    }
    (word, LegalForms::NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::romanise;

    fn forms(name: &str) -> (LegalForms, String) {
        let latin = romanise(name);
        let words: Vec<&str> = latin.split(' ').collect();
        let FoundForms { forms, taken, .. } = find_legal_forms(&words);
        let rest = words.iter().zip(&taken).filter(|(_, t)| !**t);
        let rest: Vec<&str> = rest.map(|(w, _)| *w).collect();
        (forms, rest.join(" "))
    }

    #[test]
    fn the_same_form_in_other_words_is_one_class() {
        let llc = [
            "Vostok LLC",
            "OOO Vostok",
            "ООО Восток",
            "Vostok Limited Liability Company",
            "Общество с ограниченной ответственностью Восток",
            "Obshchestvo s Ogranichennoi Otvetstvennostyu Vostok",
            "Vostok GmbH",
            "Vostok S.A.R.L.",
            "Vostok S. A. R. L.",
            "O.O.O. Vostok",
            "Vostok Sp. z o.o.",
            "Vostok spol. s r.o.",
            "Vostok sociedad de responsabilidad limitada",
        ];
        for name in llc {
            assert_eq!(
                forms(name),
                (LegalForms::LLC, "vostok".to_owned()),
                "{name}"
            );
        }
        for name in [
            "AO Vostok",
            "Vostok AG",
            "Восток ПАО",
            "Vostok Joint-Stock Company",
        ] {
            let wanted = (LegalForms::JOINT_STOCK, "vostok".to_owned());
            assert_eq!(forms(name), wanted, "{name}");
        }
        assert_eq!(
            forms("Vostok Co., Ltd."),
            (LegalForms::LIMITED, "vostok".to_owned())
        );
    }

    #[test]
    fn a_misspelt_form_is_still_a_form_and_says_so() {
        for (name, misspelt) in [("Vostok Compayn", true), ("Vostok Company", false)] {
            let latin = romanise(name);
            let words: Vec<&str> = latin.split(' ').collect();
            let found = find_legal_forms(&words);
            assert_eq!(found.forms, LegalForms::COMPANY, "{name}");
            assert_eq!(found.misspelt, misspelt, "{name}");
        }
    }

    #[test]
    fn short_forms_count_only_at_the_edge_and_never_alone() {
        assert_eq!(forms("Iyad Ag Ghali").0, LegalForms::NONE);
        assert_eq!(forms("As Sahab Media").0, LegalForms::NONE);
        assert_eq!(forms("Limited"), (LegalForms::NONE, "limited".to_owned()));
    }
}
