use super::{declared, issues, one, party, read};
use portcullis_domain::{
    CodeScheme, Country, Identifier, MessageKind, Movement, PartyKind, Provenance, Role,
};

/// A declaration of invented goods between invented firms.
const EXPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<m:MetaData xmlns:m="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2" xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
 <m:WCOTypeName>DEC</m:WCOTypeName>
 <Declaration>
  <AcceptanceDateTime><p:DateTimeString xmlns:p="urn:p" formatCode="304">20260314101500Z</p:DateTimeString></AcceptanceDateTime>
  <FunctionCode>9</FunctionCode>
  <FunctionalReferenceID>LRN-1</FunctionalReferenceID>
  <ID>26GB000000000001X1</ID>
  <VersionID>2</VersionID>
  <TypeCode>EXA</TypeCode>
  <InvoiceAmount currencyID="GBP">1250.50</InvoiceAmount>
  <AdditionalInformation><StatementCode>00400</StatementCode><StatementDescription>EXPORTER</StatementDescription></AdditionalInformation>
  <Agent><FunctionCode>2</FunctionCode></Agent>
  <AuthorisationHolder><ID>GB123456789000</ID><CategoryCode>SDE</CategoryCode></AuthorisationHolder>
  <AuthorisationHolder><ID>GB123456789000</ID><CategoryCode>DPO</CategoryCode></AuthorisationHolder>
  <BorderTransportMeans><ID>9074729</ID><IdentificationTypeCode>10</IdentificationTypeCode><ModeCode>1</ModeCode><RegistrationNationalityCode>PA</RegistrationNationalityCode></BorderTransportMeans>
  <Consignment>
   <Carrier><Name>Sealift Lines</Name><Address><CityName>Hull</CityName><CountryCode>GB</CountryCode><Line>1 Dock Rd</Line><PostcodeID>HU1</PostcodeID></Address><Communication><ID>ops@sealift.example</ID><TypeCode>EM</TypeCode></Communication></Carrier>
   <Itinerary><SequenceNumeric>2</SequenceNumeric><RoutingCountryCode>AE</RoutingCountryCode></Itinerary>
   <Itinerary><SequenceNumeric>1</SequenceNumeric><RoutingCountryCode>TR</RoutingCountryCode></Itinerary>
  </Consignment>
  <Declarant><ID>GB123456789000</ID><Contact><Name>Ada Clerk</Name></Contact></Declarant>
  <ExitOffice><ID>GB000040</ID></ExitOffice>
  <Exporter><Name>Northwind Tools Ltd</Name><ID>GB123456789000</ID></Exporter>
  <GoodsShipment>
   <AEOMutualRecognitionParty><ID>US1234567890</ID><RoleCode>FW</RoleCode></AEOMutualRecognitionParty>
   <Buyer><Name>Gulf Trade FZE</Name></Buyer>
   <Consignee><Name>Orient Machinery</Name><Address><CityName>Dubai</CityName><CountryCode>AE</CountryCode><Line>Unit 4</Line><Line>Free Zone</Line></Address></Consignee>
   <Consignment>
    <DepartureTransportMeans><ID>MV Rosebud</ID><IdentificationTypeCode>11</IdentificationTypeCode></DepartureTransportMeans>
    <GoodsLocation><Name>BELBELBEL</Name><Address><CountryCode>GB</CountryCode></Address></GoodsLocation>
    <TransportEquipment><SequenceNumeric>1</SequenceNumeric><ID>CSQU3054383</ID></TransportEquipment>
   </Consignment>
   <Destination><CountryCode>AE</CountryCode></Destination>
   <ExportCountry><ID>GB</ID></ExportCountry>
   <GovernmentAgencyGoodsItem>
    <SequenceNumeric>1</SequenceNumeric>
    <StatisticalValueAmount currencyID="GBP">1200</StatisticalValueAmount>
    <AdditionalDocument><CategoryCode>X</CategoryCode><EffectiveDateTime><DateTimeString formatCode="102">20271231</DateTimeString></EffectiveDateTime><ID>GBSIE2026/00001</ID><TypeCode>002</TypeCode><LPCOExemptionCode>AE</LPCOExemptionCode><WriteOff><QuantityQuantity unitCode="NAR">4</QuantityQuantity></WriteOff></AdditionalDocument>
    <Commodity>
     <Description>Five-axis machining centre</Description>
     <Classification><ID>84571010</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
     <Classification><ID>90</ID><IdentificationTypeCode>TRC</IdentificationTypeCode></Classification>
     <Classification><ID>0010164-4</ID><IdentificationTypeCode>CV</IdentificationTypeCode></Classification>
     <DangerousGoods><UNDGID>1263</UNDGID></DangerousGoods>
     <GoodsMeasure><GrossMassMeasure>910</GrossMassMeasure><NetNetWeightMeasure unitCode="KGM">880.5</NetNetWeightMeasure><TariffQuantity unitCode="NAR">1</TariffQuantity></GoodsMeasure>
     <InvoiceLine><ItemChargeAmount currencyID="GBP">1250.50</ItemChargeAmount></InvoiceLine>
    </Commodity>
    <Consignee><Name>Line Consignee</Name></Consignee>
    <GovernmentProcedure><CurrentCode>10</CurrentCode><PreviousCode>40</PreviousCode></GovernmentProcedure>
    <GovernmentProcedure><CurrentCode>000</CurrentCode></GovernmentProcedure>
    <Origin><CountryCode>DE</CountryCode><TypeCode>1</TypeCode></Origin>
    <Packaging><SequenceNumeric>1</SequenceNumeric><MarksNumbersID>NW-1</MarksNumbersID><QuantityQuantity>1</QuantityQuantity><TypeCode>CR</TypeCode></Packaging>
    <PreviousDocument><CategoryCode>X</CategoryCode><ID>26GB1</ID><TypeCode>002</TypeCode></PreviousDocument>
   </GovernmentAgencyGoodsItem>
  </GoodsShipment>
 </Declaration>
</m:MetaData>"#;

fn gb(code: &str) -> Country {
    Country::from_alpha2(code).unwrap()
}

#[test]
fn the_head_of_a_declaration() {
    let message = one(EXPORT);
    assert_eq!(message.kind, MessageKind::Declaration);
    assert_eq!(message.reference.as_deref(), Some("LRN-1"));
    assert_eq!(
        message.customs_reference.as_deref(),
        Some("26GB000000000001X1")
    );
    assert_eq!((message.version, message.line), (Some(2), Some(4)));
    assert_eq!(message.issues, []);
    assert_eq!(message.digest.len(), 64);
    let t = message.transaction.unwrap();
    assert_eq!(t.movement, Movement::Export);
    assert_eq!(t.declared_on.unwrap().to_string(), "2026-03-14");
    assert_eq!(t.destination, Some(gb("AE")));
    assert_eq!(t.dispatch, Some(gb("GB")));
    assert_eq!(t.route, [gb("TR"), gb("AE")], "by sequence number");
    assert_eq!(t.containers, ["CSQU3054383"]);
    assert_eq!(t.value.unwrap().to_string(), "1250.5 GBP");
    assert_eq!(
        (t.office.as_str(), t.remarks.as_str()),
        ("GB000040", "00400 EXPORTER")
    );
}

#[test]
fn everyone_named_is_a_party() {
    let t = declared(EXPORT);
    let roles: Vec<(Role, &str, Option<u32>, Provenance)> = t
        .parties
        .iter()
        .map(|p| (p.role, p.party.caption(), p.item, p.provenance))
        .collect();
    use Provenance::{Declared, IdentifierOnly};
    assert_eq!(
        roles,
        [
            (Role::AuthorisationHolder, "", None, IdentifierOnly),
            (Role::Carrier, "Sealift Lines", None, Declared),
            (Role::Declarant, "", None, IdentifierOnly),
            (Role::Other, "Ada Clerk", None, Declared),
            (Role::Exporter, "Northwind Tools Ltd", None, Declared),
            (Role::Forwarder, "", None, IdentifierOnly),
            (Role::Purchaser, "Gulf Trade FZE", None, Declared),
            (Role::Consignee, "Orient Machinery", None, Declared),
            (Role::Consignee, "Line Consignee", Some(1), Declared),
            (Role::Vessel, "", None, IdentifierOnly),
            (Role::Vessel, "MV Rosebud", None, Declared),
        ]
    );
    let declarant = party(&t, Role::Declarant);
    assert_eq!(declarant.party.identifiers[0].scheme, "eori");
    assert_eq!(declarant.party.identifiers[0].country, Some(gb("GB")));
    let carrier = &party(&t, Role::Carrier).party;
    assert_eq!(carrier.emails, ["ops@sealift.example"]);
    let consignee = &party(&t, Role::Consignee).party;
    assert_eq!(
        consignee.addresses[0].one_line(),
        "Unit 4, Free Zone, Dubai, United Arab Emirates"
    );
    let vessel = &party(&t, Role::Vessel).party;
    assert_eq!(vessel.kind, PartyKind::Vessel);
    assert_eq!(vessel.identifiers, [Identifier::new("imo", "9074729")]);
    assert_eq!(vessel.countries[0].country, gb("PA"));
}

#[test]
fn a_line_of_goods_with_its_documents() {
    let t = declared(EXPORT);
    let item = &t.items[0];
    assert_eq!(item.number, 1);
    assert_eq!(item.code(CodeScheme::Cn), Some("84571010"));
    assert_eq!(item.code(CodeScheme::National), Some("8457101090"));
    assert_eq!(item.hs6(), Some("845710"));
    assert_eq!(item.net_mass.unwrap().to_string(), "880.5");
    assert_eq!(item.gross_mass.unwrap().to_string(), "910");
    let quantity = item.quantity.as_ref().unwrap();
    assert_eq!(
        (quantity.amount.to_string().as_str(), quantity.unit.as_str()),
        ("1", "NAR")
    );
    assert_eq!(
        item.value.as_ref().unwrap().to_string(),
        "1250.5 GBP",
        "the invoice, not the statistics"
    );
    assert_eq!(
        (item.origin, item.procedure.as_str()),
        (Some(gb("DE")), "1040")
    );
    let parameter = |name: &str| {
        item.parameters
            .iter()
            .find(|p| p.name == name)
            .map(|p| p.value.as_str())
    };
    assert_eq!(parameter("cus code"), Some("0010164-4"));
    assert_eq!(parameter("un dangerous goods number"), Some("1263"));
    assert_eq!(
        (item.packages[0].count, item.packages[0].kind.as_str()),
        (Some(1), "CR")
    );

    let licence = &item.documents[0];
    assert_eq!(
        (licence.category.as_str(), licence.kind.as_str()),
        ("X", "X002")
    );
    assert_eq!(
        (licence.id.as_str(), licence.status.as_str()),
        ("GBSIE2026/00001", "AE")
    );
    assert_eq!(licence.valid_until.unwrap().to_string(), "2027-12-31");
    assert_eq!(licence.write_off.as_ref().unwrap().unit, "NAR");
    // A previous document of category X must never look like licence X002.
    assert_eq!(
        (
            item.documents[1].category.as_str(),
            item.documents[1].kind.as_str()
        ),
        ("previous", "002")
    );
}

fn with(from: &str, to: &str) -> String {
    assert!(EXPORT.contains(from), "{from}");
    EXPORT.replace(from, to)
}

#[test]
fn the_movement_follows_from_type_and_procedure() {
    let movement = |kind: &str, procedure: &str| {
        let text = with("<TypeCode>EXA<", &format!("<TypeCode>{kind}<"))
            .replace("<CurrentCode>10<", &format!("<CurrentCode>{procedure}<"));
        let message = one(&text);
        let contradicts = message
            .issues
            .iter()
            .any(|i| i.code == "contradictory-type");
        (message.transaction.unwrap().movement, contradicts)
    };
    assert_eq!(movement("EXD", "31"), (Movement::Reexport, false));
    assert_eq!(movement("EXY", "10"), (Movement::Export, false));
    assert_eq!(movement("EXK", "00"), (Movement::Export, false));
    assert_eq!(movement("IMA", "40"), (Movement::Import, false));
    assert_eq!(movement("COD", "10"), (Movement::Export, false));
    assert_eq!(movement("COA", "40"), (Movement::Import, false));
    assert_eq!(movement("COA", "00"), (Movement::Unknown, false));
    assert_eq!(movement("EXA", "40"), (Movement::Export, true));
    assert_eq!(
        movement("IMA", "10"),
        (Movement::Unknown, true),
        "never waved through as import"
    );
}

#[test]
fn what_cannot_be_taken_is_absent_and_an_issue_with_its_path() {
    let text = with(
        "<CountryCode>AE</CountryCode></Destination>",
        "<CountryCode>ZG</CountryCode></Destination>",
    )
    .replace(
        "<CountryCode>DE</CountryCode><TypeCode>1",
        "<CountryCode>??</CountryCode><TypeCode>1",
    )
    .replace(">880.5<", ">880,5<")
    .replace(">910<", " unitCode='TNE'>910<")
    .replace("20260314101500Z", "soon")
    .replace(">84571010<", ">8457101O<");
    let message = one(&text);
    assert_eq!(
        issues(&message),
        [
            "5 not-a-date AcceptanceDateTime",
            "42 not-a-code GoodsShipment/GovernmentAgencyGoodsItem[1]/Commodity/Classification/ID",
            "52 unknown-country GoodsShipment/GovernmentAgencyGoodsItem[1]/Origin/CountryCode",
            "46 not-a-number GoodsShipment/GovernmentAgencyGoodsItem[1]/Commodity/GoodsMeasure/NetNetWeightMeasure",
            "46 unknown-unit GoodsShipment/GovernmentAgencyGoodsItem[1]/Commodity/GoodsMeasure/GrossMassMeasure",
            "34 unknown-country GoodsShipment/Destination/CountryCode",
        ]
    );
    let t = message.transaction.unwrap();
    assert_eq!((t.destination, t.items[0].origin), (None, None));
    assert_eq!((t.items[0].net_mass, t.items[0].gross_mass), (None, None));
    assert_eq!(t.issues, message.issues);
}

#[test]
fn lines_with_other_destinations_stay_in_sight() {
    let text = with(
        "<GovernmentProcedure><CurrentCode>10<",
        "<Destination><CountryCode>IR</CountryCode></Destination><GovernmentProcedure><CurrentCode>10<",
    );
    let message = one(&text);
    assert!(
        message
            .issues
            .iter()
            .any(|i| i.code == "several-destinations")
    );
    let t = message.transaction.unwrap();
    assert_eq!(
        (t.destination, t.route.last().copied()),
        (Some(gb("AE")), Some(gb("IR")))
    );
}

#[test]
fn roles_without_a_name_are_kept() {
    let t = declared(&with("<Name>Gulf Trade FZE</Name>", ""));
    assert_eq!(party(&t, Role::Purchaser).provenance, Provenance::Unnamed);
    let t = declared(&with("<Name>Gulf Trade FZE</Name>", "<ID>AE1</ID>"));
    let buyer = party(&t, Role::Purchaser);
    assert_eq!(buyer.provenance, Provenance::IdentifierOnly);
    assert_eq!(
        buyer.party.identifiers[0],
        Identifier::new("", "AE1"),
        "too short for an EORI"
    );
    let t = declared(&with(
        "<Buyer><Name>Gulf Trade FZE</Name></Buyer>",
        "<Stranger><Name>Who</Name><Address/></Stranger>",
    ));
    assert_eq!(party(&t, Role::Other).party.caption(), "Ada Clerk");
    assert!(
        t.parties
            .iter()
            .any(|p| p.role == Role::Other && p.party.caption() == "Who")
    );
}

#[test]
fn an_aircraft_is_a_party_too() {
    let t = declared(&with(
        "<ID>9074729</ID><IdentificationTypeCode>10<",
        "<ID>EP-MNB</ID><IdentificationTypeCode>41<",
    ));
    let craft = t
        .parties
        .iter()
        .find(|p| p.party.kind == PartyKind::Aircraft)
        .unwrap();
    assert_eq!(
        craft.party.identifiers,
        [Identifier::new("tail-number", "EP-MNB")]
    );
}

#[test]
fn a_ship_is_known_by_its_number_whatever_the_type_of_identification() {
    for kind in ["", "<IdentificationTypeCode>11</IdentificationTypeCode>"] {
        let t = declared(&with(
            "<IdentificationTypeCode>10</IdentificationTypeCode>",
            kind,
        ));
        let number = Identifier::new("imo", "9074729");
        let ship = t
            .in_role(Role::Vessel)
            .find(|(_, p)| p.party.identifiers.contains(&number));
        assert!(ship.is_some(), "{kind}");
    }
}

#[test]
fn envelopes_and_prefixes_do_not_matter() {
    let body = EXPORT.split_once("?>").unwrap().1;
    let soap = format!(
        "<s:Envelope xmlns:s='urn:s'><s:Body><submit>{body}</submit></s:Body></s:Envelope>"
    );
    let start = body.find("<Declaration>").unwrap();
    let bare = body[start..].replace("</m:MetaData>", "");
    let prefixed = bare
        .replace("</", "</x:")
        .replace("<", "<x:")
        .replace("<x:/x:", "</x:")
        .replace("p:Date", "Date");
    let expected = declared(EXPORT);
    for text in [soap, bare, prefixed] {
        let mut read = declared(&text);
        read.issues.clear();
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn several_declarations_in_one_file_are_several_messages() {
    let body = EXPORT.split_once("?>").unwrap().1;
    let text = format!("<batch>{body}{}</batch>", body.replace("LRN-1", "LRN-2"));
    let found = read(&text);
    let references: Vec<_> = found
        .iter()
        .map(|m| (m.index, m.reference.as_deref().unwrap()))
        .collect();
    assert_eq!(references, [(0, "LRN-1"), (1, "LRN-2")]);
    assert_ne!(found[0].digest, found[1].digest);
}

fn small(inside: &str) -> String {
    format!(
        "<MetaData><WCOTypeName>DEC</WCOTypeName>\n<Declaration>{inside}</Declaration></MetaData>"
    )
}

#[test]
fn messages_are_told_apart() {
    let check = |text: &str, kind: MessageKind, name: &str| {
        let message = one(text);
        assert_eq!((message.kind, message.name.as_str()), (kind, name));
        message
    };
    let response = "<MetaData><WCOTypeName>RES</WCOTypeName><Response><FunctionCode>01</FunctionCode><Declaration><FunctionalReferenceID>L1</FunctionalReferenceID><ID>MRN1</ID><VersionID>1</VersionID></Declaration></Response></MetaData>";
    let message = check(
        response,
        MessageKind::Notification,
        "customs response 01 (declaration accepted)",
    );
    assert_eq!(
        (
            message.reference.as_deref(),
            message.customs_reference.as_deref()
        ),
        (Some("L1"), Some("MRN1"))
    );
    assert_eq!(issues(&message), ["1 not-a-declaration -"]);
    let status = "<p:DeclarationStatusResponse xmlns:p='u'><p:Declaration><p:ID>M</p:ID></p:Declaration></p:DeclarationStatusResponse>";
    check(
        status,
        MessageKind::Notification,
        "DeclarationStatusResponse",
    );
    check(
        "<inv:movement xmlns:inv='u'/>",
        MessageKind::Other,
        "movement",
    );
    let notice = small(
        "<FunctionCode>13</FunctionCode><FunctionalReferenceID>G</FunctionalReferenceID><TypeCode>GPR</TypeCode>",
    );
    check(&notice, MessageKind::Other, "WCO goods presentation notice");
    let cancel = small(
        "<FunctionCode>13</FunctionCode><FunctionalReferenceID>C</FunctionalReferenceID><ID>MRN1</ID><TypeCode>INV</TypeCode>",
    );
    let message = check(&cancel, MessageKind::Cancellation, "WCO cancellation INV");
    assert_eq!(message.customs_reference.as_deref(), Some("MRN1"));
}

#[test]
fn what_cannot_be_told_is_unreadable_with_a_reason() {
    for (inside, code) in [
        ("<unknown/>", "unknown-function"),
        (
            "<FunctionCode>13</FunctionCode><FunctionalReferenceID>A</FunctionalReferenceID><TypeCode>XYZ</TypeCode>",
            "unknown-function",
        ),
        (
            "<FunctionCode>77</FunctionCode><FunctionalReferenceID>A</FunctionalReferenceID>",
            "unknown-function",
        ),
        (
            "<FunctionCode>9</FunctionCode><GoodsShipment/>",
            "reference-missing",
        ),
    ] {
        let message = one(&small(inside));
        assert_eq!(
            (message.kind, message.issues[0].code.as_str()),
            (MessageKind::Unreadable, code)
        );
        assert_eq!(message.line, Some(2));
    }
}

#[test]
fn a_comment_that_is_not_closed_does_not_swallow_the_consignee() {
    let text = with(
        "<Consignee><Name>Orient",
        "<!-- note\n<Consignee><Name>Orient",
    );
    let text = text.replace(
        "<Consignment>\n    <Departure",
        "<!-- transport --><Consignment>\n    <Departure",
    );
    let message = one(&text);
    assert_eq!(message.kind, MessageKind::Unreadable);
    let before = text.split_once("<!-- note").unwrap().0;
    let line = before.matches('\n').count() + 1;
    assert_eq!(issues(&message), [format!("{line} not-well-formed -")]);
}
