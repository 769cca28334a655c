//! Fetching the files of a source.

use crate::body::{Bounds, read_body};
use crate::check;
use crate::client::{self, Permissions};
use crate::decide::{Asked, Head, Step, judge};
use crate::reason::{Refused, Why};
use crate::retry::{Pace, delay};
use crate::state::Validators;
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use portcullis_policy::{ListSource, SourceFile};
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};
use ureq::{
    Agent,
    http::{HeaderMap, HeaderName, header},
};
use url::Url;

/// Most bytes of a published digest or signature.
const MAX_SIDE_FILE: u64 = 64 << 10;
/// Longest value that is kept to ask with next time.
const MAX_VALIDATOR: usize = 1_024;
/// Longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// Told the name of a file and how many of its bytes came.
pub type Progress<'a> = &'a dyn Fn(&str, u64);

/// A file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedFile {
    /// Its name in the configuration.
    pub name: String,
    /// The address in the configuration.
    pub url: String,
    /// What came, decompressed.
    pub bytes: Vec<u8>,
    /// What to ask with next time.
    pub validators: Validators,
    /// `Last-Modified`, where it can be read.
    pub last_modified: Option<Timestamp>,
}

/// What fetching a source came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The publisher has what is held.
    Unchanged,
    /// All files of the source, in its order: those that belong together, from one run.
    Files(Vec<FetchedFile>),
}

/// Fetches a source, asking with what is held of its files. Blocks; its time is
/// bounded by `timeout_seconds` of the source for each file.
///
/// # Errors
///
/// [`Refused`] names the file and says why; nothing of the source is taken then.
pub fn fetch_source(
    source: &ListSource,
    held: &BTreeMap<String, Validators>,
    progress: Progress<'_>,
) -> Result<Fetched, Refused> {
    let fetcher = Fetcher::new(source);
    let mut got = Vec::with_capacity(source.files.len());
    for file in &source.files {
        got.push(fetcher.file(file, held.get(&file.name), progress)?);
    }
    if got.iter().all(Option::is_none) {
        return Ok(Fetched::Unchanged);
    }
    let mut files = Vec::with_capacity(got.len());
    for (file, got) in source.files.iter().zip(got) {
        let taken = match got {
            Some(taken) => Some(taken),
            // One changed, so all are wanted.
            None => fetcher.file(file, None, progress)?,
        };
        files.extend(taken);
    }
    Ok(Fetched::Files(files))
}

struct Fetcher<'a> {
    source: &'a ListSource,
    agent: Agent,
    pace: Pace,
}

/// One address, and what is wanted of it.
struct Want<'a> {
    url: &'a str,
    held: Option<&'a Validators>,
    max_bytes: u64,
    ends_itself: bool,
}

struct Got {
    bytes: Vec<u8>,
    validators: Validators,
}

impl<'a> Fetcher<'a> {
    fn new(source: &'a ListSource) -> Fetcher<'a> {
        let seconds = |n: u32| Duration::from_secs(n.into());
        Fetcher {
            source,
            agent: client::agent(&Permissions {
                allow_http: source.allow_http,
                allow_private: source.allow_private,
                proxy: !source.allow_private,
                connect: seconds(source.connect_seconds),
                stall: seconds(source.stall_seconds),
            }),
            pace: Pace {
                attempts: source.attempts,
                first: seconds(source.retry_seconds),
                cap: MAX_PAUSE,
            },
        }
    }

    /// One file with its digest and signature; `None` if it is unchanged.
    fn file(
        &self,
        file: &SourceFile,
        held: Option<&Validators>,
        progress: Progress<'_>,
    ) -> Result<Option<FetchedFile>, Refused> {
        let deadline = Instant::now() + Duration::from_secs(self.source.timeout_seconds.into());
        let want = Want {
            url: &file.url,
            held: held.filter(|v| !v.is_empty()),
            max_bytes: file.max_bytes,
            ends_itself: self.source.content.ends_itself(),
        };
        let told = |read: u64| progress(&file.name, read);
        let (got, attempts) = self
            .patiently(&want, deadline, &told)
            .map_err(refused(file))?;
        let Some(got) = got else { return Ok(None) };
        self.believe(file, &got.bytes, deadline)
            .map_err(|why| (why, attempts))
            .map_err(refused(file))?;
        let last_modified = got.validators.last_modified.as_deref().and_then(http_date);
        Ok(Some(FetchedFile {
            name: file.name.clone(),
            url: file.url.clone(),
            bytes: got.bytes,
            validators: got.validators,
            last_modified,
        }))
    }

    /// Checks the kind, the size, and what the publisher says of the file elsewhere.
    fn believe(&self, file: &SourceFile, bytes: &[u8], deadline: Instant) -> Result<(), Why> {
        check::whole(bytes, self.source.content, file)?;
        if let Some(url) = &file.sha256_url {
            let unreadable = |why: Why| Why::DigestUnreadable(why.to_string());
            let text = self.side_file(url, deadline).map_err(unreadable)?;
            let served_as = file.url.split(['?', '#']).next().unwrap_or_default();
            let name = served_as.rsplit('/').next().unwrap_or_default();
            check::digest(bytes, &check::published_digest(&text, name)?)?;
        }
        if let (Some(url), Some(key)) = (&file.signature_url, &self.source.signature_key) {
            let unreadable = |why: Why| Why::BadSignature(why.to_string());
            let text = self.side_file(url, deadline).map_err(unreadable)?;
            check::signature(bytes, &text, key)?;
        }
        Ok(())
    }

    fn side_file(&self, url: &str, deadline: Instant) -> Result<String, Why> {
        let want = Want {
            url,
            held: None,
            max_bytes: MAX_SIDE_FILE,
            ends_itself: true,
        };
        let (got, _) = self
            .patiently(&want, deadline, &|_| ())
            .map_err(|(why, _)| why)?;
        let bytes = got.map(|got| got.bytes).unwrap_or_default();
        String::from_utf8(bytes).map_err(|_| Why::Other("it is not text".into()))
    }

    /// Asks until it is answered, refused for good, or the time is up. Gives the
    /// number of attempts as well.
    fn patiently(
        &self,
        want: &Want<'_>,
        deadline: Instant,
        told: &dyn Fn(u64),
    ) -> Result<(Option<Got>, u32), (Why, u32)> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let why = match self.attempt(want, deadline, told) {
                Ok(got) => return Ok((got, attempts)),
                Err(why) if !why.is_transient() => return Err((why, attempts)),
                Err(why) => why,
            };
            let asked = match why {
                Why::Wait { seconds, .. } => Some(Duration::from_secs(seconds)),
                _ => None,
            };
            match delay(self.pace, attempts, asked) {
                Some(pause) if Instant::now() + pause < deadline => thread::sleep(pause),
                _ => return Err((why, attempts)),
            }
        }
    }

    /// Asks once, redirects included.
    fn attempt(
        &self,
        want: &Want<'_>,
        deadline: Instant,
        told: &dyn Fn(u64),
    ) -> Result<Option<Got>, Why> {
        let mut url = Url::parse(want.url).map_err(|e| Why::Other(format!("{}: {e}", want.url)))?;
        let mut redirects = 0;
        loop {
            let host = url.host_str().unwrap_or_default().to_owned();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Why::TooSlow("the time for this file is used up".into()));
            }
            let mut request = self.agent.get(url.as_str());
            request = request.header(header::ACCEPT_ENCODING, "gzip");
            if let Some(held) = want.held {
                if let Some(etag) = &held.etag {
                    request = request.header(header::IF_NONE_MATCH, etag);
                }
                if let Some(date) = &held.last_modified {
                    request = request.header(header::IF_MODIFIED_SINCE, date);
                }
            }
            let request = request.config().timeout_global(Some(left)).build();
            let mut response = request.call().map_err(|e| client::why(e, &host))?;
            let asked = Asked {
                url: &url,
                conditional: want.held.is_some(),
                redirects,
                allow_http: self.source.allow_http,
                max_bytes: want.max_bytes,
                ends_itself: want.ends_itself,
            };
            let headers = response.headers().clone();
            match judge(&asked, &head(response.status().as_u16(), &headers)) {
                Step::Unchanged => return Ok(None),
                Step::Refuse(why) => return Err(why),
                Step::Follow(next) => {
                    redirects += 1;
                    url = next;
                }
                Step::Read { encoding, length } => {
                    let bounds = Bounds {
                        encoding,
                        length,
                        max_bytes: want.max_bytes,
                    };
                    let bytes = read_body(response.body_mut().as_reader(), bounds, told)?;
                    return Ok(Some(Got {
                        bytes,
                        validators: validators(&headers),
                    }));
                }
            }
        }
    }
}

fn refused(file: &SourceFile) -> impl Fn((Why, u32)) -> Refused {
    let name = file.name.clone();
    move |(why, attempts)| Refused {
        file: name.clone(),
        why,
        attempts,
    }
}

fn head(status: u16, headers: &HeaderMap) -> Head<'_> {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let chunked = text(header::TRANSFER_ENCODING)
        .is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"));
    Head {
        status,
        location: text(header::LOCATION),
        // In a chunked body the length says nothing (RFC 9112, 6.3).
        content_length: text(header::CONTENT_LENGTH).filter(|_| !chunked),
        chunked,
        content_encoding: text(header::CONTENT_ENCODING),
        content_type: text(header::CONTENT_TYPE),
        retry_after: text(header::RETRY_AFTER),
    }
}

fn validators(headers: &HeaderMap) -> Validators {
    let kept = |name: HeaderName| {
        let text = headers.get(name).and_then(|v| v.to_str().ok())?;
        (text.len() <= MAX_VALIDATOR).then(|| text.to_owned())
    };
    Validators {
        etag: kept(header::ETAG),
        last_modified: kept(header::LAST_MODIFIED),
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}
