use super::*;

fn drafted(text: &str) -> String {
    let draft = draft(text, &[], Marks::Point);
    assert!(draft.complete, "{text}");
    draft.predicate.map_or("-".to_owned(), |p| p.to_string())
}

/// Sentences of our own in the manner of the lists.
#[test]
fn general_rules_read_comparisons_joins_and_exclusions() {
    for (text, expected) in [
        ("A glow exceeding 5 × 10^3 W;", "glow > 5000 W"),
        (
            "A burning time of 10 h or more, but less than 12 h;",
            "burning time in [10 h .. 12 h)",
        ),
        (
            "A wick width equal to or less (better) than 3 mm; and",
            "wick width <= 3 mm",
        ),
        (
            "A flame colour at any wavelength exceeding 400 nm up to and including 700 nm",
            "all(term \"flame colour\", wavelength overlaps (400 nm .. 700 nm])",
        ),
        (
            "Rated for use over the entire ambient temperature range from 250 K (−23 °C) to 300 K (27 °C)",
            "all(term \"use\", entire ambient temperature range covers [250 K .. 300 K])",
        ),
        (
            "Lamps having a mass greater than 2 kg or a height of 30 cm or less",
            "all(term \"Lamps\", any(mass > 2 kg, height <= 30 cm))",
        ),
        (
            "Oil containing 12.5% by weight or more of wax",
            "all(term \"Oil\", share of wax >= 12.5 %)",
        ),
        (
            "More than 5 adjustable wicks",
            "number of adjustable wicks > 5",
        ),
        ("No side greater than 35 mm;", "side <= 35 mm"),
        (
            "A light yield of 12 lm/W or more at 293 K (20 °C)",
            "light yield at 293 k >= 12 lm/W",
        ),
        ("Exceeding 110 GHz", "frequency > 110 GHz"),
        (
            "A brightness exceeding 9 kcd, except for lamps of lighthouses",
            "brightness > 9 kcd except term \"lamps of lighthouses\"",
        ),
        (
            "Designed to burn at a wind acceleration exceeding 20 g",
            "all(term \"burn\", wind acceleration > 20 gn)",
        ),
        (
            "Glass with sides larger than 100 mm x 100 mm",
            "all(term \"Glass\", side > 100 mm)",
        ),
        ("Lamps of brass", "-"),
        (
            "Not designed for a wind speed greater than 20 m/s",
            "not(wind speed > 20 m/s)",
        ),
    ] {
        assert_eq!(drafted(text), expected, "{text}");
    }
}

#[test]
fn decimal_commas_of_european_texts() {
    let draft = draft("A depth of 1 300,5 m or more", &[], Marks::Comma);
    assert_eq!(draft.predicate.unwrap().to_string(), "depth >= 1300.5 m");
}

#[test]
fn what_cannot_be_read_is_said_and_never_passes() {
    for text in [
        "Less than 15 divided by the height in mm",
        "Blocks of 120 mm × 60 mm or greater",
        "0.9 GPa in the annealed stage",
    ] {
        assert!(!draft(text, &[], Marks::Point).complete, "{text}");
    }
    let formula = draft("A level exceeding (10log(f) + 3) dB", &[], Marks::Point);
    let verdict = formula.predicate.unwrap().evaluate(&Default::default());
    assert_eq!(verdict.truth, portcullis_domain::Truth::Unknown);
}

#[test]
fn scope_notes_take_out() {
    let notes = ["3A901.a does not control lamps for toys."];
    let draft = draft("A glow exceeding 5 W", &notes, Marks::Point);
    assert_eq!(
        draft.predicate.unwrap().to_string(),
        "glow > 5 W except term \"lamps for toys\""
    );
}

#[test]
fn the_words_before_a_list_say_how_it_is_joined() {
    for (text, below) in [
        ("Lamps having all of the following:", Below::All),
        ("Lamps having any of the following:", Below::Any),
        ("Lamps, as follows:", Below::Any),
        (
            "Lamps having two or more of the following:",
            Below::AtLeast(2),
        ),
        (
            "Lamps having both of the following characteristics (see List):",
            Below::All,
        ),
    ] {
        assert_eq!(draft(text, &[], Marks::Point).below, below, "{text}");
    }
}

#[test]
fn a_changed_text_opens_a_confirmed_predicate_again() {
    use crate::entries::Entry;
    let mut entry = Entry {
        code: "3A901.a".to_owned(),
        parent: None,
        text: "A glow exceeding 5 W".to_owned(),
        notes: Vec::new(),
        reasons: Vec::new(),
    };
    let mut all = Confirmations::none();
    assert_eq!(all.of(&entry).as_str(), "draft");
    all.add(Confirmed {
        code: "3A901.a".to_owned(),
        predicate: Predicate::parse("glow > 5 W").unwrap(),
        text_sha256: entry.digest(),
        by: "A. Reader".to_owned(),
        at: "2026-11-22T18:00:00Z".to_owned(),
        note: String::new(),
    });
    let again = Confirmations::parse(&all.to_lines()).unwrap();
    assert_eq!(again, all);
    assert_eq!(again.of(&entry).as_str(), "confirmed");
    entry.text = "A glow exceeding 4 W".to_owned();
    assert_eq!(again.of(&entry).as_str(), "reopened");
    assert!(Confirmations::parse("{").unwrap_err().starts_with("line 1"));
}

#[test]
fn numeric_paragraphs_are_those_with_a_number_and_a_unit() {
    for (text, expected) in [
        ("exceeding 5 GHz", true),
        ("12-bit or more", true),
        ("20% of it", true),
        ("see 3A001.a.2", false),
        ("more than 5 lamps", false),
        ("Note 2", false),
    ] {
        assert_eq!(is_numeric(text), expected, "{text}");
    }
}
