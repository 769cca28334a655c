//! What to do with the head of a response. Pure: no network, no clock.

use crate::reason::Why;
use url::Url;

/// Redirects that are followed for one file. Publishers use up to three
/// (old address, service, storage).
pub(crate) const MAX_REDIRECTS: u32 = 5;

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The address asked.
    pub url: &'a Url,
    /// Whether it was said what is held already.
    pub conditional: bool,
    /// Redirects followed until here.
    pub redirects: u32,
    /// Whether plain `http` may be followed.
    pub allow_http: bool,
    /// Most bytes that are read, compressed or not.
    pub max_bytes: u64,
    /// Whether its reader can tell by itself that its end is missing.
    pub ends_itself: bool,
}

/// The head of a response, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// Status code.
    pub status: u16,
    /// `Location`.
    pub location: Option<&'a str>,
    /// `Content-Length`, as written.
    pub content_length: Option<&'a str>,
    /// Whether the body comes in chunks, which mark its end.
    pub chunked: bool,
    /// `Content-Encoding`.
    pub content_encoding: Option<&'a str>,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Retry-After`, as written.
    pub retry_after: Option<&'a str>,
}

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// gzip.
    Gzip,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// What is held is what the publisher has.
    Unchanged,
    /// Read the body.
    Read {
        /// How it is compressed.
        encoding: Encoding,
        /// Its length on the wire, where given.
        length: Option<u64>,
    },
    /// Ask there.
    Follow(Url),
    /// Take nothing.
    Refuse(Why),
}

/// Decides what a response is worth from its head.
pub fn judge(asked: &Asked<'_>, head: &Head<'_>) -> Step {
    match head.status {
        200 => read(asked, head).unwrap_or_else(Step::Refuse),
        304 if asked.conditional => Step::Unchanged,
        304 => Step::Refuse(Why::NotModifiedUnasked),
        301 | 302 | 303 | 307 | 308 => follow(asked, head).unwrap_or_else(Step::Refuse),
        // Not 206: nobody asked for a part. Not 203: somebody in between changed it.
        status => Step::Refuse(wait(status, head.retry_after)),
    }
}

fn wait(status: u16, retry_after: Option<&str>) -> Why {
    match retry_after.and_then(|text| text.trim().parse().ok()) {
        Some(seconds) if matches!(status, 429 | 503) => Why::Wait { status, seconds },
        _ => Why::Status(status),
    }
}

fn read(asked: &Asked<'_>, head: &Head<'_>) -> Result<Step, Why> {
    let kind = head.content_type.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
    {
        return Err(Why::WebPage);
    }
    let encoding = encoding(head.content_encoding)?;
    let length = head.content_length.map(|text| {
        let length = text.trim().parse::<u64>();
        length.map_err(|_| Why::CutOff(format!("'{}' is no length", shown(text))))
    });
    let length = length.transpose()?;
    if length.is_some_and(|n| n > asked.max_bytes) {
        return Err(Why::TooLarge(asked.max_bytes));
    }
    let marked = length.is_some() || head.chunked || encoding == Encoding::Gzip;
    if !marked && !asked.ends_itself {
        return Err(Why::EndUnmarked);
    }
    Ok(Step::Read { encoding, length })
}

fn encoding(header: Option<&str>) -> Result<Encoding, Why> {
    match header
        .map(|text| text.trim().to_ascii_lowercase())
        .as_deref()
    {
        None | Some("" | "identity") => Ok(Encoding::Identity),
        Some("gzip" | "x-gzip") => Ok(Encoding::Gzip),
        Some(other) => Err(Why::UnknownEncoding(shown(other))),
    }
}

fn follow(asked: &Asked<'_>, head: &Head<'_>) -> Result<Step, Why> {
    if asked.redirects >= MAX_REDIRECTS {
        return Err(Why::TooManyRedirects(MAX_REDIRECTS));
    }
    let location = head.location.ok_or(Why::RedirectNowhere)?;
    let refused = || Why::RedirectDowngraded(shown(location));
    let mut next = asked.url.join(location).map_err(|_| refused())?;
    let allowed = next.scheme() == "https" || (next.scheme() == "http" && asked.allow_http);
    let names_user = !next.username().is_empty() || next.password().is_some();
    // A line that began encrypted stays so, whatever else is allowed.
    let downgraded = asked.url.scheme() == "https" && next.scheme() != "https";
    if !allowed || downgraded || names_user || !next.has_host() {
        return Err(refused());
    }
    next.set_fragment(None);
    Ok(Step::Follow(next))
}

/// The start of a foreign text, without control characters.
pub(crate) fn shown(text: &str) -> String {
    let clean = text.chars().filter(|c| !c.is_control());
    clean.take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn asked(url: &Url) -> Asked<'_> {
        Asked {
            url,
            conditional: false,
            redirects: 0,
            allow_http: false,
            max_bytes: 1_000,
            ends_itself: false,
        }
    }

    #[test]
    fn each_head_has_its_step() {
        let here = url("https://a.example/x/list.csv");
        let asked = asked(&here);
        let ok = Head {
            status: 200,
            content_length: Some("10"),
            ..Head::default()
        };
        let read = Step::Read {
            encoding: Encoding::Identity,
            length: Some(10),
        };
        assert_eq!(judge(&asked, &ok), read);
        let cases: [(Head<'_>, Why); 9] = [
            (
                Head {
                    content_length: Some("1001"),
                    ..ok
                },
                Why::TooLarge(1_000),
            ),
            (
                Head {
                    content_length: None,
                    ..ok
                },
                Why::EndUnmarked,
            ),
            (
                Head {
                    content_type: Some("text/HTML; charset=x"),
                    ..ok
                },
                Why::WebPage,
            ),
            (
                Head {
                    content_encoding: Some("br"),
                    ..ok
                },
                Why::UnknownEncoding("br".into()),
            ),
            (Head { status: 304, ..ok }, Why::NotModifiedUnasked),
            (Head { status: 206, ..ok }, Why::Status(206)),
            (
                Head {
                    status: 503,
                    retry_after: Some("7"),
                    ..ok
                },
                Why::Wait {
                    status: 503,
                    seconds: 7,
                },
            ),
            (Head { status: 302, ..ok }, Why::RedirectNowhere),
            (
                Head {
                    status: 302,
                    location: Some("http://a.example/"),
                    ..ok
                },
                Why::RedirectDowngraded("http://a.example/".into()),
            ),
        ];
        for (head, why) in cases {
            assert_eq!(judge(&asked, &head), Step::Refuse(why), "{head:?}");
        }
        let moved = Head {
            status: 301,
            location: Some("../y.csv#top"),
            ..ok
        };
        assert_eq!(
            judge(&asked, &moved),
            Step::Follow(url("https://a.example/y.csv"))
        );
        let last = Asked {
            redirects: MAX_REDIRECTS,
            ..asked
        };
        assert_eq!(
            judge(&last, &moved),
            Step::Refuse(Why::TooManyRedirects(MAX_REDIRECTS))
        );
        let conditional = Asked {
            conditional: true,
            ..asked
        };
        assert_eq!(
            judge(&conditional, &Head { status: 304, ..ok }),
            Step::Unchanged
        );
    }

    proptest! {
        /// Whatever a server says, only a whole 200 within bounds is read, only
        /// an asked 304 is believed, and no redirect leaves https.
        #[test]
        fn nothing_but_a_whole_file_is_read(
            status in prop_oneof![Just(200u16), Just(304), 100..600u16],
            location in proptest::option::of(".{0,30}|https?://[a-z.@:/]{0,12}"),
            length in proptest::option::of("[0-9]{0,8}|-1|x"),
            chunked: bool, conditional: bool, allow_http: bool,
            redirects in 0..8u32,
            encoding in proptest::option::of("gzip|identity|br|deflate|"),
            kind in proptest::option::of("text/html|text/csv|.{0,10}"),
        ) {
            let here = url("https://a.example/list.csv");
            let asked = Asked { conditional, redirects, allow_http, ..asked(&here) };
            let head = Head {
                status,
                location: location.as_deref(),
                content_length: length.as_deref(),
                chunked,
                content_encoding: encoding.as_deref(),
                content_type: kind.as_deref(),
                retry_after: None,
            };
            match judge(&asked, &head) {
                Step::Read { length: read, encoding } => {
                    prop_assert_eq!(status, 200);
                    prop_assert!(read.is_none_or(|n| n <= asked.max_bytes));
                    prop_assert!(read.is_some() || chunked || encoding == Encoding::Gzip);
                    prop_assert_ne!(kind.as_deref(), Some("text/html"));
                }
                Step::Unchanged => prop_assert!(status == 304 && conditional),
                Step::Follow(next) => {
                    prop_assert_eq!(next.scheme(), "https");
                    prop_assert!(next.username().is_empty() && redirects < MAX_REDIRECTS);
                }
                Step::Refuse(_) => {}
            }
        }
    }
}
