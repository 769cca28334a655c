//! One screening, laid out as its record.

use super::{
    Fact, ListLine, ScoreView, compare::Said, count, day, grouped, moment, percent, sentence,
    shown_name,
};
use crate::search::hundredths;
use portcullis_domain::{ListedHit, Party, PartyKind};
use portcullis_screening::Hit;
use portcullis_store::{ScreeningDetail, ScreeningResult, ScreeningSource, StoredScreening};
use std::collections::HashMap;

/// Hits that fit on one printed page beside the record; more are counted there.
const PRINTED: usize = 8;
/// Hits in the table of the page; more are counted and can be opened.
const SHOWN: usize = 100;
/// Reasons shown in a row; all stand on the comparison.
const REASONS: usize = 4;

/// A listed entry that was met.
pub(crate) struct ListedView {
    /// From 1, the strongest first.
    pub(crate) number: usize,
    pub(crate) entity: String,
    pub(crate) caption: String,
    /// The name that met, where it is not the caption.
    pub(crate) matched: String,
    pub(crate) lists: Vec<String>,
    pub(crate) score: ScoreView,
    pub(crate) said: Vec<Said>,
    /// How it was judged, in a sentence; empty if it was not.
    pub(crate) judged: String,
}

/// The page of one screening.
pub(crate) struct ScreeningView {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) asked_line: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) class: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) partial: Vec<String>,
    pub(crate) hits: Vec<ListedView>,
    /// How many hits the table leaves out, in a sentence, and where they begin.
    pub(crate) unshown: Fact,
    /// How many hits a print leaves out, in a sentence.
    pub(crate) unprinted: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) lists: Vec<ListLine>,
}

impl ScreeningView {
    /// `replayed` are the hits of the same question asked again, which know the
    /// weight of each reason; `judged` says of entries how they were judged.
    pub(crate) fn new(
        stored: &StoredScreening,
        replayed: &[Hit],
        judged: &HashMap<String, String>,
        lists: Vec<ListLine>,
    ) -> ScreeningView {
        let (name, asked_line, hits, partial) = match &stored.detail {
            Some(ScreeningDetail::One {
                asked,
                hits,
                partial,
                within,
            }) => (
                shown_name(asked),
                asked_line(asked, within.as_deref()),
                hits.as_slice(),
                partial.as_deref().unwrap_or_default(),
            ),
            Some(ScreeningDetail::File { file, .. }) => {
                (file.clone(), "A file of names.".to_owned(), &[][..], "")
            }
            Some(ScreeningDetail::Book { book, .. }) => (
                format!("customer book {book}"),
                "A rescreening of customers.".to_owned(),
                &[][..],
                "",
            ),
            None => (
                "a party no longer held".to_owned(),
                "The contents were erased; that the screening was made remains.".to_owned(),
                &[][..],
                "",
            ),
        };
        let (class, icon) = notice(stored.result);
        let mut facts = vec![
            Fact::new("Asked by", stored.actor.as_str()),
            Fact::new("By way of", screening_source(stored.source)),
        ];
        facts.extend(screening_facts(stored));
        facts.extend(file_facts(stored));
        ScreeningView {
            id: stored.id.clone(),
            code: stored.code.clone(),
            title: title(stored, &name, &lists),
            text: text(stored, &lists),
            class,
            icon,
            partial: partial.lines().map(sentence).collect(),
            unshown: unshown(&stored.id, hits.len()),
            hits: (1..)
                .zip(hits)
                .take(SHOWN)
                .map(|(number, hit)| listed(number, hit, replayed, judged))
                .collect(),
            unprinted: unprinted(hits.len()),
            facts,
            lists,
            name,
            asked_line,
        }
    }
}

fn unshown(id: &str, hits: usize) -> Fact {
    match hits.saturating_sub(SHOWN) {
        0 => Fact::default(),
        more => Fact::new("", count(more, "weaker match", "weaker matches"))
            .to(format!("/screenings/{id}/hits/{}", SHOWN + 1)),
    }
}

fn unprinted(hits: usize) -> String {
    match hits.saturating_sub(PRINTED) {
        0 => String::new(),
        1 => "1 weaker match is not printed; it stands in the record.".to_owned(),
        n => format!("{n} weaker matches are not printed; they stand in the record."),
    }
}

/// What was asked besides the name: `Person, born 1968, Belarus, passport A2215279`.
fn asked_line(asked: &Party, within: Option<&str>) -> String {
    let mut parts = Vec::new();
    parts.extend(within.map(|lists| format!("only on {lists}")));
    if asked.kind != PartyKind::Unknown {
        parts.push(sentence(asked.kind.as_str()));
    }
    parts.extend(asked.birth_dates.iter().map(|d| format!("born {d}")));
    parts.extend(asked.gender.map(|g| g.as_str().to_owned()));
    parts.extend(asked.all_countries().iter().map(|c| c.name().to_owned()));
    parts.extend(asked.identifiers.iter().map(super::identifier));
    parts.extend(asked.addresses.iter().map(|a| a.one_line()));
    if parts.is_empty() {
        "By name alone, any type. The more is given, the surer the answer.".to_owned()
    } else {
        format!("Asked with: {}.", parts.join(", "))
    }
}

fn listed(
    number: usize,
    hit: &ListedHit,
    replayed: &[Hit],
    judged: &HashMap<String, String>,
) -> ListedView {
    let same_score = |h: &&Hit| (h.score * 10_000.0).round() as i64 == hit.score;
    let again = replayed
        .iter()
        .filter(|h| h.entity_id == hit.entity_id)
        .find(same_score);
    let (said, score, matched) = match again {
        Some(again) => (
            again.reasons.iter().map(Said::new).collect::<Vec<_>>(),
            ScoreView::of(again),
            again.matched_name.clone(),
        ),
        None => (
            hit.reasons.iter().map(|text| Said::plain(text)).collect(),
            ScoreView::new(hit.score, hit.millibits, hit.strong),
            String::new(),
        ),
    };
    let more = said.len().saturating_sub(REASONS);
    let mut said: Vec<Said> = said.into_iter().take(REASONS).collect();
    if more > 0 {
        said.push(Said::plain(&count(more, "more reason", "more reasons")));
    }
    ListedView {
        number,
        entity: hit.entity_id.clone(),
        caption: hit.caption.clone(),
        matched: if matched == hit.caption {
            String::new()
        } else {
            matched
        },
        lists: hit.lists.clone(),
        score,
        said,
        judged: judged.get(&hit.entity_id).cloned().unwrap_or_default(),
    }
}

fn title(stored: &StoredScreening, name: &str, lists: &[ListLine]) -> String {
    match stored.result {
        ScreeningResult::Clear => format!(
            "Nobody on the {} matches, as of {}",
            count(lists.len(), "active list", "active lists"),
            day(stored.as_of)
        ),
        ScreeningResult::Alert if is_one(stored) => format!(
            "{} may be {name}",
            count(stored.hits as usize, "listed entry", "listed entries")
        ),
        ScreeningResult::Alert => count(
            stored.hits as usize,
            "row with a match",
            "rows with a match",
        ),
        ScreeningResult::Partial => "Could not be screened whole: not clear".to_owned(),
        ScreeningResult::NotScreened => "Nothing was screened: not clear".to_owned(),
    }
}

fn is_one(stored: &StoredScreening) -> bool {
    !matches!(
        stored.detail,
        Some(ScreeningDetail::File { .. } | ScreeningDetail::Book { .. })
    )
}

fn text(stored: &StoredScreening, lists: &[ListLine]) -> String {
    let line = percent(stored.threshold);
    let when = moment(stored.recorded_at);
    let against = format!(
        "Against {} as of {}, recorded {when}.",
        count(lists.len(), "active list", "active lists"),
        day(stored.as_of)
    );
    match stored.result {
        ScreeningResult::Clear => {
            format!("No listed name or number comes to {line} or more. Recorded {when}.")
        }
        ScreeningResult::Alert => format!("{line} alike or more. {against}"),
        ScreeningResult::Partial => format!(
            "Nothing was met in what could be looked at, but not all could be. Take it as open, never as clear. {against}"
        ),
        ScreeningResult::NotScreened => format!(
            "There was nothing to ask, or no list to ask. Take it as open, never as clear. Recorded {when}."
        ),
    }
}

/// The counts of a file or a customer book.
fn file_facts(stored: &StoredScreening) -> Vec<Fact> {
    let number = |term, n: &u64| Fact::new(term, grouped(*n as i64));
    match &stored.detail {
        Some(ScreeningDetail::File {
            rows,
            clear,
            alerts,
            partial,
            errors,
            input_sha256,
            output_sha256,
            ..
        }) => vec![
            number("Rows", rows),
            number("Clear", clear),
            number("With a match", alerts),
            number("Not whole", partial),
            number("Not screened", errors),
            Fact::new("SHA-256 of the file", input_sha256.as_str())
                .mono()
                .wide(),
            Fact::new("SHA-256 of the answer", output_sha256.as_str())
                .mono()
                .wide(),
        ],
        Some(ScreeningDetail::Book {
            run,
            customers,
            customers_screened,
            entities_screened,
            alerts,
            partial,
            unscreened,
            ..
        }) => vec![
            number("Customers", customers),
            number("Screened against every list", customers_screened),
            number("Changed entries against everybody", entities_screened),
            number("Matches", alerts),
            number("Not whole", partial),
            number("Nothing to screen", unscreened),
            Fact::new("Run", run.as_str()).mono().wide(),
        ],
        _ => Vec::new(),
    }
}

/// What a record says of itself besides who was asked about and by whom.
pub(crate) fn screening_facts(stored: &StoredScreening) -> Vec<Fact> {
    let place = match stored.ledger_index {
        Some(index) => format!("entry {index}"),
        None => "waiting to be sealed".to_owned(),
    };
    vec![
        Fact::new("Recorded", moment(stored.recorded_at)),
        Fact::new("As of", day(stored.as_of)),
        Fact::new("Threshold", hundredths(stored.threshold)),
        Fact::new("Weak aliases alert", if stored.weak { "yes" } else { "no" }),
        Fact::new("Screening engine", stored.engine.as_str()),
        Fact::new("Ledger", place),
        Fact::new("List set", stored.lists.as_str()).mono(),
        Fact::new("Digest", stored.digest.as_str()).mono().wide(),
    ]
}

fn notice(result: ScreeningResult) -> (&'static str, &'static str) {
    match result {
        ScreeningResult::Clear => ("good", "check"),
        ScreeningResult::Alert => ("bad", "alert"),
        ScreeningResult::Partial | ScreeningResult::NotScreened => ("warn", "alert"),
    }
}

/// A result in a table: its words, class and icon.
pub(crate) fn screening_result(
    result: ScreeningResult,
    hits: u64,
) -> (String, &'static str, &'static str) {
    match result {
        ScreeningResult::Clear => ("Clear".to_owned(), "clear", "check"),
        ScreeningResult::Alert => (count(hits as usize, "match", "matches"), "alert", "stop"),
        ScreeningResult::Partial => ("Not whole".to_owned(), "partial", "alert"),
        ScreeningResult::NotScreened => ("Not screened".to_owned(), "partial", "alert"),
    }
}

/// By which way somebody asked, in words.
pub(crate) fn screening_source(source: ScreeningSource) -> &'static str {
    match source {
        ScreeningSource::Console => "console",
        ScreeningSource::Api => "API",
        ScreeningSource::Cli => "command line",
        ScreeningSource::Monitor => "customer monitoring",
        ScreeningSource::File => "file",
    }
}
