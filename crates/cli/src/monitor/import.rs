//! `portcullis monitor import`: a customer book, in big transactions.

use crate::{
    Ended,
    args::{Global, MonitorImportArgs},
    context::{OPERATOR, engine, now, open_store},
    output::say,
    progress,
};
use anyhow::{Context, Result, anyhow};
use portcullis_formats::customers::Customers;
use portcullis_formats::parties::Limits;
use portcullis_store::{Customer, CustomerCounts, CustomerImport, Store};
use serde_json::json;
use std::fs::File;

/// Customers in one transaction.
const BATCH: usize = 20_000;
/// Issues that are printed; the rest is counted.
const MAX_SHOWN: u64 = 1_000;

/// What was read.
#[derive(Default)]
struct Read {
    records: u64,
    bad: u64,
    issues: u64,
    counts: CustomerCounts,
}

pub(super) async fn run(global: &Global, args: &MonitorImportArgs) -> Result<Ended> {
    let path = &args.file;
    let max_shrink_percent = engine(global)?.intake().max_shrink_percent;
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bar = progress::over_bytes(file.metadata()?.len(), global.quiet);
    let counted = progress::Counted {
        inner: file,
        bar: bar.clone(),
    };
    let refused = |issue: portcullis_domain::Issue| {
        anyhow!("{} was not imported: {}", path.display(), issue.text)
    };
    let mut book = Customers::open(counted, &Limits::default()).map_err(refused)?;
    let store = open_store(global).await?;
    let before = store
        .customer_book(&args.book)
        .await
        .map_or(0, |b| b.customers);
    let import = store.begin_customers(&args.book, OPERATOR, now()).await?;
    let mut read = Read::default();
    let mut batch = Vec::with_capacity(BATCH);
    let stopped = loop {
        let record = match book.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => break None,
            Err(issue) => break Some(issue),
        };
        read.records += 1;
        read.bad += u64::from(record.customer.is_none());
        for issue in &record.issues {
            read.issues += 1;
            if read.issues <= MAX_SHOWN {
                let line = issue.line.map(|n| format!(":{n}")).unwrap_or_default();
                eprintln!("issue: {}{line}: {}", path.display(), issue.text);
            }
        }
        let customer = record.customer.map(|(id, party)| Customer { id, party });
        batch.extend(customer);
        if batch.len() == BATCH {
            put(&store, &import, &mut batch, &mut read).await?;
            bar.set_message(format!("{} customers", read.records));
        }
    };
    put(&store, &import, &mut batch, &mut read).await?;
    bar.finish_and_clear();
    if read.issues > MAX_SHOWN {
        eprintln!("issue: … and {} more", read.issues - MAX_SHOWN);
    }
    if let Some(issue) = stopped {
        return Err(anyhow!(
            "the rest of {} could not be read, and nobody was removed: {}",
            path.display(),
            issue.text
        ));
    }
    let removal = remove(&store, &import, args, &read, before, max_shrink_percent).await?;
    print(global, args, &read, &removal)?;
    let whole = read.bad == 0 && read.issues == 0 && !matches!(removal, Removal::Kept { .. });
    Ok(if whole {
        Ended::Done
    } else {
        Ended::DoneWithHolds
    })
}

async fn put(
    store: &Store,
    import: &CustomerImport,
    batch: &mut Vec<Customer>,
    read: &mut Read,
) -> Result<()> {
    if !batch.is_empty() {
        let customers = std::mem::take(batch);
        let counts = store
            .put_customers(import, customers, OPERATOR, now())
            .await?;
        read.counts.add(counts);
    }
    Ok(())
}

/// What became of customers that the file does not name.
enum Removal {
    /// The file was not said to be the whole book.
    NotAsked,
    /// They were removed.
    Removed(u64),
    /// They were kept, since the file may not be whole.
    Kept { count: u64, why: String },
}

/// A file that is cut off or damaged must not empty the book: a customer who
/// is no longer there is no longer screened.
async fn remove(
    store: &Store,
    import: &CustomerImport,
    args: &MonitorImportArgs,
    read: &Read,
    before: u64,
    max_shrink_percent: u32,
) -> Result<Removal> {
    if !args.replace {
        return Ok(Removal::NotAsked);
    }
    let count = store.customers_not_named(import).await?;
    let kept = |why: String| Ok(Removal::Kept { count, why });
    if count > 0 && !args.accept {
        if read.bad > 0 {
            return kept(format!("{} rows could not be read", read.bad));
        }
        if count * 100 > before * u64::from(max_shrink_percent) {
            return kept(format!(
                "the book would shrink by more than {max_shrink_percent} %"
            ));
        }
    }
    let removed = store
        .remove_customers_not_named(import, OPERATOR, now())
        .await?;
    Ok(Removal::Removed(removed))
}

fn print(global: &Global, args: &MonitorImportArgs, read: &Read, removal: &Removal) -> Result<()> {
    let counts = read.counts;
    let (removed, kept) = match removal {
        Removal::NotAsked => (0, None),
        Removal::Removed(count) => (*count, None),
        Removal::Kept { count, why } => (0, Some((count, why))),
    };
    if global.json {
        say!(
            "{}",
            json!({
                "file": args.file, "book": args.book, "records": read.records,
                "added": counts.added, "changed": counts.changed,
                "unchanged": counts.unchanged, "repeated": counts.repeated,
                "removed": removed, "kept": kept.map(|k| k.0), "bad": read.bad,
                "issues": read.issues,
            })
        )?;
    } else {
        say!(
            "file={} book={} records={} added={} changed={} unchanged={} repeated={} \
             removed={removed} bad={} issues={}",
            args.file.display(),
            args.book,
            read.records,
            counts.added,
            counts.changed,
            counts.unchanged,
            counts.repeated,
            read.bad,
            read.issues
        )?;
    }
    if let Some((count, why)) = kept {
        eprintln!(
            "note: {count} customers that the file does not name stay in the book: {why}; \
             --accept removes them"
        );
    }
    Ok(())
}
