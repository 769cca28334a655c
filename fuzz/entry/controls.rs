//! What the fuzzer of predicates calls, shared with the test that replays its
//! corpus. No text may panic; what is read prints and reads back the same, and
//! what is not known is asked for.

use portcullis_controls::draft::{Marks, draft};
use portcullis_controls::entries::ControlList;
use portcullis_controls::predicate::{Parameters, Predicate, Unit, read_number};
use portcullis_domain::Truth;

/// Any bytes as a predicate, a declared value, a unit, the text of a paragraph
/// and the prepared form of a list.
pub fn predicate(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (
        Unit::parse(&text),
        read_number(&text),
        ControlList::from_bytes(bytes),
    );
    let mut parameters = Parameters::default();
    let _ = parameters.add("x", &text, "");
    if let Ok(predicate) = Predicate::parse(&text) {
        let printed = predicate.to_string();
        assert_eq!(
            Predicate::parse(&printed),
            Ok(predicate.clone()),
            "{printed}"
        );
        let verdict = predicate.evaluate(&parameters);
        assert_eq!(
            verdict.missing.is_empty(),
            verdict.truth != Truth::Unknown,
            "{printed}"
        );
    }
    for marks in [Marks::Point, Marks::Comma] {
        if let Some(predicate) = draft(&text, &[&text], marks).predicate {
            let printed = predicate.to_string();
            let parts = predicate.leaves().len();
            if printed.len() < 8_000 && parts < 200 {
                assert_eq!(Predicate::parse(&printed), Ok(predicate), "{printed}");
            }
        }
    }
}
