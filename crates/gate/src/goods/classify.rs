//! Loading what classification needs, and learning from decisions.

use super::{GoodsError, Nomenclatures, load_nomenclatures};
use jiff::Timestamp;
use portcullis_controls::classify::{Classifier, GoodsWords, Learned, Precedent, Precedents};
use portcullis_controls::draft::Confirmations;
use portcullis_controls::entries::{ControlList, ListRegime, Search};
use portcullis_controls::nomenclature::{CodeState, Editions, Nomenclature};
use portcullis_domain::{Date, Issue, Period, hex_sha256};
use portcullis_formats::goods_rows::GoodsRow;
use portcullis_policy::{PolicyFiles, Problem};
use portcullis_store::{NewReference, PutReference, ReferenceKind, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of the document of decisions that were learned from.
const DECISIONS: &str = "decisions";
/// How documents of confirmed predicates are called.
const PREDICATES: &str = "-predicates";

/// Everything that answers for a day.
pub struct Classifying {
    /// The nomenclatures.
    pub held: Nomenclatures,
    /// The engine over them and the decisions learned from.
    pub engine: Classifier,
    /// Entries of control lists; without a list it finds nothing.
    pub controls: Search,
}

/// What a call to learn did.
#[derive(Clone, Debug)]
pub struct LearnedFrom {
    /// New, replaced and known decisions.
    pub learned: Learned,
    /// All decisions held now.
    pub held: usize,
    /// The stored version; `None` if nothing was new.
    pub put: Option<PutReference>,
    /// Rows that were not taken, and codes that were brought up to date.
    pub issues: Vec<Issue>,
}

/// Reads the words of descriptions from policy.
///
/// # Errors
///
/// [`GoodsError::Policy`].
pub fn goods_words(files: &PolicyFiles) -> Result<GoodsWords, GoodsError> {
    let shown = |problems: Vec<Problem>| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        GoodsError::Policy(shown.join("; "))
    };
    GoodsWords::load(files).map_err(shown)
}

/// Loads what answers for the day `as_of` with what was known at `known`.
///
/// # Errors
///
/// [`GoodsError::NoNomenclature`] if no nomenclature covers the day; others if
/// what is stored cannot be read.
pub async fn load_classifying(
    store: &Store,
    (editions, words): (&Editions, &GoodsWords),
    as_of: Date,
    known: Timestamp,
) -> Result<Classifying, GoodsError> {
    let held = load_nomenclatures(store, editions, as_of, known).await?;
    let precedents = load_precedents(store, as_of, known).await?;
    let engine = engine(&held, words, &precedents);
    Ok(Classifying {
        held,
        engine,
        controls: load_controls(store, as_of, known).await?,
    })
}

fn engine(held: &Nomenclatures, words: &GoodsWords, precedents: &Precedents) -> Classifier {
    let longer: Vec<&Nomenclature> = held.documents.iter().map(|d| &d.table).collect();
    // The Harmonized System itself is not spoken of twice.
    let own = usize::from(
        longer
            .first()
            .is_some_and(|first| first.lines() == held.hs.lines()),
    );
    Classifier::new(
        &held.hs,
        longer.get(own..).unwrap_or_default(),
        words,
        precedents,
    )
}

async fn load_precedents(
    store: &Store,
    as_of: Date,
    known: Timestamp,
) -> Result<Precedents, GoodsError> {
    let kind = ReferenceKind::Precedents;
    let Some(version) = store
        .active_reference(kind, DECISIONS, as_of, known)
        .await?
    else {
        return Ok(Precedents::default());
    };
    let bytes = store.reference_bytes(&version.id).await?;
    Precedents::from_bytes(&bytes).map_err(|source| GoodsError::Prepared {
        id: version.id,
        source,
    })
}

async fn load_controls(store: &Store, as_of: Date, known: Timestamp) -> Result<Search, GoodsError> {
    let kind = ReferenceKind::ControlList;
    let mut names: Vec<String> = store
        .reference_versions(kind)
        .await?
        .into_iter()
        .map(|v| v.name)
        .collect();
    names.dedup();
    let mut lists = Vec::new();
    let mut confirmed: BTreeMap<ListRegime, Confirmations> = BTreeMap::new();
    for name in names {
        let Some(version) = store.active_reference(kind, &name, as_of, known).await? else {
            continue;
        };
        let bytes = store.reference_bytes(&version.id).await?;
        let damaged = |why: String| GoodsError::List {
            id: version.id.clone(),
            why,
        };
        match name.strip_suffix(PREDICATES) {
            Some(regime) => {
                let text = String::from_utf8(bytes).map_err(|e| damaged(e.to_string()))?;
                let read = Confirmations::parse(&text).map_err(damaged)?;
                if let Some(regime) = ListRegime::parse(regime) {
                    confirmed.insert(regime, read);
                }
            }
            None => {
                let list = ControlList::from_bytes(&bytes).map_err(|e| damaged(e.to_string()))?;
                lists.push(Arc::new(list));
            }
        }
    }
    Ok(Search::build(lists, &confirmed))
}

/// Learns from decided rows: adds them to those held, learns the weights anew
/// and puts the new version in use. On any error the version in use stays.
///
/// # Errors
///
/// As [`load_classifying`]; or the store failed.
pub async fn learn(
    store: &Store,
    (editions, words): (&Editions, &GoodsWords),
    (rows, source): (Vec<GoodsRow>, &[u8]),
    (actor, now): (&str, Timestamp),
) -> Result<LearnedFrom, GoodsError> {
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let held = load_nomenclatures(store, editions, day, now).await?;
    let mut precedents = load_precedents(store, day, now).await?;
    let mut issues = Vec::new();
    let taken = rows
        .into_iter()
        .filter_map(|row| decision(row, &held, &mut issues))
        .collect();
    let learned = precedents.add(taken);
    if learned.added + learned.replaced == 0 {
        return Ok(LearnedFrom {
            learned,
            held: precedents.items().len(),
            put: None,
            issues,
        });
    }
    let words = words.clone();
    let (held, precedents) = tokio::task::spawn_blocking(move || {
        precedents.weights = Some(engine(&held, &words, &precedents).learn_weights());
        (held, precedents)
    })
    .await
    .map_err(|stopped| GoodsError::Stopped(stopped.to_string()))?;
    let new = NewReference {
        kind: ReferenceKind::Precedents,
        name: DECISIONS.to_owned(),
        label: format!("{} decisions", precedents.items().len()),
        in_force: Period::default(),
        published: None,
        citation: format!(
            "decisions learned from, coded in {}",
            held.documents
                .first()
                .map_or("the Harmonized System", |d| d.version.name.as_str())
        ),
        source_sha256: hex_sha256(source),
        records: precedents.items().len() as u64,
        issues: issues.len() as u64,
        bytes: precedents.to_bytes(),
    };
    let put = store.put_reference(&new, true, actor, now).await?;
    Ok(LearnedFrom {
        learned,
        held: precedents.items().len(),
        put: Some(put),
        issues,
    })
}

/// A row as a decision. A code of an earlier edition that became one code is
/// brought up to date; any other code that is not in force is an issue.
fn decision(row: GoodsRow, held: &Nomenclatures, issues: &mut Vec<Issue>) -> Option<Precedent> {
    let mut refuse = |text: String| {
        issues.push(
            Issue::new("not-learned", text)
                .at_line(row.line)
                .in_field("hs_code"),
        );
    };
    let Some(declared) = row.hs_code.as_deref() else {
        refuse(format!("the row {} has no hs_code; it is left out", row.id));
        return None;
    };
    if row.description.trim().is_empty() {
        refuse(format!(
            "the row {} has no description; it is left out",
            row.id
        ));
        return None;
    }
    let finding = held.check(declared);
    let code = match &finding.state {
        CodeState::Known | CodeState::KnownTo(_) => finding.code.clone(),
        CodeState::Outdated { successors, .. } if successors.len() == 1 => {
            successors.first()?.clone()
        }
        CodeState::Truncated { candidates, of: 1 } => candidates.first()?.clone(),
        _ => {
            refuse(format!("the row {}: {}", row.id, finding.text()));
            return None;
        }
    };
    issues.extend(row.issues);
    Some(Precedent {
        id: row.id,
        code,
        description: row.description,
        source: row.source.unwrap_or_default(),
        date: row.date,
    })
}
