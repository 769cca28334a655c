//! Small files as their publishers write them, and files that are broken.

use super::*;

fn read_text(text: &str) -> Reading {
    read(text.as_bytes(), &[2017, 2022], &Limits::default()).unwrap()
}

fn lines(text: &str) -> (Vec<GoodsLine>, Vec<Issue>) {
    let reading = read_text(text);
    match reading.content {
        Content::Lines(lines) => (lines, reading.issues),
        Content::Changes(_) => panic!("a nomenclature was meant"),
    }
}

/// The texts from the top down to a code.
fn path(lines: &[GoodsLine], code: &str) -> String {
    let mut at = lines.iter().position(|l| l.code == code);
    let mut texts = Vec::new();
    while let Some(line) = at.and_then(|at| lines.get(at)) {
        texts.push(line.text.as_str());
        at = line.parent.map(|p| p as usize);
    }
    texts.reverse();
    texts.join(" > ")
}

#[test]
fn the_harmonized_system_with_bad_rows() {
    let (lines, issues) = lines(
        "section,hscode,description,parent,level\n\
         ,TOTAL,All,,0\n\
         XVI,84,Machinery,TOTAL,2\n\
         XVI,8411,Turbines,84,4\n\
         XVI,841111,\"Turbo-jets, thrust <= 25kN\",8411,6\n\
         XVI,84111,cut,8411,5\n\
         XVI,841112,,8411,6\n\
         XVI,8412,wrong level,84,6\n\
         XVI,841111,again,8411,6\n",
    );
    assert_eq!(
        path(&lines, "841111"),
        "Machinery > Turbines > Turbo-jets, thrust <= 25kN"
    );
    assert_eq!(lines.len(), 3);
    let said: Vec<(u64, &str)> = issues
        .iter()
        .map(|i| (i.line.unwrap(), i.code.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (6, "not-a-code"),
            (7, "missing"),
            (8, "contradiction"),
            (9, "duplicate")
        ]
    );
}

#[test]
fn the_combined_nomenclature_keeps_headings_without_a_code() {
    let (lines, issues) = lines(
        "goods_code,hier_pos,language,description\n\
         0100000000,2,EN,LIVE ANIMALS\n\
         0101000000,4,EN,Live horses\n\
         0101210000,6,EN,Horses\n\
         0101210000,6,EN,Pure-bred\n\
         0101290000,6,EN,Other\n\
         0101291000,8,EN,Of a weight not exceeding 80|kg/m$2|\n\
         0101300000,6,EN,Asses\n\
         0101300000,6,FR,Anes\n\
         0101301000,6,EN,too deep\n",
    );
    assert_eq!(
        path(&lines, "010121"),
        "LIVE ANIMALS > Live horses > Horses > Pure-bred"
    );
    assert_eq!(
        path(&lines, "01012910"),
        "LIVE ANIMALS > Live horses > Horses > Other > Of a weight not exceeding 80 kg/m2"
    );
    assert_eq!(path(&lines, "010130"), "LIVE ANIMALS > Live horses > Asses");
    assert_eq!(issues.len(), 1);
}

#[test]
fn the_united_states_schedule_by_indents() {
    let (lines, issues) = lines(
        "\u{feff}HTS Number,Indent,Description,Unit\n\
         \"0101\",\"0\",\"Live horses:\",\"\"\n\
         \"\",\"1\",\"Horses:\",\"\"\n\
         \"0101.21.00\",\"2\",\"Purebred <i>breeding</i> animals\",\"[\"\"No.\"\"]\"\n\
         \"0101.21.00.10\",\"3\",\"Males\",\"\"\n\
         \"0101.30.00.00\",\"1\",\"Asses\",\"\"\n\
         \"0101.x\",\"1\",\"?\",\"\"\n\
         \"0102\",\"deep\",\"?\",\"\"\n",
    );
    assert_eq!(
        path(&lines, "0101210010"),
        "Live horses > Horses > Purebred breeding animals > Males"
    );
    assert_eq!(path(&lines, "0101300000"), "Live horses > Asses");
    assert_eq!(issues.len(), 2);
}

#[test]
fn a_concordance_gets_its_zeros_back() {
    let reading = read_text(
        "code.after,code.before,Relationship,adjustment\n\
         10121,10121,1:1,2022 to 2017\n\
         854921,854810,n:n,2022 to 2017\n\
         0111,00111,1:1,1976 to 1962\n\
         x,1,1:1,2022 to 2017\n\
         1,1,1:1,sometime\n",
    );
    let Content::Changes(changes) = reading.content else {
        panic!("a concordance was meant")
    };
    let pairs: Vec<(&str, &str)> = changes
        .iter()
        .map(|c| (c.before.as_str(), c.after.as_str()))
        .collect();
    assert_eq!(pairs, [("010121", "010121"), ("854810", "854921")]);
    assert_eq!(reading.issues.len(), 3);
}

#[test]
fn what_is_no_nomenclature_is_refused() {
    for (text, code) in [
        ("", "empty"),
        ("name,country\nx,DE\n", "wrong-schema"),
        ("section,hscode,description,parent,level\n", "empty"),
        (
            "section,hscode,description,parent,level\nI,x,y,z,2\n",
            "empty",
        ),
    ] {
        let refused = read(text.as_bytes(), &[2022], &Limits::default()).unwrap_err();
        assert_eq!(refused.code, code, "{text}");
    }
    let limits = Limits {
        max_rows: 1,
        ..Limits::default()
    };
    let two = "section,hscode,description,parent,level\nI,01,Animals,TOTAL,2\nI,02,Meat,TOTAL,2\n";
    assert_eq!(
        read(two.as_bytes(), &[2022], &limits).unwrap_err().code,
        "too-large"
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_give_lines_in_order_or_an_error(bytes in proptest::collection::vec(0_u8..=255, 0..400), header in 0_usize..4) {
        let headers = [
            "section,hscode,description,parent,level\n",
            "goods_code,hier_pos,language,description\n",
            "HTS Number,Indent,Description\n",
            "code.after,code.before,Relationship,adjustment\n",
        ];
        let file = [headers[header].as_bytes(), &bytes].concat();
        if let Ok(reading) = read(&file[..], &[2022], &Limits::default())
            && let Content::Lines(lines) = reading.content
        {
            for (at, line) in lines.iter().enumerate() {
                proptest::prop_assert!(line.parent.is_none_or(|p| (p as usize) < at));
            }
        }
    }
}
