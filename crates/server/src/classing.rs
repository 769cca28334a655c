//! What is known of goods: nomenclatures, the engine that classifies, control
//! lists with their confirmed predicates. Loaded once, and again when a version
//! was imported, learned from or confirmed.

use crate::{
    AppState,
    guide::Candidate,
    problem::{Problem, log},
    state::today,
};
use jiff::Timestamp;
use portcullis_assessment::Asked;
use portcullis_controls::{
    classify::Goods,
    entries::{ListRegime, Search},
    predicate::Parameters,
};
use portcullis_gate::{
    ControlLists,
    goods::{Classifying, GoodsError, editions, goods_words, load_classifying},
};
use portcullis_store::ReferenceKind;
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Candidates that are put before a person.
const SHOWN: usize = 6;

/// Everything that is known of goods today.
pub(crate) struct Known {
    /// What it was made from: versions, the policy, the day.
    key: String,
    /// The nomenclatures and the engine; `None` where none is imported.
    pub(crate) classifying: Option<Classifying>,
    pub(crate) lists: ControlLists,
    /// An index over the lists.
    pub(crate) search: Search,
}

/// What is known, kept while nothing changes.
#[derive(Default)]
pub(crate) struct Classing {
    known: Mutex<Option<Arc<Known>>>,
}

impl Classing {
    /// What is known today.
    pub(crate) async fn known(&self, state: &AppState) -> Result<Arc<Known>, Problem> {
        let now = Timestamp::now();
        let mut key = format!("{} {}", today(), state.rules().book.version);
        for kind in ReferenceKind::ALL {
            for version in state.store().reference_versions(kind).await? {
                let used = version.activated_at.map(|at| at.as_microsecond());
                key.push_str(&format!(" {} {used:?}", version.id));
            }
        }
        let mut held = self.known.lock().await;
        if let Some(known) = held.as_ref().filter(|k| k.key == key) {
            return Ok(known.clone());
        }
        let lists = ControlLists::load(state.store(), today(), now).await;
        let lists = lists.map_err(|error| {
            log(&error);
            Problem::Internal
        })?;
        let known = Arc::new(Known {
            classifying: classifying(state, now).await?,
            search: lists.search(),
            lists,
            key,
        });
        *held = Some(known.clone());
        Ok(known)
    }
}

async fn classifying(state: &AppState, now: Timestamp) -> Result<Option<Classifying>, Problem> {
    let rules = state.rules();
    let failed = |error: GoodsError| {
        log(&error);
        Problem::Internal
    };
    let editions = editions(&rules.files).map_err(failed)?;
    let words = goods_words(&rules.files).map_err(failed)?;
    match load_classifying(state.store(), (&editions, &words), today(), now).await {
        Ok(classifying) => Ok(Some(classifying)),
        Err(GoodsError::NoNomenclature(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Numbers that may be the answer to a field, best first; none where nothing is
/// known to classify with, or nothing is said of the goods.
pub(crate) async fn candidates(
    state: &AppState,
    field: &str,
    case: &Map<String, Value>,
    _on: &Asked,
) -> Result<Vec<Candidate>, Problem> {
    let description = case.get("description").and_then(Value::as_str);
    let Some(description) = description.filter(|text| !text.trim().is_empty()) else {
        return Ok(Vec::new());
    };
    let regimes: &[ListRegime] = match field {
        "hs_code" => &[],
        "eccn" => &[ListRegime::UsCcl],
        "eu_code" => &[ListRegime::EuAnnexI, ListRegime::Uk],
        _ => return Ok(Vec::new()),
    };
    let known = state.classing().known(state).await?;
    let code = case.get("hs_code").and_then(Value::as_str);
    let code = code.filter(|code| *code != "unknown");
    if field == "hs_code" {
        return Ok(headings(&known, description));
    }
    let parameters = parameters(case);
    let found = known.search.candidates(description, &parameters, code, 40);
    let of_regime = found.into_iter().filter(|c| regimes.contains(&c.regime));
    let shown = of_regime.take(SHOWN).map(|found| {
        let list = known.lists.of(found.regime);
        let title = list.and_then(|list| Some(list.get(&found.code)?.title()));
        Candidate {
            code: found.code,
            text: title.unwrap_or_default(),
            reasons: found.reasons,
        }
    });
    Ok(shown.collect())
}

fn headings(known: &Known, description: &str) -> Vec<Candidate> {
    let Some(classifying) = &known.classifying else {
        return Vec::new();
    };
    let goods = Goods {
        description,
        hs_code: None,
        maker: None,
        part_number: None,
    };
    let answer = classifying.engine.classify(&goods, SHOWN);
    let each = answer.hs.into_iter().map(|found| Candidate {
        text: classifying
            .held
            .hs
            .path(&found.code)
            .last()
            .map_or(String::new(), |line| line.text.clone()),
        code: found.code,
        reasons: found.reasons,
    });
    each.collect()
}

/// Declared parameters that can be read; what cannot is asked by the engine.
fn parameters(case: &Map<String, Value>) -> Parameters {
    let mut parameters = Parameters::default();
    let given = case.get("parameters").and_then(Value::as_array);
    for one in given.into_iter().flatten() {
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        // One that cannot be read is left to the question that names it.
        let _ = parameters.add(&text("name"), &text("value"), &text("unit"));
    }
    parameters
}
