//! The way in: files to be assessed, names to be screened. Both go through the
//! same gate as the command, so that they give the same answers.

use crate::{
    api::{
        AssessedMessage, DeterminationOut, FindingOut, HitOut, IssueOut, QuestionOut, ReasonOut,
        ScreenOut, VersionsOut,
    },
    book::Book,
    problem::{Problem, log},
    state::today,
};
use axum::body::Bytes;
use jiff::Timestamp;
use portcullis_assessment::{Asked, ENGINE_VERSION, Engine, Lists};
use portcullis_casework::PolicyVersion;
use portcullis_domain::{Address, Country, Identifier, PartialDate, PartyKind};
use portcullis_formats::declarations::{self, Limits, Message};
use portcullis_gate::{
    BATCH, Catalogue, Gate, GateError, Incoming, Line, acting_policy, load_lists,
};
use portcullis_policy::{ListEffect, PolicyFiles};
use portcullis_screening::{Answer, DEFAULT_THRESHOLD, Hit, Options, Partial, Query};
use portcullis_store::Store;
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Hits given where no limit is asked for.
const DEFAULT_LIMIT: usize = 5;
/// Bytes of a file name that are kept.
const NAME_BYTES: usize = 200;

/// The desk at which files and names are handed in.
pub(crate) struct Desk {
    store: Store,
    rules: RwLock<Arc<Rules>>,
    /// When it was last looked which policy acts.
    looked: std::sync::Mutex<Option<Instant>>,
    catalogue: Catalogue,
    /// The lists that answered last; most requests ask the same set.
    ready: Mutex<Option<(String, Arc<Lists>)>>,
}

/// The policy that acts, as everything here reads it.
pub(crate) struct Rules {
    pub(crate) engine: Arc<Engine>,
    pub(crate) book: Book,
    /// Its files; empty where the server was not told them.
    pub(crate) files: PolicyFiles,
    /// The adopted version, if one was ever adopted.
    pub(crate) version: Option<PolicyVersion>,
}

/// For how long the policy is taken to be the one that acts without asking again.
const FRESH: Duration = Duration::from_secs(1);

/// A party to screen, as given.
#[derive(Default)]
pub(crate) struct Asking {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) countries: Vec<String>,
    pub(crate) birth_dates: Vec<String>,
    pub(crate) identifiers: Vec<String>,
    pub(crate) addresses: Vec<String>,
    pub(crate) threshold: Option<f64>,
    pub(crate) limit: Option<usize>,
}

impl Desk {
    pub(crate) fn new(store: Store, engine: Arc<Engine>, files: PolicyFiles) -> Desk {
        let rules = Rules {
            book: Book::of(engine.policy(), &files),
            engine,
            files,
            version: None,
        };
        Desk {
            store,
            rules: RwLock::new(Arc::new(rules)),
            looked: std::sync::Mutex::default(),
            catalogue: Catalogue::default(),
            ready: Mutex::new(None),
        }
    }

    /// The policy that acts, with its book and files.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.clone()
    }

    /// The rules in force.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        self.rules().engine.clone()
    }

    /// Takes over a version that was adopted or suspended since, here or by
    /// another process; looks at most once a second, unless it is `urgent`.
    /// A policy that cannot be used stops everything: no other takes its place.
    pub(crate) async fn follow(&self, fallback: &PolicyFiles, urgent: bool) -> Result<(), Problem> {
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if !urgent && looked.is_some_and(|at| at.elapsed() < FRESH) {
                return Ok(());
            }
            *looked = Some(Instant::now());
        }
        let now = Timestamp::now();
        let in_use = self.store.policy_in_use(now).await?;
        let held = self.rules();
        if in_use.as_ref().map(|v| &v.id) == held.version.as_ref().map(|v| &v.id) {
            return Ok(());
        }
        let acting = acting_policy(&self.store, fallback, now).await;
        let acting = acting.map_err(|error| {
            log(&error);
            Problem::Internal
        })?;
        let rules = Rules {
            book: Book::of(acting.engine.policy(), &acting.files),
            engine: acting.engine,
            files: acting.files,
            version: acting.version,
        };
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        Ok(())
    }

    /// The lists that answer for a day, as they were known at a time.
    pub(crate) async fn lists_on(
        &self,
        as_of: portcullis_domain::Date,
        known: Timestamp,
    ) -> Result<Arc<Lists>, Problem> {
        let wanted = self.store.list_set(as_of, known).await?.id;
        let ready = self.ready.lock().await.clone();
        if let Some((id, lists)) = ready
            && id == wanted
            && lists.not_covering().is_empty()
        {
            return Ok(lists);
        }
        let lists = load_lists(&self.store, &self.catalogue, as_of, known).await;
        Ok(Arc::new(lists.map_err(problem)?))
    }

    pub(crate) fn engine_version(&self) -> &'static str {
        ENGINE_VERSION
    }

    /// What follows from each list that policy speaks of.
    pub(crate) fn list_effects(&self) -> BTreeMap<String, ListEffect> {
        let engine = self.engine();
        let effects = engine.policy().list_effects();
        effects
            .map(|(code, effect)| (code.to_owned(), effect))
            .collect()
    }

    /// The lists that answer now. Two requests do not open the same lists twice.
    pub(crate) async fn lists(&self) -> Result<Arc<Lists>, Problem> {
        let (day, now) = (today(), Timestamp::now());
        let wanted = self.store.list_set(day, now).await?.id;
        let mut ready = self.ready.lock().await;
        if let Some((id, lists)) = ready.as_ref()
            && *id == wanted
        {
            return Ok(lists.clone());
        }
        let lists = load_lists(&self.store, &self.catalogue, day, now).await;
        let lists = Arc::new(lists.map_err(problem)?);
        *ready = Some((lists.id().to_owned(), lists.clone()));
        Ok(lists)
    }

    /// Assesses and records every message of a file, in order.
    pub(crate) async fn assess(
        &self,
        file: &str,
        bytes: Bytes,
        actor: &str,
    ) -> Result<Vec<AssessedMessage>, Problem> {
        let lists = self.lists().await?;
        let asked = Asked {
            as_of: today(),
            known: today(),
        };
        let gate = Gate::new(self.store.clone(), self.engine(), lists, asked);
        let read = tokio::task::spawn_blocking(move || {
            declarations::messages(bytes.as_ref(), &Limits::default()).collect::<Vec<Message>>()
        });
        let messages = read.await.map_err(|e| {
            log(&e);
            Problem::Internal
        })?;
        let mut answered = Vec::with_capacity(messages.len());
        let mut waiting = messages.into_iter().map(|message| Incoming {
            file: file.to_owned(),
            message,
        });
        loop {
            let batch: Vec<Incoming> = waiting.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(answered);
            }
            let lines = gate.take(batch, actor, Timestamp::now()).await;
            answered.extend(lines.map_err(problem)?.iter().map(assessed));
        }
    }

    /// Screens one party. What cannot be read of it is said, and what could not
    /// be screened is never clear.
    pub(crate) async fn screen(&self, asking: Asking) -> Result<ScreenOut, Problem> {
        let lists = self.lists().await?;
        let threshold = asking.threshold.unwrap_or(DEFAULT_THRESHOLD);
        if !(0.0..=1.0).contains(&threshold) {
            return Err(Problem::Invalid(
                "The threshold lies between 0 and 1".to_owned(),
            ));
        }
        let (query, mut unread) = query(&asking);
        let options = Options {
            threshold,
            ..Options::default()
        };
        let answerable = query.is_answerable() && !lists.index().is_empty();
        let Answer {
            mut hits, partial, ..
        } = if answerable {
            lists.index().screen(&query, &options)
        } else {
            Answer::default()
        };
        unread.extend(partial.map(Partial::text));
        let error = match (query.is_answerable(), lists.index().is_empty()) {
            (false, _) => Some("nothing to screen: no name, no identifier".to_owned()),
            (_, true) => Some("no list is active".to_owned()),
            _ => (!unread.is_empty()).then(|| unread.join("; ")),
        };
        let status = match (answerable, hits.is_empty(), unread.is_empty()) {
            (false, ..) => "error",
            (_, false, _) => "alert",
            (_, true, false) => "partial",
            (_, true, true) => "clear",
        };
        let more = hits
            .len()
            .saturating_sub(asking.limit.unwrap_or(DEFAULT_LIMIT));
        hits.truncate(hits.len() - more);
        Ok(ScreenOut {
            v: 1,
            id: asking.id,
            status: status.to_owned(),
            query: asking.name,
            hits: hits.iter().map(hit_out).collect(),
            more,
            threshold,
            snapshot: lists.id().to_owned(),
            error,
            versions: VersionsOut {
                lists: lists.id().to_owned(),
                policy: self.engine().policy().version().to_owned(),
                engine: ENGINE_VERSION.to_owned(),
            },
        })
    }
}

/// The last part of a file name, without control characters, of bounded length.
pub(crate) fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String = last.chars().filter(|c| !c.is_control()).collect();
    while name.len() > NAME_BYTES {
        name.pop();
    }
    if name.trim().is_empty() {
        "upload".to_owned()
    } else {
        name
    }
}

fn problem(error: GateError) -> Problem {
    match error {
        GateError::Store(inner) => Problem::from(inner),
        other => {
            log(&other);
            Problem::Internal
        }
    }
}

/// The query, and what of it could not be read.
fn query(asking: &Asking) -> (Query, Vec<String>) {
    let mut unread = Vec::new();
    let kind = PartyKind::parse(&asking.kind).unwrap_or_else(|| {
        unread.push(format!("'{}' is not a type", asking.kind));
        PartyKind::Unknown
    });
    let mut countries = Vec::new();
    for text in filled(&asking.countries) {
        match Country::parse(text) {
            Some(country) => countries.push(country),
            None => unread.push(format!("'{text}' is not a country")),
        }
    }
    let mut birth_dates: Vec<PartialDate> = Vec::new();
    for text in filled(&asking.birth_dates) {
        match text.parse() {
            Ok(date) => birth_dates.push(date),
            Err(why) => unread.push(why),
        }
    }
    let addresses = filled(&asking.addresses).map(|text| Address {
        street: text.to_owned(),
        ..Address::default()
    });
    let query = Query {
        name: asking.name.trim().to_owned(),
        other_names: Vec::new(),
        kind,
        countries,
        birth_dates,
        identifiers: filled(&asking.identifiers).map(Identifier::parse).collect(),
        addresses: addresses.collect(),
        gender: None,
    };
    (query, unread)
}

fn filled(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(|t| t.trim()).filter(|t| !t.is_empty())
}

fn hit_out(hit: &Hit) -> HitOut {
    let reasons = hit.reasons.iter().map(|reason| ReasonOut {
        code: reason.code.clone(),
        text: reason.text.clone(),
        bits: reason.bits,
    });
    HitOut {
        entity_id: hit.entity_id.clone(),
        caption: hit.caption.clone(),
        kind: hit.kind.as_str().to_owned(),
        lists: hit.lists.clone(),
        score: hit.score,
        bits: hit.bits,
        weak: hit.weak,
        strong: hit.strong.is_strong(),
        same_as: hit.same_as.clone(),
        reasons: reasons.collect(),
        judgement: None,
    }
}

/// The command's line as the API gives it.
fn assessed(line: &Line) -> AssessedMessage {
    let findings = line.findings.iter().map(|f| FindingOut {
        about: f.about.clone(),
        code: f.code.clone(),
        text: f.text.clone(),
        strength: strength_word(f.strength).to_owned(),
        outcome: f.outcome.as_str().to_owned(),
        bits: f.bits,
        jurisdiction: f.jurisdiction.clone(),
        rule: f.rule.clone(),
        citations: f.citations.clone(),
    });
    let questions = line.questions.iter().map(|q| QuestionOut {
        about: q.about.clone(),
        code: q.code.clone(),
        text: q.text.clone(),
        citations: q.citations.clone(),
    });
    let issues = line.issues.iter().map(|i| IssueOut {
        line: i.line,
        field: i.field.clone(),
        code: i.code.clone(),
        text: i.text.clone(),
    });
    AssessedMessage {
        v: line.v,
        file: line.file.clone(),
        index: line.index,
        reference: line.reference.clone(),
        kind: line.kind.as_str().to_owned(),
        decision_id: line.decision_id.clone(),
        outcome: line.outcome.map(|o| o.as_str().to_owned()),
        determinations: line
            .determinations
            .iter()
            .map(DeterminationOut::from)
            .collect(),
        risk_bits: line.risk_bits,
        findings: findings.collect(),
        questions: questions.collect(),
        issues: issues.collect(),
        as_of: line.as_of.clone(),
        versions: VersionsOut {
            lists: line.versions.lists.clone(),
            policy: line.versions.policy.clone(),
            engine: line.versions.engine.clone(),
        },
        digest: line.digest.clone(),
    }
}

fn strength_word(strength: portcullis_domain::Strength) -> &'static str {
    use portcullis_domain::Strength;
    match strength {
        Strength::Legal => "legal",
        Strength::Presumptive => "presumptive",
        Strength::Evidence => "evidence",
        Strength::Context => "context",
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_lose_their_folders_and_oddities() {
        assert_eq!(file_name("C:\\trade\\export 1.xml"), "export 1.xml");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\r\nb.csv"), "ab.csv");
        assert_eq!(file_name("/"), "upload");
        assert_eq!(file_name(&"é".repeat(300)).len(), 200);
    }
}
