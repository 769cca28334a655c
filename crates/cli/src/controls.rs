//! `portcullis controls`: import, show, diff, draft.

use crate::{
    Ended,
    args::{ControlsCommand, ControlsDraftArgs, ControlsImportArgs, Global},
    context::{OPERATOR, day_of, end_of, now, open_store},
    output::say,
};
use anyhow::{Context, Result, anyhow, bail};
use portcullis_controls::draft::{Confirmations, State, measure};
use portcullis_controls::entries::{
    ControlList, Entry, ListRegime, correspondences, diff, root_number,
};
use portcullis_controls::predicate::Predicate;
use portcullis_domain::{Issue, Period};
use portcullis_formats::control_lists::Format;
use portcullis_gate::{
    Confirming, ControlListOptions, ControlLists, confirm_predicate, load_control_list,
    prepare_control_list, put_control_list,
};
use portcullis_store::{ReferenceKind, ReferenceState, Store};
use serde_json::json;
use std::{fs, path::Path};

/// Issues that are shown of one file; all of them are counted.
const SHOWN_ISSUES: usize = 10;

pub(crate) async fn run(global: &Global, command: &ControlsCommand) -> Result<Ended> {
    match command {
        ControlsCommand::Import(args) => import(global, args).await,
        ControlsCommand::Show {
            code,
            list,
            as_of,
            known,
        } => {
            let store = open_store(global).await?;
            let started = now();
            let known = known.map_or(Ok(started), end_of)?;
            let as_of = as_of.unwrap_or_else(|| day_of(started));
            let lists = ControlLists::load(&store, as_of, known).await?;
            match code {
                Some(code) => show(global, &lists, code, regime(list.as_deref())?),
                None => versions(global, &store, &lists).await,
            }
        }
        ControlsCommand::Diff { old, new } => {
            let store = open_store(global).await?;
            let old = load_control_list(&store, old).await?;
            let new = load_control_list(&store, new).await?;
            compare(global, &old, &new)
        }
        ControlsCommand::Draft(args) => draft(global, args).await,
    }
}

fn regime(word: Option<&str>) -> Result<Option<ListRegime>> {
    let Some(word) = word else {
        return Ok(None);
    };
    let known = ListRegime::ALL.map(ListRegime::as_str).join(", ");
    let found = ListRegime::parse(word);
    found
        .map(Some)
        .ok_or_else(|| anyhow!("'{word}' is no control list; known are {known}"))
}

async fn import(global: &Global, args: &ControlsImportArgs) -> Result<Ended> {
    let format = args.format.as_deref().map(|word| {
        Format::parse(word).ok_or_else(|| anyhow!("'{word}' is no format of control lists"))
    });
    let options = ControlListOptions {
        regime: regime(args.list.as_deref())?,
        format: format.transpose()?,
        label: args.label.clone(),
        in_force: Period {
            from: args.from,
            until: args.until,
        },
        published: args.published,
    };
    let store = open_store(global).await?;
    for path in &args.files {
        import_one(global, &store, path, &options, args)
            .await
            .with_context(|| format!("{} was not imported", path.display()))?;
    }
    Ok(Ended::Done)
}

async fn import_one(
    global: &Global,
    store: &Store,
    path: &Path,
    options: &ControlListOptions,
    args: &ControlsImportArgs,
) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let prepared = prepare_control_list(&bytes, options)?;
    let how = (!args.no_activate, args.accept);
    let put = put_control_list(store, &prepared, how, OPERATOR, now()).await?;
    let list = &prepared.list;
    let state = match put.state {
        ReferenceState::Activated => "in use",
        ReferenceState::Stored => "stored, not in use",
        ReferenceState::Known => "known already",
    };
    if global.json {
        let report = json!({
            "v": 1, "id": put.id, "list": list.regime(), "label": list.head().label, "state": state,
            "paragraphs": list.entries().len(), "issues": prepared.issues.len(),
        });
        say!("{report}")?;
        return Ok(());
    }
    say!(
        "{}: {} paragraphs, {} issues; {state}",
        put.id,
        list.entries().len(),
        prepared.issues.len()
    )?;
    issues(&prepared.issues)
}

fn issues(issues: &[Issue]) -> Result<()> {
    for issue in issues.iter().take(SHOWN_ISSUES) {
        let line = issue
            .line
            .map_or(String::new(), |line| format!("line {line}: "));
        say!("  {line}{}", issue.text)?;
    }
    if issues.len() > SHOWN_ISSUES {
        say!("  and {} more", issues.len() - SHOWN_ISSUES)?;
    }
    Ok(())
}

async fn versions(global: &Global, store: &Store, lists: &ControlLists) -> Result<Ended> {
    let versions = store.reference_versions(ReferenceKind::ControlList).await?;
    if versions.is_empty() {
        bail!("no control list was imported; see docs/guides/control-lists.md");
    }
    for version in versions {
        let used = lists.ids.contains(&version.id);
        if global.json {
            let line = json!({
                "v": 1, "id": version.id, "label": version.label, "in_force": version.in_force,
                "published": version.published, "paragraphs": version.records,
                "issues": version.issues, "citation": version.citation,
                "recorded_at": version.recorded_at.to_string(), "recorded_by": version.recorded_by,
                "answers": used,
            });
            say!("{line}")?;
        } else {
            let mark = if used { "*" } else { " " };
            say!(
                "{mark} {}  {}  {} paragraphs, {} issues  {}",
                version.id,
                version.label,
                version.records,
                version.issues,
                version.citation
            )?;
        }
    }
    Ok(Ended::Done)
}

fn show(
    global: &Global,
    lists: &ControlLists,
    code: &str,
    regime: Option<ListRegime>,
) -> Result<Ended> {
    let asked = lists
        .lists
        .iter()
        .filter(|list| regime.is_none_or(|r| list.regime() == r));
    let mut found = false;
    for list in asked {
        let Some(at) = list.find(code) else {
            continue;
        };
        found = true;
        let confirmed = lists.confirmed(list.regime());
        let view = View::of(lists, list, at, &confirmed);
        if global.json {
            say!("{}", view.json())?;
        } else {
            view.print()?;
        }
    }
    if !found {
        bail!("no control list in use on that day has '{code}'");
    }
    Ok(Ended::Done)
}

/// One paragraph as it is shown.
struct View<'l> {
    list: &'l ControlList,
    entry: Option<&'l Entry>,
    at: u32,
    others: Vec<&'l ControlList>,
    predicate: Option<Predicate>,
    state: State<'l>,
}

impl<'l> View<'l> {
    fn of(
        lists: &'l ControlLists,
        list: &'l ControlList,
        at: u32,
        confirmed: &'l Confirmations,
    ) -> View<'l> {
        let entry = list.entry(at);
        View {
            list,
            entry,
            at,
            others: lists.lists.iter().map(AsRef::as_ref).collect(),
            predicate: list.own_predicate(at, confirmed),
            state: entry.map_or(State::Draft, |entry| confirmed.of(entry)),
        }
    }

    fn path(&self) -> Vec<(&'l str, String)> {
        let path = self.list.path(self.at).into_iter();
        path.filter_map(|at| self.list.entry(at))
            .map(|entry| (entry.code.as_str(), entry.title()))
            .collect()
    }

    /// The word for the predicate's state, and who confirmed it.
    fn state(&self) -> (&'static str, Option<&str>) {
        let by = match &self.state {
            State::Confirmed(found) | State::Reopened(found) => Some(found.by.as_str()),
            State::Draft => None,
        };
        (self.state.as_str(), by)
    }

    fn json(&self) -> serde_json::Value {
        let code = self.entry.map_or("", |entry| entry.code.as_str());
        let notes = self.entry.map(|entry| &entry.notes);
        let (state, by) = self.state();
        let children = self.list.children(self.at).iter();
        json!({
            "v": 1,
            "list": self.list.regime(),
            "label": self.list.head().label,
            "in_force": self.list.head().in_force,
            "source": self.list.head().citation,
            "code": code,
            "title": self.entry.map(Entry::title),
            "text": self.entry.map(|entry| &entry.text),
            "notes": notes.into_iter().flatten().map(|note| &note.text).collect::<Vec<_>>(),
            "reasons": self.list.reasons(self.at),
            "path": self.path().into_iter().map(|(code, title)| json!({"code": code, "title": title})).collect::<Vec<_>>(),
            "below": children.filter_map(|at| self.list.entry(*at)).map(|e| &e.code).collect::<Vec<_>>(),
            "root": root_number(code),
            "crosswalk": correspondences(self.list, code, &self.others),
            "predicate": self.predicate.as_ref().map(ToString::to_string),
            "predicate_state": state,
            "confirmed_by": by,
        })
    }

    fn print(&self) -> Result<()> {
        let Some(entry) = self.entry else {
            return Ok(());
        };
        let head = self.list.head();
        say!("{} ({}, {})", entry.code, head.regime.as_str(), head.label)?;
        for (code, title) in self.path() {
            say!("  {code}  {title}")?;
        }
        if !self.list.reasons(self.at).is_empty() {
            say!("reasons: {}", self.list.reasons(self.at).join(", "))?;
        }
        if !entry.text.is_empty() {
            say!("text: {}", entry.text)?;
        }
        for note in &entry.notes {
            say!("note: {}", note.text)?;
        }
        if let Some(root) = root_number(&entry.code) {
            say!("root: {root}")?;
        }
        for other in correspondences(self.list, &entry.code, &self.others) {
            say!(
                "same in {}: {} ({}, confidence {:.2})",
                other.regime.as_str(),
                other.code,
                other.how.words(),
                other.confidence
            )?;
        }
        let (state, by) = self.state();
        let by = by.map_or(String::new(), |by| format!(" by {by}"));
        match &self.predicate {
            Some(predicate) => say!("predicate ({state}{by}): {predicate}")?,
            None => say!("predicate: none stated in this paragraph")?,
        }
        let below: Vec<&str> = self
            .list
            .children(self.at)
            .iter()
            .filter_map(|at| self.list.entry(*at))
            .map(|entry| entry.code.as_str())
            .collect();
        if !below.is_empty() {
            say!("below: {}", below.join(", "))?;
        }
        say!("source: {}", head.citation)?;
        Ok(())
    }
}

fn compare(global: &Global, old: &ControlList, new: &ControlList) -> Result<Ended> {
    if old.regime() != new.regime() {
        bail!(
            "{} and {} are different lists; two versions of one can be compared",
            old.regime().as_str(),
            new.regime().as_str()
        );
    }
    let found = diff(old, new);
    if global.json {
        say!("{}", serde_json::to_string(&found)?)?;
        return Ok(Ended::Done);
    }
    for change in &found.changes {
        say!("{}", change.text)?;
    }
    say!(
        "{} changes from {} to {}",
        found.changes.len(),
        found.old,
        found.new
    )?;
    if found.not_sought > 0 {
        say!(
            "{} dropped paragraphs were too many to look for a new place",
            found.not_sought
        )?;
    }
    Ok(Ended::Done)
}

async fn draft(global: &Global, args: &ControlsDraftArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let started = now();
    let asked = regime(Some(&args.list))?.context("name a control list with --list")?;
    if let Some(code) = &args.confirm {
        return confirm(global, &store, asked, code, args).await;
    }
    let lists = ControlLists::load(&store, day_of(started), started).await?;
    let list = lists
        .of(asked)
        .with_context(|| format!("no version of {} is in use today", asked.as_str()))?;
    let confirmed = lists.confirmed(asked);
    if args.measure {
        return measured(global, list, &confirmed);
    }
    for (at, entry) in list.entries().iter().enumerate() {
        let wanted = args.codes.is_empty() || args.codes.iter().any(|c| entry.code.starts_with(c));
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let Some(predicate) = list.own_predicate(at, &confirmed).filter(|_| wanted) else {
            continue;
        };
        let state = confirmed.of(entry).as_str();
        if global.json {
            let complete = list.draft(at).is_some_and(|draft| draft.complete);
            say!(
                "{}",
                json!({"v": 1, "code": entry.code, "state": state, "predicate": predicate.to_string(),
                    "complete": complete, "text_sha256": entry.digest()})
            )?;
        } else {
            say!("{} ({state}): {predicate}", entry.code)?;
        }
    }
    Ok(Ended::Done)
}

async fn confirm(
    global: &Global,
    store: &Store,
    regime: ListRegime,
    code: &str,
    args: &ControlsDraftArgs,
) -> Result<Ended> {
    let actor = args
        .by
        .as_deref()
        .context("a confirmation names the person who read the text: --by NAME")?;
    let predicate = args.predicate.as_deref().map(Predicate::parse).transpose();
    let asked = Confirming {
        regime,
        code: code.to_owned(),
        predicate: predicate.context("the predicate cannot be read")?,
        note: args.note.clone().unwrap_or_default(),
    };
    let confirmed = confirm_predicate(store, &asked, actor, now()).await?;
    if global.json {
        say!("{}", serde_json::to_string(&confirmed)?)?;
    } else {
        say!(
            "{} confirmed by {}: {}",
            confirmed.code,
            confirmed.by,
            confirmed.predicate
        )?;
    }
    Ok(Ended::Done)
}

fn measured(global: &Global, list: &ControlList, confirmed: &Confirmations) -> Result<Ended> {
    let found = measure(list);
    let states = list.entries().iter().map(|entry| confirmed.of(entry));
    let (mut done, mut reopened) = (0, 0);
    for state in states {
        match state {
            State::Confirmed(_) => done += 1,
            State::Reopened(_) => reopened += 1,
            State::Draft => {}
        }
    }
    if global.json {
        let report = json!({"v": 1, "list": list.regime(), "label": list.head().label,
            "paragraphs": found.paragraphs, "numeric": found.numeric, "drafted": found.drafted,
            "share_basis_points": found.share_basis_points(), "open": found.open,
            "confirmed": done, "reopened": reopened});
        say!("{report}")?;
        return Ok(Ended::Done);
    }
    let share = found.share_basis_points();
    say!(
        "{}: {} paragraphs, {} with a number and a unit; {} drafted = {}.{:02} %; {done} confirmed, {reopened} to be looked at again",
        list.regime().as_str(),
        found.paragraphs,
        found.numeric,
        found.drafted,
        share / 100,
        share % 100
    )?;
    if !found.open.is_empty() {
        say!("not drafted: {}", found.open.join(", "))?;
    }
    Ok(Ended::Done)
}
