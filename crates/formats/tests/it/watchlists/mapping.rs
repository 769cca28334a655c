//! A mapping that cannot be used says where it is wrong.

use super::{fixture, read_bytes};

/// The error of a mapping with a table, as people see it.
#[track_caller]
fn refused(mapping: &str, table: &str) -> String {
    let files = [("m.toml", mapping.as_bytes()), ("t.csv", table.as_bytes())];
    let mut outcomes = read_bytes(&files, None);
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0).unwrap_err().to_string()
}

const TABLE: &str = "Name;Born\nAnna Probe;1956\n";

#[test]
fn errors_name_file_line_and_key() {
    for (mapping, expected) in [
        (
            "list = 'a'\n[columns]\nname = 'Nom'\n",
            "t.csv: line 1, field Nom: the table has no such column; columns.name names it in line 3 of the mapping",
        ),
        (
            "list = 'a'\n[columns]\nalias = 'Name'\n",
            "m.toml: mapping, line 2, key columns.name: the key is missing",
        ),
        (
            "[columns]\nname = 'Name'\n",
            "m.toml: mapping, line 1, key list: the key is missing",
        ),
        (
            "list = 'A list'\n[columns]\nname = 'Name'\n",
            "line 1, key list: 'A list' is no list code",
        ),
        (
            "list = 'a'\n\n[columns]\nname = 'Name'\nnane = 'Name'\n",
            "line 5, key columns.nane: this key is not known",
        ),
        (
            "list = 'a'\n[columns]\nname = 'Name'\nbirth_date = { column = 'Born', format = '%d.%Q' }\n",
            "line 4, key columns.birth_date.format: '%d.%Q' is no form of a date",
        ),
        (
            "list = 'a'\n[columns]\nname = 'Name'\nidentifier = 'Born'\n",
            "line 4, key columns.identifier.scheme: 'scheme' belongs to an identifier",
        ),
        (
            "list = 'a'\n[columns]\nname = 'Name'\nkind = { default = 'ghost' }\n",
            "line 4, key columns.kind: 'ghost' is none of person",
        ),
        (
            "list = 'a'\ndelimiter = 'ab'\n[columns]\nname = 'Name'\n",
            "line 2, key delimiter: one character",
        ),
        (
            "list = 'a'\nencoding = 'ebcdic'\n[columns]\nname = 'Name'\n",
            "line 2, key encoding: 'ebcdic' is not an encoding",
        ),
        (
            "list = 'a'\n[columns]\nname = ['Name', 'Born']\n",
            "line 3, key columns.name: one column belongs here",
        ),
        (
            "list = 'a'\n[columns]\nname = 7\n",
            "line 3, key columns.name: the name of a column or a table belongs here",
        ),
        (
            "list = 'a'\n[columns]\nname = 'Name\n",
            "m.toml: mapping, line 3, key TOML",
        ),
    ] {
        let error = refused(mapping, TABLE);
        assert!(error.contains(expected), "{error}\nexpected: {expected}");
    }
}

#[test]
fn a_mapping_stands_alone_among_tables() {
    let mapping = fixture("mapping.toml");
    let alone = read_bytes(&[("m.toml", &mapping)], None)
        .remove(0)
        .unwrap_err();
    assert!(alone.to_string().contains("no table"), "{alone}");
    let both = [
        ("m.toml", mapping.as_slice()),
        ("n.toml", mapping.as_slice()),
        ("t", b"a,b\n"),
    ];
    let twice = read_bytes(&both, None).remove(0).unwrap_err();
    assert!(twice.to_string().contains("one mapping"), "{twice}");
}

#[test]
fn the_encoding_that_a_mapping_names_must_be_right() {
    let mapping = "list='a'\nencoding='utf-8'\n[columns]\nname='Name'\n";
    let files = [("m", mapping.as_bytes()), ("t", &b"Name\nCaf\xe9\n"[..])];
    let error = read_bytes(&files, None).remove(0).unwrap_err();
    assert_eq!(error.error.code(), "wrong-encoding");
}

#[test]
fn defaults_and_separators() {
    let mapping = "list='a'\nseparator=','\n[columns]\nname='Name'\nalias=['Other','More']\nkind={default='person'}\n";
    let table = "Name;Other;More\n\"Probe, Anna\";\"Ann, Annie\";Nan\n";
    let files = [("m", mapping.as_bytes()), ("t", table.as_bytes())];
    let read = read_bytes(&files, None).remove(0).unwrap();
    let names: Vec<&str> = read.entities[0]
        .party
        .names
        .iter()
        .map(|n| n.text.as_str())
        .collect();
    assert_eq!(names, ["Probe, Anna", "Ann", "Annie", "Nan"]);
    assert_eq!(read.entities[0].party.kind.as_str(), "person");
}
