//! The command line. Others script against it: names and meanings stay.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// Portcullis: may this item go to this party, for this use, by this route, paid this way, as of this date?
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// What every command shares.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command shares.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Folder of the data: database, raw lists, keys.
    #[arg(
        long,
        global = true,
        env = "PORTCULLIS_DATA",
        default_value = "portcullis-data",
        value_name = "DIR"
    )]
    pub(crate) data: PathBuf,
    /// PostgreSQL to use instead of the embedded database (postgres://…).
    #[arg(
        long,
        global = true,
        env = "PORTCULLIS_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// Folder of policy files to use instead of the embedded ones.
    #[arg(long, global = true, env = "PORTCULLIS_POLICIES", value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// Print JSON, one object a line, instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress and no notes; errors are still printed.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watchlists: import, show, compare, activate.
    #[command(subcommand)]
    Lists(ListsCommand),
    /// The party book: identifiers → names and addresses.
    #[command(subcommand)]
    Parties(PartiesCommand),
    /// Webhooks: who is told of what rescreening finds.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Screen names against the active lists.
    Screen(ScreenArgs),
    /// Compare pairs of names, with dates and countries; needs no list.
    Compare(CompareArgs),
    /// Customer books: load one, rescreen it when the lists change.
    #[command(subcommand)]
    Monitor(MonitorCommand),
    /// Rank codes for descriptions of goods, with reasons and questions.
    Classify(ClassifyArgs),
    /// Nomenclatures of goods: import, map codes between editions, show a code.
    #[command(subcommand)]
    Nomenclature(NomenclatureCommand),
    /// Assess declarations: screen, determine, weigh, decide, record.
    Assess(AssessArgs),
    /// Control lists: import, show, compare, draft conditions.
    #[command(subcommand)]
    Controls(ControlsCommand),
    /// Determine cases: is a licence needed, by which rule, as of when?
    Determine(DetermineArgs),
    /// The rules: check, compare, replay a draft, propose, adopt, calendar.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The transparency log: its key, proofs, verification.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Serve the console and the API.
    Serve(ServeArgs),
    /// Local accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Keys of programs that use the API: make, list, take back.
    #[command(subcommand)]
    Tokens(TokensCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ListsCommand {
    /// Import list files; files that belong together are given in one call.
    Import(ImportArgs),
    /// Fetch the lists from their publishers and use what passes.
    Update(UpdateArgs),
    /// Show the snapshots held and which are active.
    Show,
    /// Compare two snapshots by their ids.
    Diff {
        /// The earlier snapshot.
        old: String,
        /// The later snapshot.
        new: String,
    },
    /// Make a stored snapshot the active one of its source.
    Activate {
        /// Id of the snapshot, as `lists show` prints it.
        snapshot: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Name of the source, where the content cannot tell.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Mapping file (TOML) that says what the columns of the given tables mean.
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Publication date, where the file has none.
    #[arg(long, value_name = "DATE")]
    pub(crate) published: Option<jiff::civil::Date>,
    /// Take the snapshot even if a list is missing or shrank.
    #[arg(long)]
    pub(crate) accept: bool,
    /// Only store the snapshot.
    #[arg(long)]
    pub(crate) no_activate: bool,
    /// Print every issue, not only how many.
    #[arg(long)]
    pub(crate) issues: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// Only this source; may be given several times. Default: all of them.
    #[arg(long = "source", value_name = "CODE")]
    pub(crate) only: Vec<String>,
    /// Fetch and read, but store nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// File of [[source]] blocks to use instead of those in lists.toml.
    #[arg(long, value_name = "FILE")]
    pub(crate) sources: Option<PathBuf>,
    /// Take a list even if it is missing entries; needs --source.
    #[arg(long, requires = "only")]
    pub(crate) accept: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Add an endpoint; prints its id and the secret that signs its messages.
    Add {
        /// Where to, https.
        url: String,
        /// Read the secret (whsec_…) from standard input instead of making one.
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Show the endpoints and how many messages wait.
    List,
    /// Take an endpoint away; what waits for it is given up.
    Remove {
        /// Id, as `webhooks list` prints it.
        id: String,
    },
    /// Queue a test message for an endpoint and deliver what is due.
    Test {
        /// Id, as `webhooks list` prints it.
        id: String,
    },
    /// Deliver every message that is due.
    Deliver,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PartiesCommand {
    /// Import party book files (CSV or JSON lines).
    Import {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// Comma-separated, with a header.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

#[derive(Debug, Args)]
pub(crate) struct ScreenArgs {
    /// File of names to screen; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// Format of the input; without it the content tells.
    #[arg(long)]
    pub(crate) format: Option<TableFormat>,
    /// Hits printed for each name; what is cut is counted in `more`.
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) limit: usize,
    /// Score from which a hit is an alert, 0 to 1.
    #[arg(long, default_value_t = portcullis_screening::DEFAULT_THRESHOLD, value_name = "T", value_parser = threshold)]
    pub(crate) threshold: f64,
    /// Let weak aliases alert by name alone.
    #[arg(long)]
    pub(crate) weak: bool,
    /// Where to write; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// CSV file of pairs (`id,type,left,right`, and optional `left_birth_date`,
    /// `right_birth_date`, `left_country`, `right_country`); `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// Format of the output.
    #[arg(long, default_value = "csv")]
    pub(crate) format: TableFormat,
    /// Where to write; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

fn threshold(text: &str) -> Result<f64, String> {
    let value: f64 = text
        .parse()
        .map_err(|_| format!("'{text}' is not a number"))?;
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err("must lie between 0 and 1".into())
    }
}

#[derive(Debug, Args)]
pub(crate) struct AssessArgs {
    /// Day for which the question is asked; default: today.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// Use only what was known on this day; default: everything.
    #[arg(long, value_name = "DATE")]
    pub(crate) known: Option<jiff::civil::Date>,
    /// Decide, but record nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where to write the decisions; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Print a table of the decisions for people at the end.
    #[arg(long)]
    pub(crate) table: bool,
    /// Files or folders of declarations.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub(crate) inputs: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ControlsCommand {
    /// Import control lists: official XML of the CCL, JSON, tables of codes.
    Import(ControlsImportArgs),
    /// Show a paragraph, or without a code the versions held.
    Show {
        /// Code of the paragraph, in any spelling.
        code: Option<String>,
        /// Only of this list: us-ccl, eu-annex-i, uk, mtcr, nsg, chpl, eu-export-ban.
        #[arg(long, value_name = "LIST")]
        list: Option<String>,
        /// The version that answers for this day; default: today.
        #[arg(long, value_name = "DATE")]
        as_of: Option<jiff::civil::Date>,
        /// Use only what was known on this day; default: everything.
        #[arg(long, value_name = "DATE")]
        known: Option<jiff::civil::Date>,
    },
    /// Say what a later version adds, drops, moves, loosens, tightens.
    Diff {
        /// Id of the earlier version, as `controls show` prints it.
        old: String,
        /// Id of the later version.
        new: String,
    },
    /// Draft conditions from the text, measure how many, confirm one.
    Draft(ControlsDraftArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ControlsImportArgs {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Which list it is, where the content cannot tell.
    #[arg(long, value_name = "LIST")]
    pub(crate) list: Option<String>,
    /// Shape of the file, where the content cannot tell: ecfr-xml, ccl-json, eccn-csv,
    /// regulation-json, codes-csv.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// What the version calls itself; default: the day of the text.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// First day on which it is the law.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<portcullis_domain::Date>,
    /// Last day on which it is the law.
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<portcullis_domain::Date>,
    /// Day of publication, where the file has none.
    #[arg(long, value_name = "DATE")]
    pub(crate) published: Option<portcullis_domain::Date>,
    /// Store it without using it.
    #[arg(long)]
    pub(crate) no_activate: bool,
    /// Take a version with less than half the paragraphs of the one in use.
    #[arg(long)]
    pub(crate) accept: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ControlsDraftArgs {
    /// Codes, or how they begin; default: all.
    #[arg(value_name = "CODE")]
    pub(crate) codes: Vec<String>,
    /// Of which list.
    #[arg(long, default_value = "us-ccl", value_name = "LIST")]
    pub(crate) list: String,
    /// Only count how many paragraphs with numbers are drafted.
    #[arg(long)]
    pub(crate) measure: bool,
    /// Confirm the condition of this paragraph against the text in use.
    #[arg(long, value_name = "CODE", requires = "by")]
    pub(crate) confirm: Option<String>,
    /// Who read the text and confirms.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// The condition, where the draft is not right.
    #[arg(long, value_name = "PREDICATE", requires = "confirm")]
    pub(crate) predicate: Option<String>,
    /// Why it differs from the draft.
    #[arg(long, value_name = "TEXT", requires = "confirm")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DetermineArgs {
    /// Cases, one JSON object a line; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// Day for which the question is asked; default: today.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// Use only what was known on this day; default: everything.
    #[arg(long, value_name = "DATE")]
    pub(crate) known: Option<jiff::civil::Date>,
    /// Where to write the determinations; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ClassifyArgs {
    /// Learn from decisions instead.
    #[command(subcommand)]
    pub(crate) command: Option<ClassifyCommand>,
    /// What to classify.
    #[command(flatten)]
    pub(crate) rows: Option<ClassifyRows>,
}

#[derive(Debug, Args)]
pub(crate) struct ClassifyRows {
    /// CSV (`id,description`, and optional `hs_code`, `country`, `maker`,
    /// `part_number`, `parameters`) or JSON lines; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// Candidates printed for each row.
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub(crate) limit: usize,
    /// Day for which the question is asked; default: today.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// Where to write; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClassifyCommand {
    /// Learn from decided classifications (`id,description,hs_code`, and
    /// optional `source`, `date`).
    Learn {
        /// CSV or JSON lines; `-` reads standard input.
        #[arg(long, value_name = "FILE")]
        input: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NomenclatureCommand {
    /// Import official files: HS, EU CN/TARIC, US HTS, HS concordances.
    Import(NomenclatureImportArgs),
    /// What a code became in another edition of the HS, or came from.
    Map {
        /// The code; six digits count.
        code: String,
        /// Edition of the code, for example HS2017.
        #[arg(long, value_name = "EDITION")]
        from: String,
        /// Edition to look in, for example HS2022.
        #[arg(long, value_name = "EDITION")]
        to: String,
    },
    /// Show where a code stands in every nomenclature, and whether it is valid.
    Show {
        /// The code, with or without dots.
        code: String,
        /// Day for which the question is asked; default: today.
        #[arg(long, value_name = "DATE")]
        as_of: Option<jiff::civil::Date>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NomenclatureImportArgs {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Name of the document, where the content cannot tell (hs2017, eu-cn, …).
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What the version calls itself, for example "2026 revision 4".
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// First day on which it is the law; default: that of its edition, or any day.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<jiff::civil::Date>,
    /// Last day on which it is the law.
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<jiff::civil::Date>,
    /// Day of publication.
    #[arg(long, value_name = "DATE")]
    pub(crate) published: Option<jiff::civil::Date>,
    /// Where it comes from, for the record.
    #[arg(long, value_name = "TEXT")]
    pub(crate) citation: Option<String>,
    /// Take it even if it has far fewer lines than the version in use.
    #[arg(long)]
    pub(crate) accept: bool,
    /// Only store it.
    #[arg(long)]
    pub(crate) no_activate: bool,
    /// Print every issue, not only how many.
    #[arg(long)]
    pub(crate) issues: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MonitorCommand {
    /// Load a customer book (CSV or JSON lines); customers that are there are updated.
    Import(MonitorImportArgs),
    /// Rescreen: what changed since the last run, or everything the first time.
    Run(MonitorRunArgs),
    /// Show the books and their runs.
    Status,
    /// List alerts, the strongest evidence first.
    Alerts(MonitorAlertsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct MonitorImportArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Name of the book.
    #[arg(long, default_value = "main", value_name = "NAME")]
    pub(crate) book: String,
    /// The file is the whole book: remove customers that it does not name.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Remove them even if rows could not be read, or the book shrinks a lot.
    #[arg(long, requires = "replace")]
    pub(crate) accept: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MonitorRunArgs {
    /// Name of the book; default: every book.
    #[arg(long, value_name = "NAME")]
    pub(crate) book: Option<String>,
    /// Screen every customer against everything, whatever was done before.
    #[arg(long)]
    pub(crate) full: bool,
    /// Where to write who met whom, as CSV; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MonitorAlertsArgs {
    /// Name of the book; default: every book.
    #[arg(long, value_name = "NAME")]
    pub(crate) book: Option<String>,
    /// open, awaiting, cleared, confirmed, gone, or all.
    #[arg(long, default_value = "open", value_name = "STATE", value_parser = alert_state)]
    pub(crate) state: AlertStateArg,
    /// Alerts printed; what is cut is counted.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) limit: u64,
}

/// A state of alerts, or all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AlertStateArg(pub(crate) Option<portcullis_casework::AlertState>);

fn alert_state(word: &str) -> Result<AlertStateArg, String> {
    if word == "all" {
        return Ok(AlertStateArg(None));
    }
    let state = portcullis_casework::AlertState::parse(word);
    let state = state.ok_or("states are open, awaiting, cleared, confirmed, gone, all")?;
    Ok(AlertStateArg(Some(state)))
}

#[path = "args/policy.rs"]
mod policy;
pub(crate) use policy::*;

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Print the verifier key of the log.
    Key,
    /// Write the proof of a decision.
    Prove {
        /// Id of the decision.
        decision: String,
        /// Where to write; default: standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Verify a proof offline.
    Verify {
        /// File with the verifier key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The proof file.
        proof: PathBuf,
    },
    /// Recompute the whole log from its leaves and compare.
    Check,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8440", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// Let programs on this machine screen and search without a key. Only where
    /// the address is loopback.
    #[arg(long)]
    pub(crate) open_screening: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokensCommand {
    /// Make a key; its secret is printed once and kept nowhere.
    Create(TokenArgs),
    /// Show every key with what it used today; secrets are not kept.
    List,
    /// Take a key back at once.
    Revoke {
        /// Its name or id.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Name, for people and for taking it back.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// What it allows, separated by commas: match, search, assess, read, prove.
    #[arg(long, required = true, value_delimiter = ',', value_parser = scope, value_name = "SCOPE")]
    pub(crate) scope: Vec<portcullis_store::Scope>,
    /// Local account whose calls these are; without one the key acts by its own name.
    #[arg(long, value_name = "USER")]
    pub(crate) owner: Option<String>,
    /// Queries a day (UTC); a batch of ten is ten.
    #[arg(long, value_parser = per_day, value_name = "N/day")]
    pub(crate) quota: Option<u64>,
    /// Queries a minute.
    #[arg(long, value_parser = per_minute, value_name = "N/minute")]
    pub(crate) rate: Option<u64>,
    /// Last day (UTC).
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<jiff::civil::Date>,
}

fn scope(word: &str) -> Result<portcullis_store::Scope, String> {
    let words: Vec<&str> = portcullis_store::Scope::ALL
        .iter()
        .map(|s| s.as_str())
        .collect();
    portcullis_store::Scope::parse(word).ok_or_else(|| format!("scopes are {}", words.join(", ")))
}

fn per_day(text: &str) -> Result<u64, String> {
    per(text, "day")
}

fn per_minute(text: &str) -> Result<u64, String> {
    per(text, "minute")
}

/// `1000/day`, or the number alone.
fn per(text: &str, unit: &str) -> Result<u64, String> {
    let (number, given) = text.split_once('/').unwrap_or((text, unit));
    let number: u64 = number
        .parse()
        .map_err(|_| format!("'{number}' is not a number"))?;
    if given != unit || number == 0 {
        return Err(format!("must be N/{unit}, at least 1/{unit}"));
    }
    Ok(number)
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a local account; the password is one line on standard input.
    Add {
        /// Name to sign in with.
        name: String,
        /// admin, officer, analyst, auditor or viewer.
        #[arg(long, value_parser = role)]
        role: portcullis_store::Role,
        /// Read the password from standard input (the only way).
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

fn role(word: &str) -> Result<portcullis_store::Role, String> {
    let words: Vec<&str> = portcullis_store::Role::ALL
        .iter()
        .map(|r| r.as_str())
        .collect();
    portcullis_store::Role::parse(word).ok_or_else(|| format!("roles are {}", words.join(", ")))
}
