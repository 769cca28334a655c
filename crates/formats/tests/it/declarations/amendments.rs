use super::{declared, one, party};
use portcullis_domain::{Country, Issue, MessageKind, Movement, Role, Transaction};
use portcullis_formats::declarations::apply_amendment;

fn original() -> Transaction {
    declared(
        r#"<Declaration>
<FunctionCode>9</FunctionCode><FunctionalReferenceID>L1</FunctionalReferenceID><TypeCode>EXA</TypeCode>
<AuthorisationHolder><ID>GB123456789000</ID></AuthorisationHolder><AuthorisationHolder><ID>GB123456789001</ID></AuthorisationHolder>
<Exporter><Name>Old Name</Name><Address><CityName>Leeds</CityName><CountryCode>GB</CountryCode></Address></Exporter>
<GoodsShipment><Destination><CountryCode>ZZ</CountryCode></Destination>
<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>
<AdditionalDocument><CategoryCode>X</CategoryCode><ID>LIC-1</ID><TypeCode>002</TypeCode><LPCOExemptionCode>AE</LPCOExemptionCode></AdditionalDocument>
<Commodity><Description>Pump</Description><Classification><ID>84135061</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification><Classification><ID>20</ID><IdentificationTypeCode>TRC</IdentificationTypeCode></Classification><GoodsMeasure><NetNetWeightMeasure>10</NetNetWeightMeasure></GoodsMeasure></Commodity>
<GovernmentProcedure><CurrentCode>10</CurrentCode><PreviousCode>00</PreviousCode></GovernmentProcedure>
</GovernmentAgencyGoodsItem></GoodsShipment></Declaration>"#,
    )
}

/// An amendment with pointers written `42A/67A/68A#1/23A/65A:128`.
fn amend(pointers: &[&str], inside: &str) -> Result<Transaction, Vec<Issue>> {
    let mut xml = String::from(
        "<Declaration><FunctionCode>13</FunctionCode><FunctionalReferenceID>A1</FunctionalReferenceID><ID>MRN1</ID><TypeCode>COR</TypeCode>",
    );
    for pointer in pointers {
        xml.push_str("\n<Amendment><ChangeReasonCode>28</ChangeReasonCode>");
        for step in pointer.split('/') {
            let (step, tag) = step.split_once(':').unwrap_or((step, ""));
            let (section, sequence) = step.split_once('#').unwrap_or((step, "1"));
            xml.push_str(&format!("<Pointer><SequenceNumeric>{sequence}</SequenceNumeric><DocumentSectionCode>{section}</DocumentSectionCode>"));
            if !tag.is_empty() {
                xml.push_str(&format!("<TagID>{tag}</TagID>"));
            }
            xml.push_str("</Pointer>");
        }
        xml.push_str("</Amendment>");
    }
    xml.push_str(inside);
    xml.push_str("</Declaration>");
    let message = one(&xml);
    assert_eq!(message.kind, MessageKind::Amendment);
    apply_amendment(&original(), &message)
}

const ITEM: &str = "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>";
const END: &str = "</GovernmentAgencyGoodsItem></GoodsShipment>";

#[track_caller]
fn refused(pointers: &[&str], inside: &str, code: &str) {
    let issues = amend(pointers, inside).unwrap_err();
    assert!(issues.iter().any(|i| i.code == code), "{issues:?}");
}

#[test]
fn a_value_is_laid_over_the_original() {
    let inside = format!(
        "{ITEM}<Commodity><GoodsMeasure><NetNetWeightMeasure>12.5</NetNetWeightMeasure></GoodsMeasure></Commodity>{END}"
    );
    let t = amend(&["42A/67A/68A/23A/65A:128"], &inside).unwrap();
    assert_eq!(t.items[0].net_mass.unwrap().to_string(), "12.5");
    assert_eq!(t.items[0].description, "Pump");
    assert_eq!(
        (t.reference.as_str(), t.customs_reference.as_str()),
        ("L1", "MRN1")
    );
    assert_eq!((t.version, t.message), (Some(2), MessageKind::Amendment));
    assert_eq!(
        (t.type_code.as_str(), t.movement),
        ("EXA", Movement::Export)
    );
    assert_eq!(t.issues, original().issues, "what was unreadable stays so");
}

#[test]
fn an_issue_goes_when_its_value_is_amended() {
    assert_eq!(original().issues.len(), 1);
    let inside =
        "<GoodsShipment><Destination><CountryCode>IR</CountryCode></Destination></GoodsShipment>";
    let t = amend(&["42A/67A/99B:063"], inside).unwrap();
    assert_eq!(t.destination, Country::from_alpha2("IR"));
    assert_eq!(t.issues, []);
}

#[test]
fn parties_documents_codes_and_lines() {
    let exporter =
        "<Exporter><Name>New Name</Name><Address><CityName>York</CityName></Address></Exporter>";
    let t = amend(&["42A/57A:R031", "42A/57A/04A:241"], exporter).unwrap();
    let read = &party(&t, Role::Exporter).party;
    assert_eq!((read.caption(), read.names.len()), ("New Name", 1));
    assert_eq!(read.addresses[0].one_line(), "York, United Kingdom");

    let status = format!(
        "{ITEM}<AdditionalDocument><CategoryCode>X</CategoryCode><ID>LIC-1</ID><TypeCode>002</TypeCode><LPCOExemptionCode>EE</LPCOExemptionCode></AdditionalDocument>{END}"
    );
    let t = amend(&["42A/67A/68A/02A:360"], &status).unwrap();
    let documents = &t.items[0].documents;
    assert_eq!((documents.len(), documents[0].status.as_str()), (1, "EE"));

    let code = format!(
        "{ITEM}<Commodity><Classification><ID>84135069</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification></Commodity>{END}"
    );
    let t = amend(&["42A/67A/68A/23A/21A"], &code).unwrap();
    let codes: Vec<&str> = t.items[0].codes.iter().map(|c| c.value.as_str()).collect();
    assert_eq!(
        codes,
        ["84135069"],
        "the old national code goes with the old code"
    );

    let line = format!("{ITEM}<Commodity><Description>Valve</Description></Commodity>{END}")
        .replace(">1<", ">2<");
    let t = amend(&["42A/67A/68A#2"], &line).unwrap();
    assert_eq!(
        (t.items.len(), t.items[1].description.as_str()),
        (2, "Valve")
    );
}

#[test]
fn what_is_not_certain_is_refused() {
    let weight = format!(
        "{ITEM}<Commodity><GoodsMeasure><NetNetWeightMeasure>1</NetNetWeightMeasure></GoodsMeasure></Commodity>{END}"
    );
    refused(&[], &weight, "unknown-pointer");
    refused(&["67A/68A"], &weight, "unknown-pointer");
    refused(&["42A/67A/77Z"], &weight, "unknown-pointer");
    refused(&["42A/67A/68A/23A/65A:126"], &weight, "deletion");
    refused(&["42A/67A/99B:063"], &weight, "deletion");
    refused(&["42A/67A/68A/02A"], &weight, "deletion");
    let holder = "<AuthorisationHolder><ID>GB999999999000</ID></AuthorisationHolder>";
    refused(&["42A/17C#2"], holder, "unclear-amendment");
    let unknown_line = weight.replace("<SequenceNumeric>1<", "<SequenceNumeric>7<");
    refused(
        &["42A/67A/68A#7/23A/65A:128"],
        &unknown_line,
        "unclear-amendment",
    );
    let taric = format!(
        "{ITEM}<Commodity><Classification><ID>30</ID><IdentificationTypeCode>TRC</IdentificationTypeCode></Classification></Commodity>{END}"
    );
    refused(&["42A/67A/68A/23A/21A"], &taric, "unclear-amendment");
}

#[test]
fn our_own_formats_send_the_whole_new_version() {
    let first =
        declared(r#"{"reference":"R1","items":[{"description":"Pump"}],"destination":"FR"}"#);
    let second = one(
        r#"{"reference":"R1","message":"amendment","items":[{"description":"Pump"}],"destination":"IR"}"#,
    );
    let amended = apply_amendment(&first, &second).unwrap();
    assert_eq!(
        (amended.destination, amended.version),
        (Country::from_alpha2("IR"), Some(2))
    );
    let other = one(r#"{"reference":"R2","message":"amendment"}"#);
    assert_eq!(
        apply_amendment(&first, &other).unwrap_err()[0].code,
        "wrong-original"
    );
    let declaration = one(r#"{"reference":"R1"}"#);
    assert_eq!(
        apply_amendment(&first, &declaration).unwrap_err()[0].code,
        "not-an-amendment"
    );
}
