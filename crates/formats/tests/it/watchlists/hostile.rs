//! Files that are made to do harm: what unfolds without end, what claims more
//! than it holds, what nests without bottom.

use super::{fixture, read_bytes};
use portcullis_formats::watchlists::{Limits, ListFile, ReadError, read_with};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

#[track_caller]
fn refused(bytes: &[u8]) -> ReadError {
    read_bytes(&[("list", bytes)], None)
        .remove(0)
        .unwrap_err()
        .error
}

/// Where each XML format has a text of its own, with another text there.
fn with_text(name: &str, place: &str, text: &str) -> Vec<u8> {
    let whole = String::from_utf8(fixture(name)).unwrap();
    assert!(whole.contains(place), "{name} has no {place}");
    whole.replacen(place, text, 1).into_bytes()
}

/// The formats of this kind, and a place in each where a text stands.
const XML: [(&str, &str); 4] = [
    ("eu.xml", "(UN listing of 2 May 2014)"),
    ("uk.xml", "Minister of Tides"),
    ("seco.xml", "Lives by the sea."),
    ("ofac_advanced.xml", "A comment."),
];

#[test]
fn entities_are_never_expanded() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    for (name, _) in XML {
        let text = String::from_utf8(fixture(name)).unwrap();
        let (declaration, rest) = text.split_once("?>").unwrap();
        let hostile = format!("{declaration}?>{bomb}{rest}");
        assert_eq!(
            refused(hostile.as_bytes()).code(),
            "entity-declaration",
            "{name}"
        );
    }
    for (name, place) in XML {
        let error = refused(&with_text(name, place, "&unknown;"));
        assert_eq!(error.code(), "unknown-entity", "{name}");
    }
}

#[test]
fn depth_and_size_are_bounded() {
    for (name, place) in XML {
        let deep = "<a>".repeat(100) + &"</a>".repeat(100);
        assert_eq!(
            refused(&with_text(name, place, &deep)).code(),
            "too-deep",
            "{name}"
        );
        let long = "x".repeat((1 << 20) + 1);
        assert_eq!(
            refused(&with_text(name, place, &long)).code(),
            "text-too-long",
            "{name}"
        );
    }
}

#[test]
fn a_huge_cell_costs_its_row_only() {
    for (name, cell) in [
        ("uk.csv", "KESTRELIN"),
        ("eu.csv", "Abu Tide"),
        ("targets.csv", "Grey Gannet"),
    ] {
        let text = String::from_utf8(fixture(name)).unwrap();
        let huge = text.replacen(cell, &"y".repeat((1 << 20) + 1), 1);
        let read = read_bytes(&[(name, huge.as_bytes())], None)
            .remove(0)
            .unwrap();
        assert!(
            read.issues
                .iter()
                .any(|i| i.code == "too-large" && i.line.is_some()),
            "{name}"
        );
        assert!(!read.entities.is_empty());
    }
}

#[test]
fn tables_read_the_same_in_every_wrapping() {
    for name in ["uk.csv", "eu.csv", "targets.csv", "meti.csv"] {
        let text = String::from_utf8(fixture(name)).unwrap();
        let plain = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(plain.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let crlf = format!("\u{FEFF}{}", plain.replace('\n', "\r\n"));
        let expected = read_bytes(&[("a", plain.as_bytes())], None)
            .remove(0)
            .unwrap()
            .entities;
        for bytes in [crlf.as_bytes(), &utf16] {
            let read = read_bytes(&[("a", bytes)], None).remove(0).unwrap();
            assert_eq!(read.entities, expected, "{name}");
        }
    }
}

#[test]
fn a_table_in_another_encoding_is_read_and_said_to_be() {
    let table = b"No.,Country or Region,Company or Organization,Also Known As,Type of WMD\n1,Iran,Caf\xe9 Works,,N\n";
    let read = read_bytes(&[("eul.csv", table)], None).remove(0).unwrap();
    assert_eq!(read.entities[0].party.caption(), "Café Works");
    assert!(
        read.issues
            .iter()
            .any(|i| i.code == "decoded-as-windows-1252")
    );
}

/// A workbook of the parts given.
fn workbook(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const BOOK: (&str, &str) = (
    "xl/workbook.xml",
    r#"<workbook xmlns:r="r"><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>"#,
);
const RELS: (&str, &str) = (
    "xl/_rels/workbook.xml.rels",
    r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"#,
);

fn sheet(rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    workbook(&[BOOK, RELS, ("xl/worksheets/sheet1.xml", &sheet)])
}

#[test]
fn a_zip_bomb_is_stopped_where_it_unfolds() {
    let row = format!(
        "<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>",
        " ".repeat(100_000)
    );
    let bomb = sheet(&row.repeat(100));
    assert!(bomb.len() < 100_000, "it is small as it comes");
    let limits = Limits {
        max_unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    let file = ListFile {
        name: "bomb.xlsx",
        bytes: &bomb,
    };
    let error = read_with(&[file], None, None, &limits)
        .remove(0)
        .unwrap_err()
        .error;
    assert_eq!(error, ReadError::Unpacked { limit: 1 << 20 });
}

#[test]
fn one_text_in_many_cells_is_counted_every_time() {
    let strings = format!(
        "<sst uniqueCount=\"18446744073709551615\"><si><t>{}</t></si></sst>",
        "z".repeat(60_000)
    );
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(100);
    let rows = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let parts = [
        BOOK,
        RELS,
        ("xl/sharedStrings.xml", strings.as_str()),
        ("xl/worksheets/sheet1.xml", rows.as_str()),
    ];
    let bomb = workbook(&parts);
    let limits = Limits {
        max_unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    let file = ListFile {
        name: "bomb.xlsx",
        bytes: &bomb,
    };
    let error = read_with(&[file], None, None, &limits)
        .remove(0)
        .unwrap_err()
        .error;
    assert_eq!(error.code(), "too-large");
}

#[test]
fn rows_and_columns_out_of_range_are_refused() {
    let far = sheet(r#"<row r="4294967295"><c r="A1"><v>1</v></c></row>"#);
    assert_eq!(refused(&far).code(), "wrong-schema");
    let wide = sheet(r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#);
    assert_eq!(refused(&wide).code(), "wrong-schema");
    let wider = sheet(r#"<row r="1"><c r="ZZZZZZZZZZZZZZZZZZZZ1"><v>1</v></c></row>"#);
    assert_ne!(refused(&wider).code(), "");
    let back = sheet(r#"<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>"#);
    assert_eq!(refused(&back).code(), "wrong-schema");
    let entity = workbook(&[(
        "xl/workbook.xml",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>",
    )]);
    assert_eq!(refused(&entity).code(), "wrong-schema");
    let other = workbook(&[("word/document.xml", "<a/>")]);
    assert_eq!(refused(&other).code(), "not-recognised");
    assert_eq!(refused(&sheet("")), ReadError::Empty);
}
