//! `portcullis policy`: its commands.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check every file and run every case; warn of what is overdue.
    Check {
        /// Also look for conflicts, gaps and rules that never speak.
        #[arg(long)]
        deep: bool,
    },
    /// Show one rule, list effect or table.
    Show {
        /// Its id, or the code of a red flag, such as R01.
        id: String,
    },
    /// Compare two policies in plain words.
    Diff {
        /// The earlier one: a folder, `adopted`, `embedded`, the id of a version or a digest.
        old: String,
        /// The later one, likewise.
        new: String,
    },
    /// Replay a draft over history: what changes, by which rule, for whom.
    Replay(ReplayArgs),
    /// Put a policy forward; it acts nowhere until another person adopts it.
    Propose(ProposeArgs),
    /// Adopt a proposal as the second person: from then on it acts.
    Adopt(ActArgs),
    /// Reject a proposal as another person.
    Reject(ActArgs),
    /// Take a proposal back.
    Withdraw(ActArgs),
    /// Say something about a version.
    Comment(ActArgs),
    /// Ask that an adopted version be stopped, or agree to it as the second person.
    Suspend(ActArgs),
    /// Show every version and which one acts.
    Versions,
    /// What falls due: reviews, sunsets, ends of suspensions and threat assessments.
    Calendar(CalendarArgs),
    /// A draft beside the policy that acts; its decisions never act.
    #[command(subcommand)]
    Shadow(ShadowCommand),
    /// The bulletins published so far, the newest first.
    Bulletins(BulletinsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Folder of the draft.
    #[arg(long, value_name = "DIR")]
    pub(crate) draft: PathBuf,
    /// Declarations to replay it over: a file or folder; may be given several times.
    /// Without it the record is replayed.
    #[arg(long, value_name = "FILE|DIR", conflicts_with = "since")]
    pub(crate) history: Vec<PathBuf>,
    /// Replay what was recorded on this day and later; default: the whole record.
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<jiff::civil::Date>,
    /// Screen everybody again instead of using the recorded findings.
    #[arg(long)]
    pub(crate) rescreen: bool,
    /// Compare with this folder instead of with the policy that acts.
    #[arg(long, value_name = "DIR")]
    pub(crate) base: Option<PathBuf>,
    /// What past cases must come out as: CSV with reference, role, outcome, code, why.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
    /// Day for which declarations of a file are asked; default: today.
    #[arg(long, value_name = "DATE", requires = "history")]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// Also write the whole report as JSON; `-` is standard output, instead of the text.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Who acts: a local account, whose password is one line on standard input.
#[derive(Debug, Args)]
pub(crate) struct Signature {
    /// Local account (officer or admin) that does this.
    #[arg(long, value_name = "USER")]
    pub(crate) by: String,
    /// Read its password from standard input (the only way).
    #[arg(long, required = true)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    /// Folder of the policy that is put forward.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// What it is about, in a few words; stands in the bulletin.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) signature: Signature,
}

#[derive(Debug, Args)]
pub(crate) struct ActArgs {
    /// Id of the version, as `policy versions` prints it.
    #[arg(value_name = "VERSION")]
    pub(crate) id: String,
    /// Why, or what is said.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) signature: Signature,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CalendarFormat {
    /// For people.
    Text,
    /// One array.
    Json,
    /// iCalendar, for calendar programs.
    Ics,
}

#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    /// How far to look ahead.
    #[arg(long, default_value_t = 12, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1_200))]
    pub(crate) months: u16,
    /// Form of the output.
    #[arg(long, default_value = "text")]
    pub(crate) format: CalendarFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ShadowCommand {
    /// Start a draft in the shadow.
    Start {
        /// Folder of the draft.
        #[arg(long, value_name = "DIR")]
        draft: PathBuf,
        /// What it is about, in a few words.
        #[arg(long, value_name = "TEXT")]
        title: String,
        /// The last day on which it runs.
        #[arg(long, value_name = "DATE")]
        until: jiff::civil::Date,
        #[command(flatten)]
        signature: Signature,
    },
    /// Which drafts ran or run, and how their decisions differ.
    Status {
        /// Differing decisions that are printed of each; what is cut is counted.
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u64,
    },
    /// Stop the draft that runs.
    Stop {
        #[command(flatten)]
        signature: Signature,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BulletinFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
    /// An Atom feed.
    Atom,
}

#[derive(Debug, Args)]
pub(crate) struct BulletinsArgs {
    /// Form of the output.
    #[arg(long, default_value = "text")]
    pub(crate) format: BulletinFormat,
    /// Bulletins printed.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: u64,
    /// Address of the console, for the links of the feed.
    #[arg(long, default_value = "http://127.0.0.1:8440", value_name = "URL")]
    pub(crate) address: String,
}
