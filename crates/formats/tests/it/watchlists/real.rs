//! The real lists, where they are at hand. Counts are those of the data's own
//! README, issues those that were looked at one by one.

use portcullis_formats::watchlists::{ListFile, SourceSnapshot, read};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// Reads files of the shared data together, or says that the test is skipped.
fn load(names: &[&str]) -> Option<SourceSnapshot> {
    let lists = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists");
    if !lists.is_dir() {
        println!("skipped: {} is not at hand", lists.display());
        return None;
    }
    let data: Vec<Vec<u8>> = names
        .iter()
        .map(|n| std::fs::read(lists.join(n)).unwrap())
        .collect();
    let files: Vec<ListFile<'_>> = names
        .iter()
        .zip(&data)
        .map(|(name, bytes)| ListFile { name, bytes })
        .collect();
    let mut outcomes = read(&files, None, None);
    assert_eq!(outcomes.len(), 1);
    Some(outcomes.remove(0).unwrap())
}

fn codes(snapshot: &SourceSnapshot) -> BTreeMap<&str, usize> {
    let mut codes = BTreeMap::new();
    for issue in &snapshot.issues {
        *codes.entry(issue.code.as_str()).or_default() += 1;
    }
    codes
}

fn links(snapshot: &SourceSnapshot, relation: &str) -> usize {
    snapshot
        .entities
        .iter()
        .flat_map(|e| &e.links)
        .filter(|l| l.relation == relation)
        .count()
}

fn with_scheme(snapshot: &SourceSnapshot, scheme: &str) -> usize {
    let has =
        |e: &&portcullis_domain::Entity| e.party.identifiers.iter().any(|i| i.scheme == scheme);
    snapshot.entities.iter().filter(has).count()
}

#[test]
fn consolidated_screening_list_json() {
    let Some(csl) = load(&["us_csl_2026-07-31.consolidated.json"]) else {
        return;
    };
    assert_eq!((csl.source.as_str(), csl.records), ("us-csl", 25_921));
    // 96 numbers stand on two lists each.
    assert_eq!(csl.entities.len(), 25_921 - 96);
    assert_eq!(csl.counts.values().sum::<u64>(), 25_921);
    let expected = [
        ("us-capta", 1),
        ("us-cmic", 68),
        ("us-dpl", 1596),
        ("us-dtc", 787),
        ("us-el", 3420),
        ("us-isn", 161),
        ("us-mbs", 51),
        ("us-meu", 70),
        ("us-plc", 78),
        ("us-sdn", 19_181),
        ("us-ssi", 286),
        ("us-uvl", 222),
    ];
    assert_eq!(csl.counts, expected.map(|(k, v)| (k.to_owned(), v)).into());
    assert!(csl.names > 56_000);
    // "NM", occupied Crimea twice, the Netherlands Antilles twice.
    assert_eq!(codes(&csl), BTreeMap::from([("unknown-country", 5)]));
    assert!(
        csl.entities
            .iter()
            .filter(|e| e.listings[0].list == "us-el")
            .all(|e| {
                !e.listings[0].licence_requirement.is_empty() && e.id.starts_with("us-csl:")
            })
    );
}

#[test]
fn consolidated_screening_list_csv() {
    let Some(csl) = load(&["us_csl_official_csv_sample.csv"]) else {
        return;
    };
    // Three parties have two rows each, for two addresses.
    assert_eq!((csl.records, csl.entities.len()), (115, 112));
    assert_eq!(csl.issues, []);
    assert_eq!(with_scheme(&csl, "imo"), 2);
}

#[test]
fn un_consolidated() {
    let Some(un) = load(&["un_consolidated_2026-02-27.xml"]) else {
        return;
    };
    assert_eq!(un.published.unwrap().to_string(), "2026-02-27");
    let people = un
        .entities
        .iter()
        .filter(|e| e.party.kind.as_str() == "person")
        .count();
    assert_eq!((people, un.entities.len() - people), (730, 273));
    // "former Soviet Union"
    assert_eq!(codes(&un), BTreeMap::from([("unknown-country", 1)]));
    let original =
        |e: &&portcullis_domain::Entity| e.party.names.iter().any(|n| !n.text.is_ascii());
    assert!(un.entities.iter().filter(original).count() > 370);
    assert!(
        un.entities
            .iter()
            .all(|e| e.listings[0].listed_on.is_some())
    );
}

#[test]
fn canada() {
    let Some(canada) = load(&["ca_sema_2025.xml"]) else {
        return;
    };
    assert_eq!((canada.records, canada.entities.len()), (4759, 4759));
    assert_eq!(with_scheme(&canada, "imo"), 109);
    // "Sep-99", "born in the early 1970s"
    assert_eq!(codes(&canada), BTreeMap::from([("not-a-date", 2)]));
    // The regime is never a nationality.
    assert!(canada.entities.iter().all(|e| e.party.countries.is_empty()));
}

#[test]
fn denied_persons() {
    let Some(dpl) = load(&["bis_dpl_official_2019.txt"]) else {
        return;
    };
    // 546 rows, one an address.
    assert_eq!((dpl.records, dpl.entities.len()), (546, 432));
    assert_eq!(
        codes(&dpl),
        BTreeMap::from([("duplicate-row", 3), ("unknown-country", 1)])
    );
}

#[test]
fn ofac_sdn_2023_has_its_edges() {
    let Some(sdn) = load(&["ofac_sdn_2023.csv"]) else {
        return;
    };
    assert_eq!(
        (sdn.source.as_str(), sdn.entities.len()),
        ("us-ofac-sdn", 11_443)
    );
    assert_eq!(links(&sdn, "linked_to"), 4760);
    assert_eq!(with_scheme(&sdn, "imo"), 678);
    let found = codes(&sdn);
    // 14 remarks are cut at 1,000 characters; six "Legal Entity Numbers" are none.
    assert_eq!(found.get("remarks-cut"), Some(&14));
    assert_eq!(found.get("not-a-date"), None);
    assert_eq!(found.get("unknown-country"), Some(&1));
}

#[test]
fn ofac_files_of_different_days() {
    let files = [
        "ofac_sdn_official_2021.csv",
        "ofac_alt_2026.csv",
        "ofac_add_2026.csv",
        "ofac_sdn_comments_2026.csv",
    ];
    let Some(sdn) = load(&files) else { return };
    assert_eq!(sdn.entities.len(), 8976);
    // Rows for whoever was listed since, or is no longer.
    assert!(codes(&sdn)["orphan-row"] > 10_000);
    assert!(sdn.names > 20_000);
}

#[test]
fn ofac_consolidated_csv_and_xml_agree() {
    let files = [
        "ofac_cons_prim_2025.csv",
        "ofac_cons_alt_2025.csv",
        "ofac_cons_add_2025.csv",
    ];
    let Some(csv) = load(&files) else { return };
    let Some(xml) = load(&["ofac_cons_2025-03-28.xml"]) else {
        return;
    };
    assert_eq!(
        (csv.source.as_str(), csv.entities.len()),
        ("us-ofac-cons", 442)
    );
    assert_eq!(
        (xml.source.as_str(), xml.entities.len()),
        ("us-ofac-cons", 443)
    );
    assert_eq!(codes(&csv), BTreeMap::from([("remarks-cut", 10)]));
    assert_eq!(xml.issues, []);
    assert_eq!(xml.published.unwrap().to_string(), "2025-03-28");
    for list in ["us-ssi", "us-cmic", "us-plc", "us-capta"] {
        assert_eq!(csv.counts[list], xml.counts[list], "{list}");
    }
    let names: BTreeMap<&str, &str> = xml
        .entities
        .iter()
        .map(|e| (e.id.as_str(), e.party.caption()))
        .collect();
    assert!(
        csv.entities
            .iter()
            .filter(|e| names.get(e.id.as_str()) == Some(&e.party.caption()))
            .count()
            > 430
    );
}

#[test]
fn numbers_in_both_ofac_sets_are_one_entity() {
    let Some(sdn) = load(&["ofac_sdn_2023.csv"]) else {
        return;
    };
    let Some(cons) = load(&["ofac_cons_prim_2025.csv"]) else {
        return;
    };
    let ids: HashSet<&str> = sdn.entities.iter().map(|e| e.id.as_str()).collect();
    // The README says 58: it counts the end mark, which both files have.
    assert_eq!(
        cons.entities
            .iter()
            .filter(|e| ids.contains(e.id.as_str()))
            .count(),
        57
    );
}

#[test]
fn lists_that_others_have_parsed_are_not_official_formats() {
    let lists = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists");
    for name in [
        "au_dfat_parsed_2025.csv",
        "eu_fsf_parsed_2025.csv",
        "uk_parsed_2025.csv",
    ] {
        let Ok(bytes) = std::fs::read(lists.join(name)) else {
            println!("skipped: {name} is not at hand");
            continue;
        };
        let error = read(
            &[ListFile {
                name,
                bytes: &bytes,
            }],
            None,
            None,
        )
        .remove(0)
        .unwrap_err();
        assert_eq!(error.error.code(), "not-recognised");
    }
}
