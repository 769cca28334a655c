//! Real messages of a customs service, where the data is at hand.

use portcullis_domain::{CodeScheme, MessageKind, Movement, Role};
use portcullis_formats::declarations::{Limits, Message, apply_amendment, messages};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn files() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/documents/hmrc_wco_declarations");
    let Ok(listing) = std::fs::read_dir(&folder) else {
        println!("skipped: the shared data is not here");
        return None;
    };
    let mut files: Vec<PathBuf> = listing.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(files)
}

fn read(path: &Path) -> Vec<Message> {
    let file = std::fs::File::open(path).unwrap();
    messages(file, &Limits::default()).collect()
}

#[test]
fn every_file_is_accounted_for() {
    let Some(files) = files() else { return };
    assert_eq!(files.len(), 401);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut movements: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &files {
        let found = read(path);
        assert_eq!(found.len(), 1, "{}", path.display());
        let message = &found[0];
        *kinds.entry(message.kind.as_str()).or_default() += 1;
        match message.kind {
            MessageKind::Unreadable => {
                assert!(message.line.is_some() && !message.issues[0].text.is_empty());
            }
            MessageKind::Notification | MessageKind::Other => {
                assert_eq!(
                    message.issues[0].code,
                    "not-a-declaration",
                    "{}",
                    path.display()
                );
            }
            MessageKind::Declaration => {
                let t = message.transaction.as_ref().unwrap();
                *movements.entry(t.movement.as_str()).or_default() += 1;
                assert!(
                    !t.reference.is_empty() && !t.items.is_empty(),
                    "{}",
                    path.display()
                );
            }
            MessageKind::Amendment | MessageKind::Cancellation => {
                assert!(message.customs_reference.is_some(), "{}", path.display());
            }
        }
    }
    let expected = [
        ("amendment", 9),
        ("cancellation", 2),
        ("declaration", 131),
        ("notification", 237),
        ("other", 19),
        ("unreadable", 3),
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    let expected = [("export", 26), ("import", 102), ("reexport", 3)];
    assert_eq!(movements.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_files_that_are_not_well_formed_say_where() {
    let Some(files) = files() else { return };
    let named = |part: &str| {
        files
            .iter()
            .find(|f| f.to_string_lossy().contains(part))
            .unwrap()
    };
    // Comments that are not closed: a lenient reader would lose the elements inside.
    for (part, line) in [("EX002a_TT_EX002a", 65), ("IM084a_TT_IM084a", 157)] {
        let message = &read(named(part))[0];
        assert_eq!(
            (message.kind, message.line),
            (MessageKind::Unreadable, Some(line)),
            "{part}"
        );
        assert_eq!(message.issues[0].code, "not-well-formed");
    }
    let message = &read(named("example_submission_declaration_400"))[0];
    assert_eq!(message.issues[0].code, "unknown-function");
}

#[test]
fn an_export_with_licences_reads_as_a_person_would_read_it() {
    let Some(files) = files() else { return };
    let path = files
        .iter()
        .find(|f| f.to_string_lossy().contains("EX013b_TT_EX013b"))
        .unwrap();
    let t = read(path).remove(0).transaction.unwrap();
    assert_eq!(
        (t.movement, t.type_code.as_str(), t.items.len()),
        (Movement::Export, "EXY", 2)
    );
    assert_eq!(t.items[0].code(CodeScheme::Cn), Some("93019000"));
    let licences: Vec<_> = t.all_documents().filter(|d| d.kind == "X002").collect();
    assert_eq!(licences.len(), 2);
    assert_eq!(licences[0].write_off.as_ref().unwrap().unit, "KGM#G");
    assert_eq!(t.in_role(Role::Vessel).count(), 1);
    assert_eq!(t.value.unwrap().to_string(), "100000 GBP");
}

#[test]
fn the_amendments_apply_or_say_why_not() {
    let Some(files) = files() else { return };
    let original = files
        .iter()
        .find(|f| f.to_string_lossy().contains("IM002b_TT_IM002a"))
        .unwrap();
    let original = read(original).remove(0).transaction.unwrap();
    let mut applied = 0;
    for path in &files {
        let message = read(path).remove(0);
        if message.kind != MessageKind::Amendment {
            continue;
        }
        match apply_amendment(&original, &message) {
            Ok(amended) => {
                applied += 1;
                assert_ne!(amended, original, "{}", path.display());
                assert_eq!(amended.reference, original.reference);
            }
            Err(issues) => println!("{}: {issues:?}", path.display()),
        }
    }
    assert_eq!(applied, 9);
}
