//! What the labels of OFAC remarks and identity documents mean.

use super::build::Record;
use portcullis_domain::{Country, Identifier, IdentifierCheck, PartyKind};

/// Labels and the identifier scheme they stand for. Only what identifies is
/// here; everything else stays in the remarks. Facts from the label values in
/// OFAC's SDN and consolidated publications, 2021 to 2026.
const SCHEMES: &[(&str, &str)] = &[
    (
        "Afghan Money Service Provider License Number",
        "registration",
    ),
    ("Aircraft Tail Number", "tail-number"),
    ("Previous Aircraft Tail Number", "tail-number"),
    (
        "Aircraft Construction Number (also called L/N or S/N or F/N)",
        "other",
    ),
    ("Aircraft Manufacturer's Serial Number (MSN)", "other"),
    ("Aircraft Mode S Transponder Code", "other"),
    ("BIK (RU)", "other"),
    ("Birth Certificate Number", "national-id"),
    ("Bosnian Personal ID No.", "national-id"),
    ("Branch Unit Number", "registration"),
    ("British National Overseas Passport", "passport"),
    ("Business Number", "registration"),
    ("Business Registration Document #", "registration"),
    ("Business Registration Number", "registration"),
    ("C.R. No.", "registration"),
    ("C.U.I.", "national-id"),
    ("C.U.I.P.", "national-id"),
    ("C.U.I.T.", "tax"),
    ("C.U.R.P.", "national-id"),
    ("CNPJ", "tax"),
    ("CURP", "national-id"),
    ("Call Sign", "call-sign"),
    ("Cartilla de Servicio Militar Nacional", "national-id"),
    ("Cedula No.", "national-id"),
    ("Central Registration System Number", "registration"),
    ("Certificate of Incorporation Number", "registration"),
    ("Chamber of Commerce Number", "registration"),
    ("Citizen's Card Number", "national-id"),
    ("Commercial Registry Number", "registration"),
    ("Company Number", "registration"),
    ("Credencial electoral", "national-id"),
    ("D-U-N-S Number", "duns"),
    ("D.N.I.", "national-id"),
    ("Diplomatic Passport", "passport"),
    ("Driver's License No.", "national-id"),
    ("Dubai Chamber of Commerce Membership No.", "registration"),
    ("Economic Register Number (CBLS)", "registration"),
    ("Electoral Registry No.", "national-id"),
    ("Enterprise Number", "registration"),
    ("File Number", "registration"),
    ("Fiscal Code", "tax"),
    ("Folio Mercantil No.", "registration"),
    ("Government Gazette Number", "registration"),
    ("I.F.E.", "national-id"),
    ("ISIN", "other"),
    ("Identification Number", "national-id"),
    ("Istanbul Chamber of Comm. No.", "registration"),
    ("Italian Fiscal Code", "tax"),
    ("Kenyan ID No.", "national-id"),
    ("LE Number", "national-id"),
    ("Legal Entity Number", "lei"),
    ("License", "registration"),
    ("MMSI", "mmsi"),
    ("MSB Registration Number", "registration"),
    ("Matricula Mercantil No", "registration"),
    ("Military Registration Number", "national-id"),
    ("N.I.E.", "national-id"),
    ("NIT #", "tax"),
    ("National Foreign ID Number", "national-id"),
    ("National ID No.", "national-id"),
    ("Numero de Identidad", "national-id"),
    ("Official Passport", "passport"),
    ("Passport", "passport"),
    ("Personal ID Card", "national-id"),
    ("Public Registration Number", "registration"),
    ("R.F.C.", "tax"),
    ("RFC", "tax"),
    ("RIF #", "tax"),
    ("RTN", "tax"),
    ("RUC #", "tax"),
    ("Refugee ID Card", "national-id"),
    ("Registered Charity No.", "registration"),
    ("Registration ID", "registration"),
    ("Registration Number", "registration"),
    ("Residency Number", "national-id"),
    ("Romanian C.R.", "registration"),
    ("Romanian Permanent Resident", "national-id"),
    ("Romanian Tax Registration", "tax"),
    ("SSN", "national-id"),
    ("SWIFT/BIC", "bic"),
    ("Seafarer's Identification Document", "national-id"),
    ("Service Passport", "passport"),
    ("Stateless Person ID Card", "national-id"),
    ("Stateless Person Passport", "passport"),
    ("Tarjeta Profesional", "national-id"),
    ("Tax ID No.", "tax"),
    ("Trade License No.", "registration"),
    ("Travel Document Number", "passport"),
    ("Turkish Identification Number", "national-id"),
    ("UK Company Number", "registration"),
    ("US FEIN", "tax"),
    ("Unified Social Credit Code (USCC)", "registration"),
    ("Unique Identification Number", "registration"),
    ("V.A.T. Number", "tax"),
    ("VAT Number", "tax"),
    ("Vessel Call Sign", "call-sign"),
    ("Vessel Registration Identification", "registration"),
    ("Voter Registration", "national-id"),
    ("Website", "website"),
];

/// The scheme of an exact label, as in XML and in the CSL.
pub(super) fn scheme(label: &str) -> Option<&'static str> {
    let plain = label.trim().trim_end_matches([':', '-']).trim_end();
    let found = SCHEMES.iter().find(|(l, _)| l.eq_ignore_ascii_case(plain));
    found.map(|(_, scheme)| *scheme)
}

/// The scheme of the longest label with which a text begins, and what follows it.
pub(super) fn split(text: &str) -> Option<(&'static str, &str)> {
    let mut best: Option<(&'static str, &str)> = None;
    for (label, scheme) in SCHEMES {
        let Some(rest) = strip(text, label) else {
            continue;
        };
        if best.is_none_or(|(_, shorter)| rest.len() < shorter.len()) {
            best = Some((scheme, rest));
        }
    }
    best
}

/// What follows a label and a space, or nothing.
pub(super) fn strip<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(label)?;
    let spaced = rest.is_empty() || rest.starts_with([' ', ':', '#']);
    spaced.then(|| rest.trim_start_matches([':', ' ']))
}

/// Adds a document as the identifier it is. A ship's "Vessel Registration
/// Identification IMO 9187629" is its IMO number; a company's "IMO 5055293" is
/// a company number in the same form and must not be taken for a ship.
pub(super) fn add(
    scheme: &str,
    value: &str,
    country: Option<Country>,
    field: &str,
    record: &mut Record,
) {
    let value = super::text::clean(value);
    let vessel = record.entity.party.kind == PartyKind::Vessel;
    let imo = value
        .strip_prefix("IMO")
        .map(str::trim)
        .filter(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    let mut identifier = match imo {
        Some(number) if vessel => Identifier::new("imo", number),
        Some(_) => Identifier::new("registration", value),
        None => Identifier::new(scheme, value),
    };
    identifier.country = country;
    if let Some(russian) = russian_scheme(&identifier) {
        identifier.scheme = russian.to_owned();
    }
    record.identifier(identifier, field);
}

/// A Russian tax or registration number with right check digits is an INN or OGRN.
fn russian_scheme(identifier: &Identifier) -> Option<&'static str> {
    let candidate = match identifier.scheme.as_str() {
        "tax" => "inn",
        "registration" => "ogrn",
        _ => return None,
    };
    let russian = identifier.country? == Country::from_alpha2("RU")?;
    let probe = Identifier::new(candidate, identifier.value.clone());
    (russian && probe.check() == IdentifierCheck::WellFormed).then_some(candidate)
}
