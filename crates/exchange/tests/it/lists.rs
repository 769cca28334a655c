//! Fetching lists.

use crate::server::{Reply, Server, head};
use flate2::{Compression, write::GzEncoder};
use portcullis_domain::hex_sha256;
use portcullis_exchange::{Fetched, FetchedFile, Refused, Why, fetch_source};
use portcullis_policy::{ListSource, ListSources};
use std::{
    collections::BTreeMap,
    io::{ErrorKind, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

const GOOD: &str = "<?xml version='1.0'?><list><entry>One</entry><entry>Two</entry></list>";

/// A source at a server; `more` is added to the file's table.
fn source(url: &str, content: &str, more: &str) -> ListSource {
    let text = format!(
        "[[source]]\nid='xx-one'\ntitle='One'\npublisher='Office'\npage='https://lists.example/'\n\
         checked=2026-01-01\nreview_by=2027-01-01\ncontent='{content}'\nupdate_hours=24\n\
         timeout_seconds=2\nconnect_seconds=1\nstall_seconds=1\nattempts=2\nretry_seconds=0\n\
         min_records=1\nallow_http=true\nallow_private=true\n\
         [[source.file]]\nname='one'\nurl='{url}'\nmin_bytes=20\nmax_bytes=100000\n{more}\n"
    );
    let sources = ListSources::parse("test.toml", &text).unwrap();
    sources.get("xx-one").unwrap().clone()
}

fn fetch(source: &ListSource) -> Result<Fetched, Refused> {
    fetch_source(source, &BTreeMap::new(), &|_, _| ())
}

#[track_caller]
fn files(fetched: Fetched) -> Vec<FetchedFile> {
    match fetched {
        Fetched::Files(files) => files,
        Fetched::Unchanged => panic!("unchanged"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_good_file_is_taken_and_then_asked_for_conditionally() {
    let day = "Sun, 22 Nov 2026 08:00:00 GMT";
    let server = Server::start(move |request| {
        let headers = [("etag", "\"v1\""), ("last-modified", day)];
        match request.header("if-none-match") {
            Some("\"v1\"") => Reply::new(304, &headers, ""),
            _ => Reply::new(200, &headers, GOOD),
        }
    });
    let source = source(&server.url("/one.xml"), "xml", "");
    let taken = files(fetch(&source).unwrap());
    assert_eq!(taken[0].bytes, GOOD.as_bytes());
    let modified = taken[0].last_modified.unwrap();
    assert_eq!(modified.to_string(), "2026-11-22T08:00:00Z");
    let held = BTreeMap::from([("one".to_owned(), taken[0].validators.clone())]);
    let again = fetch_source(&source, &held, &|_, _| ()).unwrap();
    assert_eq!(again, Fetched::Unchanged);
    let asked = &server.seen()[1];
    assert_eq!(asked.header("if-modified-since"), Some(day));
    assert!(asked.header("user-agent").unwrap().contains("Portcullis"));
}

#[test]
fn compressed_chunked_and_moved_files_are_taken() {
    let server = Server::start(|request| match request.path.as_str() {
        "/moved" => Reply::new(302, &[("location", "/packed")], ""),
        "/packed" => Reply::new(200, &[("content-encoding", "gzip")], gzip(GOOD.as_bytes())),
        _ => {
            let mut bytes = head(200, &[("transfer-encoding", "chunked")]);
            let (a, b) = GOOD.split_at(30);
            bytes.extend(format!("\r\n1e\r\n{a}\r\n{:x}\r\n{b}\r\n0\r\n\r\n", b.len()).bytes());
            Reply::Bytes(bytes)
        }
    });
    for path in ["/moved", "/packed", "/chunked"] {
        let taken = files(fetch(&source(&server.url(path), "xml", "")).unwrap());
        assert_eq!(taken[0].bytes, GOOD.as_bytes(), "{path}");
    }
}

/// What belongs together comes together: one changed file brings all.
#[test]
fn one_changed_file_brings_the_whole_source() {
    let server = Server::start(|request| match request.header("if-none-match") {
        Some(_) if request.path == "/b" => Reply::new(304, &[], ""),
        _ => Reply::new(200, &[("etag", "\"new\"")], GOOD),
    });
    let second = format!(
        "[[source.file]]\nname='two'\nurl='{}'\nmin_bytes=1\nmax_bytes=1000",
        server.url("/b")
    );
    let source = source(&server.url("/a"), "xml", &second);
    let old = files(fetch(&source).unwrap());
    let held = old.iter().map(|f| (f.name.clone(), f.validators.clone()));
    let both = files(fetch_source(&source, &held.collect(), &|_, _| ()).unwrap());
    let names: Vec<&str> = both.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(server.seen().len(), 5, "two, then two and the one again");
}

#[test]
fn a_busy_server_is_asked_again_and_a_missing_file_is_not() {
    let server = Server::start(|request| match request.path.as_str() {
        "/gone" => Reply::new(404, &[], "no"),
        "/wait" => Reply::new(503, &[("retry-after", "86400")], ""),
        _ => Reply::new(500, &[], "no"),
    });
    let cases = [
        ("/busy", Why::Status(500), 2),
        ("/gone", Why::Status(404), 1),
        (
            "/wait",
            Why::Wait {
                status: 503,
                seconds: 86_400,
            },
            1,
        ),
    ];
    for (path, why, attempts) in cases {
        let refused = fetch(&source(&server.url(path), "xml", "")).unwrap_err();
        assert_eq!((refused.why, refused.attempts), (why, attempts), "{path}");
    }
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn a_digest_beside_the_file_is_held_against_it() {
    let right = hex_sha256(GOOD.as_bytes());
    let server = Server::start(move |request| match request.path.as_str() {
        "/one.xml?a=b" => Reply::new(200, &[], GOOD),
        "/right" => Reply::new(
            200,
            &[],
            format!("{right}  one.xml\n{}  x\n", "0".repeat(64)),
        ),
        "/wrong" => Reply::new(200, &[], "0".repeat(64)),
        "/page" => Reply::new(200, &[("content-type", "text/html")], "<html>"),
        _ => Reply::new(404, &[], ""),
    });
    let with = |digest: &str| {
        let more = format!("sha256_url='{}'", server.url(digest));
        fetch(&source(&server.url("/one.xml?a=b"), "xml", &more))
    };
    assert_eq!(files(with("/right").unwrap())[0].bytes, GOOD.as_bytes());
    let differs = with("/wrong").unwrap_err().why;
    assert!(matches!(differs, Why::DigestDiffers { .. }), "{differs}");
    for path in ["/page", "/none"] {
        let unreadable = with(path).unwrap_err().why;
        assert!(
            matches!(unreadable, Why::DigestUnreadable(_)),
            "{unreadable}"
        );
    }
}

/// Writes the same bytes until the other side has enough; says how many.
fn flood(stream: &mut TcpStream, piece: &[u8]) -> usize {
    let mut sent = 0;
    while sent < 1 << 28 {
        match stream.write(piece) {
            Ok(n) => sent += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    sent
}

fn hostile(path: &str) -> Reply {
    let plain = |length: &str, body: &str| Reply::with_length(200, &[], length, body);
    match path {
        "/cut" => plain("5000", GOOD),
        "/empty" => plain("0", ""),
        "/short" => plain("7", "<list/>"),
        "/promise" => plain("99999999999", GOOD),
        "/page" => Reply::new(200, &[("content-type", "text/html")], GOOD),
        "/hidden-page" => Reply::new(200, &[], "\n<!DOCTYPE html><html>Sorry, try later</html>"),
        "/json" => Reply::new(200, &[], "{\"error\":\"too many requests\"}"),
        "/bomb" => {
            let zeros = gzip(&vec![b' '; 2 << 20]);
            Reply::new(200, &[("content-encoding", "gzip")], zeros)
        }
        "/not-gzip" => Reply::new(200, &[("content-encoding", "gzip")], GOOD),
        "/brotli" => Reply::new(200, &[("content-encoding", "br")], GOOD),
        "/part" => Reply::new(206, &[], GOOD),
        "/unasked" => Reply::new(304, &[], ""),
        "/circle" => Reply::new(301, &[("location", "/circle")], ""),
        "/file" => Reply::new(302, &[("location", "file:///etc/passwd")], ""),
        "/user" => Reply::new(302, &[("location", "https://a:b@lists.example/")], ""),
        "/endless" => Reply::stream(|stream| {
            let _ = stream.write_all(&[head(200, &[]), b"\r\n<".to_vec()].concat());
            flood(stream, &[b'a'; 65_536]);
        }),
        "/endless-head" => Reply::stream(|stream| {
            let _ = stream.write_all(&head(200, &[]));
            flood(stream, b"x-more: and more and more and more\r\n");
        }),
        "/loris" => Reply::stream(|stream| {
            let _ = stream
                .write_all(&[head(200, &[]), b"content-length: 900\r\n\r\n".to_vec()].concat());
            while stream.write_all(b"<").is_ok() {
                thread::sleep(Duration::from_millis(200));
            }
        }),
        "/silent" => Reply::stream(|_| thread::sleep(Duration::from_secs(4))),
        "/stalls" => Reply::stream(|stream| {
            let _ = stream
                .write_all(&[head(200, &[]), b"content-length: 900\r\n\r\n<".to_vec()].concat());
            thread::sleep(Duration::from_secs(4));
        }),
        "/rubbish" => Reply::Bytes(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()),
        _ => Reply::Bytes(Vec::new()),
    }
}

/// Every one of them is refused for its own reason, within the time allowed.
#[test]
fn hostile_answers_are_refused_each_for_its_reason() {
    let server = Server::start(|request| hostile(&request.path));
    let is = |why: &Why, word: &str| why.to_string().contains(word);
    let cases = [
        ("/cut", "cut off"),
        ("/empty", "it is empty"),
        ("/short", "at least 20"),
        ("/promise", "larger than the 100000 bytes"),
        ("/page", "web page"),
        ("/hidden-page", "web page"),
        ("/json", "not xml"),
        ("/bomb", "larger than the 100000 bytes"),
        ("/not-gzip", "decompressed"),
        ("/brotli", "not asked for"),
        ("/part", "answered 206"),
        ("/unasked", "not modified"),
        ("/circle", "more than 5 redirects"),
        ("/file", "no https address"),
        ("/user", "no https address"),
        ("/endless", "larger than the 100000 bytes"),
        ("/endless-head", "127.0.0.1"),
        ("/loris", "took too long"),
        ("/silent", "took too long"),
        ("/stalls", "took too long"),
        ("/rubbish", "127.0.0.1"),
        ("/hang-up", "127.0.0.1"),
    ];
    thread::scope(|scope| {
        for (path, word) in cases {
            let source = source(&server.url(path), "xml", "");
            scope.spawn(move || {
                let begun = Instant::now();
                let refused = fetch(&source).unwrap_err();
                assert!(is(&refused.why, word), "{path}: {refused}");
                assert!(begun.elapsed() < Duration::from_secs(20), "{path}");
            });
        }
    });
}

/// Without a length and without chunks, an end cannot be told from a cut.
#[test]
fn a_table_whose_end_is_not_marked_is_refused() {
    let server = Server::start(|_| {
        Reply::Bytes(
            [
                head(200, &[]),
                b"\r\nid,name\n1,One\n2,Two and more\n".to_vec(),
            ]
            .concat(),
        )
    });
    let refused = fetch(&source(&server.url("/t.csv"), "csv", "")).unwrap_err();
    assert_eq!(refused.why, Why::EndUnmarked);
}

#[test]
fn a_private_address_needs_leave() {
    let server = Server::start(|_| Reply::new(200, &[], GOOD));
    let mut source = source(&server.url("/one.xml"), "xml", "");
    source.allow_private = false;
    let by_name = source.files[0].url.replace("127.0.0.1", "localhost");
    for url in [source.files[0].url.clone(), by_name] {
        source.files[0].url = url;
        let refused = fetch(&source).unwrap_err();
        assert!(matches!(refused.why, Why::PrivateAddress(_)), "{refused}");
    }
    assert!(server.seen().is_empty());
}
