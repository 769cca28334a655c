use super::{issues, one};
use portcullis_domain::MessageKind;
use portcullis_formats::declarations::{Limits, messages};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

#[track_caller]
fn unreadable(bytes: &[u8], expected: &str) {
    let found: Vec<_> = messages(bytes, &Limits::default()).collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].kind, MessageKind::Unreadable);
    assert_eq!(issues(&found[0]), [expected], "{:?}", found[0].issues);
    assert!(found[0].line.is_some() && !found[0].issues[0].text.is_empty());
}

#[test]
fn every_sort_of_bad_file_is_one_message_with_line_and_reason() {
    unreadable(b"", "1 empty -");
    unreadable(b" \n\n ", "1 empty -");
    unreadable(b"\xef\xbb\xbf", "1 empty -");
    unreadable(b"reference,item_description\n\n", "1 empty -");
    unreadable(b"[ ]\n", "1 empty -");
    unreadable(b"<a><b></a>", "1 not-well-formed -");
    unreadable(b"<MetaData>\n<Declaration>\n", "3 truncated -");
    unreadable(
        b"<!DOCTYPE a [<!ENTITY x \"yyy\">]><a>&x;</a>",
        "1 entity-declaration -",
    );
    unreadable(
        b"<?xml version='1.0' encoding='UTF-8'?>\n<a>\xff</a>",
        "2 wrong-encoding -",
    );
    unreadable(b"consignee,goods\nA,B\n", "1 missing-columns -");
    unreadable(b"reference,reference\nA,B\n", "1 duplicate-column -");
    unreadable(b"%PDF-1.7 \0\0\0", "1 wrong-schema -");
    unreadable(
        b"just a letter to the customs office",
        "1 missing-columns -",
    );
    unreadable(b"\xff\xfer\0e\0f\0", "1 wrong-encoding -");
    unreadable(b"{\"reference\":", "1 truncated -");
    unreadable(b"\x00\x00\x00\x00", "1 wrong-schema -");
    let named = one("consignee,goods\nA,B\n");
    assert!(
        named.issues[0].text.contains("reference"),
        "{:?}",
        named.issues
    );
}

/// A large file that nobody has to write: `head`, then one byte without end.
struct Huge {
    head: &'static [u8],
    fill: u8,
    left: u64,
    given: Rc<Cell<u64>>,
}

impl Read for Huge {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = buffer.len().min(self.left as usize);
        buffer[..n].fill(self.fill);
        let from_head = self.head.len().min(n);
        buffer[..from_head].copy_from_slice(&self.head[..from_head]);
        self.head = &self.head[from_head..];
        self.left -= n as u64;
        self.given.set(self.given.get() + n as u64);
        Ok(n)
    }
}

#[test]
fn two_gigabytes_are_refused_early_by_the_limit() {
    for (head, fill, code) in [
        ("<a>", b'x', "too-large"),
        ("<a>", 0, "too-large"),
        (
            "{\n\"reference\": \"A\", \"remarks\": \"",
            b'x',
            "too-large",
        ),
        ("{\"reference\": \"A\", \"remarks\": \"", b'x', "too-large"),
        ("[{\"reference\": \"A\", \"remarks\": \"", b'x', "too-large"),
        ("reference,item_description\nA,", b'x', "too-large"),
        ("", 0, "wrong-schema"),
        ("", b' ', "empty"),
    ] {
        let given = Rc::new(Cell::new(0));
        let input = Huge {
            head: head.as_bytes(),
            fill,
            left: 2 << 30,
            given: given.clone(),
        };
        let found: Vec<_> = messages(input, &Limits::default()).collect();
        assert_eq!(found.len(), 1, "{head}");
        assert_eq!(
            found[0].issues[0].code, code,
            "{head}: {:?}",
            found[0].issues
        );
        assert!(
            given.get() < 100 << 20,
            "{head}: {} bytes were read",
            given.get()
        );
        assert!(
            found[0].raw.len() <= 4 << 20,
            "{head}: {} bytes are kept",
            found[0].raw.len()
        );
    }
}

#[test]
fn a_record_that_is_too_long_costs_only_itself() {
    let limits = Limits {
        max_record_bytes: 200,
        ..Limits::default()
    };
    let long = "x".repeat(300);
    let good = r#"{"reference":"B","items":[{"description":"x"}]}"#;
    for text in [
        format!("{{\"reference\":\"A\",\"remarks\":\"{long}\"}}\n{good}\n"),
        format!("[{{\"reference\":\"A\",\"remarks\":\"{long}\"}},\n{good}]"),
        format!("reference,item_description\nA,{long}\nB,x\n"),
    ] {
        let found: Vec<_> = messages(text.as_bytes(), &limits).collect();
        let shown: Vec<_> = found
            .iter()
            .map(|m| (m.kind.as_str(), m.reference.as_deref()))
            .collect();
        let cut = found[0].reference.as_deref();
        assert_eq!(
            shown,
            [("unreadable", cut), ("declaration", Some("B"))],
            "{text}"
        );
        assert_eq!(found[0].issues[0].code, "too-large");
        assert_eq!(found[1].issues, []);
    }
}

#[test]
fn an_entity_bomb_expands_nothing() {
    let mut bomb = String::from("<!DOCTYPE b [<!ENTITY a0 \"ha\">");
    for n in 1..30 {
        let (before, twice) = (n - 1, n);
        bomb.push_str(&format!("<!ENTITY a{twice} \"&a{before};&a{before};\">"));
    }
    bomb.push_str("]><b>&a29;</b>");
    unreadable(bomb.as_bytes(), "1 entity-declaration -");
}

/// A disk that fails in the middle.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = b"reference,item_description\nA,x\nB,x\n";
        if self.0 >= text.len() {
            return Err(io::Error::other("the disk is gone"));
        }
        let n = buffer.len().min(text.len() - self.0);
        buffer[..n].copy_from_slice(&text[self.0..self.0 + n]);
        self.0 += n;
        Ok(n)
    }
}

#[test]
fn a_failing_disk_is_said() {
    let found: Vec<_> = messages(Failing(0), &Limits::default()).collect();
    let last = found.last().unwrap();
    assert_eq!(
        (last.kind, last.issues[0].code.as_str()),
        (MessageKind::Unreadable, "io")
    );
}
