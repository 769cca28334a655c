//! Ranked candidates: which entries a description, parameters and a tariff
//! code may fall under.
//!
//! Lexical (BM25 over the words of a paragraph and, at half weight, of those
//! above it), then weighed by what the declared parameters say to the drafted
//! conditions, then joined where lists of different law have the same number.

use super::{ControlList, ListRegime, root_number};
use crate::draft::Confirmations;
use crate::predicate::{Asked, Parameters, Predicate};
use portcullis_domain::Truth;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// Paragraphs whose conditions are weighed, of those the words find.
const WEIGHED: usize = 60;
/// Most words of a description that are looked up; further ones are not.
const MAX_QUERY_WORDS: usize = 80;
/// Most questions of one candidate.
const MAX_QUESTIONS: usize = 3;
/// A word of fewer paragraphs is never too common.
const COMMON: f32 = 50.0;
const K1: f32 = 1.2;
const B: f32 = 0.6;
/// Weight of the words of the paragraphs above.
const ABOVE: f32 = 0.5;

/// What would decide whether a candidate is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// `parameter-missing`, `term-open`.
    pub code: String,
    /// The parameter or term.
    pub field: String,
    /// The question.
    pub text: String,
}

/// An entry that may describe the item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The list.
    pub regime: ListRegime,
    /// The code there.
    pub code: String,
    /// From 0 to 1, for the order only: no probability.
    pub score: f32,
    /// Words and parameters for and against, other lists that agree.
    pub reasons: Vec<String>,
    /// What would decide.
    pub questions: Vec<Question>,
}

/// An index over the active versions of the control lists.
#[derive(Debug)]
pub struct Search {
    lists: Vec<Arc<ControlList>>,
    confirmed: Vec<Confirmations>,
    /// Word to paragraphs: list, position, weight of the word there.
    postings: HashMap<String, Vec<Posting>>,
    documents: f32,
    /// Conditions of each paragraph's own text, drafted when first weighed.
    own: Vec<Vec<OnceLock<Option<Predicate>>>>,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    list: u16,
    at: u32,
    weight: f32,
}

/// Paragraphs found, with score and the words that found them.
type Hits = HashMap<(u16, u32), (f32, Vec<String>)>;

impl Search {
    /// Indexes the lists; a list of tariff codes answers by code only.
    /// `confirmed` holds the confirmed predicates by list.
    pub fn build(
        lists: Vec<Arc<ControlList>>,
        confirmed: &BTreeMap<ListRegime, Confirmations>,
    ) -> Search {
        let mut raw: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut documents = 0;
        for (number, list) in lists.iter().enumerate() {
            let Ok(number) = u16::try_from(number) else {
                continue;
            };
            if list.regime().is_tariff() {
                continue;
            }
            documents += list.entries().len();
            let own: Vec<Vec<String>> = list.entries().iter().map(|e| words(&e.text)).collect();
            for at in 0..own.len() {
                post(&mut raw, list, number, at, &own);
            }
        }
        let confirmed = lists
            .iter()
            .map(|list| confirmed.get(&list.regime()).cloned().unwrap_or_default())
            .collect();
        let own = lists
            .iter()
            .map(|list| list.entries().iter().map(|_| OnceLock::new()).collect())
            .collect();
        Search {
            own,
            lists,
            confirmed,
            postings: raw,
            documents: documents as f32,
        }
    }

    /// The lists it answers from.
    pub fn lists(&self) -> &[Arc<ControlList>] {
        &self.lists
    }

    /// Candidates, best first. `hs_code` may be of any length from six digits.
    pub fn candidates(
        &self,
        description: &str,
        parameters: &Parameters,
        hs_code: Option<&str>,
        limit: usize,
    ) -> Vec<Candidate> {
        let hits = self.lookup(description);
        let mut best: Vec<((u16, u32), f32, Vec<String>)> = hits
            .into_iter()
            .map(|(at, (score, words))| (at, score, words))
            .collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(WEIGHED);
        let top = best.first().map_or(1.0, |hit| hit.1);
        let mut found: Vec<Candidate> = best
            .into_iter()
            .filter_map(|((list, at), score, words)| {
                self.weighed(list, at, score / (top + 4.0), &words, parameters)
            })
            .collect();
        join_numbers(&mut found);
        found.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.code.cmp(&b.code))
        });
        let mut found = apart(found, limit);
        found.extend(self.by_tariff(hs_code));
        found
    }

    fn lookup(&self, description: &str) -> Hits {
        let mut hits: Hits = HashMap::new();
        let mut asked = words(description);
        asked.sort();
        asked.dedup();
        for word in asked.into_iter().take(MAX_QUERY_WORDS) {
            let Some(postings) = self.postings.get(&word) else {
                continue;
            };
            let n = postings.len() as f32;
            let rarity = ((self.documents - n + 0.5) / (n + 0.5) + 1.0).ln();
            // In a list of some size, a word of a tenth of all paragraphs says
            // nothing of one of them.
            if n > (self.documents / 10.0).max(COMMON) {
                continue;
            }
            for posting in postings {
                let hit = hits.entry((posting.list, posting.at)).or_default();
                hit.0 += rarity * posting.weight;
                hit.1.push(word.clone());
            }
        }
        hits
    }

    fn weighed(
        &self,
        list_number: u16,
        at: u32,
        score: f32,
        words: &[String],
        parameters: &Parameters,
    ) -> Option<Candidate> {
        let list = self.lists.get(usize::from(list_number))?;
        let confirmed = self.confirmed.get(usize::from(list_number))?;
        let entry = list.entry(at)?;
        let mut reasons = vec![format!("words in common: {}", words.join(", "))];
        let mut questions = Vec::new();
        let mut score = score;
        for part in list.path(at) {
            let drafted = self.own.get(usize::from(list_number));
            let Some(cell) = drafted.and_then(|cells| cells.get(part as usize)) else {
                continue;
            };
            let Some(predicate) = cell.get_or_init(|| list.own_predicate(part, confirmed)) else {
                continue;
            };
            score *= weigh(predicate, parameters, &mut reasons, &mut questions);
        }
        questions.truncate(MAX_QUESTIONS);
        Some(Candidate {
            regime: list.regime(),
            code: entry.code.clone(),
            score,
            reasons,
            questions,
        })
    }

    /// Tariff lists: the code itself or the heading it stands in.
    fn by_tariff(&self, hs_code: Option<&str>) -> Vec<Candidate> {
        let digits: String = hs_code
            .unwrap_or("")
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        if digits.len() < 6 {
            return Vec::new();
        }
        let tariff = self.lists.iter().filter(|list| list.regime().is_tariff());
        let found = tariff.filter_map(|list| {
            let lengths = (4..=digits.len()).rev();
            let entry = lengths.filter_map(|n| list.get(digits.get(..n)?)).next();
            let inexact = || {
                let mut codes = list.entries().iter();
                codes.find(|entry| entry.code.starts_with(&digits))
            };
            let (entry, exact) = match entry {
                Some(entry) => (entry, true),
                None => (inexact()?, false),
            };
            Some(tariff_candidate(list, entry, &digits, exact))
        });
        found.collect()
    }
}

fn tariff_candidate(
    list: &ControlList,
    entry: &super::Entry,
    digits: &str,
    exact: bool,
) -> Candidate {
    let tier = entry
        .reasons
        .first()
        .map_or(String::new(), |tier| format!(", {tier}"));
    let mut questions = Vec::new();
    if !exact {
        questions.push(Question {
            code: "code-too-short".to_owned(),
            field: "hs_code".to_owned(),
            text: format!(
                "Some codes below {digits} are listed, such as {}: what is the full code?",
                entry.code
            ),
        });
    }
    Candidate {
        regime: list.regime(),
        code: entry.code.clone(),
        score: if exact { 1.0 } else { 0.5 },
        reasons: vec![format!(
            "tariff code {digits} is on the list {}{tier}",
            list.regime().as_str()
        )],
        questions,
    }
}

/// What the declared parameters say to a condition, as a factor.
fn weigh(
    predicate: &Predicate,
    parameters: &Parameters,
    reasons: &mut Vec<String>,
    questions: &mut Vec<Question>,
) -> f32 {
    let verdict = predicate.evaluate(parameters);
    let numbers = |truth: Truth| {
        let said = verdict.why.iter().filter(move |said| said.truth == truth);
        said.map(|said| said.text.clone()).collect::<Vec<_>>()
    };
    reasons.extend(
        numbers(Truth::True)
            .into_iter()
            .map(|text| format!("for: {text}")),
    );
    reasons.extend(
        numbers(Truth::False)
            .into_iter()
            .map(|text| format!("against: {text}")),
    );
    match verdict.truth {
        Truth::True => 1.6,
        Truth::False => 0.25,
        Truth::Unknown => {
            questions.extend(verdict.missing.into_iter().map(|missing| Question {
                code: match missing.asked {
                    Asked::Parameter => "parameter-missing".to_owned(),
                    _ => "term-open".to_owned(),
                },
                field: missing.name,
                text: missing.question,
            }));
            1.0
        }
    }
}

/// Candidates of different law with the same number confirm each other.
fn join_numbers(found: &mut [Candidate]) {
    let mut by_root: HashMap<String, Vec<(usize, ListRegime)>> = HashMap::new();
    for (at, candidate) in found.iter().enumerate() {
        if let Some(root) = root_number(&candidate.code) {
            by_root
                .entry(root.number)
                .or_default()
                .push((at, candidate.regime));
        }
    }
    for (number, group) in by_root {
        for (at, regime) in &group {
            let Some(other) = group
                .iter()
                .map(|(_, other)| *other)
                .find(|other| other != regime)
            else {
                continue;
            };
            if let Some(candidate) = found.get_mut(*at) {
                candidate.score *= 1.1;
                candidate.reasons.push(format!(
                    "{} has the same number ({number}) and agrees",
                    other.as_str()
                ));
            }
        }
    }
}

/// The best of each entry first: at most two paragraphs of one entry before
/// every other entry had its turn.
fn apart(found: Vec<Candidate>, limit: usize) -> Vec<Candidate> {
    let mut seen: HashMap<(ListRegime, String), usize> = HashMap::new();
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for mut candidate in found {
        candidate.score = candidate.score.clamp(0.0, 1.0);
        let entry = candidate.code.chars().take(5).collect();
        let count = seen.entry((candidate.regime, entry)).or_default();
        *count += 1;
        if *count <= 2 {
            first.push(candidate);
        } else {
            later.push(candidate);
        }
    }
    first.extend(later);
    first.truncate(limit);
    first
}

fn post(
    raw: &mut HashMap<String, Vec<Posting>>,
    list: &ControlList,
    number: u16,
    at: usize,
    own: &[Vec<String>],
) {
    let Ok(position) = u32::try_from(at) else {
        return;
    };
    let mut weights: HashMap<&str, f32> = HashMap::new();
    let mut length = 0.0;
    for part in list.path(position) {
        let weight = if part == position { 1.0 } else { ABOVE };
        for word in own.get(part as usize).into_iter().flatten() {
            *weights.entry(word).or_default() += weight;
            length += weight;
        }
    }
    for (word, count) in weights {
        // Length against a typical paragraph with what stands above it.
        let normal = K1 * (1.0 - B + B * length / 30.0);
        let weight = count * (K1 + 1.0) / (count + normal);
        let posting = Posting {
            list: number,
            at: position,
            weight,
        };
        match raw.get_mut(word) {
            Some(postings) => postings.push(posting),
            None => {
                raw.insert(word.to_owned(), vec![posting]);
            }
        }
    }
}

const STOP: &[&str] = &[
    "the",
    "and",
    "for",
    "with",
    "any",
    "following",
    "having",
    "all",
    "other",
    "than",
    "specially",
    "designed",
    "therefor",
    "see",
    "list",
    "items",
    "controlled",
    "not",
    "are",
    "that",
    "from",
    "which",
    "this",
    "more",
    "less",
    "greater",
    "exceeding",
    "equal",
    "use",
    "used",
    "follows",
    "new",
    "pcs",
    "set",
    "model",
    "type",
];

/// Words as looked up: lower case, singular, without those that say nothing.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
        .filter(|word| !STOP.contains(&word.as_str()) && !word.bytes().all(|b| b.is_ascii_digit()))
        .map(|word| stem(&word))
        .collect()
}

/// British and American spellings and the plural of a word as one.
fn stem(word: &str) -> String {
    let word = word
        .replace("metre", "meter")
        .replace("fibre", "fiber")
        .replace("aluminium", "aluminum")
        .replace("isation", "ization")
        .replace("ising", "izing")
        .replace("analogue", "analog");
    if let Some(head) = word.strip_suffix("ies").filter(|head| head.len() > 2) {
        return format!("{head}y");
    }
    match word.strip_suffix('s') {
        Some(head) if head.len() > 2 && !word.ends_with("ss") && !word.ends_with("us") => {
            head.to_owned()
        }
        _ => word,
    }
}
