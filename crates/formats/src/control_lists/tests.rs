use super::*;

/// Made up, in the shape of the official file.
const ECFR: &str = include_str!("../../tests/fixtures/control_lists/ecfr.xml");

fn codes(text: &ControlText) -> Vec<&str> {
    text.paragraphs.iter().map(|p| p.code.as_str()).collect()
}

fn paragraph<'t>(text: &'t ControlText, code: &str) -> &'t Paragraph {
    text.paragraphs.iter().find(|p| p.code == code).unwrap()
}

#[test]
fn the_official_xml_gives_entries_paragraphs_and_notes() {
    let text = read(ECFR.as_bytes(), None).unwrap();
    assert_eq!(
        codes(&text),
        [
            "3A901",
            "3A901.a",
            "3A901.a.1",
            "3A901.a.2",
            "3A901.b",
            "3B901"
        ]
    );
    assert_eq!(paragraph(&text, "3A901").reasons, ["NS", "AT"]);
    let lamp = paragraph(&text, "3A901.a.1");
    assert_eq!(lamp.text, "A glow exceeding 5 × 10^3 W/m^2; or");
    let notes: Vec<NoteKind> = paragraph(&text, "3A901.a.2")
        .notes
        .iter()
        .map(|n| n.kind)
        .collect();
    assert_eq!(
        notes,
        [
            NoteKind::Scope,
            NoteKind::Technical,
            NoteKind::Technical,
            NoteKind::Technical
        ]
    );
    assert_eq!(text.issues, []);
}

#[test]
fn a_file_without_the_supplement_is_refused() {
    let other = ECFR.replace(
        "Supplement No. 1 to Part 774",
        "Supplement No. 4 to Part 774",
    );
    assert!(matches!(
        read(other.as_bytes(), None),
        Err(ControlListError::Malformed { .. })
    ));
    assert!(read(&ECFR.as_bytes()[..ECFR.len() / 2], None).is_err());
    assert_eq!(read(b"", None), Err(ControlListError::UnknownFormat));
    assert_eq!(read(b"[]", None), Err(ControlListError::Empty));
}

#[test]
fn bad_records_are_issues_and_the_others_stay() {
    let json = r#"{"citation": "made up", "ecfrIssueDate": "2026-07-23", "entries": [
        {"eccn": "3A901", "heading": "Lamps (see List)", "reasonForControl": "NS, AT", "items": [
            {"paragraph": "a", "kind": "item", "text": "Lamps, as follows:"},
            {"paragraph": "a.1", "kind": "item", "text": "Bright;"},
            {"paragraph": null, "kind": "text", "text": "For the purposes of 3A901.a.1:"},
            {"paragraph": "1", "kind": "note", "text": "Bright is as seen."},
            {"paragraph": "a", "kind": "item", "text": "not an item of the entry"},
            {"paragraph": "b", "kind": "item", "text": "Shades."}]},
        {"eccn": "XX", "heading": "no"},
        {"heading": 3}]}"#;
    let text = read(json.as_bytes(), None).unwrap();
    assert_eq!(codes(&text), ["3A901", "3A901.a", "3A901.a.1", "3A901.b"]);
    assert_eq!(paragraph(&text, "3A901.a.1").notes.len(), 3);
    let issues: Vec<&str> = text.issues.iter().map(|i| i.code.as_str()).collect();
    assert_eq!(issues, ["bad-code", "bad-record"]);
    assert_eq!(text.published, Some(Date::new(2026, 7, 23).unwrap()));
}

#[test]
fn spreadsheet_damage_is_put_right_and_said() {
    let csv = "derived_ecn_no,ecn_number,parent_ecn,description_en,notes,is_leaf\n\
        1,3.00E+101,,Technology as made up,[],TRUE\n\
        2,OA506.B,,Things,\"[{'derived_ecn_no': '3', 'description': 'Note: 0A506.b does not control toys.', 'child_list': []}]\",TRUE\n\
        3,0.00E+00,,Lost,[],TRUE\n\
        4,CATEGORY 3,,Electronics,[],FALSE\n\
        5,3A901.A.10,,Ten,[],TRUE\n\
        6,3A901.A.2,,Two,[],TRUE\n";
    let text = read(csv.as_bytes(), None).unwrap();
    assert_eq!(
        codes(&text),
        ["0A506.b", "3A901.a.2", "3A901.a.10", "3E101"]
    );
    assert_eq!(paragraph(&text, "0A506.b").notes[0].kind, NoteKind::Scope);
    let issues: Vec<&str> = text.issues.iter().map(|i| i.code.as_str()).collect();
    assert_eq!(issues, ["repaired-code", "repaired-code", "bad-code"]);
}

#[test]
fn tables_of_codes() {
    let regime = read(
        b"M1A1,ACTIVE,4,UK,Cat 1\nM1A2,ACTIVE,4,UK,Cat 1\n?,ACTIVE\n",
        None,
    )
    .unwrap();
    assert_eq!(codes(&regime), ["M1A1", "M1A2"]);
    assert_eq!(regime.issues.len(), 1);
    let tiers = read(b"hs6,tier\n854231,1\n85423,1\n", None).unwrap();
    assert_eq!(paragraph(&tiers, "854231").reasons, ["tier 1"]);
    let tariff = read(
        b"\"code\",\"product\"\n\"01012100\",\"Made-up horses\"\n",
        None,
    )
    .unwrap();
    assert_eq!(paragraph(&tariff, "01012100").text, "Made-up horses");
}

#[test]
fn annex_paragraphs_by_path() {
    let record = |path: &str, code: &str, kind: &str, text: &str| {
        format!(
            r#"{{"model": "regulations.paragraph", "pk": 1, "fields": {{"path": "{path}", "code": "{code}", "note_type": "{kind}", "text": "{text}"}}}}"#
        )
    };
    let json = format!(
        "[{},{},{},{},{}]",
        record("0001", "3A901.", "base", "Lamps as follows:"),
        record("00010001", "a.", "base", "A dose of 5 x 103 Gy;"),
        record(
            "000100010001",
            "Note:",
            "Note:",
            "3A901.a. does not control toys."
        ),
        record("000100010002", "1.", "base", "Bright;"),
        record("00010002", "?", "base", "odd"),
    );
    let text = read(json.as_bytes(), None).unwrap();
    assert_eq!(codes(&text), ["3A901", "3A901.a", "3A901.a.1"]);
    assert_eq!(
        paragraph(&text, "3A901.a").text,
        "A dose of 5 × 10^3 Gy;".replace('×', "x")
    );
    assert_eq!(paragraph(&text, "3A901.a").notes.len(), 1);
    assert_eq!(text.issues.len(), 1);
}

#[test]
fn powers_of_ten_are_joined() {
    for (text, expected) in [
        ("5 × 10 13 n/cm", "5 × 10^13 n/cm"),
        ("5 x 103 Gy", "5 x 10^3 Gy"),
        ("0.28 × 10 −4 mm", "0.28 × 10^−4 mm"),
        ("10 mm x 10 mm", "10 mm x 10 mm"),
        ("6 x 10.5 mm", "6 x 10.5 mm"),
        ("5 × 10^3;", "5 × 10^3;"),
        ("12.7 × 10 3 m;", "12.7 × 10^3 m;"),
        ("exceeding 10", "exceeding 10"),
    ] {
        assert_eq!(powers(text), expected);
    }
}
