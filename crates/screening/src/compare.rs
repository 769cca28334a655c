//! Two parties, no list: scored exactly as [`Index::screen`](crate::Index::screen)
//! would score the left one against a list on which the right one stands.

use crate::align::{Alignment, edges_between};
use crate::evidence;
use crate::explain::{Told, name_parts, name_reasons};
use crate::hit::{PartMatch, Reason};
use crate::index::{bearer, exact_hashes, joined_hash, run_together};
use crate::judge::{Judged, NameFound, round};
use crate::parts::parts;
use crate::query::{Options, Query};
use crate::score::{NameScore, Side, Whole, name_score, standing};
use crate::screen::{bearers, kinds_match, scored_as, stated_countries};
use crate::tokens::entry;
use crate::word::Word;
use portcullis_domain::{CountryRole, Name, NameKind, Party, PartyKind, RelatedCountry};
use portcullis_names::{Bearer, Prepared, prepare, prepare_as_typed};

/// How two parties compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Similarity of the offered evidence, 0 to 1, to 1/10,000; 0.70 is the
    /// alert line. `None` where the two cannot be compared (nothing to compare,
    /// or things of different kinds); `reasons` says why.
    pub score: Option<f64>,
    /// Weight of the evidence in bits, to 1/1000, rarity being that among names
    /// at large.
    pub bits: f64,
    /// Why, as in [`Hit`](crate::Hit).
    pub reasons: Vec<Reason>,
    /// The best pair of names word by word.
    pub parts: Vec<PartMatch>,
}

impl Comparison {
    /// Two parties that cannot be compared.
    fn none(code: &str, text: &str) -> Comparison {
        Comparison {
            score: None,
            bits: 0.0,
            reasons: vec![Reason {
                code: code.to_owned(),
                text: text.to_owned(),
                bits: 0.0,
            }],
            parts: Vec::new(),
        }
    }
}

/// One name taken apart as the name of one sort of bearer.
struct Form<'a> {
    given: &'a str,
    part: bool,
    /// A form with its words as typed has no whole-name keys of its own.
    typed: bool,
    bearer: Bearer,
    prepared: Prepared,
}

impl Form<'_> {
    fn words(&self) -> Vec<Word<'_>> {
        let tokens = self.prepared.tokens.iter();
        tokens
            .map(|token| {
                let (text, writing) = entry(token);
                Word::new(text, writing, token.class)
            })
            .collect()
    }
}

fn add_forms<'a>(out: &mut Vec<Form<'a>>, given: &'a str, part: bool, bearer: Bearer) {
    let folded = prepare(given, bearer);
    let typed = prepare_as_typed(given, bearer, &folded);
    let others = typed.into_iter().map(|form| (form, true));
    let forms = std::iter::once((folded, false)).chain(others);
    let forms = forms.filter(|(prepared, _)| !prepared.tokens.is_empty());
    out.extend(forms.map(|(prepared, typed)| Form {
        given,
        part,
        typed,
        bearer,
        prepared,
    }));
}

/// The names asked, those inside a field that holds several too.
fn asked_forms<'a>(query: &'a Query, listed_as: Bearer) -> Vec<Form<'a>> {
    let mut out = Vec::new();
    if !bearers(query.kind).contains(&listed_as) {
        return out;
    }
    for given in std::iter::once(&query.name).chain(&query.other_names) {
        add_forms(&mut out, given, false, listed_as);
        for part in parts(given) {
            add_forms(&mut out, part, true, listed_as);
        }
    }
    out
}

/// The names of the other party, as a list would hold them.
fn listed_forms(query: &Query, listed_as: Bearer) -> Vec<Form<'_>> {
    let mut out = Vec::new();
    for given in std::iter::once(&query.name).chain(&query.other_names) {
        add_forms(&mut out, given, false, listed_as);
    }
    out
}

/// Whether two whole names are the same after normalisation.
fn is_exact(asked: &Form, listed: &Form) -> bool {
    let mut keys = exact_hashes(&listed.prepared);
    !listed.typed && keys.any(|key| exact_hashes(&asked.prepared).any(|k| k == key))
}

/// Whether two whole names may be the same but for spaces.
fn is_joined(asked: &Form, listed: &Form) -> bool {
    let Some(wanted) = joined_hash(&asked.prepared.joined) else {
        return false;
    };
    let tokens = listed.prepared.tokens.iter();
    let words: Vec<&str> = tokens.map(|t| t.latin.as_str()).collect();
    let runs = run_together(&words);
    !listed.typed && runs.iter().any(|run| joined_hash(run) == Some(wanted))
}

/// The best pair of names so far.
struct Best {
    asked: usize,
    listed: usize,
    standing: f64,
    name: NameScore,
}

/// Laid side by side anew for each pair of names.
#[derive(Default)]
struct Scratch {
    alignment: Alignment,
    edges: Vec<crate::align::Edge>,
}

impl Scratch {
    fn score(&mut self, asked: &Form, listed: &Form, kind: PartyKind) -> NameScore {
        let (query, words) = (asked.words(), listed.words());
        edges_between(&query, &words, &mut self.edges);
        let person = kind == PartyKind::Person;
        self.alignment.align(&query, &words, &self.edges, person);
        let side = |words, form: &Form| Side {
            words,
            forms: form.prepared.forms,
        };
        let whole = Whole {
            kind,
            exact: is_exact(asked, listed),
            joined: is_joined(asked, listed),
        };
        name_score(
            side(&query, asked),
            side(&words, listed),
            &self.alignment,
            whole,
        )
    }
}

/// The right party as a list would hold it.
fn as_listed(query: &Query) -> Party {
    let names = std::iter::once(&query.name).chain(&query.other_names);
    Party {
        kind: query.kind,
        names: names.map(|n| Name::new(NameKind::Primary, n)).collect(),
        identifiers: query.identifiers.clone(),
        addresses: query.addresses.clone(),
        countries: query
            .countries
            .iter()
            .map(|country| RelatedCountry {
                role: CountryRole::Related,
                country: *country,
            })
            .collect(),
        birth_dates: query.birth_dates.clone(),
        gender: query.gender,
        ..Party::default()
    }
}

/// Compares two parties. The left one is asked about, the right one is taken
/// as the entry of a list.
pub fn compare(left: &Query, right: &Query, options: &Options) -> Comparison {
    if !kinds_match(left.kind, right.kind) {
        let text = "the two are of different kinds";
        return Comparison::none("not-comparable", text);
    }
    if !left.is_answerable() || !right.is_answerable() {
        let text = "one side has neither a name nor an identifier that can be read";
        return Comparison::none("not-comparable", text);
    }
    let kind = scored_as(left.kind, right.kind);
    let listed = listed_forms(right, bearer(right.kind));
    let asked = asked_forms(left, bearer(right.kind));
    let best = best_pair(&asked, &listed, kind, options);
    let terms = evidence::terms(left, &stated_countries(left), &as_listed(right));
    let found = best.as_ref().map(|best| NameFound {
        standing: best.standing,
        name: &best.name,
        part: asked[best.asked].part,
        kind: NameKind::Primary,
    });
    let judged = Judged::new(found, terms, kind);
    let (mut reasons, parts) = match &best {
        Some(best) => told(&asked[best.asked], &listed[best.listed], best, kind),
        None => (Vec::new(), Vec::new()),
    };
    reasons.extend(judged.terms.into_iter().map(|t| t.reason));
    for reason in &mut reasons {
        reason.bits = round(reason.bits, 1_000.0);
    }
    Comparison {
        score: Some(judged.score),
        bits: round(reasons.iter().map(|r| r.bits).sum(), 1_000.0),
        reasons,
        parts,
    }
}

fn best_pair(asked: &[Form], listed: &[Form], kind: PartyKind, options: &Options) -> Option<Best> {
    let mut scratch = Scratch::default();
    let mut best: Option<Best> = None;
    for (a, name) in asked.iter().enumerate() {
        for (l, other) in listed.iter().enumerate() {
            if name.bearer != other.bearer {
                continue;
            }
            let found = scratch.score(name, other, kind);
            let new = Best {
                asked: a,
                listed: l,
                standing: standing(found.score, NameKind::Primary, kind, options.weak),
                name: found,
            };
            let better = |old: &Best| {
                let by_score = new.standing.total_cmp(&old.standing);
                by_score
                    .then(new.name.exact.cmp(&old.name.exact))
                    .then(asked[old.asked].part.cmp(&name.part))
                    .then(new.name.bits.total_cmp(&old.name.bits))
                    .is_gt()
            };
            if best.as_ref().is_none_or(better) {
                best = Some(new);
            }
        }
    }
    best
}

/// Why the best pair of names counts, and the two word by word.
fn told(
    asked: &Form,
    listed: &Form,
    best: &Best,
    kind: PartyKind,
) -> (Vec<Reason>, Vec<PartMatch>) {
    let mut scratch = Scratch::default();
    scratch.score(asked, listed, kind);
    let (query, words) = (asked.words(), listed.words());
    let told = Told {
        given: asked.given,
        query: &query,
        part: asked.part,
        listed_name: listed.given,
        listed: &words,
        name_kind: NameKind::Primary,
        kind,
        alignment: &scratch.alignment,
        score: &best.name,
    };
    (name_reasons(&told), name_parts(&told))
}
