//! Amendments and cancellations: applied to what is held, or held themselves.

use crate::world::World;
use serde_json::Value;

fn declaration(message: &str, version: u32, consignee: &str) -> String {
    format!(
        r#"{{"reference":"CH-1","version":{version},"message":"{message}","movement":"export",
            "dispatch":"US","destination":"FR","parties":[
              {{"role":"exporter","name":"Prairie Loom Textiles LLC"}},
              {{"role":"consignee","name":"{consignee}","address":{{"city":"Nantes","country":"FR"}}}}],
            "items":[{{"description":"Knitted cotton T-shirts","codes":[{{"scheme":"hs","value":"610910"}}]}}]}}"#
    )
}

fn assess(world: &World, name: &str, text: &str) -> Value {
    let file = world.file(name, text);
    world.run(&["assess", &file]).lines().remove(0)
}

#[test]
fn a_change_is_assessed_as_what_it_makes_of_the_original() {
    let world = World::with_samples();
    let lawful = declaration("declaration", 1, "Maison Belleroche Textile SAS");
    let amended = declaration("amendment", 2, "ООО «Северный Маяк Электроника»");
    let first = declaration("amendment", 2, "Maison Belleroche Textile SAS");
    let early = assess(&world, "early.json", &first);
    assert_eq!(early["outcome"], "hold", "{early}");
    assert!(early["findings"].to_string().contains("original not held"));

    let world = World::with_samples();
    assert_eq!(assess(&world, "1.json", &lawful)["outcome"], "release");
    let changed = assess(&world, "2.json", &amended);
    assert_eq!(changed["kind"], "amendment");
    assert_eq!(changed["outcome"], "prohibited", "{changed}");
    // The same version with other bytes: nobody may slip a better text under it.
    let again = declaration("amendment", 2, "Maison Belleroche Textile SAS");
    let slipped = assess(&world, "2b.json", &again);
    assert_eq!(slipped["outcome"], "hold", "{slipped}");
    assert!(
        slipped["findings"].to_string().contains("conflict"),
        "{slipped}"
    );
    let withdrawn = assess(
        &world,
        "3.json",
        r#"{"reference":"CH-1","message":"cancellation"}"#,
    );
    assert_eq!(withdrawn["outcome"], "release", "{withdrawn}");
    assert!(withdrawn["findings"].to_string().contains("withdrawn"));
    let late = assess(
        &world,
        "4.json",
        &declaration("amendment", 3, "Maison Belleroche Textile SAS"),
    );
    assert_eq!(late["outcome"], "hold", "{late}");
}

fn wco(inner: &str) -> String {
    format!(
        r#"<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"><md:WCOTypeName>DEC</md:WCOTypeName>
        <Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">{inner}</Declaration></md:MetaData>"#
    )
}

/// In customs messages a change has a reference of its own and names the
/// original by the number customs gave it, which a notification tells.
#[test]
fn a_customs_message_names_its_original_by_the_number_customs_gave() {
    let world = World::with_samples();
    let original = wco(
        "<FunctionCode>9</FunctionCode><FunctionalReferenceID>LRN-77</FunctionalReferenceID><TypeCode>EXD</TypeCode>
         <GoodsItemQuantity>1</GoodsItemQuantity><Exporter><Name>Thornbury Packaging Ltd</Name></Exporter>
         <GoodsShipment><Consignee><Name>Maison Belleroche Textile SAS</Name><Address><CountryCode>FR</CountryCode></Address></Consignee>
         <Destination><CountryCode>FR</CountryCode></Destination><ExportCountry><ID>GB</ID></ExportCountry>
         <GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric><Commodity><Description>Paper boxes</Description>
         <Classification><ID>48191000</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification></Commodity>
         </GovernmentAgencyGoodsItem></GoodsShipment>",
    );
    let notification = r#"<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"><WCOTypeName>RES</WCOTypeName>
        <Response xmlns="urn:wco:datamodel:WCO:RES-DMS:2"><FunctionCode>01</FunctionCode><FunctionalReferenceID>N-1</FunctionalReferenceID>
        <Declaration><FunctionalReferenceID>LRN-77</FunctionalReferenceID><ID>26GB00000000000071</ID></Declaration></Response></MetaData>"#;
    let cancellation = wco(
        "<FunctionCode>13</FunctionCode><FunctionalReferenceID>LRN-78</FunctionalReferenceID><ID>26GB00000000000071</ID>
         <TypeCode>INV</TypeCode><Amendment><ChangeReasonCode>1</ChangeReasonCode></Amendment>",
    );
    let lone = assess(
        &world,
        "lone.xml",
        &cancellation.replace("LRN-78", "LRN-79"),
    );
    assert_eq!(lone["outcome"], "hold", "{lone}");
    let made = assess(&world, "1.xml", &original);
    assert_eq!(
        (&made["kind"], &made["reference"]),
        (&"declaration".into(), &"LRN-77".into()),
        "{made}"
    );
    let told = assess(&world, "2.xml", notification);
    assert_eq!(told["kind"], "notification", "{told}");
    let withdrawn = assess(&world, "3.xml", &cancellation);
    assert_eq!(withdrawn["kind"], "cancellation", "{withdrawn}");
    assert!(
        withdrawn["findings"].to_string().contains("withdrawn"),
        "{withdrawn}"
    );
}
