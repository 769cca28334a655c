use portcullis_domain::{Identifier, NameKind, PartyKind};
use portcullis_formats::parties::{Book, Limits, read};

fn book(text: &str) -> Book {
    read(text.as_bytes(), &Limits::default()).unwrap()
}

fn issues(book: &Book) -> Vec<String> {
    let show = |i: &portcullis_domain::Issue| {
        format!(
            "{} {} {}",
            i.line.unwrap_or(0),
            i.code,
            i.field.as_deref().unwrap_or("-")
        )
    };
    book.issues.iter().map(show).collect()
}

#[test]
fn the_template_reads_without_an_issue() {
    let template = include_str!("../../../../docs/reference/party-book-template.csv");
    let book = book(template);
    assert_eq!((book.entries.len(), issues(&book)), (2, vec![]));
}

#[test]
fn rows_become_entries() {
    let book = book(
        "identifier;scheme;name;type;street;city;postcode;country;aliases\nGB123456789000;;Northwind Tools Ltd;organisation;1 Mill Rd;Leeds;LS1;GB;\"Northwind; NW Tools\"\n\"77;78\";tax;Orient Machinery;;;;;AE;\n",
    );
    let first = &book.entries[0];
    assert_eq!(first.identifiers[0].scheme, "eori");
    assert_eq!(first.party.kind, PartyKind::Organisation);
    let names: Vec<_> = first
        .party
        .names
        .iter()
        .map(|n| (n.text.as_str(), n.kind))
        .collect();
    assert_eq!(
        names,
        [
            ("Northwind Tools Ltd", NameKind::Primary),
            ("Northwind", NameKind::Alias),
            ("NW Tools", NameKind::Alias)
        ]
    );
    assert_eq!(
        first.party.addresses[0].one_line(),
        "1 Mill Rd, Leeds, LS1, United Kingdom"
    );
    assert_eq!(
        book.entries[1].identifiers,
        [Identifier::new("tax", "77"), Identifier::new("tax", "78")]
    );
    assert_eq!(book.records, 2);
}

#[test]
fn lines_of_json_are_read_too() {
    let book = book(
        "{\"identifiers\":[\"lei:529900T8BM49AURSDO55\"],\"name\":\"Bank\",\"address\":{\"city\":\"Bonn\",\"country\":\"DE\"}}\nnonsense\n{\"name\":\"No one\"}\n{\"identifiers\":[\"1\"],\"name\":\"B\",\"boss\":\"C\"}\n",
    );
    assert_eq!(book.entries.len(), 2);
    assert_eq!(book.entries[0].identifiers[0].scheme, "lei");
    assert_eq!(
        issues(&book),
        [
            "2 not-well-formed -",
            "3 identifier-missing identifier",
            "4 unknown-field boss"
        ]
    );
    assert_eq!(book.records, 4);
}

#[test]
fn a_broken_row_is_an_issue_and_a_broken_file_an_error() {
    let partly = book("identifier,name,country\n1,A,GB\n2,B\n,C,GB\n3,,GB\n4,D,Atlantis\n");
    assert_eq!(
        issues(&partly),
        [
            "3 wrong-cell-count -",
            "4 identifier-missing identifier",
            "5 name-missing name",
            "6 unknown-country country"
        ]
    );
    assert_eq!((partly.entries.len(), partly.records), (2, 5));
    for (text, code) in [
        ("", "empty"),
        ("name,country\nA,GB\n", "missing-columns"),
        ("\0\0", "wrong-schema"),
    ] {
        let error = read(text.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!(error.code, code);
    }
    let limits = Limits {
        max_entries: 1,
        ..Limits::default()
    };
    let error = read(&b"identifier,name\n1,A\n2,B\n"[..], &limits).unwrap_err();
    assert_eq!(error.code, "too-large");
}
