//! Other forms under which a name is also compared: readings of a script that
//! several languages share, and spellings that need the whole name to be told.

use crate::han;
use crate::hash::WordMap;
use crate::prepare::{Prepared, Token, TokenClass};
use crate::romanise::romanise_word;
use crate::script::Script;
use std::sync::LazyLock;

/// Chinese characters that can be a person's name.
const NAME_CHARACTERS: std::ops::RangeInclusive<usize> = 2..=6;

/// The words of a name written in Chinese characters alone, in each language
/// that could read them: other pinyin, Wade-Giles, Cantonese, Korean, Japanese.
pub(crate) fn han_readings(normalised: &str) -> Vec<Vec<Token>> {
    let characters: Vec<char> = normalised.chars().filter(|c| *c != ' ').collect();
    let all_han = characters
        .iter()
        .all(|c| Script::of(*c) == Some(Script::Han));
    if !all_han || !NAME_CHARACTERS.contains(&characters.len()) {
        return Vec::new();
    }
    let mut out: Vec<Vec<Token>> = Vec::new();
    let japanese = han::japanese(&characters);
    out.extend(
        japanese
            .into_iter()
            .map(|words| tokens(words, Script::Latin)),
    );
    if characters.len() > 4 {
        return out;
    }
    out.extend(korean(&characters));
    let chinese = han::wade_giles(&characters).into_iter();
    let chinese = chinese.chain(han::cantonese(&characters).into_iter().flatten());
    let chinese = chinese.chain(han::other_pinyin(&characters));
    out.extend(chinese.map(|words| tokens(words, Script::Han)));
    out
}

fn korean(characters: &[char]) -> Option<Vec<Token>> {
    let syllables: Vec<String> = characters
        .iter()
        .map(|c| crate::romanise::romanise(han::readings(*c).hangul))
        .collect();
    let complete = syllables.iter().all(|s| !s.is_empty());
    (complete && characters.len() <= 3).then(|| tokens(syllables, Script::Hangul))
}

fn tokens(words: impl IntoIterator<Item = String>, script: Script) -> Vec<Token> {
    let words = words.into_iter();
    words
        .map(|latin| Token {
            latin,
            script,
            class: TokenClass::Word,
        })
        .collect()
}

/// Names in Kana, Hangul or Hebrew with the Latin spellings that their words
/// usually have, where the table knows one; Kana with long vowels left out.
pub(crate) fn usual_spellings(normalised: &str, tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut out = Vec::new();
    for choice in 0..2 {
        let mut known = 0;
        let words = normalised.split(' ').map(|word| {
            let usual = SPELLINGS.get(word);
            let usual =
                usual.and_then(|s| s.split(' ').nth(choice).or_else(|| s.split(' ').next()));
            let usual = usual.and_then(|u| u.split(':').next());
            known += usize::from(usual.is_some());
            match usual {
                Some(latin) => (latin.to_owned(), Script::Latin),
                None => (romanise_word(word, normalised), Script::of_text(word)),
            }
        });
        let words: Vec<(String, Script)> = words.collect();
        // A name of which only a part is known may be a name of the language.
        if known * 2 < words.len() || known == 0 {
            continue;
        }
        out.push(split_words(words));
    }
    let kana = tokens.iter().any(|t| t.script == Script::Kana);
    if kana && tokens.iter().all(|t| t.script == Script::Kana) {
        let short = tokens.iter().map(|t| han::short_vowels(&t.latin));
        out.push(self::tokens(short, Script::Latin));
    }
    out
}

fn split_words(words: Vec<(String, Script)>) -> Vec<Token> {
    let mut out = Vec::new();
    for (latin, script) in words {
        let parts = latin
            .split(' ')
            .filter(|l| !l.is_empty())
            .map(str::to_owned);
        out.extend(tokens(parts, script));
    }
    out
}

/// Native word to its Latin spellings with counts, `schmidt:89 schmid:22`.
static SPELLINGS: LazyLock<WordMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/spellings.txt").lines();
    let lines = lines.filter(|l| !l.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).collect()
});

/// A Latin or Cyrillic name respelled as a language would that is told by its
/// marks; `None` where nothing changes.
pub(crate) fn respelled(name: &str) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(with_hooks(name));
    out.extend(continental(name));
    out.extend(with_yo(name));
    out.extend(serbian(name));
    out
}

/// Letters with hooks are sounds of their own: *Šadura* is *Shadura* in
/// English, *Sadura* where the hook was lost.
fn with_hooks(name: &str) -> Option<String> {
    let hooked = |c: char| "čšžćđČŠŽĆĐ".contains(c);
    if name.is_ascii() || !name.contains(hooked) {
        return None;
    }
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        let after_t = out.ends_with(['t', 'T']);
        match c {
            // Finnish and Estonian write the one sound as tš.
            'š' | 'Š' if after_t => {
                out.pop();
                out.push_str("ch");
            }
            'č' | 'Č' | 'ć' | 'Ć' => out.push_str("ch"),
            'š' | 'Š' => out.push_str("sh"),
            'ž' | 'Ž' => out.push_str("zh"),
            'đ' | 'Đ' => out.push_str("dj"),
            _ => out.push(c),
        }
    }
    Some(continental(&out).unwrap_or(out))
}

/// Names spelled with `j` as a glide (Scandinavian, German, Czech, Baltic):
/// *Vjatjeslav Sergejevitj* is *Vyacheslav Sergeyevich*.
fn continental(name: &str) -> Option<String> {
    if !name.contains(['j', 'J']) {
        return None;
    }
    let lower = name.to_lowercase();
    let words = || lower.split(|c: char| !c.is_alphanumeric());
    if !words().any(has_gliding_j) {
        return None;
    }
    let tj_is_ch = words().any(|w| w.ends_with("itj") || w.contains("tje") || w.contains("tji"));
    let ch_is_kh = tj_is_ch || lower.contains("tsch") || lower.contains(['č', 'š']);
    let mut out = lower.clone();
    if ch_is_kh && !lower.contains("tsch") {
        out = out.replace("ch", "kh");
    }
    if tj_is_ch {
        let pairs = [
            ("sjtj", "shch"),
            ("stj", "shch"),
            ("tj", "ch"),
            ("sj", "sh"),
            ("zj", "zh"),
        ];
        for (from, to) in pairs {
            out = out.replace(from, to);
        }
    }
    for consonant in ["k", "m", "n", "l", "t"] {
        out = out.replace(&format!("sj{consonant}"), &format!("sh{consonant}"));
    }
    Some(out.replace('j', "y"))
}

/// `j` at the end after a vowel or `t`, or between a consonant and a vowel.
fn has_gliding_j(word: &str) -> bool {
    let bytes = word.as_bytes();
    let vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    (1..bytes.len()).any(|i| {
        let before = bytes[i - 1];
        let after = bytes.get(i + 1).copied();
        bytes[i] == b'j'
            && match after {
                None => vowel(before) || before == b't',
                Some(a) if vowel(a) => b"bfklmnprstvz".contains(&before) || before == b'e',
                Some(a) => vowel(before) && a.is_ascii_lowercase() && a != b'j',
            }
    })
}

/// Cyrillic ё is typed as е; Latin spellings have *yo* or *e*.
fn with_yo(name: &str) -> Option<String> {
    if name.contains(['ё', 'Ё']) {
        return Some(name.replace(['ё', 'Ё'], "йо"));
    }
    let lower = name.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let hard = |b: Option<&u8>, set: &[u8]| b.is_some_and(|b| set.contains(b));
    let at = (1..bytes.len().saturating_sub(2)).find(|i| {
        bytes[*i..].starts_with(b"yo")
            && hard(bytes.get(i - 1), b"bdfmnprstvzl")
            && (hard(bytes.get(i + 2), b"drtmvlskz")
                || (hard(bytes.get(i + 2), b"n") && hard(bytes.get(i + 3), b"aeiou")))
    })?;
    Some(format!("{}e{}", &lower[..at], &lower[at + 2..]))
}

/// Serbian and Macedonian letters as English spells their sounds.
fn serbian(name: &str) -> Option<String> {
    let own = |c: char| "ђјљњћџѓќѕЂЈЉЊЋЏЃЌЅ".contains(c);
    if name.is_ascii() || !name.contains(own) {
        return None;
    }
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'ђ' | 'џ' | 'ѓ' => out.push_str("дж"),
            'ј' => out.push('й'),
            'љ' => out.push('л'),
            'њ' => out.push('н'),
            'ћ' | 'ќ' => out.push('ч'),
            'ѕ' => out.push_str("дз"),
            _ => out.push(c),
        }
    }
    Some(out)
}

/// Given names that Russian, Ukrainian and Belarusian write differently, as
/// romanised: the Russian form, then the others. The same person stands on
/// lists under each.
const EAST_SLAVIC: &str = "aleksandr:oleksandr,aliaksandr,alyaksandr,alexandr,alexander \
    aleksey:oleksiy,oleksii,aliaksei,alyaksey,alaksiej,oleksij,oleksei aleksandra:oleksandra,aliaksandra \
    vladimir:volodymyr,volodimir,uladzimir,uladzimer,volodymir,wolodymyr,uladzimier \
    nikolay:mykola,mikola,mikalay,mikalai nikita:mykyta,mikita \
    mikhail:mykhailo,mikhaylo,mykhaylo,mikhas,michail,mihail,mykhajlo,michailo,mixail \
    dmitriy:dmytro,dmitro,dzmitry,dzmitriy,dzmitryy,dimitry,dimitri,dzmitrij \
    pavel:pavlo,paval sergey:serhiy,serhii,siarhei,siarhey,sergiy,syarhey,serhij,sergii,siarhiej \
    andrey:andriy,andrii,andrei,andrij,andrej,andzhey evgeniy:yevhen,yevgen,evhen,yauheni,yevhenii,yevheniy,iauheni,yauhen,yevgeniy,yauhen \
    anna:hanna,ganna petr:petro,piotr,pyotr,pjotr,pyatro,pyetr anton:antin \
    viktor:viktar,wiktor viktoriya:viktoryia,viktoria igor:ihor,ihar,igar \
    oleg:oleh,aleh,alieh yuriy:yurii,yury,iurii,iurij grigoriy:hryhoriy,hryhorii,ryhor,hryhorij \
    elena:olena,alena,yelena,aliona,alyona irina:iryna,iryny,irena natalya:nataliya,nataliia,natallia,natalia \
    ekaterina:kateryna,katsiaryna,yekaterina,katsyaryna tatyana:tetyana,tetiana,tatsiana,tatiana,tatsyana \
    svetlana:svitlana,sviatlana,svyatlana olga:olha,volha,volga lyudmila:lyudmyla,liudmyla,liudmila,ludmila \
    konstantin:kostyantyn,kanstantsin,kostiantyn vasiliy:vasyl,vasil,vasily,vasylii \
    leonid:leanid,leonyd artem:artsiom,artyom,artsyom,artiom denis:denys,dzianis,dzyanis \
    maksim:maksym,maxim,maxym roman:raman stanislav:stanislau,stanislaw vyacheslav:viacheslav,vyachaslav,viachaslau,vjaceslav,vyachaslau \
    valeriy:valerii,valery,valeryi,valeryy anatoliy:anatolii,anatol,anatoly,anatoliyi fedor:fedir,fyodor,fiodar,fyadar,fjodor \
    stepan:stsiapan,stsyapan georgiy:heorhiy,heorhii,heorhi,georgy egor:yehor,yahor,yegor \
    kirill:kyrylo,kiryl,kyryl,kirylo arkadiy:arkadii,arkadz,arkady gennadiy:hennadiy,hennadii,henadz,gennady \
    iosif:yosyp,iosef,yosif nikolai:nikolaj timofey:tymofiy,tsimafei semen:semyon,siamion \
    boris:borys,barys bogdan:bohdan,bagdan rostislav:rostyslav yaroslav:jaroslav,yaraslau \
    mariya:maryia,maria,mariia yuliya:yuliia,yulia,julija,yuliya zhanna:zhana marina:maryna,marija \
    aleksandrov:alexandrov galina:halyna,halina zinoviy:zinovii vitaliy:vitalii,vital,vitaly,vitali \
    vadim:vadym,vadzim ilya:illya,illia,ilia danil:danylo,danila,daniil matvey:matviy,matsvei lev:lew vladislav:uladzislau,uladzislav,vladyslav,wladislaw \
    yakov:yakiv,yakau vera:vira,viera nadezhda:nadiya,nadiia,nadzeya lyubov:liubov,lyuboŭ";

/// Romanised spelling to the Russian form.
static RUSSIAN_FORMS: LazyLock<WordMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut forms = WordMap::default();
    for group in EAST_SLAVIC.split_ascii_whitespace() {
        let Some((russian, others)) = group.split_once(':') else {
            continue;
        };
        for other in others.split(',') {
            forms.entry(other).or_insert(russian);
        }
    }
    forms
});

/// The words of a name with East Slavic given names and patronymics in their
/// Russian form; `None` where nothing changes.
pub(crate) fn russian_forms(words: &[Token]) -> Option<Vec<Token>> {
    let mut changed = false;
    let out = words.iter().map(|token| {
        let plain = matches!(token.script, Script::Latin | Script::Cyrillic);
        let form = Some(token.latin.as_str())
            .filter(|w| plain && w.len() >= 4)
            .and_then(russian_form);
        changed |= form.is_some();
        Token {
            latin: form.unwrap_or_else(|| token.latin.clone()),
            ..token.clone()
        }
    });
    let out = out.collect();
    changed.then_some(out)
}

fn russian_form(word: &str) -> Option<String> {
    if let Some(form) = RUSSIAN_FORMS.get(word) {
        return Some((*form).to_owned()).filter(|f| f != word);
    }
    patronymic(word)
}

/// Patronymics by the father's name: *Oleksandrovych*, *Uladzimiravich*.
fn patronymic(word: &str) -> Option<String> {
    let male = [
        "ovych", "ovich", "avich", "yovych", "iovych", "ovytch", "avitch", "evych", "evich",
    ];
    let female = [
        "ivna", "ovna", "auna", "iyivna", "iivna", "yivna", "evna", "avna",
    ];
    let (stem, end) = male
        .iter()
        .map(|e| (e, "ich"))
        .chain(female.iter().map(|e| (e, "na")))
        .filter_map(|(e, end)| Some((word.strip_suffix(*e)?, end)))
        .min_by_key(|(stem, _)| stem.len())?;
    if stem.len() < 3 {
        return None;
    }
    let stem = stem.trim_end_matches(['i', 'y', 'j']);
    // The father's name in the other language, as it stands or with what the
    // ending took off.
    let endings = ["", "o", "iy", "ii", "a", "ey", "ei", "y", "ay"];
    let father = endings
        .iter()
        .find_map(|e| RUSSIAN_FORMS.get(format!("{stem}{e}").as_str()));
    let father = match stem {
        "paul" => "pavel",
        _ => father?,
    };
    let father_stem = father.trim_end_matches(['y', 'i']);
    let soft = father.ends_with(['y', 'i']);
    let made = match (soft, end) {
        (true, "ich") => format!("{father_stem}evich"),
        (true, _) => format!("{father_stem}evna"),
        (false, "ich") => format!("{father_stem}ovich"),
        (false, _) => format!("{father_stem}ovna"),
    };
    Some(made).filter(|m| m != word)
}

/// *Maria Schmidt née Weber* is Maria Schmidt and Maria Weber.
pub(crate) fn maiden_names(words: &[Token]) -> Vec<Vec<Token>> {
    let mark = words.iter().position(|w| {
        matches!(
            w.latin.as_str(),
            "nee" | "geb" | "geborene" | "formerly" | "born"
        )
    });
    let Some(at) = mark.filter(|at| *at >= 2 && at + 1 < words.len()) else {
        return Vec::new();
    };
    let before = &words[..at];
    let given = &words[..at - 1];
    vec![before.to_vec(), [given, &words[at + 1..]].concat()]
}

/// Arabic and Persian names of two parts that some write as one word
/// (محمدحسین) and others as two, and endings that stand apart (حاجی زاده).
pub(crate) fn arabic_spacing(normalised: &str) -> Vec<String> {
    const FIRST: [&str; 14] = [
        "محمد", "علي", "غلام", "امير", "عباس", "سيد", "مير", "نور", "شير", "گل", "حاجي", "خان",
        "شاه", "احمد",
    ];
    const LAST: [&str; 14] = [
        "زاده",
        "نژاد",
        "پور",
        "فر",
        "نيا",
        "خواه",
        "مند",
        "وند",
        "كيا",
        "ورز",
        "چي",
        "يان",
        "دوست",
        "اللهي",
    ];
    let words: Vec<&str> = normalised.split(' ').collect();
    // A word of two letters is often the beginning of the next one.
    let mut short = String::with_capacity(normalised.len());
    for (i, word) in words.iter().enumerate() {
        let particle = matches!(*word, "بن" | "ال" | "اب" | "ام" | "خا");
        let joins = word.chars().count() <= 2 && !particle;
        short.push_str(word);
        if i + 1 < words.len() && !joins {
            short.push(' ');
        }
    }
    let mut split = Vec::with_capacity(words.len() + 2);
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in &words {
        let parts = FIRST.iter().find_map(|first| {
            let rest = word.strip_prefix(first)?;
            (rest.chars().count() >= 3).then_some((*first, rest))
        });
        let second = ["علي", "محمد", "رضا", "پناه", "زاده"]
            .iter()
            .find_map(|last| {
                let start = word.strip_suffix(last)?;
                (start.chars().count() >= 3).then_some((start, *last))
            });
        let parts = parts.or(second);
        match parts {
            Some((first, rest)) => split.extend([first, rest]),
            None => split.push(word),
        }
        match joined.last_mut() {
            Some(before) if LAST.contains(word) => before.push_str(word),
            _ => joined.push((*word).to_owned()),
        }
    }
    let mut out = Vec::new();
    if split.len() != words.len() {
        out.push(split.join(" "));
    }
    if joined.len() != words.len() {
        out.push(joined.join(" "));
    }
    if short != normalised {
        out.push(short);
    }
    out
}

/// Puts the words of another reading into a prepared name. Such a form is
/// never exact: it has no key but the native one.
pub(crate) fn form(of: &Prepared, tokens: Vec<Token>) -> Prepared {
    Prepared {
        tokens,
        forms: of.forms,
        script: of.script,
        native_key: of.native_key.clone(),
        latin_key: None,
        joined: String::new(),
        cut: of.cut,
        folded: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_other_countries_are_read() {
        for (given, wanted) in [
            ("Vjatjeslav Sergejevitj", "vyacheslav sergeyevich"),
            (
                "Igor Nikolajevitj RJABUSJKIN",
                "igor nikolayevich ryabushkin",
            ),
            ("Michail Nikolajevitj", "mikhail nikolayevich"),
        ] {
            assert_eq!(continental(given).as_deref(), Some(wanted));
        }
        for plain in ["John James", "Jamal Majid", "Rajiv"] {
            assert_eq!(continental(plain), None, "{plain}");
        }
        assert_eq!(with_hooks("Vadim Šadura").as_deref(), Some("Vadim shadura"));
        assert_eq!(with_hooks("Borisovitš").as_deref(), Some("Borisovich"));
        assert_eq!(with_yo("SEMYONOV").as_deref(), Some("semenov"));
        assert_eq!(with_yo("RYONG"), None);
    }

    #[test]
    fn foreign_names_in_other_scripts_have_their_usual_spelling() {
        for (given, wanted) in [
            ("ジョン・シュミット", "john schmidt"),
            ("데이비드 가드너", "david gardner"),
            ("やまだ たろう", "yamada taro"),
        ] {
            let name = crate::prepare(given, crate::Bearer::Person);
            let forms = crate::prepare_as_typed(given, crate::Bearer::Person, &name);
            let forms: Vec<String> = forms
                .iter()
                .map(|f| {
                    f.tokens
                        .iter()
                        .map(|t| t.latin.as_str())
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect();
            assert!(forms.contains(&wanted.to_owned()), "{given}: {forms:?}");
        }
    }

    #[test]
    fn patronymics_follow_the_father() {
        for (given, wanted) in [
            ("oleksandrovych", "aleksandrovich"),
            ("volodymyrovych", "vladimirovich"),
            ("uladzimiravich", "vladimirovich"),
            ("mykolayovych", "nikolaevich"),
            ("serhiyovych", "sergeevich"),
            ("anatoliyovych", "anatolevich"),
        ] {
            assert_eq!(patronymic(given).as_deref(), Some(wanted), "{given}");
        }
    }
}
