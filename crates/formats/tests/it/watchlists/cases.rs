//! Every format by a small file of invented names, against what is expected
//! of it line by line. `UPDATE_EXPECTED=1 cargo test` writes the expectations
//! anew; the diff is the review.

use super::{fixture, fixtures, one, read_bytes};
use portcullis_domain::{Entity, NameKind};
use portcullis_formats::watchlists::{ListFile, SourceSnapshot, read};
use std::fmt::Write;

#[track_caller]
fn check(expected_file: &str, files: &[&str]) {
    let found = render(&one(files));
    let path = fixtures().join(expected_file);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(found, expected, "{expected_file}");
}

fn render(snapshot: &SourceSnapshot) -> String {
    let mut out = String::new();
    let published = snapshot
        .published
        .map(|d| d.to_string())
        .unwrap_or("-".to_owned());
    writeln!(
        out,
        "source {} published {published} records {} entities {} names {} counts {:?}",
        snapshot.source,
        snapshot.records,
        snapshot.entities.len(),
        snapshot.names,
        snapshot.counts
    )
    .unwrap();
    for entity in &snapshot.entities {
        render_entity(entity, &mut out);
    }
    out.push('\n');
    for issue in &snapshot.issues {
        let line = issue.line.map(|l| l.to_string()).unwrap_or("-".to_owned());
        let field = issue.field.as_deref().unwrap_or("-");
        writeln!(out, "issue {line} {field} {}: {}", issue.code, issue.text).unwrap();
    }
    out
}

fn render_entity(entity: &Entity, out: &mut String) {
    let party = &entity.party;
    writeln!(out, "\n{} {}", entity.id, party.kind.as_str()).unwrap();
    for name in &party.names {
        let kind = match name.kind {
            NameKind::Primary => "name",
            NameKind::Alias => "alias",
            NameKind::WeakAlias => "weak",
            NameKind::Former => "former",
        };
        let language = name
            .language
            .as_ref()
            .map(|l| format!(" [{l}]"))
            .unwrap_or_default();
        writeln!(out, "  {kind} {}{language}", name.text).unwrap();
    }
    for id in &party.identifiers {
        let country = id.country.map(|c| format!(" ({c})")).unwrap_or_default();
        writeln!(out, "  id {}:{}{country}", id.scheme, id.value).unwrap();
    }
    for address in &party.addresses {
        writeln!(
            out,
            "  address {} | {} | {} | {} | {:?}",
            address.street, address.city, address.region, address.postcode, address.country
        )
        .unwrap();
    }
    for country in &party.countries {
        writeln!(out, "  country {:?} {}", country.role, country.country).unwrap();
    }
    if let Some(gender) = party.gender {
        writeln!(out, "  gender {}", gender.as_str()).unwrap();
    }
    for date in &party.birth_dates {
        writeln!(out, "  born {date}").unwrap();
    }
    for contact in party.emails.iter().chain(&party.phones) {
        writeln!(out, "  contact {contact}").unwrap();
    }
    for l in &entity.listings {
        let day = |d: Option<portcullis_domain::Date>| d.map_or("-".to_owned(), |d| d.to_string());
        writeln!(
            out,
            "  listed {} {:?} {}..{} | {} | {} | {}",
            l.list,
            l.programmes,
            day(l.listed_on),
            day(l.until),
            l.citation,
            l.licence_requirement,
            l.licence_policy
        )
        .unwrap();
    }
    for link in &entity.links {
        writeln!(
            out,
            "  {} {} {:?} {:?} {:?}..{:?}",
            link.relation, link.other, link.other_id, link.share, link.from, link.until
        )
        .unwrap();
    }
    if !entity.same_as.is_empty() {
        writeln!(out, "  same as {:?}", entity.same_as).unwrap();
    }
    if !entity.remarks.is_empty() {
        let shown: String = entity.remarks.chars().take(300).collect();
        writeln!(out, "  remarks {shown}").unwrap();
    }
}

#[test]
fn ofac_primary_with_aliases_addresses_and_comments() {
    check(
        "ofac_sdn.expected",
        &[
            "ofac_add.csv",
            "ofac_sdn.csv",
            "ofac_comments.csv",
            "ofac_alt.csv",
        ],
    );
}

#[test]
fn ofac_consolidated_is_told_by_its_programmes() {
    check("ofac_cons_prim.expected", &["ofac_cons_prim.csv"]);
}

#[test]
fn ofac_with_an_added_header() {
    check(
        "ofac_sdn_with_header.expected",
        &["ofac_sdn_with_header.csv"],
    );
}

#[test]
fn ofac_xml() {
    check("ofac_sdn_xml.expected", &["ofac_sdn.xml"]);
}

#[test]
fn csl_json() {
    check("csl_json.expected", &["csl.json"]);
}

#[test]
fn csl_csv() {
    check("csl_csv.expected", &["csl.csv"]);
}

#[test]
fn dpl() {
    check("dpl.expected", &["dpl.txt"]);
}

#[test]
fn un() {
    check("un.expected", &["un.xml"]);
}

#[test]
fn sema() {
    check("sema.expected", &["sema.xml"]);
}

#[test]
fn follow_the_money() {
    check("entities_ftm.expected", &["entities.ftm.json"]);
}

#[test]
fn european_union() {
    check("eu_xml.expected", &["eu.xml"]);
    check("eu_csv.expected", &["eu.csv"]);
}

#[test]
fn united_kingdom() {
    check("uk_csv.expected", &["uk.csv"]);
    check("uk_xml.expected", &["uk.xml"]);
    check("uk_ofsi.expected", &["uk_ofsi.csv"]);
}

#[test]
fn switzerland() {
    check("seco.expected", &["seco.xml"]);
}

#[test]
fn australia() {
    check("dfat.expected", &["dfat.xlsx"]);
}

#[test]
fn japan() {
    check("meti_xlsx.expected", &["meti.xlsx"]);
    check("meti_csv.expected", &["meti.csv"]);
}

#[test]
fn ofac_advanced() {
    check("ofac_advanced.expected", &["ofac_advanced.xml"]);
}

#[test]
fn opensanctions_targets() {
    check("targets.expected", &["targets.csv"]);
}

#[test]
fn senzing() {
    check("senzing.expected", &["senzing.jsonl"]);
    check("senzing_array.expected", &["senzing_array.json"]);
}

#[test]
fn a_table_with_its_mapping() {
    check("mapped.expected", &["mapped.csv", "mapping.toml"]);
}

/// The same list in a workbook: the mapping's delimiter and encoding are of text.
#[test]
fn a_workbook_with_a_mapping() {
    let mapping = "list='eul'\n[columns]\nname='Company or Organization'\nkind={default='organisation'}\ncountry={column='Country or Region'}\n";
    let mapping = mapping
        .replace("'Company", "'企業名、組織名 Company")
        .replace("'Country", "'国名、地域名 Country");
    let book = fixture("meti.xlsx");
    let files = [
        ("m.toml", mapping.as_bytes()),
        ("eul.xlsx", book.as_slice()),
    ];
    let read = read_bytes(&files, None).remove(0).unwrap();
    assert_eq!((read.source.as_str(), read.entities.len()), ("eul", 3));
    assert_eq!(
        read.entities[0].party.caption(),
        "Tidewright Centre (潮センター)"
    );
}

#[test]
fn the_override_decides_the_source_and_the_ofac_set() {
    let bytes = fixture("ofac_cons_prim.csv");
    let files = [("a.csv", bytes.as_slice())];
    let sdn = read_bytes(&files, Some("us-ofac-sdn")).remove(0).unwrap();
    assert_eq!(sdn.source, "us-ofac-sdn");
    assert_eq!(sdn.counts.keys().collect::<Vec<_>>(), ["us-sdn"]);
    let own = read_bytes(&files, Some("our-copy")).remove(0).unwrap();
    assert_eq!(own.source, "our-copy");
    assert!(own.counts.contains_key("us-ssi"));
}

#[test]
fn the_override_names_a_dataset_that_nothing_names() {
    let named =
        r#"{"id":"a","schema":"Person","datasets":["theirs"],"properties":{"name":["Ada Vane"]}}"#;
    let bare = named.replace(r#""datasets":["theirs"],"#, "");
    for (text, source, expected, issues) in [
        (&*bare, Some("mylist"), "mylist mylist mylist:a", 0),
        (&*bare, Some("ftm-mylist"), "ftm-mylist mylist mylist:a", 0),
        (&*bare, None, "ftm-unnamed unnamed unnamed:a", 1),
        (named, Some("mylist"), "mylist theirs theirs:a", 0),
    ] {
        let text = format!("{text}\n");
        let files = [("list.json", text.as_bytes())];
        let read = read_bytes(&files, source).remove(0).unwrap();
        let lists: Vec<&str> = read.counts.keys().map(String::as_str).collect();
        let said = format!(
            "{} {} {}",
            read.source,
            lists.join(","),
            read.entities[0].id
        );
        assert_eq!((said.as_str(), read.issues.len()), (expected, issues));
    }
}

#[test]
fn the_date_in_the_file_wins_over_the_one_given() {
    let given = portcullis_domain::Date::new(2020, 1, 1).unwrap();
    let bytes = fixture("un.xml");
    let files = [ListFile {
        name: "un.xml",
        bytes: &bytes,
    }];
    let un = read(&files, None, Some(given)).remove(0).unwrap();
    assert_eq!(un.published.unwrap().to_string(), "2026-02-27");
    assert!(un.issues.iter().any(|i| i.code == "published-differs"));
    let bytes = fixture("dpl.txt");
    let files = [ListFile {
        name: "dpl.txt",
        bytes: &bytes,
    }];
    assert_eq!(
        read(&files, None, Some(given)).remove(0).unwrap().published,
        Some(given)
    );
}

#[test]
fn the_digest_depends_on_neither_order_nor_names() {
    let (sdn, alt) = (fixture("ofac_sdn.csv"), fixture("ofac_alt.csv"));
    let one_way = read_bytes(&[("a", &sdn), ("b", &alt)], None)
        .remove(0)
        .unwrap();
    let other = read_bytes(&[("x", &alt), ("y", &sdn)], None)
        .remove(0)
        .unwrap();
    assert_eq!(one_way.sha256, other.sha256);
    assert_eq!(one_way.entities, other.entities);
    let alone = read_bytes(&[("a", &sdn)], None).remove(0).unwrap();
    assert_ne!(alone.sha256, one_way.sha256);
}

#[test]
fn sources_of_one_call_stay_apart() {
    let names = [
        "ofac_sdn.csv",
        "ofac_cons_prim.csv",
        "un.xml",
        "sema.xml",
        "dpl.txt",
    ];
    let data: Vec<Vec<u8>> = names.iter().map(|n| fixture(n)).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .copied()
        .zip(data.iter().map(Vec::as_slice))
        .collect();
    let sources: Vec<String> = read_bytes(&files, None)
        .into_iter()
        .map(|o| o.unwrap().source)
        .collect();
    assert_eq!(
        sources,
        ["us-ofac-sdn", "us-ofac-cons", "un-sc", "ca-sema", "us-dpl"]
    );
}
