use super::*;
use portcullis_domain::Truth::{self, False, True, Unknown};
use proptest::prelude::*;

fn declared(text: &str) -> Parameters {
    let mut parameters = Parameters::default();
    for pair in text.split(';').filter(|pair| !pair.trim().is_empty()) {
        let (name, value) = pair.split_once('=').unwrap();
        parameters.add(name, value, "").unwrap();
    }
    parameters
}

fn truth(predicate: &str, parameters: &str) -> Truth {
    let predicate = Predicate::parse(predicate).unwrap_or_else(|e| panic!("{predicate}: {e}"));
    predicate.evaluate(&declared(parameters)).truth
}

#[test]
fn comparisons_ranges_and_groups() {
    for (predicate, parameters, expected) in [
        ("sample rate > 1.3 GSPS", "sample rate = 1300 MSPS", False),
        ("sample rate > 1.3 GSPS", "Sample-Rate = 1,31 GS/s", True),
        ("sample rate >= 1.3 GSPS", "sample rate = 1300 MHz", True),
        ("sample rate > 1.3 GSPS", "", Unknown),
        (
            "ambient temperature > 398 K",
            "ambient temperature = 125 °C",
            True,
        ),
        (
            "ambient temperature < 218 K",
            "ambient temperature = -55 °C",
            False,
        ),
        (
            "ambient temperature covers [218 K .. 398 K]",
            "ambient temperature = -60 to 130 °C",
            True,
        ),
        (
            "ambient temperature covers [218 K .. 398 K]",
            "ambient temperature = -40..85 °C",
            False,
        ),
        (
            "ambient temperature covers [218 K .. 398 K]",
            "ambient temperature = 85 °C",
            Unknown,
        ),
        (
            "frequency overlaps (6.8 GHz .. 8.5 GHz]",
            "frequency = 2 to 7 GHz",
            True,
        ),
        (
            "frequency overlaps (6.8 GHz .. 8.5 GHz]",
            "frequency = 2 to 6.8 GHz",
            False,
        ),
        (
            "frequency overlaps (6.8 GHz .. 8.5 GHz]",
            "frequency = up to 7 GHz",
            True,
        ),
        (
            "frequency overlaps (6.8 GHz .. 8.5 GHz]",
            "frequency = up to 18 GHz",
            Unknown,
        ),
        ("frequency in [1 GHz .. 2 GHz)", "frequency = 2 GHz", False),
        ("frequency > 31.8 GHz", "frequency = up to 40 GHz", Unknown),
        ("frequency > 31.8 GHz", "frequency = < 31.8 GHz", False),
        ("peak power > 37 dBm", "peak power = 5.1 W", True),
        ("peak power > 5 W", "peak power = 36 dBm", False),
        ("dose >= 5e3 Gy(Si)", "dose = 500 krad", True),
        ("acceleration > 100 gn", "acceleration = 99 g", False),
        ("fluence >= 5e13 n/cm2", "fluence = 5 × 10^13 n/cm²", True),
        ("number of axes >= 5", "number of axes = 5 axes", True),
        ("resolution >= 12 bit", "resolution = 12", True),
        ("efficiency > 20 %", "efficiency = 0.21", Unknown),
        (
            "average power * frequency > 1 kW GHz",
            "average power = 500 W; frequency = 3 GHz",
            True,
        ),
        (
            "average power / area > 1 W/cm2",
            "average power = 500 W; area = 1 m2",
            False,
        ),
        ("all(a > 1, b > 1)", "a = 0", False),
        ("all(a > 1, b > 1)", "a = 2", Unknown),
        ("any(a > 1, b > 1)", "a = 2", True),
        ("2 of (a > 1, b > 1, c > 1)", "a = 2; c = 2", True),
        ("2 of (a > 1, b > 1, c > 1)", "a = 0; c = 0", False),
        ("2 of (a > 1, b > 1, c > 1)", "a = 2; c = 0", Unknown),
        ("not(a > 1)", "a = 1", True),
        (
            "a > 1 except term \"for medical use\"",
            "a = 2; for medical use = yes",
            False,
        ),
        (
            "a > 1 unless term \"for medical use\"",
            "a = 2; for medical use = no",
            True,
        ),
        ("a > 1 except term \"for medical use\"", "a = 2", Unknown),
        ("a > 1 except term \"for medical use\"", "a = 1", False),
        (
            "material is \"gallium nitride\"",
            "material = Gallium Nitride",
            True,
        ),
        (
            "material is \"gallium nitride\"",
            "material = silicon",
            False,
        ),
        ("entry \"3A001.b.2\"", "3A001.b.2 = no", False),
        ("unread \"half of it\"", "", Unknown),
        // A comma may be either mark: known only where both readings agree.
        ("a > 2", "a = 3,000", True),
        ("a > 20", "a = 3,000", Unknown),
    ] {
        assert_eq!(
            truth(predicate, parameters),
            expected,
            "{predicate} on {parameters}"
        );
    }
}

#[test]
fn only_what_would_decide_is_asked() {
    let asked = |predicate: &str, parameters: &str| -> Vec<String> {
        let verdict = Predicate::parse(predicate)
            .unwrap()
            .evaluate(&declared(parameters));
        verdict.missing.into_iter().map(|m| m.name).collect()
    };
    let adc = "all(resolution >= 12 bit, term \"radiation hardened\", sample rate > 400 MSPS)";
    assert_eq!(asked(adc, "resolution = 8 bit"), Vec::<String>::new());
    assert_eq!(
        asked(adc, "resolution = 12 bit"),
        ["sample rate", "radiation hardened"]
    );
    assert_eq!(asked("any(a > 1, all(b > 1, c > 1))", "b = 0"), ["a"]);
    assert_eq!(
        asked("any(a > 1, all(b > 1, c > 1))", "a = 2"),
        Vec::<String>::new()
    );
    assert_eq!(asked("all(a > 1, a < 5)", ""), ["a"]);
}

#[test]
fn the_words_say_what_decided() {
    let adc = Predicate::parse("all(resolution >= 12 bit, sample rate > 400 MSPS)").unwrap();
    let verdict = adc.evaluate(&declared("resolution = 14 bit; sample rate = 250 MSPS"));
    let against: Vec<&str> = verdict.speaks_against().collect();
    assert_eq!(against, ["sample rate 250 MSPS is not more than 400 MSPS"]);
    assert_eq!(verdict.speaks_for().count(), 0);
}

#[test]
fn a_unit_that_cannot_be_converted_names_both() {
    let predicate = Predicate::parse("any(a > 1 GHz, b > 1)").unwrap();
    let verdict = predicate.evaluate(&declared("a = 5 bit; b = 2"));
    assert_eq!(verdict.truth, True);
    let said = verdict.refusals[0].to_string();
    assert_eq!(said, "parameter 'a': 'bit' cannot be converted to 'GHz'");
    let verdict = predicate.evaluate(&declared("a = 5 blorps"));
    assert_eq!(verdict.truth, Unknown);
    let said = verdict.refusals[0].to_string();
    assert_eq!(said, "parameter 'a': 'blorps' cannot be converted to 'GHz'");
}

#[test]
fn contradictory_parameters_are_refused() {
    let mut parameters = declared("frequency = 1 GHz");
    assert!(parameters.add("Frequency", "1000", "MHz").is_ok());
    assert!(parameters.add("frequency", "unknown", "").is_ok());
    let error = parameters
        .add("FREQUENCY", "2", "GHz")
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "parameter 'frequency' is given twice, as '1 GHz' and as '2 GHz'"
    );
    assert!(parameters.add("--", "2", "").is_err());
}

#[test]
fn numbers_as_people_write_them() {
    use Reading::{Either, Exact};
    for (text, expected) in [
        ("1.3", Some(Exact(1.3))),
        ("1,3", Some(Exact(1.3))),
        ("-55", Some(Exact(-55.0))),
        ("−55", Some(Exact(-55.0))),
        ("1 367", Some(Exact(1367.0))),
        ("1,234.5", Some(Exact(1234.5))),
        ("1.234,5", Some(Exact(1234.5))),
        ("1,234,567", Some(Exact(1_234_567.0))),
        ("1.234.567", Some(Exact(1_234_567.0))),
        ("3,000", Some(Either(3.0, 3000.0))),
        ("0,125", Some(Exact(0.125))),
        ("5 × 10^13", Some(Exact(5e13))),
        ("5 x 10 13", Some(Exact(5e13))),
        ("5·10⁻³", None),
        ("10^6", Some(Exact(1e6))),
        ("1e400", None),
        ("", None),
        ("-", None),
        ("1 2", None),
        ("1,2,3", None),
        ("abc", None),
    ] {
        if text.contains('⁻') {
            let plain = super::decimal::superscript(text);
            assert_eq!(read_number(&plain), Some(Exact(5e-3)), "{text}");
            continue;
        }
        assert_eq!(read_number(text), expected, "{text}");
    }
}

#[test]
fn units_convert_or_say_why_not() {
    for (from, value, to, expected) in [
        ("kPa", 100.0, "bar", 1.0),
        ("mm", 25.4, "in", 1.0),
        ("°F", 212.0, "°C", 100.0),
        ("C", 100.0, "K", 373.15),
        ("dBm", 30.0, "W", 1.0),
        ("Gb/s", 1.0, "Mbit/s", 1000.0),
        ("GB/s", 1.0, "Gbps", 8.0),
        ("rpm", 60.0, "rad/s", std::f64::consts::TAU),
        ("A/mm²", 1.0, "A/cm2", 100.0),
        ("W/(m K)", 1.0, "W/m/K", 1.0),
        ("metres per second", 1.0, "m/s", 1.0),
        ("km/h", 3.6, "m/s", 1.0),
        ("kilograms", 1.0, "g", 1000.0),
        ("seconds of arc", 3600.0, "degrees", 1.0),
        ("µm", 1.0, "nm", 1000.0),
        ("µJ", 1.0, "J", 1e-6),
        ("per cent", 5.0, "%", 5.0),
        ("mm-1", 1.0, "1/mm", 1.0),
        ("TOPS", 1.0, "GOPS", 1000.0),
    ] {
        let (from, to) = (Unit::parse(from).unwrap(), Unit::parse(to).unwrap());
        let base = from
            .to_base_of(value, &to)
            .unwrap_or_else(|e| panic!("{e}"));
        assert!(
            super::compare::same(base, to.to_base(expected)),
            "{from} {to}"
        );
    }
    for bad in ["blorp", "m//s", "mm99", "(", "/", "km/", "x y"] {
        assert!(Unit::parse(bad).is_err(), "{bad}");
    }
    let bit = Unit::parse("bit").unwrap();
    assert!(!Unit::parse("GHz").unwrap().converts_to(&bit));
}

#[test]
fn what_is_no_predicate_says_why() {
    for (text, what) in [
        ("", "name of a parameter is missing"),
        ("a", "a comparison"),
        ("a > ", "is not a number"),
        ("a > 5 blorp", "'blorp' is not a known unit"),
        ("a in (5 GHz .. 3 GHz)", "nothing in this range"),
        ("a in (5 GHz .. 3 bit)", "cannot be converted"),
        ("a in ( .. )", "at least one end"),
        ("a in [ .. 3]", "round bracket"),
        ("3 of (a > 1, b > 1)", "can never be asked"),
        ("all()", "name of a parameter"),
        ("all(a > 1", "')' is missing"),
        ("a > 1 c > 2", "not a known unit"),
        ("a > 1) ", "something follows"),
        ("term \"x", "not closed"),
        ("a > 3,000 V", "may be a thousand or a decimal"),
    ] {
        let error = Predicate::parse(text).unwrap_err().to_string();
        assert!(error.contains(what), "{text}: {error}");
    }
    assert!(Predicate::parse(&"not ".repeat(50)).is_err());
    assert!(Predicate::parse(&"(".repeat(MAX_PREDICATE_BYTES)).is_err());
    let many = format!("all({})", vec!["a > 1"; MAX_PREDICATE_PARTS + 1].join(","));
    assert!(Predicate::parse(&many).is_err());
}

fn names() -> impl Strategy<Value = Name> {
    "[a-zA-Zπµ0-9 _/-]{1,20}".prop_filter_map("a name", |text| Name::new(&text))
}

fn units() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![
        "", "GHz", "bit", "°C", "dBm", "A/mm2", "W/(m K)", "%", "Gy(Si)/s", "n/cm2", "MSPS", "kg",
    ])
    .prop_map(|text| Unit::parse(text).unwrap())
}

fn quantities() -> impl Strategy<Value = Quantity> {
    let numbers = prop_oneof![-1e4..1e4_f64, prop::num::f64::NORMAL.prop_map(|x| x % 1e20)];
    (numbers, units()).prop_map(|(value, unit)| Quantity { value, unit })
}

fn leaves() -> impl Strategy<Value = Predicate> {
    let comparators = prop::sample::select(vec![
        Comparator::Less,
        Comparator::AtMost,
        Comparator::More,
        Comparator::AtLeast,
        Comparator::Equal,
    ]);
    let lies = prop::sample::select(vec![Lies::In, Lies::Overlaps, Lies::Covers]);
    let rest = prop::collection::vec((any::<bool>(), names()), 0..2);
    prop_oneof![
        (names(), rest, comparators, quantities()).prop_map(
            |(first, rest, comparator, threshold)| Predicate::Compare(Comparison {
                subject: Subject { first, rest },
                comparator,
                threshold,
            })
        ),
        (names(), lies, quantities(), any::<bool>(), any::<bool>()).prop_map(
            |(name, lies, at, low, inclusive)| {
                let bound = Some(Bound { at, inclusive });
                let (low, high) = if low { (bound, None) } else { (None, bound) };
                Predicate::Within(Range {
                    name,
                    lies,
                    low,
                    high,
                })
            }
        ),
        (names(), "[a-z \"\\\\]{1,10}").prop_map(|(name, word)| Predicate::Is(name, word)),
        ".{1,20}".prop_map(Predicate::Term),
        "[0-9A-E.a-z]{1,10}".prop_map(Predicate::Entry),
        ".{1,20}".prop_map(Predicate::Unread),
    ]
}

fn predicates() -> impl Strategy<Value = Predicate> {
    leaves().prop_recursive(4, 24, 4, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts.clone().prop_map(Predicate::All),
            parts.clone().prop_map(Predicate::Any),
            parts
                .clone()
                .prop_map(|p| Predicate::AtLeast(p.len() as u32, p)),
            inner.clone().prop_map(|p| Predicate::Not(Box::new(p))),
            (inner, parts).prop_map(|(p, others)| Predicate::Except(Box::new(p), others)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_the_same(predicate in predicates()) {
        let text = predicate.to_string();
        prop_assert_eq!(Predicate::parse(&text), Ok(predicate), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}", value in ".{0,30}") {
        let _ = Predicate::parse(&text);
        let mut parameters = Parameters::default();
        let _ = parameters.add(&text, &value, "");
        let _ = Unit::parse(&text);
        let _ = read_number(&text);
    }

    /// More knowledge never turns a known answer around.
    #[test]
    fn what_is_known_stays_known(predicate in predicates(), value in -100.0..100.0_f64) {
        let before = predicate.evaluate(&Parameters::default());
        prop_assert_eq!(before.missing.is_empty(), before.truth != Unknown);
        let mut parameters = Parameters::default();
        for name in predicate.parameters() {
            parameters.add(name.as_str(), &value.to_string(), "").unwrap();
        }
        let after = predicate.evaluate(&parameters);
        prop_assert!(before.truth == Unknown || after.truth == before.truth);
    }

    #[test]
    fn the_boundary_is_where_the_paragraph_puts_it(threshold in 1e-6..1e9_f64) {
        for (sign, below, at, above) in [
            (">", False, False, True),
            (">=", False, True, True),
            ("<", True, False, False),
            ("<=", True, True, False),
            ("=", False, True, False),
        ] {
            let predicate = Predicate::parse(&format!("x {sign} {threshold:e} MHz")).unwrap();
            for (value, expected) in [
                (threshold * (1.0 - 1e-9), below),
                (threshold, at),
                (threshold * (1.0 + 1e-9), above),
            ] {
                let mut parameters = Parameters::default();
                parameters.add("x", &format!("{:e}", value * 1e6), "Hz").unwrap();
                prop_assert_eq!(predicate.evaluate(&parameters).truth, expected);
            }
        }
    }
}
