//! Where the lists come from: the publishers' addresses (`[[source]]` in
//! `lists.toml`), and how much of what they send is believed.

use crate::{Document, PolicyFiles, Problem, Row, unique_ids};
use portcullis_domain::Date;
use serde::Deserialize;

/// How a source is brought up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fetch {
    /// From the addresses of its files.
    #[default]
    Http,
    /// By an operator: the publisher gives every edition a new address, or asks
    /// for a sign-in. It is never fetched, and its age is watched all the same.
    ByHand,
}

/// What the files of a source are, so that an error page is told from a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// An XML document.
    Xml,
    /// One JSON value.
    Json,
    /// JSON lines.
    Jsonl,
    /// Delimited text: commas, semicolons or tabs.
    Csv,
    /// An Office Open XML workbook.
    Xlsx,
}

impl Content {
    /// Whether a reader can tell by itself that the end of a file is missing.
    pub fn ends_itself(self) -> bool {
        matches!(self, Content::Xml | Content::Json | Content::Xlsx)
    }

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Content::Xml => "xml",
            Content::Json => "json",
            Content::Jsonl => "jsonl",
            Content::Csv => "csv",
            Content::Xlsx => "xlsx",
        }
    }
}

/// Where the day of publication comes from when the file has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatedBy {
    /// Only the file says it.
    #[default]
    File,
    /// The server's `Last-Modified`, for files that carry no date.
    LastModified,
}

/// One file of a source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its name, under which it is kept.
    pub name: String,
    /// Where the publisher serves it.
    pub url: String,
    /// Fewest bytes that are believed, decompressed.
    pub min_bytes: u64,
    /// Most bytes that are read, decompressed.
    pub max_bytes: u64,
    /// Where its SHA-256 is published, if it is.
    pub sha256_url: Option<String>,
    /// Where its minisign signature is published, if it is.
    pub signature_url: Option<String>,
}

/// A publisher's list: where it is, what is believed of it, how often it is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSource {
    /// Source code that the files must turn out to have, for example `us-ofac-sdn`.
    pub id: String,
    /// Name of the list.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// The publisher's page about the files: the source of the addresses.
    pub page: String,
    /// What an operator should know, with what was and was not checked.
    #[serde(default)]
    pub note: String,
    /// Day on which the addresses were last compared with their source.
    pub checked: Date,
    /// Day by which they must be compared again.
    pub review_by: Date,
    /// Whether it is fetched or imported by hand.
    #[serde(default)]
    pub fetch: Fetch,
    /// What its files are.
    pub content: Content,
    /// Hours after which it is out of date unless refreshed.
    pub update_hours: u32,
    /// Seconds for one file, with redirects, repeats and pauses.
    pub timeout_seconds: u32,
    /// Seconds for a connection to stand.
    pub connect_seconds: u32,
    /// Seconds without a byte after which a download is given up.
    pub stall_seconds: u32,
    /// How often a file is asked for before it is given up.
    pub attempts: u32,
    /// Seconds before the second attempt; doubled before each further one.
    pub retry_seconds: u32,
    /// Fewest records that are believed.
    pub min_records: u64,
    /// By how many percent a list of it may shrink; absent: as `intake.toml` says.
    pub max_shrink_percent: Option<u32>,
    /// Where the day of publication comes from when the file has none.
    #[serde(default)]
    pub dated_by: DatedBy,
    /// Whether plain `http` is allowed: only inside one's own network.
    #[serde(default)]
    pub allow_http: bool,
    /// Whether loopback and private addresses are allowed: for a mirror of one's own.
    #[serde(default)]
    pub allow_private: bool,
    /// The minisign public key (base64) that signs its files.
    pub signature_key: Option<String>,
    /// Its files, which belong together.
    #[serde(default, rename = "file")]
    pub files: Vec<SourceFile>,
}

/// Every source of an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSources(Vec<ListSource>);

/// Largest file that the readers of lists take.
const MAX_BYTES: u64 = 1 << 30;
/// A day has 86,400 seconds; nothing waits longer for one file.
const MAX_SECONDS: u32 = 86_400;
/// Five years: a longer interval would watch nothing.
const MAX_HOURS: u32 = 5 * 366 * 24;
/// More attempts would only burden the publisher.
const MAX_ATTEMPTS: u32 = 10;

impl ListSources {
    /// The file that holds them, beside the effects of the lists.
    pub const FILE: &str = "lists.toml";

    /// Reads the sources of a policy folder; none where there is no such block.
    pub fn load(files: &PolicyFiles) -> Result<ListSources, Vec<Problem>> {
        match files.get(ListSources::FILE) {
            Some(text) => ListSources::parse(ListSources::FILE, text),
            None => Ok(ListSources::default()),
        }
    }

    /// Reads the `[[source]]` blocks of one file; `path` is for messages.
    /// Problems: misspelt or missing keys, addresses that are no `https`,
    /// bounds that bound nothing, an id given twice.
    pub fn parse(path: &str, text: &str) -> Result<ListSources, Vec<Problem>> {
        let document = Document::parse(path, text)?;
        let mut problems = Vec::new();
        document.only_keys(&["coverage", "list", "source"], &mut problems);
        let rows = document.rows("source", &mut problems);
        unique_ids(&rows, &mut problems);
        let mut sources = Vec::with_capacity(rows.len());
        for row in &rows {
            match row.read::<ListSource>() {
                Ok(source) => {
                    check(&source, row, &mut problems);
                    sources.push(source);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(ListSources(sources))
        } else {
            Err(problems)
        }
    }

    /// Every source, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &ListSource> {
        self.0.iter()
    }

    /// The source of a code.
    pub fn get(&self, id: &str) -> Option<&ListSource> {
        self.0.iter().find(|source| source.id == id)
    }
}

fn check(source: &ListSource, row: &Row, problems: &mut Vec<Problem>) {
    let mut refuse = |key: &str, text: String| problems.push(row.problem_at(key, text));
    let code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if source.id.is_empty() || source.id.len() > 64 || !source.id.chars().all(code) {
        refuse("id", "id must be 1 to 64 of a-z, 0-9, '-' and '_'".into());
    }
    for (key, text) in [("title", &source.title), ("publisher", &source.publisher)] {
        if text.trim().is_empty() {
            refuse(key, format!("{key} is empty"));
        }
    }
    if let Err(why) = web_address(&source.page, false) {
        refuse("page", format!("page: {why}"));
    }
    if source.review_by < source.checked {
        refuse("review_by", "review_by lies before checked".into());
    }
    let seconds = [
        ("timeout_seconds", source.timeout_seconds),
        ("connect_seconds", source.connect_seconds),
        ("stall_seconds", source.stall_seconds),
    ];
    let bounded = seconds
        .into_iter()
        .map(|(key, n)| (key, n, 1, MAX_SECONDS))
        .chain([
            ("retry_seconds", source.retry_seconds, 0, MAX_SECONDS),
            ("attempts", source.attempts, 1, MAX_ATTEMPTS),
            ("update_hours", source.update_hours, 1, MAX_HOURS),
            (
                "max_shrink_percent",
                source.max_shrink_percent.unwrap_or(0),
                0,
                99,
            ),
        ]);
    for (key, number, least, most) in bounded {
        if !(least..=most).contains(&number) {
            refuse(key, format!("{key} must be {least} to {most}"));
        }
    }
    if source.min_records == 0 {
        let text = "min_records must be at least 1: an empty list is no list";
        refuse("min_records", text.into());
    }
    match (source.fetch, source.files.is_empty()) {
        (Fetch::Http, true) => refuse("file", "file: a source that is fetched has files".into()),
        (Fetch::ByHand, false) => refuse("file", "file: a source by hand has no files".into()),
        _ => {}
    }
    let rows = row.rows("file", problems);
    for (at, (file, row)) in source.files.iter().zip(&rows).enumerate() {
        check_file(source, file, row, problems);
        if source.files[..at].iter().any(|f| f.name == file.name) {
            let text = format!("name: two files of {} are called {}", source.id, file.name);
            problems.push(row.problem_at("name", text));
        }
    }
    let signed = source.files.iter().any(|f| f.signature_url.is_some());
    if signed != source.signature_key.is_some() {
        let text = "signature_key and signature_url need each other";
        problems.push(row.problem_at("signature_key", text));
    }
}

fn check_file(source: &ListSource, file: &SourceFile, row: &Row, problems: &mut Vec<Problem>) {
    let mut refuse = |key: &str, text: String| {
        let mut problem = row.problem_at(key, text);
        problem.rule = Some(source.id.clone());
        problems.push(problem);
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._- ".contains(c);
    if file.name.trim().is_empty() || file.name.len() > 128 || !file.name.chars().all(plain) {
        let text = "name must be 1 to 128 letters, digits, '.', '_', '-' and spaces";
        refuse("name", text.into());
    }
    let addresses = [
        ("url", Some(&file.url)),
        ("sha256_url", file.sha256_url.as_ref()),
        ("signature_url", file.signature_url.as_ref()),
    ];
    for (key, url) in addresses {
        if let Some(Err(why)) = url.map(|url| web_address(url, source.allow_http)) {
            refuse(key, format!("{key}: {why}"));
        }
    }
    if file.min_bytes == 0 {
        refuse("min_bytes", "min_bytes must be at least 1".into());
    }
    if file.max_bytes < file.min_bytes || file.max_bytes > MAX_BYTES {
        let text = format!("max_bytes must lie between min_bytes and {MAX_BYTES}");
        refuse("max_bytes", text);
    }
}

/// Whether a text can be the address of a file. The host is looked at again,
/// with the addresses it resolves to, when it is asked.
fn web_address(url: &str, allow_http: bool) -> Result<(), String> {
    let rest = match url.split_once("://") {
        Some(("https", rest)) => rest,
        Some(("http", rest)) if allow_http => rest,
        Some(("http", _)) => return Err("plain http needs allow_http = true".into()),
        _ => return Err(format!("'{url}' is no https address")),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Err(format!("'{url}' names no host"));
    }
    if host.contains('@') {
        return Err("an address with a user name or password is refused".into());
    }
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("'{url}' has spaces in it"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[source]]
id = 'xx-one'
title = 'One'
publisher = 'Office'
page = 'https://lists.example/'
checked = 2026-01-01
review_by = 2026-06-01
content = 'xml'
update_hours = 24
timeout_seconds = 60
connect_seconds = 10
stall_seconds = 10
attempts = 3
retry_seconds = 5
min_records = 10
[[source.file]]
name = 'one.xml'
url = 'https://lists.example/one.xml'
min_bytes = 10
max_bytes = 1000
";

    #[test]
    fn a_source_is_read_with_its_files() {
        let sources = ListSources::parse("lists.toml", GOOD).unwrap();
        let one = sources.get("xx-one").unwrap();
        assert_eq!(one.files[0].max_bytes, 1000);
        assert_eq!(
            (one.fetch, one.dated_by, one.allow_http),
            (Fetch::Http, DatedBy::File, false)
        );
        assert!(sources.get("xx-two").is_none());
    }

    /// Each fault is named with file, line and key.
    #[test]
    fn faults_are_refused_by_file_and_key() {
        let cases = [
            (
                "'https://lists.example/one.xml'",
                "'http://lists.example/one.xml'",
                "url",
            ),
            (
                "'https://lists.example/one.xml'",
                "'ftp://lists.example/'",
                "url",
            ),
            (
                "'https://lists.example/one.xml'",
                "'https://me:pw@lists.example/'",
                "url",
            ),
            (
                "'https://lists.example/one.xml'",
                "'https:///one.xml'",
                "url",
            ),
            ("max_bytes = 1000", "max_bytes = 5", "max_bytes"),
            ("max_bytes = 1000", "max_bytes = 9000000000", "max_bytes"),
            ("min_bytes = 10", "min_bytes = 0", "min_bytes"),
            ("min_records = 10", "min_records = 0", "min_records"),
            ("update_hours = 24", "update_hours = 0", "update_hours"),
            ("attempts = 3", "attempts = 99", "attempts"),
            ("stall_seconds = 10", "stall_seconds = 0", "stall_seconds"),
            (
                "review_by = 2026-06-01",
                "review_by = 2025-06-01",
                "review_by",
            ),
            ("id = 'xx-one'", "id = 'XX one'", "id"),
            ("retry_seconds = 5", "retry_secs = 5", "retry_secs"),
            ("publisher = 'Office'", "publisher = ' '", "publisher"),
            ("name = 'one.xml'", "name = '../one.xml'", "name"),
            (
                "min_records = 10",
                "min_records = 10\nfetch = 'by-hand'",
                "file",
            ),
            (
                "min_records = 10",
                "min_records = 10\nsignature_key = 'RW'",
                "signature_key",
            ),
        ];
        for (from, to, key) in cases {
            assert!(GOOD.contains(from), "{from}");
            let problems = ListSources::parse("lists.toml", &GOOD.replace(from, to)).unwrap_err();
            let said = problems[0].to_string();
            assert!(
                said.starts_with("lists.toml:") && said.contains(key),
                "{key}: {said}"
            );
        }
        let twice = format!("{GOOD}{GOOD}");
        assert!(ListSources::parse("lists.toml", &twice).is_err());
    }
}
