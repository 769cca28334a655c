//! A name taken apart once, so that comparing it later is a matter of look-ups.

use crate::descent::{RawWord, join_descent};
use crate::legal::{FoundForms, LegalForms, find_legal_forms, strip_unspaced};
use crate::normalise::normalise;
use crate::romanise::romanise_word;
use crate::script::Script;
use crate::variants;
use crate::words::{expand, is_generic, is_particle, is_place, is_title, number};
use std::borrow::Cow;

/// What bears the name: it decides which words count as legal forms, numbers
/// or common words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// A natural person: no legal forms, no generic words.
    Person,
    /// An organisation, or not known.
    Organisation,
    /// A vessel or aircraft: no legal forms; numbers matter.
    Object,
}

/// What a word of a name contributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenClass {
    /// A word that identifies.
    Word,
    /// A word that many organisations share.
    Generic,
    /// A country, region, people or city in the name of an organisation.
    Place,
    /// A number, in digits.
    Number,
    /// A single letter.
    Initial,
    /// An article, preposition or word of descent.
    Particle,
}

/// One word of a prepared name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The word in lower-case ASCII; consonants only for Arabic and Hebrew.
    pub latin: String,
    /// The script it was written in.
    pub script: Script,
    /// What it contributes.
    pub class: TokenClass,
}

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The words without legal forms, in order.
    pub tokens: Vec<Token>,
    /// The legal forms that were taken off.
    pub forms: LegalForms,
    /// The script of most of the name.
    pub script: Script,
    /// Equal for names that are the same in their own script, whatever the
    /// order of words. Empty when the name has no letters or digits.
    pub native_key: String,
    /// Equal for names that are the same after romanisation, whatever the
    /// order of words; `None` where romanisation loses too much to say so.
    pub latin_key: Option<String>,
    /// All words run together, for names that differ only in spacing.
    pub joined: String,
    /// Whether the name was longer than [`MOST_CHARACTERS`] or
    /// [`MOST_WORDS`]: only its beginning was considered, and an answer about
    /// it is partial.
    pub cut: bool,
    /// Whether words of descent were folded, so that the typed form differs.
    pub(crate) folded: bool,
}

/// Characters of a name that are considered. The longest listed name has about
/// five hundred.
pub const MOST_CHARACTERS: usize = 1_000;
/// Words (syllables of unspaced scripts) of a name that are considered.
pub const MOST_WORDS: usize = 64;
/// Other forms of one name that are compared beside it.
pub const MOST_FORMS: usize = 8;

/// Takes a name apart. Any string is accepted; a name without letters or
/// digits has no tokens and empty keys.
pub fn prepare(name: &str, bearer: Bearer) -> Prepared {
    take_apart(name, bearer, Folding::Descent)
}

/// [`prepare`] for each of several bearers, in their order: the name is
/// normalised and romanised once.
pub fn prepare_for(name: &str, bearers: &[Bearer]) -> Vec<Prepared> {
    let mut shared = None;
    let each = bearers.iter().map(|bearer| {
        // Only an organisation's name loses forms that are written without spaces.
        let own = *bearer == Bearer::Organisation && !name.is_ascii();
        let words = match own {
            true => Words::of(name, true, Folding::Descent),
            false => shared
                .get_or_insert_with(|| Words::of(name, false, Folding::Descent))
                .clone(),
        };
        as_name_of(words, *bearer, Folding::Descent)
    });
    each.collect()
}

/// Further forms under which the name is compared, most likely first, at most
/// [`MOST_FORMS`], none for most names:
///
/// - the words as they were typed, where *Abd*, *al* and *din* were joined or
///   taken off: folding reads a name through a known pattern, which a typing
///   error inside the pattern breaks; here it is one letter;
/// - other readings of Chinese characters (other pinyin, Wade-Giles, Cantonese,
///   Korean, Japanese);
/// - other spellings told by the whole name: `j` as a glide, letters with
///   hooks, ё, the Russian form of Ukrainian and Belarusian given names, Persian
///   names of two parts.
///
/// Such a form is never exact: it has no keys but the native one, and nothing
/// is run together.
pub fn prepare_as_typed(name: &str, bearer: Bearer, folded: &Prepared) -> Vec<Prepared> {
    let name = bounded(name).0;
    let mut forms: Vec<Prepared> = Vec::new();
    let mut add = |tokens: Vec<Token>| {
        let known = tokens.is_empty()
            || tokens == folded.tokens
            || forms.iter().any(|f| f.tokens == tokens)
            || forms.len() >= MOST_FORMS;
        if !known {
            forms.push(variants::form(folded, tokens));
        }
    };
    if folded.folded {
        add(take_apart(name, bearer, Folding::None).tokens);
    }
    if bearer != Bearer::Person {
        return forms;
    }
    for respelled in variants::respelled(name) {
        let tokens = take_apart(&respelled, bearer, Folding::Descent).tokens;
        if let Some(russian) = variants::russian_forms(&tokens) {
            add(russian);
        }
        add(tokens);
    }
    if let Some(russian) = variants::russian_forms(&folded.tokens) {
        add(russian);
    }
    variants::maiden_names(&folded.tokens)
        .into_iter()
        .for_each(&mut add);
    match folded.script {
        Script::Han => {
            variants::han_readings(&normalise(name))
                .into_iter()
                .for_each(add);
        }
        Script::Kana | Script::Hangul | Script::Hebrew => {
            let usual = variants::usual_spellings(&normalise(name), &folded.tokens);
            usual.into_iter().for_each(add);
        }
        Script::Arabic => {
            // Persian writes the parts of a name side by side without joining
            // them; the sign for that is invisible.
            let apart = name
                .contains('\u{200C}')
                .then(|| name.replace('\u{200C}', " "));
            let spacing = variants::arabic_spacing(&normalise(name));
            for spaced in apart.into_iter().chain(spacing) {
                add(take_apart(&spaced, bearer, Folding::Descent).tokens);
            }
        }
        _ => {}
    }
    forms
}

/// The first letters of the words of an organisation's name, where there are
/// three or more (*Islamic Revolutionary Guard Corps*: `irgc`); particles give
/// none, numbers stand as they are. `None` for fewer, and where the words are
/// syllables or lack their vowels.
pub fn acronym(name: &Prepared) -> Option<String> {
    let words = name
        .tokens
        .iter()
        .filter(|t| t.class != TokenClass::Particle);
    let mut out = String::new();
    let mut letters = 0;
    for token in words {
        if token.script.is_unspaced() || token.script.is_consonantal() {
            return None;
        }
        match token.class {
            TokenClass::Number => out.push_str(&token.latin),
            _ => {
                out.extend(token.latin.chars().next());
                letters += 1;
            }
        }
    }
    (3..=10).contains(&letters).then_some(out)
}

/// The beginning of a name that is considered, and whether it was cut.
fn bounded(name: &str) -> (&str, bool) {
    if name.len() <= MOST_CHARACTERS {
        return (name, false);
    }
    match name.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => (&name[..end], true),
        None => (name, false),
    }
}

/// Whether words of descent are brought into one form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Folding {
    Descent,
    None,
}

/// A name in words, before it is told who bears it.
#[derive(Clone)]
struct Words {
    words: Vec<RawWord>,
    /// Forms taken off words of unspaced scripts.
    forms: LegalForms,
    script: Script,
    cut: bool,
}

impl Words {
    /// With `unspaced_forms` legal forms are taken off words that are written
    /// without spaces: nothing changes for a name that has none.
    fn of(name: &str, unspaced_forms: bool, folding: Folding) -> Words {
        let (name, mut cut) = bounded(name);
        let mut words = Vec::new();
        let mut forms = LegalForms::NONE;
        let normalised = split_commas(name);
        let whole = match &normalised[..] {
            [only] => Cow::Borrowed(only.as_str()),
            _ => Cow::Owned(normalised.join(" ")),
        };
        for (segment, text) in normalised.iter().enumerate() {
            for native in text.split(' ').filter(|w| !w.is_empty()) {
                let script = Script::of_text(native);
                let mut native = native;
                if script.is_unspaced() && unspaced_forms {
                    let (rest, form) = strip_unspaced(native);
                    native = rest;
                    forms = forms | form;
                }
                let (latin, folded) = match folding {
                    Folding::Descent => romanise_native(native, script, &whole),
                    Folding::None => (romanise_word(native, &whole), false),
                };
                let native = (!native.is_ascii()).then(|| native.to_owned());
                let word = RawWord {
                    latin,
                    native,
                    script,
                    segment,
                    folded,
                };
                push_words(word, &mut words);
            }
        }
        cut |= words.len() > MOST_WORDS;
        words.truncate(MOST_WORDS);
        Words {
            words,
            forms,
            script: Script::of_text(&whole),
            cut,
        }
    }
}

/// Adds a word, or the several that it reads as; nothing for one that reads as
/// none.
fn push_words(word: RawWord, out: &mut Vec<RawWord>) {
    if !word.latin.contains(' ') {
        out.extend((!word.latin.is_empty()).then_some(word));
        return;
    }
    let parts = word.latin.split(' ').filter(|l| !l.is_empty());
    out.extend(parts.map(|latin| RawWord {
        latin: latin.to_owned(),
        ..word.clone()
    }));
}

fn take_apart(name: &str, bearer: Bearer, folding: Folding) -> Prepared {
    let words = Words::of(name, bearer == Bearer::Organisation, folding);
    as_name_of(words, bearer, folding)
}

/// The words of a name as those of a bearer.
fn as_name_of(name: Words, bearer: Bearer, folding: Folding) -> Prepared {
    let Words {
        mut words,
        mut forms,
        script,
        cut,
    } = name;
    let mut misspelt = false;
    if bearer == Bearer::Organisation {
        let found = take_legal_forms(&mut words);
        forms = forms | found.forms;
        misspelt = found.misspelt;
    }
    // A misspelt form is that form, but the name is not the same as written.
    let mark = format!("#{}{}", forms.bits(), if misspelt { "~" } else { "" });
    let native_key = native_key(&words, &mark);
    let words = match folding {
        Folding::Descent => join_descent(words),
        Folding::None => words,
    };
    let folded = words.iter().any(|w| w.folded);
    let mut tokens: Vec<Token> = words.into_iter().map(|w| token(w, bearer)).collect();
    if bearer == Bearer::Person {
        set_titles(&mut tokens);
    }
    let faithful = tokens.iter().all(|t| t.script.romanises_faithfully());
    Prepared {
        latin_key: (faithful && !tokens.is_empty()).then(|| latin_key(&tokens, &mark)),
        joined: tokens.iter().map(|t| t.latin.as_str()).collect(),
        native_key,
        forms,
        script,
        tokens,
        cut,
        folded,
    }
}

/// Lists write `FAMILY, Given`: words are not joined across a comma.
fn split_commas(name: &str) -> Vec<String> {
    let parts = name.split([',', '\u{FF0C}', '\u{60C}', ';']);
    parts.map(normalise).filter(|p| !p.is_empty()).collect()
}

/// Romanises, taking off the Arabic article, which Latin spellings set apart
/// or leave out.
///
/// The second value says whether it took one off.
fn romanise_native(native: &str, script: Script, whole: &str) -> (String, bool) {
    let article = Some(native).filter(|_| script == Script::Arabic);
    let bare = article
        .and_then(|n| n.strip_prefix("ال"))
        .filter(|r| r.chars().count() >= 2);
    match bare {
        Some(bare) => (romanise_word(bare, whole), true),
        None => (romanise_word(native, whole), false),
    }
}

fn take_legal_forms(words: &mut Vec<RawWord>) -> FoundForms {
    let latin: Vec<&str> = words.iter().map(|w| w.latin.as_str()).collect();
    let found = find_legal_forms(&latin);
    let mut keep = found.taken.iter().map(|t| !t);
    words.retain(|_| keep.next().unwrap_or(true));
    found
}

fn token(word: RawWord, bearer: Bearer) -> Token {
    let organisation = bearer == Bearer::Organisation;
    let mut latin = word.latin;
    if organisation {
        let expanded = expand(&latin);
        if expanded != latin {
            latin = expanded.to_owned();
        }
    }
    let as_number = number(&latin).filter(|n| bearer != Bearer::Person || *n == latin);
    let class = match &as_number {
        Some(_) => TokenClass::Number,
        None if word.script.is_unspaced() => TokenClass::Word,
        None if is_initial(&latin, bearer) => TokenClass::Initial,
        None if is_particle(&latin) => TokenClass::Particle,
        None if organisation && is_place(&latin) => TokenClass::Place,
        None if organisation && is_generic(&latin) => TokenClass::Generic,
        None => TokenClass::Word,
    };
    Token {
        latin: as_number.unwrap_or(latin),
        script: word.script,
        class,
    }
}

/// Titles say nothing about who somebody is, unless nothing else does.
fn set_titles(tokens: &mut [Token]) {
    let is_word = |t: &&Token| t.class == TokenClass::Word && !is_title(&t.latin);
    if tokens.iter().any(|t| is_word(&t)) {
        for token in tokens.iter_mut().filter(|t| is_title(&t.latin)) {
            token.class = TokenClass::Particle;
        }
    }
}

/// A single letter. In names of people only `y` and `e` are more often *and*;
/// elsewhere single letters that are prepositions stay particles.
fn is_initial(latin: &str, bearer: Bearer) -> bool {
    let and = matches!(latin, "y" | "e");
    latin.len() == 1 && !and && (bearer == Bearer::Person || !is_particle(latin))
}

/// Words in their own script, order free; unspaced scripts run together.
fn native_key(words: &[RawWord], mark: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    let unspaced = words.iter().all(|w| w.script.is_unspaced());
    // A native word that gave several syllables counts once.
    let mut native: Vec<&str> = Vec::with_capacity(words.len());
    for word in words {
        let repeated = word.script.is_unspaced() && native.last() == Some(&word.native());
        if !repeated || word.native().chars().count() == 1 {
            native.push(word.native());
        }
    }
    if unspaced {
        return format!("{}{mark}", native.concat());
    }
    native.sort_unstable();
    format!("{}{mark}", native.join(" "))
}

fn latin_key(tokens: &[Token], mark: &str) -> String {
    let mut words: Vec<&str> = tokens.iter().map(|t| t.latin.as_str()).collect();
    words.sort_unstable();
    format!("{}{mark}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str, bearer: Bearer) -> String {
        let prepared = prepare(name, bearer);
        let words: Vec<&str> = prepared.tokens.iter().map(|t| t.latin.as_str()).collect();
        words.join(" ")
    }

    #[test]
    fn names_fall_into_comparable_words() {
        for (given, wanted) in [
            ("AL-ZARQAWI, Abu Mus'ab", "al zarqawi abu musab"),
            ("Abd al-Rahman Hassan", "abdrahman hassan"),
            ("Abdul Rahman Hassan", "abdrahman hassan"),
            ("Abdurrahman Hassan", "abdrahman hassan"),
            ("Abdullah ibn Saud", "abdlah bin saud"),
            ("ABDUL, Ahmed", "abdul ahmed"),
            ("Salah Eddine ar-Rahman", "salahdin al rahman"),
            ("Jalaluddin Haqqani", "jalaldin haqqani"),
            ("Jalal al-Din Haqqani", "jalaldin haqqani"),
            ("Hidayat Ullah", "hidayatlah"),
            ("هدايت الله", "hdaytlh"),
            ("عبد الرحمن", "bdrhmn"),
            ("عبدالرحمن", "bdrhmn"),
            ("김정은", "gim jeong eun"),
        ] {
            assert_eq!(words(given, Bearer::Person), wanted, "{given}");
        }
        assert_eq!(
            words("华为技术有限公司", Bearer::Organisation),
            "hua wei ji shu"
        );
        assert_eq!(words("ARK III", Bearer::Object), "ark 3");
    }

    #[test]
    fn keys_ignore_order_script_and_wording_of_the_form() {
        let same = |a: &str, b: &str| {
            let a = prepare(a, Bearer::Organisation);
            let b = prepare(b, Bearer::Organisation);
            a.native_key == b.native_key || (a.latin_key.is_some() && a.latin_key == b.latin_key)
        };
        assert!(same("Vladimir Putin", "PUTIN, Vladimir"));
        assert!(same("Владимир Путин", "Vladimir Putin"));
        assert!(same("ООО Восток", "Vostok LLC"));
        assert!(same("华为 技术", "华为技术"));
        assert!(same("محمد علي", "علي محمد"));
        assert!(!same("Vostok LLC", "Vostok"));
        assert!(!same("王伟", "王薇"));
        assert!(!same("محمد علي", "mhmd aly"));
    }

    #[test]
    fn a_name_taken_apart_for_several_bearers_is_as_for_each() {
        let bearers = [Bearer::Organisation, Bearer::Person, Bearer::Object];
        for name in [
            "ООО Восток",
            "华为技术有限公司",
            "Dr. Abdul Rahman, Haji",
            "Vostok Co., Ltd. III",
            "",
        ] {
            let each = bearers.map(|bearer| prepare(name, bearer));
            assert_eq!(prepare_for(name, &bearers), each, "{name}");
        }
    }

    #[test]
    fn empty_names_have_no_key() {
        let empty = prepare(" -- ", Bearer::Person);
        assert!(empty.tokens.is_empty() && empty.native_key.is_empty());
        assert_eq!(empty.latin_key, None);
    }
}
