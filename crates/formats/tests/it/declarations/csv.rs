use super::{declared, issues, one, party, read};
use portcullis_domain::{
    CodeScheme, Identifier, MessageKind, Movement, PartyKind, Provenance, Role,
};
use portcullis_formats::declarations::{Limits, messages};

const TEMPLATE: &str = include_str!("../../../../../docs/reference/declaration-template.csv");

#[test]
fn the_template_reads_without_an_issue() {
    let found = read(TEMPLATE);
    assert_eq!(found.len(), 2, "{found:#?}");
    for message in &found {
        assert_eq!(
            (message.kind, message.issues.as_slice()),
            (MessageKind::Declaration, &[][..])
        );
    }
    let t = found[0].transaction.as_ref().unwrap();
    assert_eq!(t.movement, Movement::Export);
    assert!(t.items[0].quantity.is_some() && t.items[0].value.is_some());
    assert_eq!(party(t, Role::EndUser).provenance, Provenance::Declared);
}

#[test]
fn a_row_becomes_a_declaration() {
    let t = declared(concat!(
        "reference;message;movement;consignee_name;consignee_country;exporter_id;vessel_name;vessel_imo;hs_code;eccn;eu_dual_use;quantity;unit;value;currency;route;serials;licence_type;licence_id;payer_country;payment_method;end_use\n",
        "R1;declaration;export;Orient Machinery;United Arab Emirates;GB123456789000;MV Rosebud;IMO 9074729;8542.31;3a001.A.5;3A001a5a;4;NAR;1200.50;eur;\"TR; AE\";\"S1;S2\";X002;GB/1;TR;letter of credit;research\n",
    ));
    assert_eq!(
        (t.movement, t.end_use.as_str()),
        (Movement::Export, "research")
    );
    let consignee = party(&t, Role::Consignee);
    assert_eq!(consignee.party.addresses[0].country.unwrap().code(), "AE");
    assert_eq!(
        party(&t, Role::Exporter).provenance,
        Provenance::IdentifierOnly
    );
    assert_eq!(
        party(&t, Role::Exporter).party.identifiers[0].scheme,
        "eori"
    );
    let vessel = &party(&t, Role::Vessel).party;
    assert_eq!(
        (vessel.kind, vessel.caption()),
        (PartyKind::Vessel, "MV Rosebud")
    );
    assert_eq!(vessel.identifiers, [Identifier::new("imo", "IMO 9074729")]);
    let item = &t.items[0];
    assert_eq!(item.code(CodeScheme::Hs), Some("854231"));
    assert_eq!(item.code(CodeScheme::Eccn), Some("3A001.a.5"));
    assert_eq!(item.value.as_ref().unwrap().to_string(), "1200.5 EUR");
    assert_eq!(item.serials, ["S1", "S2"]);
    assert_eq!(
        (
            item.documents[0].category.as_str(),
            item.documents[0].kind.as_str()
        ),
        ("X", "X002")
    );
    let route: Vec<&str> = t.route.iter().map(|c| c.code()).collect();
    assert_eq!(route, ["TR", "AE"]);
    assert_eq!(
        (
            t.payments[0].country.unwrap().code(),
            t.payments[0].method.as_str()
        ),
        ("TR", "letter_of_credit")
    );
    assert_eq!(
        t.in_role(Role::Payer).count(),
        0,
        "a country alone is nobody"
    );
}

#[test]
fn rows_of_one_reference_are_one_declaration() {
    let found = read(
        "reference,consignee_name,item_description,destination_country\nA,One,Pump,FR\nA,One,Valve,FR\nA,Two,Seal,\nB,One,Pump,FR\nA,One,Pump,FR\n",
    );
    let sizes: Vec<_> = found
        .iter()
        .map(|m| {
            (
                m.reference.as_deref().unwrap(),
                m.line.unwrap(),
                m.transaction.as_ref().unwrap().items.len(),
            )
        })
        .collect();
    assert_eq!(sizes, [("A", 2, 3), ("B", 5, 1), ("A", 6, 1)]);
    let t = found[0].transaction.as_ref().unwrap();
    let consignees: Vec<_> = t
        .in_role(Role::Consignee)
        .map(|(_, p)| (p.party.caption(), p.item))
        .collect();
    assert_eq!(consignees, [("One", None), ("Two", Some(3))]);
    assert_eq!(found[0].issues, []);
}

#[test]
fn rows_that_contradict_each_other_say_so() {
    let message = one("reference,destination_country,message\nA,FR,declaration\nA,IR,amendment\n");
    assert_eq!(
        issues(&message),
        [
            "3 contradictory-rows message",
            "3 contradictory-rows destination_country",
            "2 no-goods item_description"
        ]
    );
}

#[test]
fn values_that_cannot_be_taken_are_issues_with_line_and_column() {
    let message = one(
        "reference,destination_country,hs_code,quantity,value,currency,declared_on,movement,surprise\nA,Atlantis,85a2,\"1,5\",10,EURO,01.02.2026,sideways,boo\n",
    );
    assert_eq!(message.kind, MessageKind::Declaration);
    assert_eq!(
        issues(&message),
        [
            "2 unknown-field surprise",
            "2 unknown-word movement",
            "2 not-a-date declared_on",
            "2 unknown-country destination_country",
            "2 unknown-currency value",
            "2 not-a-number quantity",
            "2 not-a-code hs_code",
            "2 no-goods item_description",
        ]
    );
}

#[test]
fn a_broken_row_costs_itself_and_warns_its_declaration() {
    let found = read("reference,item_description\nA,Pump\nA,Valve,oops\nA,Seal\n,Nobody\nB,Pump\n");
    let kinds: Vec<_> = found
        .iter()
        .map(|m| (m.kind.as_str(), m.line.unwrap(), m.reference.as_deref()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("declaration", 2, Some("A")),
            ("unreadable", 3, Some("A")),
            ("unreadable", 5, None),
            ("declaration", 6, Some("B")),
        ]
    );
    assert_eq!(issues(&found[0]), ["3 row-lost -", "5 row-lost -"]);
    assert_eq!(found[0].transaction.as_ref().unwrap().items.len(), 2);
    assert_eq!(issues(&found[1]), ["3 wrong-cell-count -"]);
    assert_eq!(issues(&found[3]), Vec::<String>::new());
}

#[test]
fn a_stray_quote_costs_one_row() {
    let mut text = String::from("reference,item_description\nA,\"Pump\nB,Valve\n");
    for n in 0..200 {
        text.push_str(&format!("R{n},Seal\n"));
    }
    let found = read(&text);
    assert_eq!(found.len(), 202);
    assert_eq!(
        (found[0].kind, found[0].line),
        (MessageKind::Unreadable, Some(2))
    );
    assert_eq!(found[1].reference.as_deref(), Some("B"));
}

#[test]
fn rows_inside_a_quoted_cell_are_pointed_out() {
    // Two stray quotes that close each other: nobody can tell whether the rows
    // between them were meant as rows.
    let found = read("reference,item_description\nA,\"Pump\nB,Valve\nC,Seal\"\nD,Nut\n");
    assert_eq!(found.len(), 2);
    assert_eq!(issues(&found[0]), ["2 rows-in-a-cell -"]);
    assert_eq!(found[1].issues, []);
}

#[test]
fn quoted_line_ends_keep_the_line_numbers_right() {
    let found =
        read("reference,item_description\r\nA,\"Pump,\nwith \"\"seal\"\"\"\r\n\r\nB,Valve,x\r\n");
    assert_eq!(
        found[0].transaction.as_ref().unwrap().items[0].description,
        "Pump,\nwith \"seal\""
    );
    assert_eq!(
        (found[1].kind, found[1].line),
        (MessageKind::Unreadable, Some(5))
    );
}

#[test]
fn windows_1252_is_read_and_said() {
    let bytes = b"reference;consignee_name;item_description\nA;M\xfcller & S\xf6hne;Pumpe\nB;Schmidt;Ventil\n";
    let found: Vec<_> = messages(&bytes[..], &Limits::default()).collect();
    let t = found[0].transaction.as_ref().unwrap();
    assert_eq!(party(t, Role::Consignee).party.caption(), "Müller & Söhne");
    assert_eq!(issues(&found[0]), ["2 encoding-assumed -"]);
    assert_eq!(found[1].issues, []);
}

#[test]
fn the_header_is_part_of_the_digest() {
    let one_way = one("reference,consignee_name,exporter_name,item_description\nA,X,Y,Pump\n");
    let other_way = one("reference,exporter_name,consignee_name,item_description\nA,X,Y,Pump\n");
    assert_ne!(one_way.digest, other_way.digest);
    assert_eq!(one_way.digest, portcullis_domain::hex_sha256(&one_way.raw));
}

#[test]
fn amendments_and_cancellations() {
    let found = read(
        "reference,message,version,item_description\nA,amendment,2,Pump\nB,cancellation,,\nC,revocation,,Pump\n",
    );
    let kinds: Vec<_> = found.iter().map(|m| (m.kind.as_str(), m.version)).collect();
    assert_eq!(
        kinds,
        [
            ("amendment", Some(2)),
            ("cancellation", None),
            ("unreadable", None)
        ]
    );
    assert!(found[0].change.is_some());
}

#[test]
fn a_declaration_with_too_many_rows_is_refused_whole() {
    let limits = Limits {
        max_items: 3,
        ..Limits::default()
    };
    let text = "reference,item_description\nA,1\nA,2\nA,3\nA,4\nA,5\nB,1\n";
    let found: Vec<_> = messages(text.as_bytes(), &limits).collect();
    let kinds: Vec<_> = found
        .iter()
        .map(|m| (m.kind.as_str(), m.reference.as_deref().unwrap()))
        .collect();
    assert_eq!(kinds, [("unreadable", "A"), ("declaration", "B")]);
    assert_eq!(issues(&found[0]), ["5 too-many-items -"]);
}
