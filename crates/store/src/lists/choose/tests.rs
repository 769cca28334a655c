//! The judgements as tables of cases.

use super::*;
use portcullis_domain::Entity;

fn at(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

fn date(day: &str) -> Date {
    day.parse().unwrap()
}

fn counts(text: &str) -> BTreeMap<String, u64> {
    let pairs = text.split_whitespace().map(|pair| {
        let (list, n) = pair.split_once('=').unwrap();
        (list.to_owned(), n.parse().unwrap())
    });
    pairs.collect()
}

/// `published`, counts and names (as many as entities unless said) of a
/// snapshot: `2026-01-05 sdn=100 el=50 names=200`; `-` is no day.
fn described(text: &str) -> (Option<Date>, BTreeMap<String, u64>, u64) {
    let (day, rest) = text.split_once(' ').unwrap();
    let mut counts = counts(rest);
    let names = counts.remove("names");
    let names = names.unwrap_or_else(|| counts.values().sum());
    ((day != "-").then(|| date(day)), counts, names)
}

/// in use | new | options | what follows
const IMPORTS: &str = "
none                      | 2026-01-05 sdn=100       |          | activated
none                      | - sdn=0                  |          | empty
none                      | 2026-01-05 sdn=100       | stage    | not activated
2026-01-05 sdn=100        | 2026-01-06 sdn=0         | accept   | empty
2026-01-05 sdn=100        | 2026-01-06 sdn=100       |          | activated
2026-01-05 sdn=100        | 2026-01-05 sdn=101       |          | activated
2026-01-05 sdn=100        | 2026-01-04 sdn=100       |          | older
2026-01-05 sdn=100        | 2026-01-04 sdn=10        |          | older
2026-01-05 sdn=100        | 2026-01-06 sdn=80        |          | activated
2026-01-05 sdn=100        | 2026-01-06 sdn=79        |          | sdn shrank 100 79
2026-01-05 sdn=100        | 2026-01-06 sdn=79        | accept   | activated
2026-01-05 sdn=100        | 2026-01-06 sdn=79        | stage    | not activated
2026-01-05 sdn=100 el=50  | 2026-01-06 sdn=900       |          | el missing 50
2026-01-05 sdn=100 el=50  | 2026-01-06 sdn=900 el=0  |          | el missing 50
2026-01-05 sdn=100 el=50  | 2026-01-06 sdn=900       | accept   | activated
2026-01-05 sdn=100 el=0   | 2026-01-06 sdn=100       |          | activated
2026-01-05 sdn=100        | 2026-01-06 sdn=100 el=1  |          | activated
2026-01-05 sdn=5          | 2026-01-06 sdn=4         |          | activated
2026-01-05 sdn=4          | 2026-01-06 sdn=3         |          | sdn shrank 4 3
- sdn=100                 | 2026-01-09 sdn=100       |          | activated
- sdn=100                 | 2025-01-01 sdn=100       |          | activated
- sdn=100                 | 2026-01-10 sdn=100       |          | activated
- sdn=100                 | - sdn=100                |          | activated
- sdn=100                 | 2025-01-01 sdn=79        |          | sdn shrank 100 79
2026-02-10 sdn=100        | - sdn=100                |          | activated
2026-02-11 sdn=100        | - sdn=100                |          | activated
2026-01-05 sdn=9 names=20 | 2026-01-06 sdn=9 names=16 |         | activated
2026-01-05 sdn=9 names=20 | 2026-01-06 sdn=9 names=15 |         | names shrank 20 15
2026-01-05 sdn=9 names=20 | 2026-01-06 sdn=9 names=9 | accept   | activated
2026-01-05 sdn=9 names=20 | 2026-01-06 sdn=9 names=9 | stage    | not activated
2026-01-05 sdn=9 names=20 | 2026-01-04 sdn=9 names=9 |          | older
2026-01-05 sdn=9 names=20 | 2026-01-06 sdn=5 names=9 |          | sdn shrank 9 5
2026-01-05 sdn=9 names=0  | 2026-01-06 sdn=9 names=0 |          | activated
";

#[test]
fn imports_are_judged() {
    for line in IMPORTS.lines().filter(|l| !l.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let in_use = (cells[0] != "none").then(|| {
            let (published, counts, names) = described(cells[0]);
            InUse {
                id: "s@old".to_owned(),
                published,
                names,
                counts,
            }
        });
        let (published, counts, names) = described(cells[1]);
        let total = counts.values().sum::<u64>();
        let new = NewSnapshot {
            source: "s".to_owned(),
            published,
            sha256: String::new(),
            names,
            entities: (0..total).map(|_| Entity::default()).collect(),
            issues: Vec::new(),
            files: Vec::new(),
            counts,
        };
        let options = ImportOptions {
            activate: cells[2] != "stage",
            accept: cells[2] == "accept",
            max_shrink_percent: 20,
        };
        let judged = judge_import("s@new", &new, published, in_use.as_ref(), options);
        let said = match judged {
            Ok(ImportState::Activated) => "activated".to_owned(),
            Ok(ImportState::AlreadyActive) => "already".to_owned(),
            Ok(ImportState::StoredOlder) => "older".to_owned(),
            Ok(ImportState::StoredNotActivated) => "not activated".to_owned(),
            Err(ImportRefused::Empty { .. }) => "empty".to_owned(),
            Err(ImportRefused::ListMissing { list, old, .. }) => format!("{list} missing {old}"),
            Err(ImportRefused::ListShrank { list, old, new, .. }) => {
                format!("{list} shrank {old} {new}")
            }
            Err(ImportRefused::NamesShrank { old, new, .. }) => format!("names shrank {old} {new}"),
        };
        assert_eq!(said, cells[3], "{line}");
    }
}

#[test]
fn the_snapshot_in_use_is_recognised() {
    let in_use = InUse {
        id: "s@same".to_owned(),
        published: None,
        names: 1,
        counts: counts("sdn=1"),
    };
    let new = NewSnapshot {
        source: "s".to_owned(),
        published: None,
        sha256: String::new(),
        counts: counts("sdn=1"),
        names: 1,
        entities: vec![Entity::default()],
        issues: Vec::new(),
        files: Vec::new(),
    };
    let options = ImportOptions {
        activate: true,
        accept: false,
        max_shrink_percent: 20,
    };
    let judged = judge_import("s@same", &new, None, Some(&in_use), options);
    assert_eq!(judged, Ok(ImportState::AlreadyActive));
}

/// The world of the cases below. Imported and put in use unless said otherwise:
/// A published on the 1st, imported on the 2nd; B 5th, 6th; then an operator
/// goes back to A on the 8th; C 10th, 11th; S 12th, 13th, only stored, put in
/// use by an operator on the 20th; D of unknown day, imported on the 15th.
fn world() -> (Vec<Known>, Vec<Activation>) {
    let known = |id: &str, published: Option<&str>, recorded: &str, staged| Known {
        id: id.to_owned(),
        source: "s".to_owned(),
        published: published.map(date),
        recorded_at: at(recorded),
        staged,
    };
    let used = |id: &str, day: &str, explicit| Activation {
        snapshot_id: id.to_owned(),
        at: at(day),
        explicit,
    };
    (
        vec![
            known("A", Some("2026-01-01"), "2026-01-02", false),
            known("B", Some("2026-01-05"), "2026-01-06", false),
            known("C", Some("2026-01-10"), "2026-01-11", false),
            known("S", Some("2026-01-12"), "2026-01-13", true),
            known("D", None, "2026-01-15", false),
        ],
        vec![
            used("A", "2026-01-02", false),
            used("B", "2026-01-06", false),
            used("A", "2026-01-08", true),
            used("C", "2026-01-11", false),
            used("D", "2026-01-15", false),
            used("S", "2026-01-20", true),
        ],
    )
}

/// as of | known | who answers; a question mark if it does not cover the day
const ANSWERS: &str = "
2025-12-31 | 2026-02-01 | A?
2026-01-01 | 2026-02-01 | A
2026-01-01 | 2026-01-01 | A?
2026-01-04 | 2026-02-01 | A
2026-01-05 | 2026-02-01 | B
2026-01-05 | 2026-01-05 | A
2026-01-07 | 2026-02-01 | B
2026-01-08 | 2026-02-01 | A
2026-01-08 | 2026-01-07 | B
2026-01-09 | 2026-02-01 | A
2026-01-10 | 2026-02-01 | A
2026-01-11 | 2026-02-01 | C
2026-01-11 | 2026-01-10 | A
2026-01-12 | 2026-01-19 | C
2026-01-12 | 2026-02-01 | S
2026-01-14 | 2026-01-19 | C
2026-01-15 | 2026-01-19 | D
2026-01-19 | 2026-02-01 | D
2026-01-20 | 2026-02-01 | S
2026-01-25 | 2026-01-19 | D
";

#[test]
fn the_right_snapshot_answers() {
    let (snapshots, activations) = world();
    for line in ANSWERS.lines().filter(|l| !l.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let member = answering(&snapshots, &activations, date(cells[0]), at(cells[1])).unwrap();
        let mark = if member.covers { "" } else { "?" };
        assert_eq!(format!("{}{mark}", member.snapshot_id), cells[2], "{line}");
    }
}

#[test]
fn one_that_was_only_stored_never_answers() {
    let (snapshots, activations) = world();
    let staged: Vec<Known> = snapshots.into_iter().filter(|s| s.staged).collect();
    let none = answering(&staged, &[], date("2026-02-01"), at("2026-02-01"));
    assert_eq!(none, None);
    let (_, late) = activations.split_at(5);
    let before = answering(&staged, late, date("2026-01-16"), at("2026-01-17")).unwrap();
    assert!(!before.covers, "it was put in use later");
}

#[test]
fn of_one_day_the_later_one_answers() {
    let (mut snapshots, mut activations) = world();
    snapshots.truncate(1);
    activations.truncate(1);
    let mut twin = snapshots[0].clone();
    twin.id = "A2".to_owned();
    twin.recorded_at = at("2026-01-03");
    snapshots.push(twin);
    activations.push(Activation {
        snapshot_id: "A2".to_owned(),
        at: at("2026-01-03"),
        explicit: false,
    });
    let answer = |day| answering(&snapshots, &activations, date(day), at("2026-02-01"));
    assert_eq!(answer("2026-01-04").unwrap().snapshot_id, "A2");
}

/// A source whose snapshots have a day of publication only now and then: U of
/// unknown day, imported on 1 March; then by import, each in use at once: D
/// published on 1 January, imported on the 3rd; V of unknown day, on the 5th;
/// F, published on the 20th already, on the 7th; W of unknown day, on the 9th.
/// A question about the 21st is answered by the one in use.
#[test]
fn an_unknown_day_gives_way_to_what_came_into_use_later() {
    let imported = [
        ("U", None, "2026-03-01"),
        ("D", Some("2026-01-01"), "2026-03-03"),
        ("V", None, "2026-03-05"),
        ("F", Some("2026-03-20"), "2026-03-07"),
        ("W", None, "2026-03-09"),
    ];
    let snapshots = imported.map(|(id, published, recorded)| Known {
        id: id.to_owned(),
        source: "s".to_owned(),
        published: published.map(date),
        recorded_at: at(recorded),
        staged: false,
    });
    let activations = imported.map(|(id, _, recorded)| Activation {
        snapshot_id: id.to_owned(),
        at: at(recorded),
        explicit: false,
    });
    for (as_of, known, expected) in [
        ("2026-02-01", "2026-03-02", "U?"),
        ("2026-02-01", "2026-03-03", "D"),
        ("2026-03-01", "2026-03-02", "U"),
        ("2026-03-02", "2026-03-31", "U"),
        ("2026-03-03", "2026-03-02", "U"),
        ("2026-03-03", "2026-03-04", "D"),
        ("2026-03-04", "2026-03-31", "D"),
        ("2026-03-06", "2026-03-31", "V"),
        ("2026-03-08", "2026-03-08", "F"),
        ("2026-03-21", "2026-03-08", "F"),
        ("2026-03-21", "2026-03-31", "W"),
    ] {
        let member = answering(&snapshots, &activations, date(as_of), at(known)).unwrap();
        let mark = if member.covers { "" } else { "?" };
        let said = format!("{}{mark}", member.snapshot_id);
        assert_eq!(said, expected, "{as_of} {known}");
    }
}
