//! `POST /match/{dataset}`: many parties against the lists in one request.

use super::{
    ask,
    datasets::{Dataset, Within},
    docs::MatchDoc,
    match_in::{self, Wanted},
    match_out,
    params::Params,
    refusal::{ErrorDoc, Refusal},
    shelf::Shelf,
};
use crate::{
    AppState,
    judged::{self, Judged},
    problem::{Problem, log},
    record::{self, Common, Screening, listed},
    session::Actor,
};
use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use portcullis_domain::{ListedHit, Party};
use portcullis_screening::{DEFAULT_THRESHOLD, Hit, Options};
use portcullis_store::RecordedScreening;
use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
    thread::available_parallelism,
};
use tokio::sync::Semaphore;

pub(crate) use super::shelf::Card;

/// Results given where no limit is asked for.
const DEFAULT_LIMIT: usize = 5;
/// The most results of one query, as in yente.
pub(crate) const MOST_RESULTS: usize = 500;
/// Queries that are answered on the spot: moving them would cost more.
const ON_THE_SPOT: usize = 4;
/// Bytes of names of such a request.
const SHORT_NAMES: usize = 1_024;
/// Queries answered by one thread at a time.
const SHARE: usize = 32;

/// What is asked beside the parties.
#[derive(Clone)]
pub(crate) struct Manner {
    pub(crate) within: Within,
    pub(crate) limit: usize,
    /// A result from here on is a match.
    pub(crate) threshold: f64,
    /// A result below is not given.
    pub(crate) cutoff: f64,
    exclude_schemas: Vec<String>,
    topics: Vec<String>,
    exclude_ids: HashSet<String>,
    /// Entities that changed; `None` = all.
    changed: Option<Arc<HashSet<String>>>,
    /// Whether the client takes answers that are not whole.
    takes_partial: bool,
}

/// One party, answered.
pub(crate) struct Answered {
    pub(crate) wanted: Wanted,
    /// Results, best first, within the limit.
    pub(crate) results: Vec<(Hit, Arc<Card>)>,
    /// Every match, for the record.
    pub(crate) met: Vec<ListedHit>,
    /// The judgements in force on results, by entity id.
    pub(crate) judged: Judged,
    /// The score from which a result is one.
    threshold: f64,
    /// Why "no match" would say nothing, and whether the question is to blame.
    pub(crate) not_clear: Option<(String, StatusCode)>,
}

impl Answered {
    pub(crate) fn is_match(&self, hit: &Hit) -> bool {
        hit.score >= self.threshold
    }
}

/// The algorithms of yente: here they all are this engine.
pub(crate) const ALGORITHMS: [&str; 8] = [
    "best",
    "portcullis",
    "logic-v2",
    "logic-v1",
    "name-based",
    "name-qualified",
    "regression-v1",
    "regression-v2",
];

impl Manner {
    /// The manner of screening a dataset with everything else as it is by default.
    pub(crate) fn plain(within: Within, limit: usize, threshold: f64) -> Manner {
        Manner {
            within,
            limit,
            threshold,
            cutoff: threshold,
            exclude_schemas: Vec::new(),
            topics: Vec::new(),
            exclude_ids: HashSet::new(),
            changed: None,
            takes_partial: false,
        }
    }

    async fn read(
        state: &AppState,
        shelf: &Arc<Shelf>,
        dataset: &Dataset,
        params: &Params,
    ) -> Result<Manner, Refusal> {
        let threshold = params.share("threshold", DEFAULT_THRESHOLD)?;
        let cutoff = params.share("cutoff", DEFAULT_THRESHOLD)?;
        algorithm(params)?;
        let all = |name| params.all(name).map(str::to_owned);
        Ok(Manner {
            within: within(shelf, dataset, params)?,
            limit: params.number("limit", DEFAULT_LIMIT, 1, MOST_RESULTS)?,
            threshold,
            cutoff: cutoff.min(threshold),
            exclude_schemas: all("exclude_schema").collect(),
            topics: all("topics").collect(),
            exclude_ids: all("exclude_entity_ids").collect(),
            changed: super::changed::since(state, shelf, params.one("changed_since")).await?,
            takes_partial: params.one("partial") == Some("accept"),
        })
    }

    /// The same, with results from a lower score on; matches stay what they are.
    pub(crate) fn with_candidates(self, cutoff: f64) -> Manner {
        Manner { cutoff, ..self }
    }

    /// To what the question was narrowed, in words.
    fn narrowed(&self) -> Option<String> {
        let some = |what: &str, all: &[String]| {
            (!all.is_empty()).then(|| format!("{what} {}", all.join(", ")))
        };
        let ids = self.exclude_ids.len();
        let parts = [
            self.within.said(),
            some("without schemata", &self.exclude_schemas),
            some("topics", &self.topics),
            (ids > 0).then(|| format!("without {ids} entities that the client names")),
            self.changed
                .as_ref()
                .map(|_| "only new or changed entities".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// Whether a hit is a result of this request.
    fn takes(&self, hit: &Hit, card: &Card) -> bool {
        let topic = self.topics.is_empty() || card.topics.iter().any(|t| self.topics.contains(t));
        let excluded = self.exclude_ids.contains(&hit.entity_id)
            || hit.same_as.iter().any(|id| self.exclude_ids.contains(id));
        let schema = self.exclude_schemas.iter().any(|s| s == card.schema);
        let changed = self
            .changed
            .as_ref()
            .is_none_or(|c| c.contains(&hit.entity_id));
        self.within.any(&card.codes) && topic && !excluded && !schema && changed
    }
}

/// The lists that a request asks for; unknown names are refused by name.
pub(crate) fn within(shelf: &Shelf, dataset: &Dataset, params: &Params) -> Result<Within, Refusal> {
    let include = params.all("include_dataset");
    let exclude = params.all("exclude_dataset");
    let within = Within::new(&shelf.datasets, dataset, include, exclude);
    within.map_err(|name| Refusal::bad(format!("No such dataset: {name}")))
}

/// Refuses algorithms that nobody knows.
pub(crate) fn algorithm(params: &Params) -> Result<(), Refusal> {
    match params.one("algorithm") {
        Some(name) if !ALGORITHMS.contains(&name.to_ascii_lowercase().as_str()) => {
            Err(Refusal::bad(format!("Invalid algorithm: {name}")))
        }
        _ => Ok(()),
    }
}

/// Screens parties given in the FollowTheMoney shape, as yente does. Every
/// query leaves a screening record. An empty `results` is only given where the
/// query was read and screened whole: otherwise the request is refused (400 or
/// 500), unless `partial=accept` asks for a status by query.
#[utoipa::path(
    post,
    path = "/match/{dataset}",
    tag = "peers: yente",
    params(
        ("dataset" = String, Path, description = "list code, source, `default`, `sanctions`, `export-controls`"),
        ("limit" = Option<usize>, Query, description = "results by query, 1 to 500; 5 by default"),
        ("threshold" = Option<f64>, Query, description = "score from which a result is a match; 0.70 by default"),
        ("cutoff" = Option<f64>, Query, description = "score from which results are given at all; deprecated in yente"),
        ("algorithm" = Option<String>, Query, description = "taken and of no effect: there is one engine"),
        ("include_dataset" = Option<Vec<String>>, Query, description = "only these lists of the dataset"),
        ("exclude_dataset" = Option<Vec<String>>, Query, description = "without these"),
        ("exclude_schema" = Option<Vec<String>>, Query, description = "without results of these schemata"),
        ("topics" = Option<Vec<String>>, Query, description = "only results with one of these topics"),
        ("changed_since" = Option<String>, Query, description = "only entities that are new or changed since this time"),
        ("exclude_entity_ids" = Option<Vec<String>>, Query, description = "without these entities"),
        ("partial" = Option<String>, Query, description = "`accept`: a status by query instead of refusing the request"),
    ),
    request_body(content = Object, description = "`{\"queries\": {name: {schema, properties}}}`, at most 32 MiB"),
    responses(
        (status = 200, body = MatchDoc),
        (status = 400, description = "a query that cannot be read, or not clear for that reason", body = ErrorDoc),
        (status = 401, body = ErrorDoc),
        (status = 404, description = "no such dataset", body = ErrorDoc),
        (status = 413, description = "the request is larger than 32 MiB", body = ErrorDoc),
        (status = 422, description = "a field of the wrong form", body = ErrorDoc),
        (status = 429, description = "quota or rate spent; see Retry-After", body = ErrorDoc),
        (status = 500, description = "a query met a bound of work and is not clear", body = ErrorDoc),
        (status = 503, description = "no list is in use", body = ErrorDoc),
    )
)]
pub(crate) async fn matching(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(dataset): Path<String>,
    params: Params,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let body = body.map_err(|_| too_large())?;
    let shelf = state.shelves().current(&state).await?;
    let dataset = shelf.datasets.get(&dataset);
    let dataset = dataset.ok_or_else(|| Refusal::missing("No such dataset."))?;
    let manner = Manner::read(&state, &shelf, dataset, &params).await?;
    let asked = match_in::read(&body)?;
    let answered = answer(&state, &actor, &shelf, &manner, asked.wanted).await?;
    if !manner.takes_partial {
        refuse_what_is_not_clear(&answered, "queries.")?;
    }
    let recorded = settle(&state, &actor, &shelf, &manner, &answered).await?;
    let json = match_out::whole(&answered, &recorded, &asked.notes, manner.limit);
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::HeaderName::from_static("x-batch-size"),
            answered.len().to_string(),
        ),
    ];
    Ok((headers, json).into_response())
}

/// 413 with the bound.
pub(crate) fn too_large() -> Refusal {
    let limit = crate::router::UPLOAD_LIMIT;
    let text = format!("The request is larger than {limit} bytes; send it in several");
    Refusal::Detail(StatusCode::PAYLOAD_TOO_LARGE, text)
}

/// Screens parties and says how what they meet stands judged; nothing is
/// recorded yet.
pub(crate) async fn answer(
    state: &AppState,
    actor: &Actor,
    shelf: &Arc<Shelf>,
    manner: &Manner,
    wanted: Vec<Wanted>,
) -> Result<Vec<Answered>, Refusal> {
    let mut answered = screened(state, actor, shelf, manner, wanted).await?;
    let met: Vec<(&Party, Vec<&str>)> = answered
        .iter()
        .map(|a| {
            let results = a.results.iter().map(|(hit, _)| hit.entity_id.as_str());
            let met = a.met.iter().map(|hit| hit.entity_id.as_str());
            let mut ids: Vec<&str> = results.chain(met).collect();
            ids.sort_unstable();
            ids.dedup();
            (&a.wanted.party, ids)
        })
        .collect();
    let judged = judged::in_force(state, &shelf.lists, &met).await?;
    for (answer, judged) in answered.iter_mut().zip(judged) {
        for hit in &mut answer.met {
            hit.disposition = judged.get(&hit.entity_id).cloned();
        }
        answer.judged = judged;
    }
    Ok(answered)
}

/// Screens parties, on as many threads as there are cores.
async fn screened(
    state: &AppState,
    actor: &Actor,
    shelf: &Arc<Shelf>,
    manner: &Manner,
    wanted: Vec<Wanted>,
) -> Result<Vec<Answered>, Refusal> {
    if ask::nobody_listed(&shelf.lists) {
        return Err(Problem::NoLists.into());
    }
    if let Some(token) = actor.key() {
        state.meter().admit(token, wanted.len() as u64)?;
    }
    let bytes: usize = wanted.iter().map(|w| w.query.name.len()).sum();
    if wanted.len() <= ON_THE_SPOT && bytes <= SHORT_NAMES {
        return Ok(wanted.into_iter().map(|w| one(shelf, manner, w)).collect());
    }
    let mut waiting = wanted.into_iter().peekable();
    let mut shares = Vec::new();
    while waiting.peek().is_some() {
        let share: Vec<Wanted> = waiting.by_ref().take(SHARE).collect();
        let (shelf, manner) = (shelf.clone(), manner.clone());
        shares.push(tokio::spawn(async move {
            // Not more threads than cores: the others would only wait longer.
            let _core = cores().acquire().await;
            let work = move || -> Vec<Answered> {
                share.into_iter().map(|w| one(&shelf, &manner, w)).collect()
            };
            tokio::task::spawn_blocking(work).await
        }));
    }
    let mut answered = Vec::new();
    for share in shares {
        let done = share.await.and_then(|inner| inner);
        answered.extend(done.map_err(|stopped| {
            log(&stopped);
            Problem::Internal
        })?);
    }
    Ok(answered)
}

fn cores() -> &'static Semaphore {
    static CORES: OnceLock<Semaphore> = OnceLock::new();
    CORES.get_or_init(|| Semaphore::new(available_parallelism().map_or(2, usize::from)))
}

fn one(shelf: &Shelf, manner: &Manner, wanted: Wanted) -> Answered {
    let options = Options {
        threshold: manner.cutoff,
        ..Options::default()
    };
    let lost = wanted.lost();
    let screened = if wanted.query.is_answerable() {
        ask::screen(&shelf.lists, &wanted.query, &options)
    } else {
        ask::Screened {
            hits: Vec::new(),
            partial: None,
        }
    };
    let mut results = Vec::new();
    let mut met = Vec::new();
    for hit in screened.hits {
        let Some(card) = shelf.card(&hit.entity_id) else {
            continue;
        };
        if manner.takes(&hit, &card) {
            if hit.score >= manner.threshold {
                met.push(listed(&hit, card.codes.clone()));
            }
            if results.len() < manner.limit {
                results.push((hit, card));
            }
        }
    }
    let bound = screened
        .partial
        .map(|why| (why, StatusCode::INTERNAL_SERVER_ERROR));
    let lost = lost.map(|why| (why, StatusCode::BAD_REQUEST));
    let not_clear = bound.or(lost).filter(|_| met.is_empty());
    Answered {
        wanted,
        results,
        met,
        judged: Judged::new(),
        threshold: manner.threshold,
        not_clear,
    }
}

/// No match is said of nobody who was not read and screened whole.
pub(crate) fn refuse_what_is_not_clear(answered: &[Answered], place: &str) -> Result<(), Refusal> {
    let not_clear = answered.iter().filter_map(|a| {
        let (why, status) = a.not_clear.as_ref()?;
        Some((format!("{place}{}: {why}", a.wanted.name), *status))
    });
    let not_clear: Vec<(String, StatusCode)> = not_clear.collect();
    let Some(worst) = not_clear.iter().map(|(_, status)| *status).max() else {
        return Ok(());
    };
    let said: Vec<&str> = not_clear
        .iter()
        .map(|(why, _)| why.as_str())
        .take(20)
        .collect();
    let more = not_clear.len() - said.len();
    let more = if more > 0 {
        format!(" (and {more} more)")
    } else {
        String::new()
    };
    Err(Refusal::Detail(
        worst,
        format!(
            "{}{more}. Nothing was met, but this is not clear{}",
            said.join(" | "),
            if place.is_empty() {
                "."
            } else {
                "; /match takes partial=accept for a status by query."
            }
        ),
    ))
}

/// Counts and records what was asked; only then may the answer go. Gives the
/// records in the order of the questions.
pub(crate) async fn settle(
    state: &AppState,
    actor: &Actor,
    shelf: &Shelf,
    manner: &Manner,
    answered: &[Answered],
) -> Result<Vec<RecordedScreening>, Refusal> {
    let common = Common {
        as_of: shelf.day,
        lists: shelf.lists.id().to_owned(),
        threshold: manner.threshold,
        within: manner.narrowed(),
    };
    let screening = |a: &Answered| Screening {
        asked: a.wanted.party.clone(),
        met: a.met.clone(),
        partial: a.not_clear.as_ref().map(|(why, _)| why.clone()),
        answerable: a.wanted.query.is_answerable(),
    };
    let screenings = answered.iter().map(screening).collect();
    Ok(record::settle(state, actor, &common, screenings).await?)
}
