use super::source::sniff_encoding;
use super::*;
use encoding_rs::{UTF_16LE, WINDOWS_1252};

fn read(xml: &str) -> Result<Element, XmlError> {
    parse(xml.as_bytes(), &Limits::default())
}

#[track_caller]
fn refuse(xml: &str, code: &str, line: u64) {
    let error = read(xml).unwrap_err();
    assert_eq!((error.code, error.line), (code, line), "{error}");
}

#[test]
fn names_text_attributes_and_lines() {
    let root = read(
        "<?xml version=\"1.0\"?>\n<!-- c -->\n<m:A xmlns:m='urn:m' x='1 &amp; 2'>\n  <m:B><C xmlns='urn:c' m:k='v'>a &lt;<![CDATA[<b>]]>&#233; </C></m:B>\n<m:B/><D>  </D></m:A>\n",
    )
    .unwrap();
    assert_eq!((root.name.as_str(), root.line), ("A", 3));
    assert_eq!(root.namespace.as_deref(), Some("urn:m"));
    assert_eq!(root.attribute("x"), Some("1 & 2"));
    assert_eq!(root.text_of("B/C"), Some("a <<b>é"));
    let c = root.at("B/C").unwrap();
    assert_eq!(c.namespace.as_deref(), Some("urn:c"));
    assert_eq!((c.attribute("k"), c.line), (Some("v"), 4));
    assert_eq!(root.children_named("B").count(), 2);
    assert_eq!(root.child("D").unwrap().namespace, None);
    assert_eq!((root.text_of("D"), root.text_of("E")), (None, None));
    assert_eq!(root.find("C").unwrap().line, 4);
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_line() {
    refuse("", "empty", 1);
    refuse("\n\n", "empty", 3);
    refuse("<?xml version='1.0'?>\n", "empty", 2);
    refuse("<a>\n<b>", "truncated", 2);
    refuse("<a>\n<b x='1", "truncated", 2);
    refuse("<a>\n</b>", "not-well-formed", 2);
    refuse("<a/>\n<b/>", "not-well-formed", 2);
    refuse("<a/>\nrest", "not-well-formed", 2);
    refuse("hello", "not-well-formed", 1);
    refuse("\n<?xml version='1.0'?><a/>", "not-well-formed", 2);
    refuse("<a>\n<b x='1' x='2'/></a>", "not-well-formed", 2);
    refuse("<a>\n\n<b x=1/></a>", "not-well-formed", 3);
    refuse("<a>\n& b</a>", "not-well-formed", 2);
    refuse("<a>\n<1/></a>", "not-well-formed", 2);
    refuse("<a>\u{1}</a>", "not-well-formed", 1);
    refuse("<a>&#1;</a>", "not-well-formed", 1);
    refuse("<a><!-- a -- b --></a>", "not-well-formed", 1);
}

#[test]
fn entities_are_refused_not_expanded() {
    refuse(
        "<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;&l;'>]>\n<a>&m;</a>",
        "entity-declaration",
        1,
    );
    refuse("<a>\n&nbsp;</a>", "unknown-entity", 2);
    refuse("<a>\n<b c='&x;'/></a>", "unknown-entity", 2);
    // A document type without declarations says nothing; it is never fetched.
    assert!(read("<!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><a/>").is_ok());
}

#[test]
fn every_limit_is_met_and_named() {
    let limits = Limits {
        max_bytes: 400,
        max_depth: 3,
        max_attributes: 2,
        max_name_len: 8,
        max_text_bytes: 16,
        max_elements: 6,
    };
    let long = "x".repeat(17);
    for (xml, code) in [
        (format!("<a>{}</a>", " ".repeat(400)), "too-large"),
        ("<a><b><c><d/></c></b></a>".to_owned(), "too-deep"),
        ("<a b='1' c='2' d='3'/>".to_owned(), "too-many-attributes"),
        ("<abcdefghi/>".to_owned(), "name-too-long"),
        (format!("<a>{long}</a>"), "text-too-long"),
        (format!("<a b='{long}'/>"), "text-too-long"),
        (
            "<a><b/><b/><b/><b/><b/><b/></a>".to_owned(),
            "too-many-elements",
        ),
    ] {
        assert_eq!(
            parse(xml.as_bytes(), &limits).unwrap_err().code,
            code,
            "{xml}"
        );
    }
}

/// An endless input: what is read of it must not depend on its length.
struct Endless {
    head: &'static [u8],
    given: u64,
}

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = if self.head.is_empty() {
            buffer.fill(b'x');
            buffer.len()
        } else {
            let n = self.head.len().min(buffer.len());
            buffer[..n].copy_from_slice(&self.head[..n]);
            self.head = &self.head[n..];
            n
        };
        self.given += n as u64;
        Ok(n)
    }
}

#[test]
fn an_endless_token_is_refused_before_it_fills_memory() {
    for head in ["<a>", "<a b='", "<", "<a><!--", "<a><![CDATA[", "<a>&"] {
        let mut input = Endless {
            head: head.as_bytes(),
            given: 0,
        };
        let error = for_each(&mut input, &Limits::default(), &["r"], |_, _| {}).unwrap_err();
        assert_eq!(error.code, "text-too-long", "{head}");
        assert!(input.given < 4 << 20, "{head}: {} bytes taken", input.given);
    }
}

#[test]
fn encodings() {
    let text = "<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>Müller €</a>";
    let (bytes, ..) = WINDOWS_1252.encode(text);
    assert_eq!(parse(&bytes, &Limits::default()).unwrap().text, "Müller €");

    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>M\xfcller</a>";
    assert_eq!(parse(latin, &Limits::default()).unwrap().text, "Müller");

    let utf16 = |bom: bool, big: bool| -> Vec<u8> {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>Москва 😀</a>";
        let mark = if bom { "\u{feff}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    for (bom, big) in [(true, true), (true, false), (false, true), (false, false)] {
        let root = parse(&utf16(bom, big), &Limits::default()).unwrap();
        assert_eq!(root.text, "Москва 😀");
    }
    assert_eq!(sniff_encoding(b"<\0?\0").unwrap(), UTF_16LE);

    assert_eq!(read("\u{feff}<a>ü</a>").unwrap().text, "ü");
    assert_eq!(
        read("<?xml version='1.0' encoding='UTF-16'?><a>ü</a>")
            .unwrap()
            .text,
        "ü"
    );
    let wrong = parse(b"<a>\nok\n\xff</a>", &Limits::default()).unwrap_err();
    assert_eq!((wrong.code, wrong.line), ("wrong-encoding", 3));
    refuse(
        "<?xml version='1.0' encoding='klingon'?><a/>",
        "wrong-encoding",
        1,
    );
}

#[test]
fn records_stream_with_their_root() {
    let mut xml = String::from("<list date='2026-01-02'>\n<head>x</head><rows>");
    for n in 0..10_000 {
        xml.push_str(&format!("\n<row id='{n}'><row>in</row><v>{n}</v></row>"));
    }
    let cut = xml.clone();
    xml.push_str("</rows></list>");

    let limits = Limits {
        max_elements: 8,
        ..Limits::default()
    };
    let mut lines = Vec::new();
    let document = for_each(xml.as_bytes(), &limits, &["row"], |row, document| {
        assert_eq!(document.root.attribute("date"), Some("2026-01-02"));
        assert_eq!(row.attribute("id"), row.text_of("v"));
        lines.push(row.line);
    })
    .unwrap();
    assert_eq!(document.records, 10_000);
    assert_eq!((lines[0], lines[9_999]), (3, 10_002));

    let error = for_each(cut.as_bytes(), &limits, &["row"], |_, _| {}).unwrap_err();
    assert_eq!(error.code, "truncated");
}

proptest::proptest! {
    #[test]
    fn mutated_bytes_never_panic(at in 0usize..200, byte: u8, cut in 0usize..200) {
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a xmlns:b='u'><!-- c --><b:c d='e&amp;'>f&#65;</b:c><![CDATA[g]]><?pi h?></a>";
        let mut bytes = xml.as_bytes().to_vec();
        let position = at % bytes.len();
        bytes[position] = byte;
        let _ = parse(&bytes, &Limits::default());
        bytes.truncate(cut);
        let _ = parse(&bytes, &Limits::default());
    }
}
