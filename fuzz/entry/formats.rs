//! What the fuzzers of `formats` call, shared with the test that replays their
//! corpora. Each function takes any bytes and must neither panic nor take
//! more than its limits allow; what it asserts holds for every input.

use portcullis_formats::{declarations, parties, watchlists, xml};

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

/// One list, with and without a source given.
pub fn watchlists(bytes: &[u8]) {
    let file = watchlists::ListFile {
        name: "list",
        bytes,
    };
    let _ = watchlists::read(&[file], None, None);
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
