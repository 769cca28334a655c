//! watchman's `/v2/search` and `/v2/listinfo`, in its shapes
//! (moov-io/watchman v0.69, documentation of the search endpoint).

use super::{
    datasets::{Datasets, Within},
    match_in::{Wanted, said},
    matching::{self, Manner},
    params::Params,
    refusal::{ErrorDoc, Refusal},
    watchman_out,
};
use crate::{AppState, dialect::Dialect, judged::JudgementOut, problem::Problem, session::Actor};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use portcullis_domain::{
    Address, Country, CountryRole, Gender, Identifier, Issue, Name, NameKind, Party, PartyKind,
    RelatedCountry,
};
use portcullis_screening::{DEFAULT_THRESHOLD, Query};
use serde_json::{Value, json};

/// Results given where no limit is asked for, and the most, as in watchman.
const DEFAULT_LIMIT: usize = 10;
const MOST_RESULTS: usize = 100;

/// A refusal in watchman's shape: `{"error": …}`.
pub(crate) struct Refused(Refusal);

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(error: E) -> Refused {
        Refused(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            Refusal::Detail(status, detail) => {
                (status, Json(json!({ "error": detail }))).into_response()
            }
            Refusal::Fields(fields) => {
                let said: Vec<String> = fields.iter().map(|f| f.said()).collect();
                let text = format!("problem reading v2 search request: {}", said.join("; "));
                (StatusCode::BAD_REQUEST, Json(json!({ "error": text }))).into_response()
            }
            Refusal::Problem(problem) => Dialect::Watchman.refuse(problem),
        }
    }
}

/// What watchman calls its lists, and the datasets that they are here.
pub(crate) const SOURCES: &[(&str, &[&str])] = &[
    ("us_ofac", &["us-sdn"]),
    (
        "us_non_sdn",
        &[
            "us-ssi", "us-cmic", "us-fse", "us-capta", "us-mbs", "us-plc",
        ],
    ),
    ("us_csl", &["us-csl"]),
    ("eu_csl", &["eu-fsf"]),
    ("uk_csl", &["uk-sl"]),
    ("un_csl", &["un-sc"]),
];

/// Screens one party given in the parameters of the address, as watchman does,
/// and records it.
#[utoipa::path(
    get,
    path = "/v2/search",
    tag = "peers: watchman",
    params(
        ("name" = Option<String>, Query, description = "primary name"),
        ("type" = Option<String>, Query, description = "`person`, `business`, `organization`, `aircraft`, `vessel`; any without it"),
        ("altNames" = Option<Vec<String>>, Query, description = "further names"),
        ("birthDate" = Option<String>, Query, description = "YYYY, YYYY-MM or YYYY-MM-DD"),
        ("gender" = Option<String>, Query),
        ("address" = Option<Vec<String>>, Query, description = "free text"),
        ("country" = Option<Vec<String>>, Query, description = "a country of any role"),
        ("gov_passport" = Option<Vec<String>>, Query, description = "`COUNTRY:NUMBER`; any `gov_…`"),
        ("imoNumber" = Option<String>, Query),
        ("mmsi" = Option<String>, Query),
        ("callSign" = Option<String>, Query),
        ("serialNumber" = Option<String>, Query),
        ("flag" = Option<String>, Query),
        ("email" = Option<Vec<String>>, Query),
        ("phone" = Option<Vec<String>>, Query),
        ("website" = Option<Vec<String>>, Query),
        ("cryptoAddress" = Option<Vec<String>>, Query, description = "`XBT:address`"),
        ("source" = Option<Vec<String>>, Query, description = "`us_ofac`, `us_csl`, `un_csl` …, or a dataset of `/catalog`"),
        ("minMatch" = Option<f64>, Query, description = "0 to 1; 0.70 by default"),
        ("limit" = Option<usize>, Query, description = "1 to 100; 10 by default"),
        ("debug" = Option<bool>, Query, description = "the reasons of each result"),
    ),
    responses(
        (status = 200, description = "`{\"query\": …, \"entities\": [{name, entityType, sourceList, sourceID, person, …, match}]}`", body = Object),
        (status = 400, description = "a parameter that cannot be read, or not clear for that reason", body = ErrorDoc),
        (status = 401, body = ErrorDoc),
        (status = 429, description = "quota or rate spent; see Retry-After", body = ErrorDoc),
        (status = 500, description = "a bound of work was met; not clear", body = ErrorDoc),
    )
)]
pub(crate) async fn search(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    params: Params,
) -> Result<Response, Refused> {
    if params
        .one("format")
        .is_some_and(|f| f.starts_with("senzing"))
    {
        return Err(Refusal::bad("format: senzing is not offered here".to_owned()).into());
    }
    let shelf = state.shelves().current(&state).await?;
    let within = within(&shelf.datasets, &params)?;
    let limit = params.number("limit", DEFAULT_LIMIT, 1, MOST_RESULTS)?;
    let threshold = params.share("minMatch", DEFAULT_THRESHOLD)?;
    let debug = params.flag("debug", false)?;
    let manner = Manner::plain(within, limit, threshold);
    let (party, issues) = party(&params)?;
    let asked_type = params.one("type").unwrap_or_default().to_ascii_lowercase();
    let wanted = Wanted {
        name: "query".to_owned(),
        query: Query::of_party(&party),
        echo: json!({
            "name": party.caption(),
            "entityType": asked_type,
            "sourceList": "api-request",
            "sourceID": "",
        }),
        party,
        issues,
    };
    let answered = matching::answer(&state, &actor, &shelf, &manner, vec![wanted]).await?;
    matching::refuse_what_is_not_clear(&answered, "")?;
    matching::settle(&state, &actor, &shelf, &manner, &answered).await?;
    let Some(answer) = answered.first() else {
        return Err(Problem::Internal.into());
    };
    let results = answer.results.iter();
    let entities: Vec<Value> = results
        .filter_map(|(hit, card)| {
            let entity = shelf.lists.entity(&hit.entity_id)?;
            let mut out = watchman_out::entity(&shelf, &entity, hit, card, &asked_type, debug);
            if let Some(judged) = answer.judged.get(&hit.entity_id) {
                out["judgement"] = json!(JudgementOut::from(judged));
            }
            Some(out)
        })
        .collect();
    let mut out = json!({ "query": answer.wanted.echo, "entities": entities });
    if !answer.wanted.issues.is_empty() {
        let issues: Vec<String> = answer.wanted.issues.iter().map(said).collect();
        out["issues"] = json!(issues);
    }
    Ok(Json(out).into_response())
}

/// The lists that `source` names.
fn within(datasets: &Datasets, params: &Params) -> Result<Within, Refused> {
    let mut names: Vec<&str> = Vec::new();
    for source in params.all("source") {
        match SOURCES.iter().find(|(theirs, _)| *theirs == source) {
            Some((_, ours)) => {
                let held = ours.iter().filter(|name| datasets.get(name).is_some());
                let before = names.len();
                names.extend(held);
                if names.len() == before {
                    let text = format!("source: no list of {source} is in use");
                    return Err(Refusal::bad(text).into());
                }
            }
            None => names.push(source),
        }
    }
    let Some(default) = datasets.get("default") else {
        return Err(Problem::NoLists.into());
    };
    let within = Within::new(datasets, default, names.into_iter(), std::iter::empty());
    within.map_err(|name| Refusal::bad(format!("source: '{name}' is not a list in use")).into())
}

/// Values of a parameter under each of its names, with or without `[]`.
fn values<'p>(params: &'p Params, names: &[&str]) -> Vec<&'p str> {
    let mut all = Vec::new();
    for name in names {
        all.extend(params.all(name));
        all.extend(params.all(&format!("{name}[]")));
    }
    all
}

/// The party of the parameters, and what of it could not be read.
fn party(params: &Params) -> Result<(Party, Vec<Issue>), Refused> {
    let kind = match params
        .one("type")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "" => PartyKind::Unknown,
        "person" => PartyKind::Person,
        "business" | "organization" => PartyKind::Organisation,
        "vessel" => PartyKind::Vessel,
        "aircraft" => PartyKind::Aircraft,
        other => {
            let text = format!("problem reading v2 search request: unknown type '{other}'");
            return Err(Refusal::bad(text).into());
        }
    };
    let mut party = Party {
        kind,
        ..Party::default()
    };
    let mut issues = Vec::new();
    let main = params
        .one("name")
        .map(|name| Name::new(NameKind::Primary, name));
    let other = values(params, &["altNames", "altName"]);
    party.names.extend(main);
    party
        .names
        .extend(other.into_iter().map(|n| Name::new(NameKind::Alias, n)));
    for text in values(params, &["birthDate"]) {
        match text.parse() {
            Ok(date) => party.birth_dates.push(date),
            Err(why) => issues.push(Issue::new("not-a-date", why).in_field("birthDate")),
        }
    }
    party.gender = params.one("gender").and_then(Gender::parse);
    for (name, role) in [
        ("country", CountryRole::Related),
        ("flag", CountryRole::Flag),
    ] {
        for text in values(params, &[name]) {
            match Country::parse(text) {
                Some(country) => party.countries.push(RelatedCountry { role, country }),
                None => {
                    let why = format!("'{text}' is not a country we know");
                    issues.push(Issue::new("unknown-country", why).in_field(name));
                }
            }
        }
    }
    let address = |street: &str| Address {
        street: street.to_owned(),
        ..Address::default()
    };
    party.addresses = values(params, &["address", "addresses"])
        .into_iter()
        .map(address)
        .collect();
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    party.emails = owned(values(params, &["email", "emailAddress", "emailAddresses"]));
    party.phones = owned(values(params, &["phone", "phoneNumber", "phoneNumbers"]));
    identifiers(params, &mut party);
    Ok((party, issues))
}

fn identifiers(params: &Params, party: &mut Party) {
    for (name, scheme) in [
        ("imoNumber", "imo"),
        ("mmsi", "mmsi"),
        ("callSign", "call-sign"),
        ("serialNumber", "other"),
        ("website", "website"),
        ("websites", "website"),
    ] {
        let of_scheme = values(params, &[name]).into_iter();
        party
            .identifiers
            .extend(of_scheme.map(|v| Identifier::new(scheme, v)));
    }
    for wallet in values(params, &["cryptoAddress", "cryptoAddresses"]) {
        let address = wallet
            .split_once(':')
            .map_or(wallet, |(_, address)| address);
        party.identifiers.push(Identifier::new("crypto", address));
    }
    for name in params.names() {
        let Some(kind) = name.strip_prefix("gov_") else {
            continue;
        };
        let scheme = match kind {
            "passport" | "diplomatic-passport" => "passport",
            "tax" | "tax-id" => "tax",
            "business-registration" | "commercial-registry" => "registration",
            _ => "national-id",
        };
        for text in params.all(name) {
            let (country, number) = text.split_once(':').unwrap_or(("", text));
            let mut identifier = Identifier::new(scheme, number);
            identifier.country = Country::parse(country);
            party.identifiers.push(identifier);
        }
    }
}

/// What is loaded, as watchman describes it: entities by list, digests of the
/// list files, when the first and the last of them came in.
#[utoipa::path(
    get,
    path = "/v2/listinfo",
    tag = "peers: watchman",
    responses(
        (status = 200, description = "`{lists, listHashes, startedAt, endedAt, version}`", body = Object),
        (status = 401, body = ErrorDoc),
    )
)]
pub(crate) async fn listinfo(State(state): State<AppState>) -> Result<Json<Value>, Refused> {
    let shelf = state.shelves().current(&state).await?;
    Ok(Json(watchman_out::listinfo(&shelf.snapshots)))
}
