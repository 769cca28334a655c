//! Names that stand together in one field, taken apart.

use super::build::Record;
use super::text::clean;
use portcullis_domain::{Country, NameKind};

/// Words before a colon that name the language of what follows.
const LANGUAGES: &[(&str, &str)] = &[
    ("Russian", "ru"),
    ("Belarusian", "be"),
    ("Belarussian", "be"),
    ("Ukrainian", "uk"),
    ("Arabic", "ar"),
    ("Persian", "fa"),
    ("Farsi", "fa"),
    ("Chinese", "zh"),
    ("Hebrew", "he"),
    ("Burmese", "my"),
    ("Korean", "ko"),
];

/// Beginnings after a comma that belong to the name before it.
const LEGAL_FORMS: &[&str] = &[
    "ltd", "llc", "inc", "jsc", "s.a", "sa", "co", "corp", "gmbh", "plc", "llp", "l.l.c", "ооо",
    "ао", "оао", "пао", "зао", "фгуп", "пк", "нпо",
];

/// Splits a field of aliases and adds each. What cannot be told apart for
/// sure stays whole: a whole text is found by its words, a wrongly cut one is lost.
pub(super) fn split(text: &str, person: bool, record: &mut Record) {
    for (part, language) in by_language(text) {
        for part in part.split(';').flat_map(slashes) {
            for part in alternatives(&part, person) {
                for name in commas(&part, person) {
                    let name = balanced(&name);
                    record.name_in(strength(&name, person), &name, language);
                }
            }
        }
    }
}

/// `X, Belarusian: Y, Russian: Z`: three stretches, two of them with a language.
fn by_language(text: &str) -> Vec<(String, Option<&'static str>)> {
    let mut stretches = Vec::new();
    let mut language = None;
    let mut rest = text;
    loop {
        let next = LANGUAGES
            .iter()
            .filter_map(|(word, code)| label_at(rest, word).map(|(at, end)| (at, end, *code)))
            .min();
        let Some((at, end, code)) = next else {
            stretches.push((trimmed(rest), language));
            return stretches;
        };
        stretches.push((trimmed(&rest[..at]), language));
        language = Some(code);
        rest = &rest[end..];
    }
}

/// Where a label stands (at the start of a word, before a colon), and where it ends.
fn label_at(text: &str, word: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(word) {
        let at = from + found;
        let end = at + word.len();
        let starts = !text[..at].ends_with(char::is_alphanumeric);
        let after = text[end..].trim_start();
        if starts && after.starts_with(':') {
            return Some((at, text.len() - after.len() + 1));
        }
        from = end;
    }
    None
}

fn trimmed(text: &str) -> String {
    clean(text).trim_matches([',', ';', '/', ' ']).to_owned()
}

/// A slash beside a space parts two names, and so does one between two
/// phrases; one inside a word (`ADF/NALU`) does not.
fn slashes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut end = 0;
    for piece in text.split_inclusive('/') {
        let Some(last) = parts.last_mut() else { break };
        last.push_str(piece);
        end += piece.len();
        let after = &text[end..];
        if !piece.ends_with('/') || after.is_empty() {
            continue;
        }
        let before = last.trim_end_matches('/').to_owned();
        let next = after.split('/').next().unwrap_or("");
        let phrases = words(&before) > 1 && words(next) > 1;
        if phrases
            || before.ends_with(char::is_whitespace)
            || after.starts_with(char::is_whitespace)
        {
            *last = before;
            parts.push(String::new());
        }
    }
    parts
}

/// Halves of a bilingual name: `Hara Institute/Institut Hara`.
pub(super) fn bilingual(name: &str) -> Vec<String> {
    let parts: Vec<String> = slashes(name).iter().map(|p| trimmed(p)).collect();
    parts.into_iter().filter(|p| !p.is_empty()).collect()
}

/// `Hanna Liavusik or Anna Leusik`. A person's spelling variants inside one
/// name (`Nikolay or Nikolai Vasilievich`) stay whole.
fn alternatives(text: &str, person: bool) -> Vec<String> {
    let whole = vec![text.to_owned()];
    let parts: Vec<&str> = text.split(" or ").collect();
    let wordy = parts.iter().all(|p| words(p) > 1);
    let foreign = !text.replace(" or ", "").is_ascii();
    if parts.len() > 1 && (wordy || (foreign && !person)) {
        return parts.into_iter().map(str::to_owned).collect();
    }
    // "and" between two names that are not in English joins two names.
    match text.split_once(" and ") {
        Some((a, b)) if !person && !a.is_ascii() && !b.is_ascii() => {
            vec![a.to_owned(), b.to_owned()]
        }
        _ => whole,
    }
}

/// Splits at commas outside quotes and brackets.
fn commas(text: &str, person: bool) -> Vec<String> {
    let parts = top_level(text);
    let whole = vec![text.trim().to_owned()];
    if parts.len() < 2 {
        return whole;
    }
    if person {
        // "Баранов, Олег Анатольевич" is one name, surname first.
        let surname_first = parts.len() == 2 && words(&parts[0]) == 1 && words(&parts[1]) > 1;
        return if surname_first { whole } else { parts };
    }
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let goes_on = part.starts_with(char::is_lowercase) || legal_form(&part);
        match names.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.push_str(", ");
                last.push_str(&part);
            }
            None => names.push(part),
        }
    }
    names
}

fn top_level(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for c in text.chars() {
        match c {
            '(' | '«' | '“' => depth += 1,
            ')' | '»' | '”' => depth = (depth - 1).max(0),
            _ => {}
        }
        match parts.last_mut() {
            Some(_) if c == ',' && depth == 0 => parts.push(String::new()),
            Some(last) => last.push(c),
            None => {}
        }
    }
    let parts = parts.iter().map(|p| clean(p));
    parts.filter(|p| !p.is_empty()).collect()
}

fn legal_form(part: &str) -> bool {
    let first = part.split_whitespace().next().unwrap_or("").to_lowercase();
    let plain = first.trim_end_matches(['.', ',']);
    LEGAL_FORMS.contains(&plain) && words(part) <= 2
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Without a bracket that is opened or closed alone.
fn balanced(name: &str) -> String {
    let name = trimmed(name);
    let count = |c: char| name.chars().filter(|x| *x == c).count();
    match count('(').cmp(&count(')')) {
        std::cmp::Ordering::Greater if name.starts_with('(') => name[1..].to_owned(),
        std::cmp::Ordering::Less if name.ends_with(')') => name[..name.len() - 1].to_owned(),
        _ => name,
    }
}

/// One word of a person's name, and an acronym of an organisation's, fit too
/// many to stand alone.
fn strength(name: &str, person: bool) -> NameKind {
    let single = words(name) == 1;
    if single && (person || acronym(name)) {
        NameKind::WeakAlias
    } else {
        NameKind::Alias
    }
}

fn acronym(word: &str) -> bool {
    word.chars().count() <= 6 && !word.chars().any(char::is_lowercase)
}

/// `GLOBAL RELIEF FOUNDATION (GRF)`: the name without the brackets is an
/// alias, and so is what they hold, an acronym a weak one. A country or a
/// legal form in brackets (`Alfa-Bank ZAO (Belarus)`) is neither.
pub(super) fn from_brackets(name: &str, record: &mut Record) {
    let trimmed = name.trim();
    let Some((base, inner)) = trimmed.strip_suffix(')').and_then(|t| t.rsplit_once('(')) else {
        return;
    };
    let legal = LEGAL_FORMS.contains(&inner.to_lowercase().as_str()) || inner == "PJS";
    if base.trim().is_empty() || base.contains('(') || legal || Country::parse(inner).is_some() {
        return;
    }
    record.name(NameKind::Alias, base);
    let inner = clean(inner);
    let former = ["formerly ", "f.k.a. ", "fka "]
        .iter()
        .find_map(|p| inner.strip_prefix(p));
    if let Some(name) = former {
        record.name(NameKind::Former, name.trim_start_matches("known as "));
        return;
    }
    let known_as = ["also known as ", "a.k.a. ", "aka "];
    let name = known_as
        .iter()
        .find_map(|p| inner.strip_prefix(p))
        .unwrap_or(&inner);
    record.name(strength(name, false), name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(person: bool, text: &str, expected: &[&str]) {
        let mut record = Record::new(String::new(), 1);
        split(text, person, &mut record);
        let found: Vec<String> = record
            .entity
            .party
            .names
            .iter()
            .map(|n| {
                let weak = if n.kind == NameKind::WeakAlias {
                    "~"
                } else {
                    ""
                };
                let language = n
                    .language
                    .as_ref()
                    .map(|l| format!("{l}:"))
                    .unwrap_or_default();
                format!("{weak}{language}{}", n.text)
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn persons() {
        check(true, "Anna Test", &["Anna Test"]);
        check(
            true,
            "Hanna Probe,  Belarusian: Ганна Проба, Russian\u{a0}: Анна Проба",
            &["Hanna Probe", "be:Ганна Проба", "ru:Анна Проба"],
        );
        check(true, "Анна ТЕСТ / Ганна ТЕСТ", &["Анна ТЕСТ", "Ганна ТЕСТ"]);
        check(true, "Иванов, Иван Пробович", &["Иванов, Иван Пробович"]);
        check(true, "Alexei, Aleksei ", &["~Alexei", "~Aleksei"]);
        check(
            true,
            "Ann Probe; Анна Проба, Ганна Проба",
            &["Ann Probe", "Анна Проба", "Ганна Проба"],
        );
        check(
            true,
            "Nikolay or Nikolai Probe",
            &["Nikolay or Nikolai Probe"],
        );
        check(
            true,
            "Ann Probe or Anna Proba",
            &["Ann Probe", "Anna Proba"],
        );
        check(
            true,
            "(Анна Тест / Ганна Тест",
            &["Анна Тест", "Ганна Тест"],
        );
        check(true, "Ali Probe \nArabic: علي", &["Ali Probe", "~ar:علي"]);
        check(true, "", &[]);
    }

    #[test]
    fn organisations() {
        check(
            false,
            "TMP, Test Metal Plant",
            &["~TMP", "Test Metal Plant"],
        );
        check(false, "Test Plant, АО", &["Test Plant, АО"]);
        check(
            false,
            "Test Holdings Pte. Ltd., Test Limited",
            &["Test Holdings Pte. Ltd.", "Test Limited"],
        );
        check(
            false,
            "Агентство по делам, проживающих за рубежом",
            &["Агентство по делам, проживающих за рубежом"],
        );
        check(
            false,
            "Test Company/Entreprise Test",
            &["Test Company", "Entreprise Test"],
        );
        check(false, "GORT/ORTAS", &["GORT/ORTAS"]);
        check(
            false,
            "Завод «А, Б» or ЗАБ; Plant AB",
            &["Завод «А, Б»", "~ЗАБ", "Plant AB"],
        );
    }

    #[test]
    fn brackets() {
        let mut record = Record::new(String::new(), 1);
        from_brackets("TEST RELIEF FUND (TRF)", &mut record);
        from_brackets("Test Bank ZAO (Belarus)", &mut record);
        from_brackets("Testov Zavod (Test Plant)", &mut record);
        from_brackets("Test Bureau (also known as TB “Probe”)", &mut record);
        let texts: Vec<&str> = record
            .entity
            .party
            .names
            .iter()
            .map(|n| n.text.as_str())
            .collect();
        assert_eq!(
            texts,
            [
                "TEST RELIEF FUND",
                "TRF",
                "Testov Zavod",
                "Test Plant",
                "Test Bureau",
                "TB “Probe”"
            ]
        );
    }
}
