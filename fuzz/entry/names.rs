//! What the fuzzer of `names` calls, shared with the test that replays its
//! corpus. No text may panic, every output stays within the documented bounds,
//! and normalising is done once.

use portcullis_names::{
    Bearer, MOST_FORMS, MOST_WORDS, acronym, commonness, is_nickname, is_respelling, key,
    normalise, prepare, prepare_as_typed, romanise, skeleton_agreement, skeletons, syllable_key,
    unleet,
};

/// Any bytes as a name.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let once = normalise(&text);
    assert_eq!(normalise(&once), once);
    assert!(romanise(&text).is_ascii());
    for bearer in [Bearer::Person, Bearer::Organisation, Bearer::Object] {
        let prepared = prepare(&text, bearer);
        assert!(prepared.tokens.len() <= MOST_WORDS);
        let _ = acronym(&prepared);
        for token in &prepared.tokens {
            let word = token.latin.as_str();
            assert!(word.is_ascii() && !word.is_empty());
            assert!(key(word).is_ascii() && skeletons(word).len() <= 8);
            assert!(commonness(word).is_finite());
            let _ = (syllable_key(word), unleet(word));
            let _ = (
                skeleton_agreement(word, "mohammed"),
                is_respelling(word, "sergey"),
            );
            assert!(!is_nickname(word, word));
        }
        let forms = prepare_as_typed(&text, bearer, &prepared);
        assert!(forms.len() <= MOST_FORMS);
        for form in forms {
            assert!(form.tokens.len() <= 2 * MOST_WORDS && form.latin_key.is_none());
        }
    }
}
