//! Means of transport and containers.

use super::Reading;
use crate::declarations::craft;
use crate::xml::Element;
use portcullis_domain::{Transaction, TransportMeans};

/// Adds transport means, the vessels and aircraft behind them, and containers.
pub(super) fn all(declaration: &Element, transaction: &mut Transaction, reading: &mut Reading) {
    let places = [
        "BorderTransportMeans",
        "GoodsShipment/Consignment/DepartureTransportMeans",
        "GoodsShipment/Consignment/ArrivalTransportMeans",
        "Consignment/BorderTransportMeans",
        "Consignment/DepartureTransportMeans",
        "Consignment/ArrivalTransportMeans",
        "GoodsShipment/Consignment/BorderTransportMeans",
    ];
    for path in places {
        for element in declaration.all(path) {
            let read = means(element, path, reading);
            if read != TransportMeans::default() {
                transaction.transport.push(read);
            }
        }
    }
    craft::add(transaction);
    let equipment = [
        "GoodsShipment/Consignment/TransportEquipment",
        "Consignment/TransportEquipment",
        "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/TransportEquipment",
    ];
    for element in equipment.iter().flat_map(|path| declaration.all(path)) {
        let id = element.text_of("ID").map(str::to_owned);
        let new = id.filter(|id| !transaction.containers.contains(id));
        transaction.containers.extend(new);
    }
}

fn means(element: &Element, path: &str, reading: &mut Reading) -> TransportMeans {
    let text = |name: &str| element.text_of(name).unwrap_or("").to_owned();
    TransportMeans {
        mode: text("ModeCode"),
        id_kind: text("IdentificationTypeCode"),
        id: text("ID"),
        name: text("Name"),
        nationality: reading.country(element, path, "RegistrationNationalityCode"),
    }
}
