//! No bytes make a reader panic, and no reading depends on anything but the bytes.

use super::{fixture, read_bytes};
use proptest::prelude::*;

const SEEDS: &[&str] = &[
    "ofac_sdn.csv",
    "ofac_alt.csv",
    "ofac_add.csv",
    "ofac_comments.csv",
    "ofac_cons_prim.csv",
    "ofac_sdn_with_header.csv",
    "ofac_sdn.xml",
    "csl.json",
    "csl.csv",
    "dpl.txt",
    "un.xml",
    "sema.xml",
    "entities.ftm.json",
    "eu.xml",
    "eu.csv",
    "uk.xml",
    "uk.csv",
    "uk_ofsi.csv",
    "seco.xml",
    "dfat.xlsx",
    "meti.xlsx",
    "meti.csv",
    "ofac_advanced.xml",
    "targets.csv",
    "senzing.jsonl",
    "senzing_array.json",
];

/// A change of bytes: at a place (as a share of the length), cut some and put others.
fn mutation() -> impl Strategy<Value = (f64, usize, Vec<u8>)> {
    let special = prop::sample::select(vec![
        b"\"".to_vec(),
        b",".to_vec(),
        b"\n".to_vec(),
        b"\x1a".to_vec(),
        b";".to_vec(),
        b"<".to_vec(),
        b"]]>".to_vec(),
        b"{".to_vec(),
        b"\xff\xfe".to_vec(),
        b"\xd0".to_vec(),
        b"(".to_vec(),
        b"9999999999999999999999".to_vec(),
        "Ǆ\u{202e}İ".as_bytes().to_vec(),
        b" or / and , ".to_vec(),
    ]);
    let any = prop::collection::vec(any::<u8>(), 0..6);
    (0.0..1.0, 0_usize..40, prop_oneof![3 => special, 1 => any])
}

fn mutated(name: &str, mutations: &[(f64, usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = fixture(name);
    for (place, cut, put) in mutations {
        let at = ((bytes.len() as f64) * place) as usize;
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put.iter().copied());
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic(mutations in prop::collection::vec(mutation(), 1..6)) {
        for name in SEEDS {
            let bytes = mutated(name, &mutations);
            for snapshot in read_bytes(&[(name, &bytes)], None).into_iter().flatten() {
                prop_assert!(!snapshot.entities.is_empty());
                prop_assert!(snapshot.entities.iter().all(|e| !e.party.names.is_empty() && !e.id.is_empty()));
                prop_assert!(snapshot.entities.iter().all(|e| !e.listings.is_empty()));
            }
        }
    }

    #[test]
    fn sets_of_mutated_files_account_for_every_file(mutations in prop::collection::vec(mutation(), 1..4)) {
        let names = ["ofac_sdn.csv", "ofac_alt.csv", "ofac_add.csv", "ofac_comments.csv"];
        let data: Vec<Vec<u8>> = names.iter().map(|n| mutated(n, &mutations)).collect();
        let files: Vec<(&str, &[u8])> = names.iter().copied().zip(data.iter().map(Vec::as_slice)).collect();
        let outcomes = read_bytes(&files, None);
        prop_assert!(!outcomes.is_empty());
        prop_assert_eq!(&read_bytes(&files, None), &outcomes);
        for snapshot in outcomes.iter().flatten() {
            prop_assert!(!snapshot.files.is_empty());
        }
    }

    #[test]
    fn mutated_mappings_and_tables_never_panic(mutations in prop::collection::vec(mutation(), 1..6)) {
        let (mapping, table) = (fixture("mapping.toml"), fixture("mapped.csv"));
        let broken = mutated("mapped.csv", &mutations);
        let _ = read_bytes(&[("m", &mapping), ("t", &broken)], None);
        let broken = mutated("mapping.toml", &mutations);
        let _ = read_bytes(&[("m", &broken), ("t", &table)], None);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_bytes(&[("bytes", &bytes)], None);
    }

    #[test]
    fn arbitrary_remarks_never_panic(remarks in "[a-zA-Z0-9 .;:'()/#ÄäßѪ-]{0,200}") {
        let row = format!("36,\"PROBE\",\"vessel\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB {remarks}; Passport {remarks}; a.k.a. {remarks}\"\r\n\u{1A}");
        let read = read_bytes(&[("sdn.csv", row.as_bytes())], None).remove(0);
        prop_assert_eq!(read.unwrap().entities.len(), 1);
    }
}
