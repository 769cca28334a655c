//! Lines of goods and the documents named for them.

use super::{Reading, join};
use crate::declarations::xml_file::line_of;
use crate::reading::{At, shown};
use crate::xml::Element;
use portcullis_domain::{
    CodeScheme, Country, DocumentRef, Item, ItemCode, Measure, Money, Package, Parameter, Quantity,
};

/// The name of a line of goods in paths: `GovernmentAgencyGoodsItem[2]`.
pub(in crate::declarations) fn base_name(item: &Element) -> String {
    let number = item.text_of("SequenceNumeric").unwrap_or("?");
    format!("{}[{}]", item.name, shown(number))
}

/// The path of a line of goods.
pub(super) fn base(item: &Element) -> String {
    join("GoodsShipment", &base_name(item))
}

pub(super) fn items(shipment: &Element, reading: &mut Reading) -> Vec<Item> {
    let found = shipment.children_named("GovernmentAgencyGoodsItem");
    found
        .enumerate()
        .map(|(position, element)| item(element, position, reading))
        .collect()
}

fn item(element: &Element, position: usize, reading: &mut Reading) -> Item {
    let base = base(element);
    let empty = Element::default();
    let commodity = element.child("Commodity").unwrap_or(&empty);
    let number = element.child("SequenceNumeric").and_then(|e| {
        let field = join(&base, "SequenceNumeric");
        reading.issues.small(&e.text, at(&field, e))
    });
    let mut item = Item {
        number: number.unwrap_or(position as u32 + 1),
        description: commodity.text_of("Description").unwrap_or("").to_owned(),
        codes: codes(commodity, &base, reading),
        origin: origin(element, &base, reading),
        value: value(element, commodity, &base, reading),
        procedure: procedure(element),
        packages: packages(element, &base, reading),
        documents: documents(element, &base, reading),
        parameters: parameters(element, commodity),
        ..Item::default()
    };
    measures(commodity, &base, &mut item, reading);
    item
}

fn at<'a>(field: &'a str, element: &Element) -> At<'a> {
    At {
        field,
        line: line_of(element),
    }
}

/// `TSP` is the combined nomenclature, `TRC` the two TARIC digits behind it;
/// together they are the ten-digit national code (data elements 6/14, 6/15).
fn codes(commodity: &Element, base: &str, reading: &mut Reading) -> Vec<ItemCode> {
    let field = join(base, "Commodity/Classification/ID");
    let mut codes: Vec<ItemCode> = Vec::new();
    let mut taric = String::new();
    for classification in commodity.children_named("Classification") {
        let Some(id) = classification.child("ID").filter(|i| !i.text.is_empty()) else {
            continue;
        };
        match classification
            .text_of("IdentificationTypeCode")
            .unwrap_or("")
        {
            "TSP" | "HS" | "" => codes.extend(reading.issues.tariff_code(&id.text, at(&field, id))),
            "TRC" => taric = id.text.clone(),
            "ECCN" => codes.push(ItemCode {
                scheme: CodeScheme::Eccn,
                value: id.text.to_uppercase(),
            }),
            _ => {}
        }
    }
    let cn = codes
        .iter()
        .find(|c| c.scheme == CodeScheme::Cn)
        .map(|c| c.value.clone());
    if let Some(cn) = cn.filter(|_| taric.len() == 2 && taric.bytes().all(|b| b.is_ascii_digit())) {
        codes.push(ItemCode {
            scheme: CodeScheme::National,
            value: format!("{cn}{taric}"),
        });
    }
    codes
}

/// Coded facts that the domain has no field for, kept by name.
fn parameters(element: &Element, commodity: &Element) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            found.push(Parameter {
                name: name.to_owned(),
                value: value.to_owned(),
                unit: String::new(),
            });
        }
    };
    for classification in commodity.children_named("Classification") {
        let name = match classification
            .text_of("IdentificationTypeCode")
            .unwrap_or("")
        {
            "TSP" | "HS" | "" | "TRC" | "ECCN" => continue,
            "CV" => "cus code".to_owned(),
            "TRA" => "taric additional code".to_owned(),
            "GN" => "national additional code".to_owned(),
            other => format!("classification {}", shown(other)),
        };
        add(&name, classification.text_of("ID"));
    }
    for goods in commodity.children_named("DangerousGoods") {
        add("un dangerous goods number", goods.text_of("UNDGID"));
    }
    let additional = element.children_named("GovernmentProcedure").skip(1);
    for procedure in additional.filter(|p| p.child("PreviousCode").is_none()) {
        add("additional procedure", procedure.text_of("CurrentCode"));
    }
    add(
        "transaction nature",
        element.text_of("TransactionNatureCode"),
    );
    add(
        "statistical value",
        element.text_of("StatisticalValueAmount"),
    );
    found
}

/// Requested and previous procedure together (data element 1/10).
fn procedure(element: &Element) -> String {
    let first = element.child("GovernmentProcedure");
    let text = |path: &str| first.and_then(|p| p.text_of(path)).unwrap_or("");
    format!("{}{}", text("CurrentCode"), text("PreviousCode"))
}

/// Origin of type 1 (or of no type); of type 2 (preferential) only if it
/// stands alone, and there a group of countries is not a mistake.
fn origin(element: &Element, base: &str, reading: &mut Reading) -> Option<Country> {
    let base = join(base, "Origin");
    let preferential = |o: &&Element| o.text_of("TypeCode") == Some("2");
    let mut plain = element
        .children_named("Origin")
        .filter(|o| !preferential(o));
    if let Some(origin) = plain.next() {
        return reading.country(origin, &base, "CountryCode");
    }
    let origin = element.children_named("Origin").find(preferential)?;
    let code = origin.text_of("CountryCode")?;
    if code.len() == 2 {
        return reading.country(origin, &base, "CountryCode");
    }
    None
}

/// The invoiced amount of the line, else its customs value, else its
/// statistical value.
fn value(
    element: &Element,
    commodity: &Element,
    base: &str,
    reading: &mut Reading,
) -> Option<Money> {
    let invoiced = commodity.at("InvoiceLine/ItemChargeAmount");
    let candidates = [
        (invoiced, "Commodity/InvoiceLine/ItemChargeAmount"),
        (element.child("CustomsValueAmount"), "CustomsValueAmount"),
        (
            element.child("StatisticalValueAmount"),
            "StatisticalValueAmount",
        ),
    ];
    let (amount, path) = candidates
        .into_iter()
        .find_map(|(e, path)| Some((e?, path)))?;
    money(amount, &join(base, path), reading)
}

pub(super) fn money(amount: &Element, field: &str, reading: &mut Reading) -> Option<Money> {
    let currency = amount.attribute("currencyID").unwrap_or("");
    reading
        .issues
        .money(&amount.text, currency, at(field, amount))
}

fn measures(commodity: &Element, base: &str, item: &mut Item, reading: &mut Reading) {
    let base = join(base, "Commodity/GoodsMeasure");
    let Some(measures) = commodity.child("GoodsMeasure") else {
        return;
    };
    item.net_mass = mass(measures, "NetNetWeightMeasure", &base, reading);
    item.gross_mass = mass(measures, "GrossMassMeasure", &base, reading);
    item.quantity = measures
        .child("TariffQuantity")
        .and_then(|e| measure(e, &join(&base, "TariffQuantity"), reading));
}

/// A mass in kilograms, the only unit that the data elements 6/1 and 6/5 allow.
fn mass(measures: &Element, name: &str, base: &str, reading: &mut Reading) -> Option<Quantity> {
    let element = measures.child(name)?;
    let field = join(base, name);
    let unit = element.attribute("unitCode").unwrap_or("KGM");
    if unit != "KGM" {
        let text = format!(
            "a mass is declared in kilograms (KGM), not in '{}'",
            shown(unit)
        );
        reading
            .issues
            .note("unknown-unit", at(&field, element), text);
        return None;
    }
    reading.issues.quantity(&element.text, at(&field, element))
}

fn measure(element: &Element, field: &str, reading: &mut Reading) -> Option<Measure> {
    Some(Measure {
        amount: reading.issues.quantity(&element.text, at(field, element))?,
        unit: element.attribute("unitCode").unwrap_or("").to_owned(),
    })
}

fn packages(element: &Element, base: &str, reading: &mut Reading) -> Vec<Package> {
    let field = join(base, "Packaging/QuantityQuantity");
    let read = |package: &Element, reading: &mut Reading| Package {
        count: package
            .child("QuantityQuantity")
            .and_then(|e| reading.issues.whole(&e.text, at(&field, e))),
        kind: package.text_of("TypeCode").unwrap_or("").to_owned(),
        marks: package.text_of("MarksNumbersID").unwrap_or("").to_owned(),
    };
    let found = element.children_named("Packaging");
    found.map(|package| read(package, reading)).collect()
}

/// Documents of an element itself. A document code is category and type
/// together (`X` and `002`: licence `X002`). Previous documents (data element
/// 2/1) have the category `previous`, so that a summary declaration of
/// category X never looks like a licence.
pub(super) fn documents(element: &Element, base: &str, reading: &mut Reading) -> Vec<DocumentRef> {
    let mut found = Vec::new();
    for document in element.children_named("AdditionalDocument") {
        let text = |name: &str| document.text_of(name).unwrap_or("").to_owned();
        let field = join(base, "AdditionalDocument/WriteOff/QuantityQuantity");
        let category = text("CategoryCode");
        found.push(DocumentRef {
            kind: format!("{category}{}", text("TypeCode")),
            category,
            id: text("ID"),
            status: text("LPCOExemptionCode"),
            write_off: document
                .at("WriteOff/QuantityQuantity")
                .and_then(|e| measure(e, &field, reading)),
            valid_until: ["ExpirationDateTime", "EffectiveDateTime"]
                .into_iter()
                .find_map(|path| reading.day(document, path)),
        });
    }
    for document in element.children_named("PreviousDocument") {
        let text = |name: &str| document.text_of(name).unwrap_or("").to_owned();
        found.push(DocumentRef {
            category: "previous".to_owned(),
            kind: text("TypeCode"),
            id: text("ID"),
            ..DocumentRef::default()
        });
    }
    found
}
