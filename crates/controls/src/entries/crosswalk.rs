//! Which entries of different lists are the same, and how sure that is.

use super::{ControlList, Entry, ListRegime};
use crate::eccn::{Declared, EntryNumber};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// The regime from which an entry was taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootRegime {
    /// The Wassenaar Arrangement.
    Wassenaar,
    /// The Missile Technology Control Regime.
    Mtcr,
    /// The Nuclear Suppliers Group.
    Nsg,
    /// The Australia Group.
    AustraliaGroup,
    /// The Chemical Weapons Convention.
    ChemicalWeaponsConvention,
    /// A national control.
    National,
}

impl RootRegime {
    /// The name of the field.
    pub fn as_str(self) -> &'static str {
        match self {
            RootRegime::Wassenaar => "Wassenaar Arrangement",
            RootRegime::Mtcr => "MTCR",
            RootRegime::Nsg => "NSG",
            RootRegime::AustraliaGroup => "Australia Group",
            RootRegime::ChemicalWeaponsConvention => "Chemical Weapons Convention",
            RootRegime::National => "national",
        }
    }
}

/// The number that entries of several lists share.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Root {
    /// Where it comes from, by the first digit of the number.
    pub regime: RootRegime,
    /// The number: that of the Wassenaar list where it is one (`3.A.1.b.4`),
    /// otherwise the common one of EU and US (`3A201.b`).
    pub number: String,
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.regime.as_str(), self.number)
    }
}

/// The root of a US, EU or UK code by the convention of their numbering: the
/// third character names the regime (0 Wassenaar, 1 MTCR, 2 NSG, 3 Australia
/// Group, 4 Chemical Weapons Convention, others national). `None` for codes of
/// another form.
pub fn root_number(code: &str) -> Option<Root> {
    let Declared::Entry(number, paragraph) = Declared::parse(code) else {
        return None;
    };
    let regime = match number.regime() {
        '0' if number.category() == '0' => RootRegime::Nsg,
        '0' => RootRegime::Wassenaar,
        '1' => RootRegime::Mtcr,
        '2' => RootRegime::Nsg,
        '3' => RootRegime::AustraliaGroup,
        '4' => RootRegime::ChemicalWeaponsConvention,
        _ => RootRegime::National,
    };
    let text = if regime == RootRegime::Wassenaar {
        wassenaar(number, &paragraph.to_string())
    } else {
        format!("{number}{paragraph}")
    };
    Some(Root {
        regime,
        number: text,
    })
}

/// `3A001.b.4` as `3.A.1.b.4`.
fn wassenaar(number: EntryNumber, paragraph: &str) -> String {
    let text = number.to_string();
    let digits = text.get(2..).unwrap_or("").trim_start_matches('0');
    format!(
        "{}.{}.{digits}{paragraph}",
        number.category(),
        number.group()
    )
}

/// How a correspondence was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Same number, and the texts agree.
    NumberAndText,
    /// Same number, but the texts share little: check before relying on it.
    NumberOnly,
    /// A paragraph above has the same number; the paragraph itself is not there.
    NumberAbove,
}

impl How {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            How::NumberAndText => "same number, texts agree",
            How::NumberOnly => "same number, texts differ",
            How::NumberAbove => "the paragraph above has the same number",
        }
    }
}

/// An entry of another list that corresponds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Correspondence {
    /// The other list.
    pub regime: ListRegime,
    /// Its version.
    pub label: String,
    /// The code there.
    pub code: String,
    /// How it was found.
    pub how: How,
    /// From 0 to 1: half for the number, half for the share of words in common.
    pub confidence: f32,
}

/// The entries of other lists with the same number as `code` of `list`.
pub fn correspondences(
    list: &ControlList,
    code: &str,
    others: &[&ControlList],
) -> Vec<Correspondence> {
    let Some(entry) = list.get(code) else {
        return Vec::new();
    };
    let comparable =
        |other: &&&ControlList| other.regime() != list.regime() && other.regime().has_entries();
    let found = others.iter().filter(comparable).filter_map(|other| {
        let (there, exact) = nearest(other, &entry.code)?;
        Some(corresponds(entry, other, there, exact))
    });
    found.collect()
}

/// The same number, or the nearest above it.
fn nearest<'l>(list: &'l ControlList, code: &str) -> Option<(&'l Entry, bool)> {
    if let Some(entry) = list.get(code) {
        return Some((entry, true));
    }
    let above = super::above(code);
    let found = above
        .iter()
        .filter(|c| c.len() >= 5)
        .find_map(|c| list.get(c))?;
    Some((found, false))
}

fn corresponds(entry: &Entry, list: &ControlList, there: &Entry, exact: bool) -> Correspondence {
    let shared = likeness(&entry.text, &there.text);
    let how = match (exact, shared >= 0.5) {
        (false, _) => How::NumberAbove,
        (true, true) => How::NumberAndText,
        (true, false) => How::NumberOnly,
    };
    let number = if exact { 0.5 } else { 0.2 };
    Correspondence {
        regime: list.regime(),
        label: list.head().label.clone(),
        code: there.code.clone(),
        how,
        confidence: number + 0.5 * shared,
    }
}

/// Share of words in common, from 0 to 1 (Dice).
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 1 || word.bytes().all(|b| b.is_ascii_digit()))
            .filter(|word| !word.is_empty())
            .map(spelling)
            .collect()
    };
    let (a, b) = (words(a), words(b));
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let shared = a.intersection(&b).count();
    2.0 * shared as f32 / (a.len() + b.len()) as f32
}

/// One spelling for British and American words.
fn spelling(word: &str) -> String {
    word.to_lowercase()
        .replace("metre", "meter")
        .replace("analogue", "analog")
        .replace("isation", "ization")
        .replace("fibre", "fiber")
        .replace("colour", "color")
        .replace("aluminium", "aluminum")
}
