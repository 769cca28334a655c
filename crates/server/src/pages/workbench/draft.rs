//! One draft: its files, what checking them gives, what it changes.

use super::{Act, Declined, Draft, FaultView, crumbs, edit_address, fallback};
use crate::{
    AppState,
    pages::{Page, html, shell, short},
    problem::Problem,
    session::Actor,
    view::{Nav, Shell, count, moment},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Multipart, Path, Query, State, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_gate::{compiled, propose_policy, start_shadow};
use portcullis_policy::{MAX_FILE_BYTES, PolicyDiff, PolicyFiles};
use portcullis_store::PolicyDraft;
use serde::Deserialize;

/// Characters of a title.
const TITLE: usize = 120;

struct FileRow {
    path: String,
    what: &'static str,
    href: String,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    shell: Shell,
    id: String,
    title: String,
    line: String,
    /// The policy changed since it was begun.
    moved: bool,
    files: Vec<FileRow>,
    others: Vec<String>,
    faults: Vec<FaultView>,
    fault_count: usize,
    /// How many cases were run and held; empty if there are faults.
    checked: String,
    changes: Vec<String>,
    replayed: String,
    stale: bool,
    error: String,
    shadow_runs: bool,
}

#[derive(Template)]
#[template(path = "draft_edit.html")]
struct EditPage {
    shell: Shell,
    id: String,
    version: u64,
    file: String,
    text: String,
    own: bool,
    faults: Vec<FaultView>,
    saved: bool,
}

/// Which file.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    file: String,
    saved: String,
}

pub(super) async fn load(state: &AppState, id: &str) -> Result<(PolicyDraft, Draft), Problem> {
    fallback(state)?;
    let stored = state.store().policy_draft(id).await?;
    let draft = Draft::of(&stored)?;
    Ok((stored, draft))
}

/// `POST /policy/drafts`: begins one.
pub(crate) async fn begin(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    fallback(&state)?;
    let title: String = form.title.trim().chars().take(TITLE).collect();
    let draft = Draft {
        title: if title.is_empty() {
            "A change of policy".to_owned()
        } else {
            title
        },
        base: state.rules().book.version.clone(),
        ..Draft::default()
    };
    let stored = state
        .store()
        .start_policy_draft(draft.value()?, &actor.name, Timestamp::now())
        .await?;
    Ok(Redirect::to(&format!("/policy/drafts/{}", stored.id)).into_response())
}

/// `GET /policy/drafts/{id}`
pub(crate) async fn one(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Page {
    let (stored, draft) = load(&state, &id).await?;
    if let Some(version) = &stored.proposed_as {
        return Ok(Redirect::to(&format!("/policy/versions/{version}")).into_response());
    }
    show(&state, &actor, &stored, &draft, String::new()).await
}

async fn show(
    state: &AppState,
    actor: &Actor,
    stored: &PolicyDraft,
    draft: &Draft,
    error: String,
) -> Page {
    let rules = state.rules();
    let whole = draft.whole(&rules.files);
    let (checked, faults) = check(whole.clone()).await?;
    let diff = PolicyDiff::of(&rules.files, &whole);
    let files = draft.files.iter().map(|(path, text)| FileRow {
        what: match (rules.files.get(path), text) {
            (_, None) => "left out",
            (None, Some(_)) => "new",
            (Some(old), Some(new)) if old == new => "as it is in use",
            (Some(_), Some(_)) => "changed",
        },
        href: edit_address(&stored.id, path),
        path: path.clone(),
    });
    let others = rules.files.iter().map(|(path, _)| path.to_owned());
    let title = if error.is_empty() {
        draft.title.clone()
    } else {
        format!("Error: {}", draft.title)
    };
    html(&DraftPage {
        shell: shell(state, actor, Nav::Policy, &title, crumbs()).await?,
        id: stored.id.clone(),
        title: draft.title.clone(),
        line: format!(
            "Begun by {} {}, from version {}.",
            stored.actor,
            moment(stored.started_at),
            short(&draft.base)
        ),
        moved: draft.base != rules.book.version,
        files: files.collect(),
        others: others.filter(|p| !draft.files.contains_key(p)).collect(),
        fault_count: faults.len(),
        faults: faults
            .iter()
            .map(|f| FaultView::new(f, &stored.id))
            .collect(),
        checked,
        changes: diff.map(|d| d.lines()).unwrap_or_default(),
        replayed: draft.replay.as_ref().map_or(String::new(), |r| {
            format!(
                "{} of {} decisions change. Replayed by {} {}.",
                r.report.changed,
                r.report.replayed,
                r.by,
                moment(r.at)
            )
        }),
        stale: draft
            .replay
            .as_ref()
            .is_some_and(|r| r.of != whole.version()),
        error,
        shadow_runs: state.store().shadow_running().await?.is_some(),
    })
}

/// Checks files and runs their cases, off the threads that answer; how many
/// held, or what is wrong.
async fn check(files: PolicyFiles) -> Result<(String, Vec<portcullis_policy::Problem>), Problem> {
    let checking = tokio::task::spawn_blocking(move || compiled(&files));
    match checking.await.map_err(|_| Problem::Internal)? {
        Ok(engine) => {
            let cases = count(engine.policy().case_count(), "case", "cases");
            Ok((format!("{cases} of its own were run and held."), Vec::new()))
        }
        Err(error) => match Declined::from(error) {
            Declined::Faults(faults) => Ok((String::new(), faults)),
            Declined::Words(why) => Err(Problem::Invalid(why)),
            Declined::Failed(problem) => Err(problem),
        },
    }
}

/// A path that may stand in a policy: folders and a name that ends in `.toml`.
fn is_path(path: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty()
            && !p.starts_with('.')
            && p.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    path.ends_with(".toml") && path.len() <= 200 && path.split('/').all(part)
}

/// `GET /policy/drafts/{id}/edit?file=`
pub(crate) async fn edit(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Page {
    let (stored, draft) = load(&state, &id).await?;
    if !is_path(&which.file) {
        let text = "Name a file of the policy: folders and a name that ends in .toml";
        return Err(Problem::Invalid(text.to_owned()).into());
    }
    let rules = state.rules();
    let (_, faults) = check(draft.whole(&rules.files)).await?;
    let here = faults.iter().filter(|f| f.file == which.file);
    let own = draft.files.get(&which.file);
    let text = match own {
        Some(text) => text.clone().unwrap_or_default(),
        None => rules.files.get(&which.file).unwrap_or_default().to_owned(),
    };
    let mut crumbs = crumbs();
    crumbs.push(crate::view::Crumb::new(
        &draft.title,
        &format!("/policy/drafts/{id}"),
    ));
    html(&EditPage {
        shell: shell(&state, &actor, Nav::Policy, &which.file, crumbs).await?,
        faults: here.map(|f| FaultView::new(f, &id)).collect(),
        saved: !which.saved.is_empty(),
        own: own.is_some(),
        id,
        version: stored.version,
        file: which.file,
        text,
    })
}

/// `POST /policy/drafts/{id}/edit`: keeps the text of one file.
pub(crate) async fn save(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    let (mut stored, mut draft) = load(&state, &id).await?;
    if !is_path(&form.file) || form.text.len() as u64 > MAX_FILE_BYTES as u64 {
        let text = "The file cannot be kept: its name or its size is not one of a policy";
        return Err(Problem::Invalid(text.to_owned()).into());
    }
    if form.version != stored.version {
        let text =
            "The draft was changed in another window. Nothing was written over; open it again.";
        return Err(Problem::Invalid(text.to_owned()).into());
    }
    let rules = state.rules();
    // Browsers send lines that end in two characters.
    let text = form.text.replace("\r\n", "\n");
    match form.remove.as_str() {
        "revert" => {
            draft.files.remove(&form.file);
        }
        "leave-out" => {
            draft.files.insert(form.file.clone(), None);
        }
        _ if rules.files.get(&form.file) == Some(text.as_str()) => {
            draft.files.remove(&form.file);
        }
        _ => {
            draft.files.insert(form.file.clone(), Some(text));
        }
    }
    stored.content = draft.value()?;
    state
        .store()
        .save_policy_draft(&stored, Timestamp::now())
        .await?;
    let to = match form.remove.as_str() {
        "" => format!("{}&saved=yes", edit_address(&id, &form.file)),
        _ => format!("/policy/drafts/{id}"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// `POST /policy/drafts/{id}/upload`: files from a person's machine. A name
/// without folders is that of the file in use that ends in it.
pub(crate) async fn upload(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Page {
    // Without a form there is no token of the session.
    let mut multipart = multipart.map_err(|_| Problem::BadToken)?;
    let (mut stored, mut draft) = load(&state, &id).await?;
    let rules = state.rules();
    let unreadable = |_| Problem::Invalid("The upload could not be read".to_owned());
    let mut checked = false;
    let mut refused = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                actor.check(&field.text().await.map_err(unreadable)?)?;
                checked = true;
            }
            "files" if checked => {
                let name = field.file_name().unwrap_or_default().replace('\\', "/");
                let bytes = field.bytes().await.map_err(unreadable)?;
                let text = String::from_utf8(bytes.to_vec()).ok();
                let path = path_of(&name, &rules.files);
                match (path, text) {
                    (Some(path), Some(text)) => {
                        draft.files.insert(path, Some(text));
                    }
                    _ if name.is_empty() => {}
                    _ => refused.push(name),
                }
            }
            _ => {}
        }
    }
    if !checked {
        return Err(Problem::BadToken.into());
    }
    stored.content = draft.value()?;
    let stored = state
        .store()
        .save_policy_draft(&stored, Timestamp::now())
        .await?;
    if refused.is_empty() {
        return Ok(Redirect::to(&format!("/policy/drafts/{id}")).into_response());
    }
    let why = format!(
        "Not taken: {}. A policy file is UTF-8 text with a name that ends in .toml",
        refused.join(", ")
    );
    let page = show(&state, &actor, &stored, &draft, why).await?;
    Ok((StatusCode::BAD_REQUEST, page).into_response())
}

/// Where an uploaded file belongs: `policies/…` is stripped, a bare name is
/// looked up among the files in use.
fn path_of(name: &str, files: &PolicyFiles) -> Option<String> {
    let name = name.strip_prefix("policies/").unwrap_or(name);
    if !is_path(name) {
        return None;
    }
    if !name.contains('/') {
        let mut ending = files
            .iter()
            .filter(|(path, _)| path.rsplit('/').next() == Some(name));
        if let (Some((path, _)), None) = (ending.next(), ending.next()) {
            return Some(path.to_owned());
        }
    }
    Some(name.to_owned())
}

/// `POST /policy/drafts/{id}/propose`: puts it forward for a second person.
pub(crate) async fn propose(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    let (mut stored, mut draft) = load(&state, &id).await?;
    let title: String = form.title.trim().chars().take(TITLE).collect();
    draft.title = title.clone();
    let whole = draft.whole(&state.rules().files);
    let now = Timestamp::now();
    let proposed = propose_policy(
        state.store(),
        &whole,
        &title,
        &form.reason,
        &actor.name,
        now,
    )
    .await;
    let why = match proposed.map_err(Declined::from) {
        Ok(version) => {
            stored.content = draft.value()?;
            stored.proposed_as = Some(version.version.id.clone());
            state.store().save_policy_draft(&stored, now).await?;
            let to = format!("/policy/versions/{}", version.version.id);
            return Ok(Redirect::to(&to).into_response());
        }
        Err(Declined::Failed(problem)) => return Err(problem.into()),
        Err(Declined::Words(why)) => why,
        Err(Declined::Faults(faults)) => {
            count(faults.len(), "fault keeps", "faults keep") + " it from being proposed"
        }
    };
    let page = show(&state, &actor, &stored, &draft, why).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /policy/drafts/{id}/shadow`: lets it run beside the policy in use.
pub(crate) async fn shadow(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    let (stored, draft) = load(&state, &id).await?;
    let whole = draft.whole(&state.rules().files);
    let why = match form.until.parse() {
        Err(_) => format!(
            "‘{}’ is not a day. Write year, month, day: 2026-11-22",
            form.until
        ),
        Ok(until) => {
            let now = Timestamp::now();
            let (store, who) = (state.store(), actor.name.as_str());
            let started = start_shadow(store, &whole, &draft.title, until, who, now).await;
            match started.map_err(Declined::from) {
                Ok(_) => return Ok(Redirect::to("/policy/workbench").into_response()),
                Err(Declined::Failed(problem)) => return Err(problem.into()),
                Err(Declined::Words(why)) => why,
                Err(Declined::Faults(faults)) => {
                    count(faults.len(), "fault keeps", "faults keep") + " it from running"
                }
            }
        }
    };
    let page = show(&state, &actor, &stored, &draft, why).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /policy/drafts/{id}/drop`: throws it away.
pub(crate) async fn discard(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    load(&state, &id).await?;
    state.store().drop_policy_draft(&id).await?;
    Ok(Redirect::to("/policy/workbench").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_policy_have_plain_paths() {
        for good in ["risk.toml", "controls/us-ccl.toml"] {
            assert!(is_path(good), "{good}");
        }
        for bad in [
            "",
            "x",
            "../x.toml",
            "/x.toml",
            "a//x.toml",
            ".x.toml",
            "a b.toml",
            "x.toml/",
        ] {
            assert!(!is_path(bad), "{bad}");
        }
        let mut files = PolicyFiles::new();
        files.insert("controls/us-ccl.toml", "");
        for (given, path) in [
            ("us-ccl.toml", Some("controls/us-ccl.toml")),
            ("policies/risk.toml", Some("risk.toml")),
            ("new.toml", Some("new.toml")),
            ("../x.toml", None),
        ] {
            assert_eq!(path_of(given, &files).as_deref(), path, "{given}");
        }
    }
}
