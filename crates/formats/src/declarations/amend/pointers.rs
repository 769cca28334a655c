//! What an amendment points to, in the section and tag numbers of the WCO
//! data model.
//!
//! Source of the numbers: the `WCOID` annotations of `WCO_DEC_2_DMS.xsd` (UK
//! Customs Declaration Service, read 2026).

use super::Overlay;
use crate::reading::shown;
use crate::xml::Element;
use portcullis_domain::Issue;

/// Section numbers and the elements they name.
const SECTIONS: [(&str, &str); 49] = [
    ("02A", "AdditionalDocument"),
    ("03A", "AdditionalInformation"),
    ("04A", "Address"),
    ("05A", "Agent"),
    ("09B", "Seller"),
    ("10A", "ArrivalTransportMeans"),
    ("12C", "DangerousGoods"),
    ("15A", "BorderTransportMeans"),
    ("15C", "PresentationOffice"),
    ("16A", "Buyer"),
    ("16C", "AEOMutualRecognitionParty"),
    ("17C", "AuthorisationHolder"),
    ("18A", "Carrier"),
    ("21A", "Classification"),
    ("22B", "TradeTerms"),
    ("22C", "WriteOff"),
    ("23A", "Commodity"),
    ("25A", "Communication"),
    ("27A", "Consignee"),
    ("28A", "Consignment"),
    ("29A", "ConsignmentItem"),
    ("30A", "Consignor"),
    ("31B", "TransportEquipment"),
    ("34A", "Contact"),
    ("35B", "UCR"),
    ("41A", "CustomsValuation"),
    ("42A", "Declaration"),
    ("46A", "DepartureTransportMeans"),
    ("50A", "DutyTaxFee"),
    ("55B", "DomesticDutyTaxParty"),
    ("56A", "ExitOffice"),
    ("56B", "Payer"),
    ("57A", "Exporter"),
    ("57B", "Declarant"),
    ("64A", "GoodsLocation"),
    ("65A", "GoodsMeasure"),
    ("67A", "GoodsShipment"),
    ("68A", "GovernmentAgencyGoodsItem"),
    ("70A", "GovernmentProcedure"),
    ("74A", "Importer"),
    ("79A", "InvoiceLine"),
    ("81A", "Itinerary"),
    ("92A", "Origin"),
    ("93A", "Packaging"),
    ("95B", "ExportCountry"),
    ("97B", "SupervisingOffice"),
    ("99A", "PreviousDocument"),
    ("99B", "Destination"),
    ("43B", "Warehouse"),
];

/// Tag numbers of values that a decision can rest on.
const TAGS: [(&str, &str); 22] = [
    ("062", "ID"),
    ("063", "CountryCode"),
    ("064", "RoutingCountryCode"),
    ("108", "CustomsValueAmount"),
    ("109", "InvoiceAmount"),
    ("112", "ItemChargeAmount"),
    ("114", "StatisticalValueAmount"),
    ("117", "FreightChargeAmount"),
    ("126", "GrossMassMeasure"),
    ("128", "NetNetWeightMeasure"),
    ("130", "TariffQuantity"),
    ("137", "Description"),
    ("142", "MarksNumbersID"),
    ("144", "QuantityQuantity"),
    ("146", "TotalPackageQuantity"),
    ("161", "PreviousCode"),
    ("166", "CurrentCode"),
    ("239", "Line"),
    ("241", "CityName"),
    ("242", "CountryCode"),
    ("245", "PostcodeID"),
    ("360", "LPCOExemptionCode"),
];

/// One step down the tree.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    section: String,
    sequence: Option<usize>,
    tag: Option<String>,
}

/// One pointer: the steps from the declaration to what changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pointer {
    steps: Vec<Step>,
    line: u64,
}

/// The pointers of an amendment message.
pub(super) fn read(declaration: &Element) -> Vec<Pointer> {
    let step = |p: &Element| Step {
        section: p.text_of("DocumentSectionCode").unwrap_or("").to_owned(),
        sequence: p.text_of("SequenceNumeric").and_then(|n| n.parse().ok()),
        tag: p.text_of("TagID").map(str::to_owned),
    };
    declaration
        .children_named("Amendment")
        .map(|amendment| Pointer {
            steps: amendment.children_named("Pointer").map(step).collect(),
            line: amendment.line,
        })
        .collect()
}

/// Every reason for which the pointers cannot be followed.
pub(super) fn check(overlay: &Overlay) -> Vec<Issue> {
    if overlay.pointers.is_empty() {
        let text = "the amendment does not point to what it changes";
        let issue = Issue::new("unknown-pointer", text).at_line(overlay.declaration.line);
        return vec![issue];
    }
    let followed = overlay.pointers.iter();
    followed
        .filter_map(|pointer| follow(pointer, &overlay.declaration).err())
        .collect()
}

fn follow(pointer: &Pointer, declaration: &Element) -> Result<(), Issue> {
    let fail = |code: &str, text: String| Err(Issue::new(code, text).at_line(pointer.line));
    let Some((root, steps)) = pointer.steps.split_first() else {
        return fail(
            "unknown-pointer",
            "the amendment points to nothing".to_owned(),
        );
    };
    if name_of(&root.section) != Some("Declaration") {
        let text = "the pointer does not begin at the declaration".to_owned();
        return fail("unknown-pointer", text);
    }
    let mut level = vec![declaration];
    for step in steps {
        let Some(name) = name_of(&step.section) else {
            let text = format!(
                "'{}' is not a section that can be amended",
                shown(&step.section)
            );
            return fail("unknown-pointer", text);
        };
        level = level
            .into_iter()
            .flat_map(|e| e.children.iter().filter(|c| c.name == name))
            .collect();
        if level.is_empty() {
            let text = format!(
                "the amendment points to {name} and does not bring it: a deletion is not applied"
            );
            return fail("deletion", text);
        }
    }
    let tag = pointer.steps.last().and_then(|s| s.tag.as_deref());
    let wanted = tag.and_then(|tag| TAGS.iter().find(|(known, _)| *known == tag));
    let filled = |e: &&Element| {
        e.children
            .iter()
            .any(|c| !c.text.is_empty() && wanted.is_none_or(|(_, name)| c.name == *name))
    };
    let has_value = |e: &&Element| filled(e) || e.children.iter().any(|c| !c.children.is_empty());
    let brought = if tag.is_some() {
        level.iter().any(filled)
    } else {
        level.iter().any(has_value)
    };
    if brought {
        return Ok(());
    }
    let what = wanted.map_or("a value", |(_, name)| *name);
    fail(
        "deletion",
        format!("the amendment points to {what} and does not bring it: a deletion is not applied"),
    )
}

fn name_of(section: &str) -> Option<&'static str> {
    let found = SECTIONS.iter().find(|(code, _)| *code == section);
    found.map(|(_, name)| *name)
}

/// The sequence numbers that pointers give for a section, in order: of a line
/// of goods, or of the declaration where `item` is `None`.
pub(super) fn sequences(overlay: &Overlay, item: Option<u32>, section: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for pointer in &overlay.pointers {
        let line = pointer.steps.iter().find(|s| s.section == "68A");
        let same_item = match (line.and_then(|s| s.sequence), item) {
            (Some(given), Some(wanted)) => given == wanted as usize,
            (None, None) => line.is_none(),
            _ => false,
        };
        let step = pointer.steps.iter().find(|s| s.section == section);
        let sequence = step.filter(|_| same_item).and_then(|s| s.sequence);
        found.extend(sequence.filter(|s| !found.contains(s)));
    }
    found
}
