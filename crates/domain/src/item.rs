//! What: goods, software and technology.

use crate::{Country, Date, Measure, Money, Quantity};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The scheme of a declared goods code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeScheme {
    /// Harmonized System, 2 to 6 digits.
    Hs,
    /// EU Combined Nomenclature, 8 digits.
    Cn,
    /// A national tariff code longer than the above.
    National,
    /// US Export Control Classification Number (or `EAR99`).
    Eccn,
    /// EU dual-use number of Annex I.
    EuDualUse,
    /// UK control entry.
    UkControl,
}

impl CodeScheme {
    /// The word used in JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            CodeScheme::Hs => "hs",
            CodeScheme::Cn => "cn",
            CodeScheme::National => "national",
            CodeScheme::Eccn => "eccn",
            CodeScheme::EuDualUse => "eu_dual_use",
            CodeScheme::UkControl => "uk_control",
        }
    }
}

impl fmt::Display for CodeScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A declared code: upper case, without spaces or dots between digits for
/// tariff codes (`854231`), as published for control codes (`3A001.a.5`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemCode {
    /// Which nomenclature or control list.
    pub scheme: CodeScheme,
    /// The code.
    pub value: String,
}

/// A technical parameter, as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Name, for example `adc resolution`.
    pub name: String,
    /// Value as written.
    pub value: String,
    /// Unit as written; empty if none.
    #[serde(default)]
    pub unit: String,
}

/// Packages of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// How many.
    pub count: Option<u64>,
    /// UN/ECE Recommendation 21 code, as declared.
    #[serde(default)]
    pub kind: String,
    /// Shipping marks.
    #[serde(default)]
    pub marks: String,
}

/// A document that is named in a declaration: licence, certificate, statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// Category code (the first letter of a UK/EU document code, or empty).
    #[serde(default)]
    pub category: String,
    /// Type code, for example `X002` or `E012`, or a word of our own format:
    /// `licence`, `end_use_statement`, `invoice`, `uvl_statement`.
    pub kind: String,
    /// Reference number.
    #[serde(default)]
    pub id: String,
    /// Status code, for example `EE`, as declared.
    #[serde(default)]
    pub status: String,
    /// Amount written off against a licence.
    #[serde(default)]
    pub write_off: Option<Measure>,
    /// Last day of validity, where stated.
    #[serde(default)]
    pub valid_until: Option<Date>,
}

/// One line of goods, software or technology.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Number in the declaration, from 1.
    pub number: u32,
    /// Description as declared.
    #[serde(default)]
    pub description: String,
    /// Declared codes.
    #[serde(default)]
    pub codes: Vec<ItemCode>,
    /// Quantity in the supplementary or trading unit.
    #[serde(default)]
    pub quantity: Option<Measure>,
    /// Net mass in kilograms.
    #[serde(default)]
    pub net_mass: Option<Quantity>,
    /// Gross mass in kilograms.
    #[serde(default)]
    pub gross_mass: Option<Quantity>,
    /// Value of the line.
    #[serde(default)]
    pub value: Option<Money>,
    /// Country of origin.
    #[serde(default)]
    pub origin: Option<Country>,
    /// Maker's name.
    #[serde(default)]
    pub manufacturer: String,
    /// Maker's part or model number.
    #[serde(default)]
    pub part_number: String,
    /// Serial numbers.
    #[serde(default)]
    pub serials: Vec<String>,
    /// Technical parameters.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// Customs procedure, requested and previous, for example `1040`.
    #[serde(default)]
    pub procedure: String,
    /// Packages.
    #[serde(default)]
    pub packages: Vec<Package>,
    /// Documents named for this line.
    #[serde(default)]
    pub documents: Vec<DocumentRef>,
}

impl Item {
    /// The first declared code of a scheme.
    pub fn code(&self, scheme: CodeScheme) -> Option<&str> {
        self.codes
            .iter()
            .find(|c| c.scheme == scheme)
            .map(|c| c.value.as_str())
    }

    /// The six-digit HS code, from whichever tariff code is declared.
    pub fn hs6(&self) -> Option<&str> {
        let tariff = [CodeScheme::Hs, CodeScheme::Cn, CodeScheme::National];
        let code = tariff.iter().find_map(|scheme| self.code(*scheme))?;
        let long_enough = code.len() >= 6 && code.bytes().take(6).all(|b| b.is_ascii_digit());
        long_enough.then(|| &code[..6])
    }
}
