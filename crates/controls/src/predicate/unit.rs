//! Units of measure and their conversion.

use super::decimal::superscript;
use super::unit_table::{
    ACCELERATION, ATOMS, BIT, DOSE, Dimension, NONE, PERFORMANCE, POWER, PREFIX_WORDS, PREFIXES,
    RATE, TEMPERATURE, WEIGHTED, WORDS,
};
use std::fmt;

/// Longest text of a unit that is read, in bytes.
const MAX_UNIT_BYTES: usize = 60;

/// A unit of measure: a symbol, what it measures, and its size.
#[derive(Clone, Debug)]
pub struct Unit {
    symbol: String,
    dimension: Dimension,
    scale: Scale,
    /// A second reading that only counts where the first does not convert:
    /// `g` for standard gravity, `C` for Celsius, `rad` for a dose.
    other: Option<(Dimension, Scale)>,
}

/// From a number in the unit to one in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    /// Times this.
    Linear(f64),
    /// Times the first, plus the second (temperatures).
    Offset(f64, f64),
    /// Ten to the tenth of it, times this (dBm, dBW).
    Decibel(f64),
}

/// Why a unit cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Not a known unit.
    #[error("'{0}' is not a known unit")]
    Unknown(String),
    /// They measure different things.
    #[error("'{from}' cannot be converted to '{to}'")]
    NotConvertible {
        /// The unit given.
        from: String,
        /// The unit asked for.
        to: String,
    },
}

/// Two units are the same if they are written the same.
impl PartialEq for Unit {
    fn eq(&self, other: &Unit) -> bool {
        self.symbol == other.symbol
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.symbol)
    }
}

impl Unit {
    /// No unit: a count or a plain number.
    pub fn none() -> Unit {
        Unit {
            symbol: String::new(),
            dimension: NONE,
            scale: Scale::Linear(1.0),
            other: None,
        }
    }

    /// Whether there is no unit.
    pub fn is_none(&self) -> bool {
        self.symbol.is_empty()
    }

    /// The symbol as cleaned: `µm` is `um`, `W/cm²` is `W/cm2`.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// Whether a plain number is a number in this unit: counts, bits,
    /// operations; not a length, and not a percentage.
    pub fn is_countable(&self) -> bool {
        let counted = [NONE, BIT, PERFORMANCE, WEIGHTED];
        self.scale == Scale::Linear(1.0) && counted.contains(&self.dimension)
    }

    /// Reads a unit: symbols with SI prefixes (`GHz`, `µm`, `kPa`), words
    /// (`metres`, `per cent`), quotients and products (`A/mm²`, `W/(m K)`,
    /// `kW GHz`), temperatures, decibels. Errors: not known.
    pub fn parse(text: &str) -> Result<Unit, UnitError> {
        let unknown = || UnitError::Unknown(text.chars().take(MAX_UNIT_BYTES).collect());
        let symbol = clean(text);
        if symbol.len() > MAX_UNIT_BYTES {
            return Err(unknown());
        }
        if symbol.is_empty() {
            return Ok(Unit::none());
        }
        special(&symbol)
            .or_else(|| compound(&symbol))
            .ok_or_else(unknown)
    }

    /// A number in this unit as one in base units of the other's kind.
    /// Errors: they measure different things; both are named.
    pub fn to_base_of(&self, value: f64, other: &Unit) -> Result<f64, UnitError> {
        let scale = if self.dimension == other.dimension {
            Some(self.scale)
        } else {
            let second = self.other.filter(|(d, _)| *d == other.dimension);
            second.map(|(_, scale)| scale)
        };
        scale
            .map(|scale| scale.to_base(value))
            .ok_or_else(|| UnitError::NotConvertible {
                from: self.shown(),
                to: other.shown(),
            })
    }

    /// A number in this unit as one in its own base units.
    pub fn to_base(&self, value: f64) -> f64 {
        self.scale.to_base(value)
    }

    /// Whether numbers in the two convert into each other.
    pub fn converts_to(&self, other: &Unit) -> bool {
        self.to_base_of(1.0, other).is_ok()
    }

    /// The product or quotient of two units, for products of parameters.
    pub(crate) fn combined(&self, other: &Unit, multiply: bool) -> Unit {
        let sign: i8 = if multiply { 1 } else { -1 };
        let mut dimension = self.dimension;
        for (mine, theirs) in dimension.iter_mut().zip(other.dimension) {
            *mine = mine.saturating_add(theirs.saturating_mul(sign));
        }
        Unit {
            symbol: format!(
                "{}{}{}",
                self.shown(),
                if multiply { " " } else { "/" },
                other.shown()
            ),
            dimension,
            scale: Scale::Linear(1.0),
            other: None,
        }
    }

    fn shown(&self) -> String {
        if self.is_none() {
            "a number without unit".to_owned()
        } else {
            self.symbol.clone()
        }
    }
}

impl Scale {
    fn to_base(self, value: f64) -> f64 {
        match self {
            Scale::Linear(scale) => value * scale,
            Scale::Offset(scale, offset) => value * scale + offset,
            Scale::Decibel(scale) => scale * 10_f64.powf(value / 10.0),
        }
    }
}

/// One way of writing: ASCII where there is one, no superscripts, single spaces.
fn clean(text: &str) -> String {
    let text = superscript(text.trim());
    let mut symbol = String::new();
    for c in text.chars() {
        match c {
            'µ' | 'μ' => symbol.push('u'),
            '\u{3a9}' | '\u{2126}' => symbol.push_str("ohm"),
            '℃' => symbol.push_str("°C"),
            '℉' => symbol.push_str("°F"),
            'º' | '˚' => symbol.push('°'),
            '·' | '×' | '*' | '⋅' | '•' => symbol.push(' '),
            '−' | '–' => symbol.push('-'),
            '^' => {}
            c if c.is_whitespace() => {
                if !symbol.ends_with([' ', '/', '(', '°']) {
                    symbol.push(' ');
                }
            }
            '/' | ')' => {
                symbol.truncate(symbol.trim_end().len());
                symbol.push(c);
            }
            c => symbol.push(c),
        }
    }
    symbol.trim().to_owned()
}

fn linear(symbol: &str, dimension: Dimension, scale: f64) -> Unit {
    Unit {
        symbol: symbol.to_owned(),
        dimension,
        scale: Scale::Linear(scale),
        other: None,
    }
}

/// Units that are not products: temperatures, powers in decibels, data and
/// sample rates in words.
fn special(symbol: &str) -> Option<Unit> {
    const FAHRENHEIT: (f64, f64) = (5.0 / 9.0, 273.15 - 32.0 * 5.0 / 9.0);
    let (dimension, scale) = match symbol {
        "°C" | "degC" | "Celsius" | "degrees Celsius" | "deg C" => {
            (TEMPERATURE, Scale::Offset(1.0, 273.15))
        }
        "°F" | "degF" | "Fahrenheit" | "degrees Fahrenheit" | "deg F" => {
            (TEMPERATURE, Scale::Offset(FAHRENHEIT.0, FAHRENHEIT.1))
        }
        "°K" => (TEMPERATURE, Scale::Linear(1.0)),
        "°R" => (TEMPERATURE, Scale::Linear(5.0 / 9.0)),
        "dBm" => (POWER, Scale::Decibel(1e-3)),
        "dBW" => (POWER, Scale::Decibel(1.0)),
        _ => return sampled(symbol),
    };
    Some(Unit {
        symbol: symbol.to_owned(),
        dimension,
        scale,
        other: None,
    })
}

/// Samples a second in its spellings: `MS/s`, `GSa/s`, `samples/s`, `SPS`.
fn sampled(symbol: &str) -> Option<Unit> {
    let lower = symbol.to_ascii_lowercase();
    let written = [
        ("giga samples per second", 1e9),
        ("mega samples per second", 1e6),
        ("samples per second", 1.0),
        ("gs/s", 1e9),
        ("gsa/s", 1e9),
        ("ms/s", 1e6),
        ("msa/s", 1e6),
        ("ks/s", 1e3),
        ("ksa/s", 1e3),
        ("samples/s", 1.0),
        ("gsps", 1e9),
        ("msps", 1e6),
        ("ksps", 1e3),
    ];
    // `mS/s` in lower case would be milli.
    let scale = written.iter().find(|(text, _)| *text == lower)?.1;
    (symbol != "mS/s").then(|| linear(symbol, RATE, scale))
}

/// A product or quotient: `A/mm2`, `W/(m K)`, `kW GHz`.
fn compound(symbol: &str) -> Option<Unit> {
    let mut dimension = NONE;
    let mut scale = 1.0;
    let text = symbol.replace(" per ", "/");
    let mut alone = None;
    let mut factors = 0;
    for (at, part) in top_level(&text, '/').into_iter().enumerate() {
        let sign: i8 = if at == 0 { 1 } else { -1 };
        let inner = unwrapped(part);
        if inner.is_empty() {
            return None;
        }
        for factor in factors_of(inner) {
            factors += 1;
            if at == 0 && factor == "1" {
                continue;
            }
            let (unit, size, power) = powered(factor)?;
            for (mine, theirs) in dimension.iter_mut().zip(unit) {
                *mine = mine.checked_add(theirs.checked_mul(power)?.checked_mul(sign)?)?;
            }
            scale *= size.powi(i32::from(power) * i32::from(sign));
            alone = Some(factor);
        }
    }
    let usable = scale.is_finite() && scale > 0.0 && factors > 0;
    usable.then(|| Unit {
        symbol: symbol.to_owned(),
        dimension,
        scale: Scale::Linear(scale),
        other: alone.filter(|_| factors == 1).and_then(second_reading),
    })
}

/// `g` may be standard gravity, `C` Celsius, `F` Fahrenheit, `rad` a dose.
fn second_reading(symbol: &str) -> Option<(Dimension, Scale)> {
    match symbol {
        "g" | "G" | "g's" => Some((ACCELERATION, Scale::Linear(9.806_65))),
        "mg" => Some((ACCELERATION, Scale::Linear(9.806_65e-3))),
        "ug" => Some((ACCELERATION, Scale::Linear(9.806_65e-6))),
        "C" => Some((TEMPERATURE, Scale::Offset(1.0, 273.15))),
        "rad" | "rads" => Some((DOSE, Scale::Linear(0.01))),
        "krad" => Some((DOSE, Scale::Linear(10.0))),
        "Mrad" => Some((DOSE, Scale::Linear(1e4))),
        _ => None,
    }
}

/// Splits at a sign that stands outside brackets.
fn top_level(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            c if c == sign && depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

fn unwrapped(text: &str) -> &str {
    text.strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(text)
}

/// The factors of a product; words that belong together stay together.
fn factors_of(text: &str) -> Vec<&str> {
    if atom(text).is_some() {
        return vec![text];
    }
    text.split([' ', '.'])
        .filter(|part| !part.is_empty())
        .collect()
}

/// Dimension, size and power of one factor: `mm2`, `s-1`, `cm3`.
fn powered(factor: &str) -> Option<(Dimension, f64, i8)> {
    if let Some((dimension, size)) = atom(factor) {
        return Some((dimension, size, 1));
    }
    let split = factor.find(|c: char| c == '-' || c.is_ascii_digit())?;
    let (symbol, power) = factor.split_at_checked(split)?;
    let power: i8 = power.parse().ok()?;
    let (dimension, size) = atom(symbol)?;
    ((-6..=6).contains(&power) && power != 0).then_some((dimension, size, power))
}

/// One unit with its prefix, by symbol or in words.
fn atom(text: &str) -> Option<(Dimension, f64)> {
    let exact = |symbol: &str| ATOMS.iter().find(|a| a.symbol == symbol);
    if let Some(found) = exact(text) {
        return Some((found.dimension, found.scale));
    }
    for (prefix, factor) in PREFIXES {
        let rest = text.strip_prefix(prefix);
        let found = rest.and_then(exact).filter(|a| a.prefixes);
        if let Some(found) = found {
            return Some((found.dimension, found.scale * factor));
        }
    }
    in_words(text)
}

fn in_words(text: &str) -> Option<(Dimension, f64)> {
    let lower = text.to_lowercase();
    let (singular, _) = lower.split_at(lower.len() - usize::from(lower.ends_with('s')));
    let word = |word: &str| {
        let found = WORDS.iter().find(|(known, _)| *known == word)?;
        // Only words that name a symbol of the table stand in the list of words.
        (found.1 != text).then(|| atom(found.1))?
    };
    for candidate in [lower.as_str(), singular] {
        if let Some(found) = word(candidate) {
            return Some(found);
        }
        for (prefix, factor) in PREFIX_WORDS {
            let rest = candidate.strip_prefix(prefix);
            if let Some((dimension, scale)) = rest.and_then(|rest| word(rest.trim())) {
                return Some((dimension, scale * factor));
            }
        }
    }
    None
}
