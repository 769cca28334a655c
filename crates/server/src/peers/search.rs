//! `GET /search/{dataset}`: looking for somebody by a piece of text.

use super::{
    ask,
    datasets::Within,
    directory::{Directory, Row},
    docs::SearchDoc,
    facets,
    matching::within,
    params::Params,
    refusal::{ErrorDoc, Refusal},
    shelf::{Card, Shelf},
};
use crate::{
    AppState,
    judged::{self, Judged, JudgementOut},
    problem::Problem,
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use portcullis_domain::{Name, NameKind, Party};
use portcullis_formats::watchlists::ftm_write::is_a;
use portcullis_screening::{DEFAULT_THRESHOLD, Options, Query};
use std::{collections::HashSet, sync::Arc};

/// Results on one page where no limit is asked for.
const DEFAULT_LIMIT: usize = 10;
/// The most results on one page, as in yente.
pub(crate) const MOST_RESULTS: usize = 500;
/// How far one can page.
const MOST_OFFSET: usize = 10_000_000;
/// Score from which a name is like the text, where the client asks for it.
const FUZZY: f64 = 0.5;

/// Schemata that can be asked for.
const SCHEMATA: [&str; 10] = [
    "Thing",
    "LegalEntity",
    "Person",
    "Organization",
    "Company",
    "PublicBody",
    "Asset",
    "Vehicle",
    "Vessel",
    "Airplane",
];

/// What is asked.
struct Asked {
    text: String,
    fuzzy: bool,
    schema: String,
    within: Within,
    exclude_schemas: Vec<String>,
    /// By field: `countries`, `topics`, `datasets`, or a property.
    filters: Vec<(String, Vec<String>)>,
    /// Whether every value of a field must fit, or one.
    all: bool,
    changed: Option<Arc<HashSet<String>>>,
    sort: Vec<(String, bool)>,
    facets: Vec<&'static str>,
    limit: usize,
    offset: usize,
}

/// Looks for listed entities by a piece of text, as yente does: names in any
/// spelling or script, ids and identifiers. A look-up, not a screening: it
/// leaves no screening record and its order carries no alert line.
#[utoipa::path(
    get,
    path = "/search/{dataset}",
    tag = "peers: yente",
    params(
        ("dataset" = String, Path, description = "list code, source, `default`, `sanctions`, `export-controls`"),
        ("q" = Option<String>, Query, description = "words of a name, an id, or an identifier; empty lists everybody"),
        ("schema" = Option<String>, Query, description = "`Thing` by default"),
        ("include_dataset" = Option<Vec<String>>, Query, description = "only these lists of the dataset"),
        ("exclude_dataset" = Option<Vec<String>>, Query, description = "without these"),
        ("exclude_schema" = Option<Vec<String>>, Query, description = "without these schemata"),
        ("changed_since" = Option<String>, Query, description = "only entities that are new or changed since this time"),
        ("countries" = Option<Vec<String>>, Query, description = "only of these countries"),
        ("topics" = Option<Vec<String>>, Query, description = "only with these topics"),
        ("datasets" = Option<Vec<String>>, Query, description = "only on these lists"),
        ("filter" = Option<Vec<String>>, Query, description = "`property:value`"),
        ("filter_op" = Option<String>, Query, description = "`OR` (default) or `AND` among values of one field"),
        ("sort" = Option<Vec<String>>, Query, description = "`caption`, `id`, `schema`, `first_seen`, with `:asc` or `:desc`"),
        ("facets" = Option<Vec<String>>, Query, description = "`countries`, `topics`, `datasets` by default; also `schema`, `identifiers`, `genders`"),
        ("fuzzy" = Option<bool>, Query, description = "also names that are only somewhat alike"),
        ("simple" = Option<bool>, Query, description = "taken and of no effect: the text is always plain"),
        ("limit" = Option<usize>, Query, description = "1 to 500; 10 by default"),
        ("offset" = Option<usize>, Query, description = "from 0"),
    ),
    responses(
        (status = 200, body = SearchDoc),
        (status = 400, body = ErrorDoc),
        (status = 401, body = ErrorDoc),
        (status = 404, description = "no such dataset", body = ErrorDoc),
        (status = 422, description = "a field of the wrong form", body = ErrorDoc),
    )
)]
pub(crate) async fn search(
    State(state): State<AppState>,
    Path(dataset): Path<String>,
    params: Params,
) -> Result<Response, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    let dataset = shelf.datasets.get(&dataset);
    let dataset = dataset.ok_or_else(|| Refusal::missing("No such dataset."))?;
    let within = within(&shelf, dataset, &params)?;
    let asked = Asked::read(&state, &shelf, within, &params).await?;
    let looking = tokio::task::spawn_blocking(move || {
        let answer = answer(&shelf, &asked);
        (answer, shelf, asked)
    });
    let (answer, shelf, asked) = looking.await.map_err(|_| Problem::Internal)?;
    let party = Party {
        names: vec![Name::new(NameKind::Primary, asked.text.trim())],
        ..Party::default()
    };
    let shown = match asked.text.trim() {
        "" => Vec::new(),
        _ => answer.shown.iter().map(|(id, _)| id.as_str()).collect(),
    };
    let judged = judged::in_force(&state, &shelf.lists, &[(&party, shown)]).await?;
    let json = answer.written(judged.first(), &asked);
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

impl Asked {
    async fn read(
        state: &AppState,
        shelf: &Arc<Shelf>,
        within: Within,
        params: &Params,
    ) -> Result<Asked, Refusal> {
        let schema = params.one("schema").unwrap_or("Thing");
        if !SCHEMATA.contains(&schema) {
            return Err(Refusal::bad("Invalid schema".to_owned()));
        }
        params.flag("simple", false)?;
        let all = |name| params.all(name).map(str::to_owned).collect::<Vec<_>>();
        let mut filters = Vec::new();
        for field in ["countries", "topics", "datasets"] {
            filters.push((field.to_owned(), all(field)));
        }
        for filter in params.all("filter") {
            let (field, value) = filter
                .split_once(':')
                .ok_or_else(|| Refusal::bad(format!("Invalid filter: '{filter}'")))?;
            filters.push((field.to_owned(), vec![value.to_owned()]));
        }
        filters.retain(|(_, values)| !values.is_empty());
        Ok(Asked {
            text: params.one("q").unwrap_or_default().to_owned(),
            fuzzy: params.flag("fuzzy", false)?,
            schema: schema.to_owned(),
            within,
            exclude_schemas: all("exclude_schema"),
            filters,
            all: params
                .one("filter_op")
                .is_some_and(|op| op.eq_ignore_ascii_case("and")),
            changed: super::changed::since(state, shelf, params.one("changed_since")).await?,
            sort: sorts(params)?,
            facets: facets::wanted(params)?,
            limit: params.number("limit", DEFAULT_LIMIT, 0, MOST_RESULTS)?,
            offset: params.number("offset", 0, 0, MOST_OFFSET)?,
        })
    }

    fn takes(&self, shelf: &Shelf, row: &Row) -> bool {
        self.within.any(&row.codes)
            && is_a(row.schema, &self.schema)
            && !self.exclude_schemas.iter().any(|s| s == row.schema)
            && self.changed.as_ref().is_none_or(|c| c.contains(&row.id))
            && self.filters.iter().all(|f| self.fits(shelf, row, f))
    }

    fn fits(&self, shelf: &Shelf, row: &Row, (field, values): &(String, Vec<String>)) -> bool {
        let own: Vec<String> = match field.as_str() {
            "countries" => row.countries.clone(),
            "topics" => row.topics.clone(),
            "datasets" => return self.on_lists(shelf, row, values),
            "schema" => vec![row.schema.to_owned()],
            property => {
                let property = property.strip_prefix("properties.").unwrap_or(property);
                let entity = shelf.entity(&row.id).map(|e| shelf.flat(&e));
                entity.map_or_else(Vec::new, |e| e.texts(property).map(str::to_owned).collect())
            }
        };
        let has = |value: &String| own.iter().any(|o| o.eq_ignore_ascii_case(value));
        if self.all {
            values.iter().all(has)
        } else {
            values.iter().any(has)
        }
    }

    fn on_lists(&self, shelf: &Shelf, row: &Row, names: &[String]) -> bool {
        let on = |name: &String| {
            let dataset = shelf.datasets.get(name);
            dataset.is_some_and(|d| row.codes.iter().any(|c| d.codes.contains(c)))
        };
        if self.all {
            names.iter().all(on)
        } else {
            names.iter().any(on)
        }
    }
}

fn sorts(params: &Params) -> Result<Vec<(String, bool)>, Refusal> {
    let read = |text: &str| {
        let (field, direction) = text.split_once(':').unwrap_or((text, "asc"));
        let known = ["caption", "id", "schema", "first_seen", "_score"].contains(&field);
        if known && ["asc", "desc"].contains(&direction) {
            Ok((field.to_owned(), direction == "desc"))
        } else {
            Err(Refusal::bad(format!("Invalid sort: '{text}'")))
        }
    };
    params.all("sort").map(read).collect()
}

/// Places of the rows that fit, best first.
fn found(shelf: &Shelf, directory: &Directory, asked: &Asked) -> Vec<usize> {
    let takes = |place: &usize| asked.takes(shelf, &directory.rows[*place]);
    if asked.text.is_empty() {
        return (0..directory.rows.len()).filter(takes).collect();
    }
    let mut places: Vec<usize> = Vec::new();
    let mut met: HashSet<usize> = HashSet::new();
    let threshold = if asked.fuzzy {
        FUZZY
    } else {
        DEFAULT_THRESHOLD
    };
    let options = Options {
        threshold,
        weak: true,
    };
    let query = Query::by_name(&asked.text);
    let alike = ask::screen(&shelf.lists, &query, &options).hits;
    let alike = alike
        .iter()
        .filter_map(|hit| directory.place(&hit.entity_id));
    let lower = asked.text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let written = directory.rows.iter().enumerate();
    let written = written.filter(|(_, row)| words.iter().all(|word| row.text.contains(word)));
    let whole = directory.place(&asked.text);
    let all = whole
        .into_iter()
        .chain(alike)
        .chain(written.map(|(at, _)| at));
    for place in all.filter(takes) {
        if met.insert(place) {
            places.push(place);
        }
    }
    places
}

fn answer(shelf: &Shelf, asked: &Asked) -> Found {
    let directory = shelf.directory();
    let mut places = found(shelf, directory, asked);
    for (field, falling) in asked.sort.iter().rev() {
        let key = |place: &usize| {
            let row = &directory.rows[*place];
            match field.as_str() {
                "caption" => Some(row.caption.as_str()),
                "id" => Some(row.id.as_str()),
                "schema" => Some(row.schema),
                "first_seen" => row.first_seen.as_deref(),
                _ => None,
            }
        };
        places.sort_by(|a, b| {
            let order = key(a).cmp(&key(b));
            if *falling { order.reverse() } else { order }
        });
    }
    let rows: Vec<&Row> = places.iter().map(|p| &directory.rows[*p]).collect();
    let page = rows.iter().skip(asked.offset).take(asked.limit);
    Found {
        shown: page
            .filter_map(|row| Some((row.id.clone(), shelf.card(&row.id)?)))
            .collect(),
        facets: facets::of(&shelf.datasets, &rows, &asked.facets).to_string(),
        total: rows.len(),
    }
}

/// A page of what was found.
struct Found {
    shown: Vec<(String, Arc<Card>)>,
    facets: String,
    total: usize,
}

impl Found {
    /// As JSON, each entity with the judgement in force on who was asked for.
    fn written(&self, judged: Option<&Judged>, asked: &Asked) -> String {
        let result = |(id, card): &(String, Arc<Card>)| {
            let judged = judged.and_then(|j| j.get(id)).map(JudgementOut::from);
            let judged = judged.and_then(|j| serde_json::to_string(&j).ok());
            match judged {
                Some(judged) => format!("{},\"judgement\":{judged}}}", card.open_json),
                None => format!("{}}}", card.open_json),
            }
        };
        let results: Vec<String> = self.shown.iter().map(result).collect();
        format!(
            "{{\"results\":[{}],\"facets\":{},\"total\":{{\"value\":{},\"relation\":\"eq\"}},\"limit\":{},\"offset\":{}}}",
            results.join(","),
            self.facets,
            self.total,
            asked.limit,
            asked.offset
        )
    }
}
