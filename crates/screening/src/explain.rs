//! Reasons in words that a lay officer can read. Made only for hits.

use crate::align::{Alignment, Pair};
use crate::hit::{Agreement, PartMatch, Reason};
use crate::score::{FormAgreement, NameScore, PartAgreement};
use crate::word::{How, Word};
use portcullis_domain::{NameKind, PartyKind};
use portcullis_names::{Script, TokenClass, normalise};

fn reason(code: &str, text: impl Into<String>, bits: f64) -> Reason {
    Reason {
        code: code.to_owned(),
        text: text.into(),
        bits,
    }
}

/// Two names laid side by side, with what was found.
pub(crate) struct Told<'a> {
    /// The name as asked, and its words.
    pub given: &'a str,
    pub query: &'a [Word<'a>],
    /// Whether it is only a part of what was given.
    pub part: bool,
    /// The name as listed, its words, and how it stands to its bearer.
    pub listed_name: &'a str,
    pub listed: &'a [Word<'a>],
    pub name_kind: NameKind,
    pub kind: PartyKind,
    pub alignment: &'a Alignment,
    pub score: &'a NameScore,
}

/// Why a name counts: how it agrees, and what limits it.
pub(crate) fn name_reasons(told: &Told) -> Vec<Reason> {
    let name = told.score;
    let mut reasons = vec![agreement(told)];
    if told.part {
        let text = format!(
            "the name field holds more than one name: \"{}\" is a part of it",
            told.given
        );
        reasons.push(reason("name-part", text, 0.0));
    }
    if name.contradicted {
        let text = "a word that says who it is stands where the other name has another one";
        reasons.push(reason("name-contradicted", text, -2.0));
    }
    reasons.extend(form_reason(name.forms));
    reasons.extend(number_reason(name.numbers));
    if name.places == PartAgreement::Differ {
        let text = "the places in the names differ, as those of sister companies do";
        reasons.push(reason("place-differs", text, -2.0));
    }
    if name.only_common {
        let text = "only words that many names share agree";
        reasons.push(reason("common-words", text, 0.0));
    }
    if name.common_single {
        let text = "the listed name is a single word that many people bear";
        reasons.push(reason("common-single-name", text, 0.0));
    }
    if told.name_kind == NameKind::WeakAlias {
        let text = "the list itself calls this alias weak";
        reasons.push(reason("weak-alias", text, -3.0));
    }
    if matches!(told.kind, PartyKind::Vessel | PartyKind::Aircraft) {
        let text = "names of vessels and aircraft are reused: the registration number decides";
        reasons.push(reason("object-name", text, -2.0));
    }
    reasons
}

fn form_reason(forms: FormAgreement) -> Option<Reason> {
    match forms {
        FormAgreement::Same => None,
        FormAgreement::OneMissing => Some(reason(
            "legal-form-missing",
            "only one of the names states a legal form",
            0.0,
        )),
        FormAgreement::Differ => Some(reason("legal-form-differs", "the legal forms differ", -0.5)),
    }
}

fn number_reason(numbers: PartAgreement) -> Option<Reason> {
    match numbers {
        PartAgreement::Same => None,
        PartAgreement::OneMissing => Some(reason(
            "number-missing",
            "only one of the names has a number",
            -1.0,
        )),
        PartAgreement::Differ => Some(reason(
            "number-differs",
            "the numbers in the names differ",
            -4.0,
        )),
    }
}

fn kind_words(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Primary => "primary name",
        NameKind::Alias => "alias",
        NameKind::WeakAlias => "weak alias",
        NameKind::Former => "former name",
    }
}

/// How the names agree, in one sentence.
fn agreement(told: &Told) -> Reason {
    let bits = told.score.bits;
    let which = format!(
        "the {} \"{}\" of this entity",
        kind_words(told.name_kind),
        told.listed_name
    );
    if told.score.exact {
        return exact_agreement(told, &which);
    }
    if told.score.joined {
        let text = format!("the name is the same as {which} but for spaces and spelling");
        return reason("name-joined", text, bits);
    }
    let pairs = told.alignment.pairs.iter();
    let mut details: Vec<String> = pairs.filter_map(|p| pair_words(told, p)).collect();
    details.extend(open_words(told));
    let details = if details.is_empty() {
        String::new()
    } else {
        format!(": {}", details.join("; "))
    };
    reason(
        "name-similar",
        format!("the name resembles {which}{details}"),
        bits,
    )
}

fn exact_agreement(told: &Told, which: &str) -> Reason {
    let bits = told.score.bits;
    let scripts = (
        Script::of_text(told.given),
        Script::of_text(told.listed_name),
    );
    if scripts.0 != scripts.1 {
        let foreign = match scripts.0 {
            Script::Latin => scripts.1,
            other => other,
        };
        let text = format!(
            "the name is the same as {which} after romanisation ({})",
            foreign.name()
        );
        return reason("name-romanised", text, bits);
    }
    let how = if normalise(told.given) == normalise(told.listed_name) {
        ""
    } else {
        ", apart from the order of words, signs or the wording of the legal form"
    };
    reason(
        "name-exact",
        format!("the name is the same as {which}{how}"),
        bits,
    )
}

/// The words of one side of a pair.
fn texts(words: &[Word], at: usize, span: usize) -> String {
    let words: Vec<&str> = words[at..at + span].iter().map(|w| w.text).collect();
    words.join(" ")
}

/// What is to be said about a pair; nothing when the words are the same.
fn pair_words(told: &Told, pair: &Pair) -> Option<String> {
    if pair.how == How::Same {
        return None;
    }
    let given = texts(told.query, pair.query, pair.query_span);
    let listed = texts(told.listed, pair.listed, pair.listed_span);
    Some(how_words(pair.how, &given, &listed))
}

/// How two words agree, in words.
fn how_words(how: How, given: &str, listed: &str) -> String {
    match how {
        How::Same => format!("\"{given}\" is the same"),
        How::Spelling => format!("\"{given}\" is another spelling of \"{listed}\""),
        How::Digits => format!("\"{given}\" reads as \"{listed}\" with digits for letters"),
        How::Syllable => format!("\"{given}\" is read as \"{listed}\""),
        How::Consonants => {
            format!("\"{given}\" has the consonants of \"{listed}\", vowels not being written")
        }
        How::Gendered => {
            format!("\"{given}\" is the form of \"{listed}\" for the other sex")
        }
        How::Typo => format!("\"{given}\" differs from \"{listed}\" as a typing error would"),
        How::Nickname => format!("\"{given}\" is a short form of \"{listed}\" or the reverse"),
        How::CutOff => format!("\"{given}\" and \"{listed}\": one is the beginning of the other"),
        How::Spacing => format!("\"{given}\" and \"{listed}\" differ in spacing"),
        How::Initial => format!("\"{given}\" and \"{listed}\" begin with the same letter"),
        How::Acronym => format!("\"{given}\" and \"{listed}\" are one written short"),
    }
}

/// What stands on one side only.
fn open_words(told: &Told) -> Vec<String> {
    let open = |words: &[Word], used: &[bool]| -> Vec<String> {
        let open = words.iter().zip(used);
        open.filter(|(w, used)| !**used && w.class != TokenClass::Particle)
            .map(|(w, _)| w.text.to_owned())
            .collect()
    };
    let given = open(told.query, &told.alignment.query_used);
    let listed = open(told.listed, &told.alignment.listed_used);
    let mut out = Vec::new();
    match (given.is_empty(), listed.is_empty()) {
        (false, false) => out.push(format!(
            "\"{}\" stands where the list has \"{}\"",
            given.join(" "),
            listed.join(" ")
        )),
        (false, true) => out.push(format!("\"{}\" is not in the listed name", given.join(" "))),
        (true, false) => out.push(format!("\"{}\" is left out", listed.join(" "))),
        (true, true) => {}
    }
    out
}

/// Words at least this alike agree; below that they are near.
const AGREES: f64 = 0.95;
/// The same for words of a script without vowels: every letter as usual.
const READ: f64 = 0.92;

/// The names word by word, for showing them side by side: in the order of the
/// query, then what only the list has.
pub(crate) fn name_parts(told: &Told) -> Vec<PartMatch> {
    let alignment = told.alignment;
    let mut parts: Vec<(usize, PartMatch)> = Vec::new();
    for pair in &alignment.pairs {
        let query = texts(told.query, pair.query, pair.query_span);
        let listed = texts(told.listed, pair.listed, pair.listed_span);
        // What another script reads as this word is no slip.
        let read = match pair.how {
            How::Syllable => true,
            How::Consonants => pair.similarity >= READ,
            _ => false,
        };
        let agreement = match read || pair.similarity >= AGREES {
            true => Agreement::Agrees,
            false => Agreement::Near,
        };
        let how = how_words(pair.how, &query, &listed);
        parts.push((
            pair.query,
            PartMatch {
                query,
                listed,
                agreement,
                similarity: pair.similarity,
                how,
            },
        ));
    }
    for clash in &alignment.clashes {
        let (query, listed) = (told.query[clash.query].text, told.listed[clash.listed].text);
        parts.push((
            clash.query,
            PartMatch {
                query: query.to_owned(),
                listed: listed.to_owned(),
                agreement: Agreement::Contradicts,
                similarity: clash.residual,
                how: format!("\"{query}\" stands where the list has \"{listed}\""),
            },
        ));
    }
    parts.extend(lone_parts(told));
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().map(|(_, part)| part).collect()
}

/// Words that stand on one side and against nothing, with their place.
fn lone_parts(told: &Told) -> Vec<(usize, PartMatch)> {
    let alignment = told.alignment;
    let lone = |query: &str, listed: &str, agreement, how: String| PartMatch {
        query: query.to_owned(),
        listed: listed.to_owned(),
        agreement,
        similarity: 0.0,
        how,
    };
    let mut parts = Vec::new();
    for (at, word) in told.query.iter().enumerate() {
        let clashes = alignment.clashes.iter().any(|c| c.query == at);
        if !alignment.query_used[at] && !clashes {
            let how = format!("\"{}\" is not in the listed name", word.text);
            parts.push((at, lone(word.text, "", Agreement::Extra, how)));
        }
    }
    for (at, word) in told.listed.iter().enumerate() {
        let clashes = alignment.clashes.iter().any(|c| c.listed == at);
        if !alignment.listed_used[at] && !clashes {
            let how = format!("\"{}\" is left out", word.text);
            let place = told.query.len() + at;
            parts.push((place, lone("", word.text, Agreement::Missing, how)));
        }
    }
    parts
}
