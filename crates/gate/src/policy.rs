//! Which policy acts, how one comes to act, and what runs in its shadow.

use crate::GateError;
use jiff::Timestamp;
use portcullis_assessment::Engine;
use portcullis_casework::{Delta, PolicyCheck, PolicyVersion, shadow_runs};
use portcullis_domain::Date;
use portcullis_policy::{
    Bulletin, ListUpdate, Policy, PolicyDiff, PolicyFiles, Problem, Published,
};
use portcullis_store::{
    NewBulletin, NewPolicyVersion, NewShadow, Page, PolicyBundle, ShadowRun, Store, StoreError,
    StoredPolicyVersion,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// What can go wrong with a change of policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Files that cannot be used; each problem by file, line and rule.
    #[error("the policy has {} problems:\n{}", .0.len(), shown(.0))]
    Problems(Vec<Problem>),
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn shown(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("  {problem}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The policy that acts.
#[derive(Clone)]
pub struct Acting {
    /// Its rules, compiled.
    pub engine: Arc<Engine>,
    /// Its files.
    pub files: PolicyFiles,
    /// The adopted version; `None` where none was ever adopted and the files of
    /// the installation act.
    pub version: Option<PolicyVersion>,
}

impl Acting {
    /// What acts, in words.
    pub fn in_words(&self) -> String {
        match &self.version {
            Some(version) => format!("the adopted version “{}”", version.title),
            None => "the files of the installation; no version was adopted yet".to_owned(),
        }
    }
}

/// The policy that acts at a time: the adopted version, or else these files.
/// Compiled policies are kept by their digest, so that a server may ask before
/// every request.
///
/// # Errors
///
/// [`PolicyError::Problems`] if it cannot be used with this version of the
/// program: an adopted policy never makes room for another by itself.
pub async fn acting_policy(
    store: &Store,
    fallback: &PolicyFiles,
    at: Timestamp,
) -> Result<Acting, PolicyError> {
    let version = store.policy_in_use(at).await?;
    let files = match &version {
        Some(version) => files_of(store.policy_files(&version.digest).await?),
        None => fallback.clone(),
    };
    Ok(Acting {
        engine: compiled(&files)?,
        files,
        version,
    })
}

/// Files as policy reads them.
pub fn files_of(bundle: PolicyBundle) -> PolicyFiles {
    bundle.into_iter().collect()
}

/// Files as the store keeps them.
pub fn bundle_of(files: &PolicyFiles) -> PolicyBundle {
    let files = files.iter();
    files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

/// Compiled policies kept: the one that acts, one in the shadow, and a draft or
/// two that somebody looks at.
const KEPT: usize = 4;

/// By digest, so that what is kept can never be another policy.
static COMPILED: Mutex<VecDeque<(String, Arc<Engine>)>> = Mutex::new(VecDeque::new());

/// The rules of some files, compiled; kept for the next time.
///
/// # Errors
///
/// [`PolicyError::Problems`].
pub fn compiled(files: &PolicyFiles) -> Result<Arc<Engine>, PolicyError> {
    let digest = files.version();
    let kept = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let found = kept()
        .iter()
        .find(|(key, _)| *key == digest)
        .map(|(_, e)| Arc::clone(e));
    if let Some(engine) = found {
        return Ok(engine);
    }
    let engine = Arc::new(Engine::load(files).map_err(PolicyError::Problems)?);
    let mut all = kept();
    all.push_back((digest, Arc::clone(&engine)));
    while all.len() > KEPT {
        all.pop_front();
    }
    Ok(engine)
}

fn check_of(engine: &Engine) -> PolicyCheck {
    PolicyCheck {
        problems: 0,
        cases: engine.policy().case_count() as u64,
    }
}

/// Puts files forward for adoption. They are checked and their cases run first.
///
/// # Errors
///
/// [`PolicyError`]: problems of the files, or what the rules for changing the
/// policy do not allow.
pub async fn propose_policy(
    store: &Store,
    files: &PolicyFiles,
    title: &str,
    reason: &str,
    actor: &str,
    now: Timestamp,
) -> Result<StoredPolicyVersion, PolicyError> {
    let engine = compiled(files)?;
    let new = NewPolicyVersion {
        files: bundle_of(files),
        title: title.to_owned(),
        reason: reason.to_owned(),
        check: check_of(&engine),
    };
    Ok(store.propose_policy(new, actor, now).await?)
}

/// Adopts a proposal as the second person. Its files are checked and its cases
/// run again; from now on it acts, and a bulletin says what changed. `fallback`
/// is what acted before if no version was adopted yet.
///
/// # Errors
///
/// [`PolicyError`]. Where only the bulletin fails the version is adopted, and
/// [`publish_policy_bulletin`] can be called again.
pub async fn adopt_policy(
    store: &Store,
    id: &str,
    reason: &str,
    fallback: &PolicyFiles,
    actor: &str,
    now: Timestamp,
) -> Result<StoredPolicyVersion, PolicyError> {
    let proposed = store.policy_version(id).await?.version;
    let files = files_of(store.policy_files(&proposed.digest).await?);
    let engine = compiled(&files)?;
    let before = acting_policy(store, fallback, now).await?.files;
    let adopted = store
        .adopt_policy(id, check_of(&engine), reason, actor, now)
        .await?;
    publish_policy_bulletin(store, &before, &files, &adopted.version, actor, now).await?;
    Ok(adopted)
}

/// Publishes the bulletin of an adopted version, unless it is out already; the
/// id it has.
///
/// # Errors
///
/// [`PolicyError`].
pub async fn publish_policy_bulletin(
    store: &Store,
    before: &PolicyFiles,
    after: &PolicyFiles,
    version: &PolicyVersion,
    actor: &str,
    now: Timestamp,
) -> Result<String, PolicyError> {
    let diff = PolicyDiff::of(before, after).map_err(PolicyError::Problems)?;
    let engine = compiled(after)?;
    let policy = engine.policy();
    let bulletin = Bulletin::of_policy(&diff, policy, &version.title, policy.today(now));
    publish(store, "policy", &bulletin, actor, now).await
}

/// Agrees as the second person that an adopted version be stopped. What was in
/// use before it acts again, and a bulletin says so.
///
/// # Errors
///
/// [`PolicyError`].
pub async fn suspend_policy(
    store: &Store,
    id: &str,
    fallback: &PolicyFiles,
    actor: &str,
    now: Timestamp,
) -> Result<StoredPolicyVersion, PolicyError> {
    let before = acting_policy(store, fallback, now).await?.files;
    let stopped = store.suspend_policy(id, actor, now).await?;
    let after = acting_policy(store, fallback, now).await?;
    let diff = PolicyDiff::of(&before, &after.files).map_err(PolicyError::Problems)?;
    let policy = after.engine.policy();
    let title = format!("“{}” is suspended", stopped.version.title);
    let mut bulletin = Bulletin::of_policy(&diff, policy, &title, policy.today(now));
    // What acts again had a bulletin of its own when it was adopted.
    bulletin.subject = format!("suspension:{id}");
    publish(store, "policy", &bulletin, actor, now).await?;
    Ok(stopped)
}

async fn publish(
    store: &Store,
    kind: &'static str,
    bulletin: &Bulletin,
    actor: &str,
    now: Timestamp,
) -> Result<String, PolicyError> {
    let body = serde_json::to_value(bulletin)
        .map_err(|e| StoreError::Invalid(format!("the bulletin: {e}")))?;
    let new = NewBulletin {
        kind,
        subject: bulletin.subject.clone(),
        body,
    };
    Ok(store.publish_bulletin(&new, actor, now).await?)
}

/// Publishes a bulletin on an update of lists, if any list changed: `before` and
/// `after` are the snapshots in use. `None` if nothing changed.
///
/// # Errors
///
/// [`PolicyError`].
pub async fn publish_list_bulletin(
    store: &Store,
    policy: &Policy,
    before: &[String],
    delta: &Delta,
    actor: &str,
    now: Timestamp,
) -> Result<Option<String>, PolicyError> {
    let today = policy.today(now);
    let set = store.list_set(today, now).await?;
    let after: Vec<String> = set.members.iter().map(|m| m.snapshot_id.clone()).collect();
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut changed: BTreeSet<String> = BTreeSet::new();
    for (ids, others, is_new) in [(before, &after[..], false), (&after, before, true)] {
        for id in ids {
            for (code, count) in store.snapshot(id).await?.counts {
                let sums = counts.entry(code.clone()).or_default();
                *(if is_new { &mut sums.1 } else { &mut sums.0 }) += count;
                if !others.contains(id) {
                    changed.insert(code);
                }
            }
        }
    }
    let lists = counts
        .into_iter()
        .filter(|(code, _)| changed.contains(code));
    let update = ListUpdate {
        list_set: set.id,
        lists: lists.map(|(code, (old, new))| (code, old, new)).collect(),
        added: delta.added.len() as u64,
        removed: delta.removed.len() as u64,
        changed: delta.changed.len() as u64,
    };
    if update.lists.is_empty() {
        return Ok(None);
    }
    let bulletin = Bulletin::of_lists(&update, policy, today);
    publish(store, "lists", &bulletin, actor, now)
        .await
        .map(Some)
}

/// Bulletins as they were published, the newest first, with how many there are.
/// `address` gives the address under which people read one.
///
/// # Errors
///
/// [`PolicyError::Store`].
pub async fn bulletins(
    store: &Store,
    page: Page,
    address: impl Fn(&str) -> String,
) -> Result<(Vec<Published>, u64), PolicyError> {
    let stored = store.bulletins(page).await?;
    let published = stored.rows.into_iter().map(|one| {
        let bulletin = serde_json::from_value(one.body)
            .map_err(|e| StoreError::Damaged(format!("the bulletin {}: {e}", one.id)))?;
        Ok(Published {
            address: address(&one.id),
            id: one.id,
            at: one.at,
            bulletin,
        })
    });
    Ok((published.collect::<Result<_, StoreError>>()?, stored.total))
}

/// A draft in the shadow, compiled.
pub(crate) struct Shadow {
    pub(crate) run: ShadowRun,
    pub(crate) engine: Arc<Engine>,
}

/// The draft that runs in the shadow today, if one does.
pub(crate) async fn shadow(store: &Store, today: Date) -> Result<Option<Shadow>, GateError> {
    let running = store.shadow_running().await?;
    let Some(run) = running.filter(|run| shadow_runs(run.until, run.stopped_at.is_some(), today))
    else {
        return Ok(None);
    };
    let files = files_of(store.policy_files(&run.digest).await?);
    let engine = compiled(&files).map_err(|error| GateError::Monitor(error.to_string()))?;
    Ok(Some(Shadow { run, engine }))
}

/// Starts a draft in the shadow, until a day and no longer. It is checked first,
/// and its decisions never act.
///
/// # Errors
///
/// [`PolicyError`]: problems of the files, another draft that runs, a day that is over.
pub async fn start_shadow(
    store: &Store,
    files: &PolicyFiles,
    title: &str,
    until: Date,
    actor: &str,
    now: Timestamp,
) -> Result<ShadowRun, PolicyError> {
    let engine = compiled(files)?;
    let new = NewShadow {
        files: bundle_of(files),
        title: title.to_owned(),
        until,
    };
    let today = engine.policy().today(now);
    Ok(store.start_shadow(new, today, actor, now).await?)
}
