//! A broken file yields an error that says what to do, and no snapshot.

use super::{fixture, read_bytes};
use portcullis_formats::watchlists::{Limits, ListFile, ReadError, read, read_with};

/// The error of one file alone.
#[track_caller]
fn refused(bytes: &[u8]) -> ReadError {
    let mut outcomes = read_bytes(&[("list", bytes)], None);
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0).unwrap_err().error
}

#[test]
fn empty_files() {
    for bytes in [&b""[..], b"  \r\n\n", b"\x1a", b"\xEF\xBB\xBF", b"\r\n\x1a"] {
        assert_eq!(refused(bytes), ReadError::Empty, "{bytes:?}");
    }
}

#[test]
fn a_file_cut_off_anywhere_in_its_last_half_is_refused_or_says_so() {
    for name in [
        "ofac_sdn.csv",
        "ofac_cons_prim.csv",
        "ofac_sdn.xml",
        "csl.json",
        "un.xml",
        "sema.xml",
        "dpl.txt",
        "entities.ftm.json",
        "csl.csv",
        "eu.xml",
        "eu.csv",
        "uk.xml",
        "uk.csv",
        "uk_ofsi.csv",
        "seco.xml",
        "dfat.xlsx",
        "meti.xlsx",
        "meti.csv",
        "ofac_advanced.xml",
        "targets.csv",
        "senzing.jsonl",
        "senzing_array.json",
    ] {
        let whole = fixture(name);
        let mut silent = Vec::new();
        // Of a long file every few bytes, with a step that meets every place in a row.
        let step = 1 + whole.len() / 1500;
        for end in (whole.len() / 2..whole.len().saturating_sub(2)).step_by(step) {
            // Between two rows nothing shows, except where OFAC's end mark is missing.
            let rows = !name.ends_with("xml")
                && !name.ends_with("xlsx")
                && name != "csl.json"
                && name != "senzing_array.json";
            let between = rows && matches!(whole[end - 1], b'\n' | b'\r') || whole[end] == b'\n';
            let outcome = read_bytes(&[(name, &whole[..end])], None).remove(0);
            match outcome {
                Err(_) => {}
                Ok(snapshot) if between && rows => {
                    let marked = name.starts_with("ofac");
                    let told = snapshot.issues.iter().any(|i| i.code == "no-end-mark");
                    assert_eq!(told, marked, "{name} at {end}");
                }
                Ok(_) => silent.push((
                    end,
                    String::from_utf8_lossy(&whole[end - 20..end]).into_owned(),
                )),
            }
        }
        // The last cell of a row may be cut where it still looks whole.
        silent.retain(|(_, tail)| {
            !tail.ends_with([',', ';', '"', '\t', '}']) && !tail.trim_end().ends_with("-0-")
        });
        assert!(silent.is_empty(), "{name}: {silent:?}");
    }
}

#[test]
fn truncation_has_its_own_error() {
    for name in [
        "ofac_sdn.csv",
        "ofac_sdn.xml",
        "csl.json",
        "un.xml",
        "sema.xml",
        "dpl.txt",
        "eu.xml",
        "eu.csv",
        "uk.xml",
        "uk.csv",
    ] {
        let whole = fixture(name);
        let cut = whole.len() * 3 / 4;
        let cut = (cut..).find(|i| whole[*i].is_ascii_alphabetic()).unwrap();
        let error = refused(&whole[..cut]);
        assert_eq!(error.code(), "truncated", "{name}: {error}");
        assert!(error.to_string().contains("fetch it again"));
    }
}

#[test]
fn foreign_content_is_not_recognised() {
    for (bytes, hint) in [
        (
            &b"<html><body>Service unavailable</body></html>"[..],
            "web page",
        ),
        (b"<Sanctions xmlns=\"x\"></Sanctions>", "root 'Sanctions'"),
        (b"<data-set><record><a/></record></data-set>", "data-set"),
        (b"<?xml version=\"1.0\"?>", "root"),
        (b"[{\"a\":1}]", "array"),
        (b"{\"a\":1}", "results"),
        (b"Name,Alias,Nationality\nA,B,C\n", "header"),
        (b"hello", "header"),
        (b"1,2,3\n", "header"),
    ] {
        let error = refused(bytes);
        assert_eq!(error.code(), "not-recognised", "{error}");
        assert!(error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn missing_columns_are_named() {
    let text = String::from_utf8(fixture("dpl.txt")).unwrap();
    let error = refused(text.replace("Effective_Date", "Date").as_bytes());
    assert!(
        matches!(&error, ReadError::Schema { line: 1, field, .. } if field == "Effective_Date")
    );
    let text = String::from_utf8(fixture("csl.csv")).unwrap();
    let error = refused(text.replacen(",name,", ",title2,", 1).as_bytes());
    assert!(
        matches!(&error, ReadError::Schema { field, .. } if field == "name"),
        "{error}"
    );
}

#[test]
fn json_of_another_shape() {
    assert_eq!(refused(b"{\"results\": 7}").code(), "wrong-schema");
    assert_eq!(refused(b"{\"results\": []}"), ReadError::NoRecords);
    assert_eq!(
        refused(b"{\"results\": [{}, 1, \"x\"]}").code(),
        "mostly-unreadable"
    );
    assert_eq!(refused(b"{\"results\": [nonsense]}").code(), "wrong-schema");
    assert_eq!(
        refused(b"{\"results\": [{\"name\": \"A\"}").code(),
        "truncated"
    );
}

#[test]
fn entities_are_never_expanded() {
    let bomb = b"<?xml version=\"1.0\"?>\n<!DOCTYPE sdnList [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n\
        <sdnList><sdnEntry><uid>1</uid><lastName>&b;</lastName></sdnEntry></sdnList>";
    assert_eq!(refused(bomb).code(), "entity-declaration");
}

#[test]
fn xml_that_is_not_well_formed() {
    let text = String::from_utf8(fixture("un.xml")).unwrap();
    let error = refused(
        text.replacen("</INDIVIDUAL>", "</INDIVIDUEL>", 1)
            .as_bytes(),
    );
    assert_eq!(error.code(), "not-well-formed", "{error}");
}

#[test]
fn binary_and_unmarked_utf16() {
    assert_eq!(refused(b"PK\x03\x04\0\0\0\0").code(), "truncated");
    assert_eq!(refused(b"\x7fELF\0\0\0\0").code(), "wrong-encoding");
    assert_eq!(refused(b"%PDF-1.7\n1 0 obj").code(), "not-recognised");
    assert_eq!(
        refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0").code(),
        "not-recognised"
    );
    let utf16: Vec<u8> = "36,\"A\""
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(refused(&utf16).code(), "wrong-encoding");
}

#[test]
fn utf16_with_a_mark_reads_like_utf8() {
    let text = String::from_utf8(fixture("dpl.txt")).unwrap();
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let wide = read_bytes(&[("dpl.txt", &bytes)], None).remove(0).unwrap();
    let plain = read_bytes(&[("dpl.txt", text.as_bytes())], None)
        .remove(0)
        .unwrap();
    assert_eq!(wide.entities, plain.entities);
}

#[test]
fn windows_1252_is_read_and_said() {
    let row = b"36,\"CAF\xC9 TEST \x96 PROBE\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a";
    let read = read_bytes(&[("sdn.csv", row)], None).remove(0).unwrap();
    assert_eq!(read.entities[0].party.names[0].text, "CAFÉ TEST – PROBE");
    assert!(
        read.issues
            .iter()
            .any(|i| i.code == "decoded-as-windows-1252" && i.line == Some(1))
    );
}

#[test]
fn one_bad_byte_does_not_spoil_a_utf8_file() {
    let mut bytes = "36,\"ПРОБА ТЕСТ\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
        .as_bytes()
        .to_vec();
    bytes
        .extend(b"37,\"BAD \xFF BYTE\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a");
    let read = read_bytes(&[("sdn.csv", &bytes)], None).remove(0).unwrap();
    assert_eq!(read.entities[0].party.names[0].text, "ПРОБА ТЕСТ");
    assert!(
        read.issues
            .iter()
            .any(|i| i.code == "bad-utf8" && i.line == Some(2))
    );
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let limits = Limits {
        max_file_bytes: 10,
        ..Limits::default()
    };
    let bytes = fixture("dpl.txt");
    let files = [ListFile {
        name: "dpl.txt",
        bytes: &bytes,
    }];
    let error = read_with(&files, None, None, &limits)
        .remove(0)
        .unwrap_err();
    assert!(matches!(error.error, ReadError::TooLarge { limit: 10, .. }));
    let limits = Limits {
        max_records: 2,
        ..Limits::default()
    };
    for name in [
        "dpl.txt",
        "csl.json",
        "un.xml",
        "ofac_cons_prim.csv",
        "entities.ftm.json",
    ] {
        let bytes = fixture(name);
        let files = [ListFile {
            name,
            bytes: &bytes,
        }];
        let error = read_with(&files, None, None, &limits)
            .remove(0)
            .unwrap_err();
        assert!(
            matches!(error.error, ReadError::TooManyRecords { limit: 2 }),
            "{name}: {error}"
        );
    }
}

#[test]
fn issues_beyond_the_limit_are_counted() {
    let limits = Limits {
        max_issues: 1,
        ..Limits::default()
    };
    let bytes = fixture("csl.json");
    let files = [ListFile {
        name: "csl.json",
        bytes: &bytes,
    }];
    let capped = read_with(&files, None, None, &limits).remove(0).unwrap();
    let all = read(&files, None, None).remove(0).unwrap();
    assert_eq!(capped.issues.len(), 2);
    assert_eq!(capped.issues[1].code, "issues-capped");
    assert!(
        capped.issues[1]
            .text
            .starts_with(&format!("{} ", all.issues.len() - 1))
    );
}

#[test]
fn rows_without_their_primary_file() {
    for name in ["ofac_alt.csv", "ofac_add.csv", "ofac_comments.csv"] {
        let error = refused(&fixture(name));
        assert_eq!(error.code(), "primary-missing", "{name}");
        assert!(error.to_string().contains("SDN.CSV"));
    }
    let (cons, alt) = (fixture("ofac_cons_prim.csv"), fixture("ofac_alt.csv"));
    let error = read_bytes(&[("cons.csv", &cons), ("alt.csv", &alt)], None)
        .remove(0)
        .unwrap_err();
    assert_eq!(
        (error.file.as_str(), error.error.code()),
        ("alt.csv", "unrelated")
    );
}

#[test]
fn aliases_go_to_the_primary_file_they_belong_to() {
    let (sdn, cons, alt) = (
        fixture("ofac_sdn.csv"),
        fixture("ofac_cons_prim.csv"),
        fixture("ofac_alt.csv"),
    );
    let files = [("cons", cons.as_slice()), ("alt", &alt), ("sdn", &sdn)];
    let outcomes = read_bytes(&files, None);
    let sdn = outcomes
        .iter()
        .flatten()
        .find(|s| s.source == "us-ofac-sdn")
        .unwrap();
    assert_eq!(sdn.files.len(), 2);
    assert!(outcomes.iter().all(Result::is_ok));
}

#[test]
fn two_files_of_one_source_replace_nothing() {
    let (json, csv) = (fixture("csl.json"), fixture("csl.csv"));
    let un = fixture("un.xml");
    let files = [
        ("csl.json", json.as_slice()),
        ("un.xml", &un),
        ("csl.csv", &csv),
    ];
    let outcomes = read_bytes(&files, None);
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    let error = outcomes[0].as_ref().unwrap_err();
    assert_eq!(
        error.error,
        ReadError::SameSource {
            other: "csl.csv".to_owned()
        }
    );
    assert_eq!(error.source_code.as_deref(), Some("us-csl"));
}

#[test]
fn a_broken_file_does_not_harm_its_neighbours() {
    let un = fixture("un.xml");
    let dpl = fixture("dpl.txt");
    let outcomes = read_bytes(&[("un.xml", &un[..un.len() / 2]), ("dpl.txt", &dpl)], None);
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    let error = outcomes.iter().find_map(|o| o.as_ref().err()).unwrap();
    assert!(
        error
            .to_string()
            .starts_with("un.xml: the file is cut off at line "),
        "{error}"
    );
}

#[test]
fn a_file_of_mostly_broken_rows_is_refused() {
    let good = "36,\"GOOD PROBE\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    let bad = "x,\"BAD PROBE\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    let error = refused(format!("{good}{bad}{bad}{good}{bad}{good}{bad}\u{1A}").as_bytes());
    // Too few rows look like OFAC's to say that it is one.
    assert!(
        matches!(error.code(), "mostly-unreadable" | "not-recognised"),
        "{error}"
    );
}
