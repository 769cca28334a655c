//! What the fuzzers of `formats` call, shared with the test that replays their
//! corpora. Each function takes any bytes and must neither panic nor take
//! more than its limits allow; what it asserts holds for every input.

use portcullis_formats::{
    cases, control_lists, declarations, goods_rows, nomenclature, parties, watchlists, xml,
};

/// Small limits, so that a fuzzer reaches them.
fn xml_limits() -> xml::Limits {
    xml::Limits {
        max_bytes: 1 << 20,
        max_depth: 16,
        max_attributes: 8,
        max_name_len: 64,
        max_text_bytes: 4096,
        max_elements: 2_000,
    }
}

/// One document as a tree, and again record by record.
pub fn xml(bytes: &[u8]) {
    let limits = xml_limits();
    let tree = xml::parse(bytes, &limits);
    let walked = xml::for_each(bytes, &limits, &["record"], |record, _| {
        assert!(record.line >= 1);
    });
    if let (Ok(tree), Ok(walked)) = (&tree, &walked) {
        assert_eq!(tree.name, walked.root.name);
    }
    if let Err(error) = tree {
        assert!(error.line >= 1 && !error.what.is_empty());
    }
}

/// A file of declarations: messages are numbered, and what is unreadable says why.
pub fn declarations(bytes: &[u8]) {
    let limits = declarations::Limits {
        xml: xml_limits(),
        max_record_bytes: 4096,
        max_skip_bytes: 16 * 1024,
        max_items: 20,
    };
    let mut original = None;
    for (index, message) in declarations::messages(bytes, &limits).enumerate() {
        assert_eq!(message.index, index as u64);
        if message.transaction.is_none() {
            assert!(
                !message.issues.is_empty(),
                "a message without content gives a reason"
            );
        }
        if let Some(transaction) = &message.transaction {
            let first = original.get_or_insert_with(|| transaction.clone());
            let _ = declarations::apply_amendment(first, &message);
            let written = declarations::write_json(transaction).to_string();
            let again: Vec<_> =
                declarations::messages(written.as_bytes(), &Default::default()).collect();
            assert_eq!(
                again.len(),
                1,
                "what is written is read back as one message"
            );
        }
    }
}

/// One list, text or workbook. What is read has ids, names and listings.
pub fn watchlists(bytes: &[u8]) {
    let file = watchlists::ListFile {
        name: "list",
        bytes,
    };
    lists(&[file]);
}

/// A mapping and, after a NUL byte, the table that it maps.
pub fn list_mapping(bytes: &[u8]) {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let mapping = watchlists::ListFile {
        name: "mapping",
        bytes: &bytes[..end],
    };
    let table = watchlists::ListFile {
        name: "table",
        bytes: bytes.get(end + 1..).unwrap_or_default(),
    };
    lists(&[mapping, table]);
}

fn lists(files: &[watchlists::ListFile<'_>]) {
    let limits = watchlists::Limits {
        max_unpacked_bytes: 1 << 20,
        ..watchlists::Limits::default()
    };
    for read in watchlists::read_with(files, None, None, &limits) {
        match read {
            Ok(snapshot) => assert!(snapshot.entities.iter().all(|entity| {
                !entity.id.is_empty()
                    && !entity.party.names.is_empty()
                    && !entity.listings.is_empty()
            })),
            Err(refused) => assert!(!refused.to_string().is_empty()),
        }
    }
}

/// A party book: every entry can be found and says something.
pub fn parties(bytes: &[u8]) {
    let limits = parties::Limits {
        max_record_bytes: 4096,
        max_skip_bytes: 16 * 1024,
        max_entries: 1_000,
    };
    if let Ok(book) = parties::read(bytes, &limits) {
        assert!(book.entries.len() as u64 <= book.records);
        for entry in book.entries {
            assert!(!entry.identifiers.is_empty() && !entry.party.names.is_empty());
        }
    }
}

/// One control list in any form: every paragraph has a code of its own.
pub fn control_lists(bytes: &[u8]) {
    if let Ok(list) = control_lists::read(bytes, None) {
        assert!(
            !list.paragraphs.is_empty() && list.paragraphs.len() <= control_lists::MAX_PARAGRAPHS
        );
        let mut codes: Vec<&str> = list.paragraphs.iter().map(|p| p.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), list.paragraphs.len());
        assert!(codes.iter().all(|code| !code.is_empty()));
    }
}

/// Lines of cases: each is read, or refused with the field that is wrong.
pub fn cases(bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        match cases::read_case(line) {
            Ok(case) => assert!(!case.id.is_empty()),
            Err(wrong) => assert!(!wrong.field.is_empty() && !wrong.text.is_empty()),
        }
    }
}

/// A nomenclature or concordance: every line stands under an earlier one.
pub fn nomenclatures(bytes: &[u8]) {
    let limits = nomenclature::Limits {
        max_record_bytes: 4096,
        max_rows: 1_000,
        max_text_chars: 500,
        max_depth: 10,
    };
    match nomenclature::read(bytes, &[2017, 2022], &limits) {
        Ok(reading) => match reading.content {
            nomenclature::Content::Lines(lines) => {
                for (at, line) in lines.iter().enumerate() {
                    assert!(line.parent.is_none_or(|parent| (parent as usize) < at));
                    assert!(line.code.len() <= 10 && line.text.chars().count() <= 500);
                }
            }
            nomenclature::Content::Changes(changes) => {
                assert!(
                    changes
                        .iter()
                        .all(|c| c.before.len() == 6 && c.after.len() == 6)
                );
            }
        },
        Err(refused) => assert!(!refused.text.is_empty()),
    }
}

/// Rows of goods: each has an id, or an issue says why not.
pub fn goods_rows(bytes: &[u8]) {
    let limits = goods_rows::Limits {
        max_record_bytes: 4096,
    };
    if let Ok(mut rows) = goods_rows::GoodsRows::open(bytes, &limits) {
        while let Some(row) = rows.next_row() {
            match row {
                Ok(row) => assert!(!row.id.is_empty()),
                Err(issue) => assert!(!issue.text.is_empty()),
            }
        }
    }
}
