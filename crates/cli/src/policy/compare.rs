//! Two policies side by side: on paper, and over history.

use crate::{
    Ended,
    args::{Global, ReplayArgs},
    assess::find_files,
    context::{acting, embedded_files, end_of, folder_files, now, open_store},
    output::{Output, say},
    progress,
};
use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use portcullis_assessment::{Asked, ReplayReport, read_labels};
use portcullis_formats::declarations;
use portcullis_gate::{Catalogue, Incoming, Replay, compiled, files_of, load_lists};
use portcullis_policy::{PolicyDiff, PolicyFiles};
use std::{fs, fs::File, path::Path, sync::Arc};

/// The files that a word of the command line names.
async fn named(global: &Global, word: &str) -> Result<PolicyFiles> {
    if Path::new(word).is_dir() {
        return folder_files(Path::new(word));
    }
    if word == "embedded" {
        return embedded_files();
    }
    let store = open_store(global).await?;
    if word == "adopted" {
        let version = store.policy_in_use(now()).await?;
        let version = version.context("no version was adopted yet")?;
        return Ok(files_of(store.policy_files(&version.digest).await?));
    }
    let digest = match word.starts_with("sha256:") {
        true => word.to_owned(),
        false => store.policy_version(word).await?.version.digest,
    };
    Ok(files_of(store.policy_files(&digest).await?))
}

pub(super) async fn diff(global: &Global, old: &str, new: &str) -> Result<Ended> {
    let (before, after) = (named(global, old).await?, named(global, new).await?);
    let diff = match PolicyDiff::of(&before, &after) {
        Ok(diff) => diff,
        Err(problems) => {
            for problem in problems {
                say!("{problem}")?;
            }
            return Ok(Ended::Failed);
        }
    };
    if global.json {
        say!("{}", serde_json::to_string(&diff)?)?;
        return Ok(Ended::Done);
    }
    for line in diff.lines() {
        say!("{line}")?;
    }
    let (new, gone, other) = (diff.added.len(), diff.dropped.len(), diff.changed.len());
    say!("{new} added, {gone} dropped, {other} changed")?;
    Ok(Ended::Done)
}

pub(super) async fn replay(global: &Global, args: &ReplayArgs) -> Result<Ended> {
    let draft = compiled(&folder_files(&args.draft)?)?;
    let labels = match &args.labels {
        None => Default::default(),
        Some(path) => {
            let bytes =
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            read_labels(&bytes).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?
        }
    };
    let store = open_store(global).await?;
    let started = now();
    let (base, base_is) = match &args.base {
        Some(folder) => (
            compiled(&folder_files(folder)?)?,
            format!("the files of {}", folder.display()),
        ),
        None => {
            let acting = acting(global, &store).await?;
            let words = acting.in_words();
            (acting.engine, words)
        }
    };
    let today = draft.policy().today(started);
    let replay = Replay::new(store.clone(), draft, base, &base_is).with_labels(labels);
    let bar = progress::spinner(global.quiet);
    let tick = |done: u64| bar.set_message(format!("{done} messages"));
    let report = if args.history.is_empty() {
        let since = args
            .since
            .map(|day| day.to_zoned(TimeZone::UTC))
            .transpose()?;
        let lists = match args.rescreen {
            false => None,
            true => {
                let lists = load_lists(&store, &Catalogue::default(), today, started).await?;
                Some(Arc::new(lists))
            }
        };
        replay
            .record(since.map(|s| s.timestamp()), lists, &tick)
            .await?
    } else {
        let as_of = args.as_of.unwrap_or(today);
        let lists = load_lists(&store, &Catalogue::default(), as_of, end_of(today)?).await?;
        let asked = Asked {
            as_of,
            known: today,
        };
        let messages = messages_of(args)?;
        let names: Vec<String> = args
            .history
            .iter()
            .map(|p| p.display().to_string())
            .collect();
        let lists = Arc::new(lists);
        replay
            .messages(&names.join(", "), messages.into_iter(), lists, asked, &tick)
            .await?
    };
    bar.finish_and_clear();
    print_report(global, args, &report)?;
    Ok(Ended::Done)
}

/// Every message of the files, in order.
fn messages_of(args: &ReplayArgs) -> Result<Vec<Incoming>> {
    let mut all = Vec::new();
    for found in find_files(&args.history)? {
        let file = File::open(&found.path)
            .with_context(|| format!("cannot read {}", found.path.display()))?;
        let name = found.path.to_string_lossy().into_owned();
        let read = declarations::messages(file, &declarations::Limits::default());
        all.extend(read.map(|message| Incoming {
            file: name.clone(),
            message,
        }));
    }
    Ok(all)
}

fn print_report(global: &Global, args: &ReplayArgs, report: &ReplayReport) -> Result<()> {
    let to_stdout = args.output.as_deref() == Some(Path::new("-"));
    if let Some(path) = &args.output {
        let mut output = Output::open(path)?;
        output.line(report)?;
        output.flush()?;
    }
    if to_stdout {
        return Ok(());
    }
    if global.json {
        say!("{}", serde_json::to_string(report)?)?;
    } else {
        say!("{report}")?;
    }
    Ok(())
}
