//! Reasons in words that a lay officer can read. Made only for hits.

use crate::align::{Alignment, Pair};
use crate::candidates::{How, QueryName};
use crate::hit::Reason;
use crate::index::{Index, NameRow};
use crate::score::{FormAgreement, PartAgreement};
use crate::screen::BestName;
use portcullis_domain::{Entity, NameKind, PartyKind};
use portcullis_names::{Script, TokenClass, normalise};

fn reason(code: &str, text: impl Into<String>, bits: f64) -> Reason {
    Reason {
        code: code.to_owned(),
        text: text.into(),
        bits,
    }
}

/// Why a name counts: how it agrees, and what limits it.
pub(crate) fn name_reasons(
    index: &Index,
    query: &QueryName,
    best: &BestName,
    row: &NameRow,
    entity: &Entity,
) -> Vec<Reason> {
    let name = entity.party.names.get(row.position as usize);
    let listed = name.map_or("", |n| n.text.as_str());
    let which = format!("the {} \"{listed}\" of this entity", kind_words(row.kind));
    let mut reasons = vec![agreement(index, query, best, row, listed, &which)];
    if best.part {
        let text = format!(
            "the name field holds more than one name: \"{}\" is a part of it",
            query.given
        );
        reasons.push(reason("name-part", text, 0.0));
    }
    match best.name.forms {
        FormAgreement::Same => {}
        FormAgreement::OneMissing => reasons.push(reason(
            "legal-form-missing",
            "only one of the names states a legal form",
            0.0,
        )),
        FormAgreement::Differ => {
            reasons.push(reason("legal-form-differs", "the legal forms differ", -0.5));
        }
    }
    match best.name.numbers {
        PartAgreement::Differ => {
            reasons.push(reason(
                "number-differs",
                "the numbers in the names differ",
                -4.0,
            ));
        }
        PartAgreement::OneMissing => reasons.push(reason(
            "number-missing",
            "only one of the names has a number",
            -1.0,
        )),
        PartAgreement::Same => {}
    }
    if best.name.places == PartAgreement::Differ {
        let text = "the places in the names differ, as those of sister companies do";
        reasons.push(reason("place-differs", text, -2.0));
    }
    if best.name.only_common {
        let text = "only words that many names share agree";
        reasons.push(reason("common-words", text, 0.0));
    }
    if best.name.common_single {
        let text = "the listed name is a single word that many people bear";
        reasons.push(reason("common-single-name", text, 0.0));
    }
    if row.kind == NameKind::WeakAlias {
        let text = "the list itself calls this alias weak";
        reasons.push(reason("weak-alias", text, -3.0));
    }
    if matches!(entity.party.kind, PartyKind::Vessel | PartyKind::Aircraft) {
        let text = "names of vessels and aircraft are reused: the registration number decides";
        reasons.push(reason("object-name", text, -2.0));
    }
    reasons
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
fn agreement(
    index: &Index,
    query: &QueryName,
    best: &BestName,
    row: &NameRow,
    listed: &str,
    which: &str,
) -> Reason {
    let bits = best.name.bits;
    if best.name.exact {
        let native = normalise(&query.given) == normalise(listed);
        let scripts = (query.prepared.script, Script::of_text(listed));
        if scripts.0 != scripts.1 {
            let foreign = if scripts.0 == Script::Latin {
                scripts.1
            } else {
                scripts.0
            };
            let text = format!(
                "the name is the same as {which} after romanisation ({})",
                foreign.name()
            );
            return reason("name-romanised", text, bits);
        }
        let how = if native {
            ""
        } else {
            ", apart from the order of words, signs or the wording of the legal form"
        };
        return reason(
            "name-exact",
            format!("the name is the same as {which}{how}"),
            bits,
        );
    }
    let mut alignment = Alignment::default();
    alignment.align(index, query, row);
    let mut details: Vec<String> = alignment
        .pairs
        .iter()
        .filter_map(|p| pair_words(index, query, &alignment, p))
        .collect();
    details.extend(open_words(index, query, &alignment));
    if best.name.joined {
        let text = format!("the name is the same as {which} but for spaces and spelling");
        return reason("name-joined", text, bits);
    }
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

/// What is to be said about a pair; nothing when the words are the same.
fn pair_words(
    index: &Index,
    query: &QueryName,
    alignment: &Alignment,
    pair: &Pair,
) -> Option<String> {
    let given: Vec<&str> = query.words[pair.query..pair.query + pair.query_span]
        .iter()
        .map(|w| w.text.as_str())
        .collect();
    let listed: Vec<&str> = alignment.listed[pair.listed..pair.listed + pair.listed_span]
        .iter()
        .map(|w| index.dictionary.word(w.word).text.as_str())
        .collect();
    let (given, listed) = (given.join(" "), listed.join(" "));
    Some(match pair.how {
        How::Same => return None,
        How::Spelling => format!("\"{given}\" is another spelling of \"{listed}\""),
        How::Digits => format!("\"{given}\" reads as \"{listed}\" with digits for letters"),
        How::Syllable => format!("\"{given}\" is read as \"{listed}\""),
        How::Consonants => {
            format!("\"{given}\" has the consonants of \"{listed}\", vowels not being written")
        }
        How::Typo => format!("\"{given}\" differs from \"{listed}\" as a typing error would"),
        How::Spacing => format!("\"{given}\" and \"{listed}\" differ in spacing"),
        How::Initial => format!("\"{given}\" and \"{listed}\" begin with the same letter"),
    })
}

/// What stands on one side only.
fn open_words(index: &Index, query: &QueryName, alignment: &Alignment) -> Vec<String> {
    let says_something = |class: TokenClass| class != TokenClass::Particle;
    let given = query.words.iter().zip(&alignment.query_used);
    let given: Vec<&str> = given
        .filter(|(w, used)| !**used && says_something(w.class))
        .map(|(w, _)| w.text.as_str())
        .collect();
    let listed = alignment.listed.iter().zip(&alignment.listed_used);
    let listed: Vec<&str> = listed
        .filter(|(w, used)| !**used && says_something(w.class))
        .map(|(w, _)| index.dictionary.word(w.word).text.as_str())
        .collect();
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
