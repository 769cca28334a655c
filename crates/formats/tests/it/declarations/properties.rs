use super::{one, read};
use portcullis_domain::{
    Address, CodeScheme, Country, CountryRole, DocumentRef, Identifier, Item, ItemCode, Measure,
    MessageKind, Money, Movement, Name, NameKind, Package, Parameter, PartialDate, Party,
    PartyInRole, PartyKind, Payment, Provenance, Quantity, RelatedCountry, Role, Transaction,
    TransactionKind, TransportMeans,
};
use portcullis_formats::declarations::{Limits, messages, write_json};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

fn text() -> impl Strategy<Value = String> {
    "[A-Za-zА-Яа-яñ\"\\\\ /,;.0-9-]{0,12}".prop_map(|t| t.trim().to_owned())
}

fn filled() -> impl Strategy<Value = String> {
    text().prop_map(|t| format!("x{t}"))
}

fn country() -> impl Strategy<Value = Country> {
    select(Country::all())
}

fn date() -> impl Strategy<Value = portcullis_domain::Date> {
    (1990i16..2100, 1i8..13, 1i8..29)
        .prop_map(|(y, m, d)| portcullis_domain::Date::constant(y, m, d))
}

fn quantity() -> impl Strategy<Value = Quantity> {
    (0i64..i64::MAX).prop_map(Quantity::from_micros)
}

fn measure() -> impl Strategy<Value = Measure> {
    (quantity(), text()).prop_map(|(amount, unit)| Measure { amount, unit })
}

fn money() -> impl Strategy<Value = Money> {
    (-1_000_000i64..i64::MAX, select(vec!["EUR", "USD", ""]))
        .prop_map(|(scaled, currency)| Money::from_scaled(scaled, currency))
}

fn name() -> impl Strategy<Value = Name> {
    let kinds = vec![
        NameKind::Primary,
        NameKind::Alias,
        NameKind::WeakAlias,
        NameKind::Former,
    ];
    (filled(), select(kinds), of("[a-z]{2}")).prop_map(|(text, kind, language)| Name {
        text,
        kind,
        language,
    })
}

fn party() -> impl Strategy<Value = Party> {
    let kinds = vec![
        PartyKind::Person,
        PartyKind::Organisation,
        PartyKind::Unknown,
    ];
    let roles = vec![
        CountryRole::Nationality,
        CountryRole::Flag,
        CountryRole::Related,
    ];
    let address =
        (text(), text(), text(), of(country())).prop_map(|(street, city, region, country)| {
            Address {
                street,
                city,
                region,
                postcode: String::new(),
                country,
            }
        });
    let identifier = (
        select(vec!["imo", "lei", "eori", "other", ""]),
        filled(),
        of(country()),
    )
        .prop_map(|(scheme, value, country)| Identifier {
            scheme: scheme.to_owned(),
            value,
            country,
        });
    let related =
        (select(roles), country()).prop_map(|(role, country)| RelatedCountry { role, country });
    (
        select(kinds),
        vec(name(), 0..3),
        vec(identifier, 0..3),
        vec(address, 0..3),
        vec(related, 0..2),
        vec((1900i16..2020).prop_map(PartialDate::year), 0..2),
        vec(filled(), 0..2),
    )
        .prop_map(
            |(kind, names, identifiers, addresses, countries, birth_dates, emails)| Party {
                kind,
                names,
                identifiers,
                addresses,
                countries,
                birth_dates,
                phones: emails.clone(),
                emails,
                gender: None,
            },
        )
}

fn in_role() -> impl Strategy<Value = PartyInRole> {
    (select(Role::ALL.to_vec()), party(), of(1u32..9)).prop_map(|(role, party, item)| PartyInRole {
        role,
        provenance: match (party.names.is_empty(), party.identifiers.is_empty()) {
            (false, _) => Provenance::Declared,
            (true, false) => Provenance::IdentifierOnly,
            (true, true) => Provenance::Unnamed,
        },
        party,
        item,
    })
}

fn document() -> impl Strategy<Value = DocumentRef> {
    (text(), text(), text(), text(), of(measure()), of(date())).prop_map(
        |(category, kind, id, status, write_off, valid_until)| DocumentRef {
            category,
            kind,
            id,
            status,
            write_off,
            valid_until,
        },
    )
}

fn item() -> impl Strategy<Value = Item> {
    let codes = select(vec![
        (CodeScheme::Hs, "8413"),
        (CodeScheme::Hs, "841350"),
        (CodeScheme::Cn, "84135061"),
        (CodeScheme::National, "8413506120"),
        (CodeScheme::Eccn, "3A001.a.5"),
        (CodeScheme::EuDualUse, "5A002"),
        (CodeScheme::UkControl, "ML10"),
    ])
    .prop_map(|(scheme, value)| ItemCode {
        scheme,
        value: value.to_owned(),
    });
    let parameter =
        (text(), text(), text()).prop_map(|(name, value, unit)| Parameter { name, value, unit });
    let package = (of(any::<u64>()), text(), text()).prop_map(|(count, kind, marks)| Package {
        count,
        kind,
        marks,
    });
    (
        (
            1u32..1_000,
            text(),
            vec(codes, 0..3),
            of(measure()),
            of(quantity()),
            of(quantity()),
        ),
        (
            of(money()),
            of(country()),
            text(),
            text(),
            vec(filled(), 0..3),
        ),
        (
            vec(parameter, 0..2),
            text(),
            vec(package, 0..2),
            vec(document(), 0..2),
        ),
    )
        .prop_map(|(a, b, c)| Item {
            number: a.0,
            description: a.1,
            codes: a.2,
            quantity: a.3,
            net_mass: a.4,
            gross_mass: a.5,
            value: b.0,
            origin: b.1,
            manufacturer: b.2,
            part_number: b.3,
            serials: b.4,
            parameters: c.0,
            procedure: c.1,
            packages: c.2,
            documents: c.3,
        })
}

fn transaction() -> impl Strategy<Value = Transaction> {
    let messages = vec![
        MessageKind::Declaration,
        MessageKind::Amendment,
        MessageKind::Cancellation,
    ];
    let kinds = vec![
        TransactionKind::Declaration,
        TransactionKind::Payment,
        TransactionKind::LetterOfCredit,
    ];
    let movements = vec![
        Movement::Export,
        Movement::Import,
        Movement::Brokering,
        Movement::Unknown,
    ];
    let transport = (text(), select(vec!["", "30", "40"]), text(), of(country())).prop_map(
        |(mode, id_kind, id, nationality)| TransportMeans {
            mode,
            id_kind: id_kind.to_owned(),
            id,
            name: String::new(),
            nationality,
        },
    );
    let payment =
        (of(country()), text(), of(money())).prop_map(|(country, method, amount)| Payment {
            country,
            method,
            amount,
        });
    (
        (
            filled(),
            of(any::<u32>()),
            select(messages),
            select(kinds),
            select(movements),
        ),
        (
            text(),
            text(),
            of(date()),
            vec(in_role(), 0..3),
            vec(item(), 1..3),
        ),
        (
            of(country()),
            of(country()),
            vec(country(), 0..3),
            vec(transport, 0..2),
            vec(filled(), 0..2),
        ),
        (
            text(),
            of(money()),
            vec(document(), 0..2),
            vec(payment, 0..2),
            text(),
            text(),
        ),
    )
        .prop_map(|(a, b, c, d)| Transaction {
            reference: a.0,
            version: a.1,
            message: a.2,
            kind: a.3,
            movement: a.4,
            type_code: b.0,
            customs_reference: b.1,
            declared_on: b.2,
            parties: b.3,
            items: b.4,
            dispatch: c.0,
            destination: c.1,
            route: c.2,
            transport: c.3,
            containers: c.4,
            end_use: d.0,
            value: d.1,
            documents: d.2,
            payments: d.3,
            office: d.4,
            remarks: d.5,
            issues: Vec::new(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn json_reads_what_it_writes(transaction in transaction()) {
        let line = write_json(&transaction).to_string();
        let spread = format!("{:#}", write_json(&transaction));
        for text in [line.clone(), spread, format!("[{line}]")] {
            let message = one(&text);
            prop_assert_eq!(&message.issues, &[]);
            prop_assert_eq!(message.transaction.unwrap(), transaction.clone());
        }
    }

    #[test]
    fn rows_in_are_declarations_out(cells in vec(("[a-z]{0,4}[\",;\n]{0,2}[a-zé]{0,4}", 0u8..3), 1..40)) {
        let mut text = String::from("reference,item_description,quantity\n");
        for (n, (cell, quantity)) in cells.iter().enumerate() {
            text.push_str(&format!("R{n},\"{}\",{quantity}\n", cell.replace('"', "\"\"")));
        }
        let found = read(&text);
        prop_assert_eq!(found.len(), cells.len());
        for (n, (message, (cell, _))) in found.iter().zip(&cells).enumerate() {
            prop_assert_eq!(message.reference.clone(), Some(format!("R{n}")));
            prop_assert_eq!(message.kind, MessageKind::Declaration);
            let t = message.transaction.as_ref().unwrap();
            prop_assert_eq!(t.items[0].description.as_str(), cell.trim());
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(
        sample in select(vec![
            "<MetaData><Declaration><FunctionCode>9</FunctionCode><FunctionalReferenceID>A</FunctionalReferenceID><TypeCode>EXA</TypeCode><GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem></GoodsShipment></Declaration></MetaData>",
            "{\"reference\":\"A\",\"items\":[{\"codes\":[{\"scheme\":\"hs\",\"value\":\"84\"}]}]}\n{\"reference\":\"B\"}\n",
            "[{\"reference\":\"A\"},\n{\"reference\":\"B\",\"route\":[\"AE\"]}]",
            "reference,message,consignee_name,\"hs_code\"\nA,declaration,\"M, \"\"x\"\"\",8413\nB,,,\n",
        ]),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = sample.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let found: Vec<_> = messages(&bytes[..], &Limits::default()).collect();
        prop_assert!(!found.is_empty());
        for (n, message) in found.iter().enumerate() {
            prop_assert_eq!(message.index, n as u64);
            prop_assert!(message.kind != MessageKind::Unreadable || !message.issues.is_empty());
        }
    }
}
