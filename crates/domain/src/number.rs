//! Money and quantities as scaled integers: exact, and the same in every database.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a decimal text is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a plain decimal number.
    #[error("'{0}' is not a decimal number")]
    NotDecimal(String),
    /// More digits after the point than the scale holds.
    #[error("'{0}' has more than {1} decimals")]
    TooPrecise(String, u32),
    /// Larger than the store can hold.
    #[error("'{0}' is too large")]
    TooLarge(String),
}

/// A decimal of `SCALE` digits after the point, held as an integer.
fn parse_scaled(text: &str, scale: u32) -> Result<i64, NumberError> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
        return Err(NumberError::NotDecimal(text.to_owned()));
    }
    let kept = fraction.trim_end_matches('0');
    if kept.len() > scale as usize {
        return Err(NumberError::TooPrecise(text.to_owned(), scale));
    }
    let joined = format!("{whole}{kept:0<width$}", width = scale as usize);
    let value: i64 = joined
        .parse()
        .map_err(|_| NumberError::TooLarge(text.to_owned()))?;
    Ok(if negative { -value } else { value })
}

fn write_scaled(value: i64, scale: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let unit = 10_u64.pow(scale);
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    let (whole, rest) = (magnitude / unit, magnitude % unit);
    if rest == 0 {
        return write!(f, "{sign}{whole}");
    }
    let fraction = format!("{rest:0width$}", width = scale as usize);
    write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// A quantity scaled by 10⁶.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Quantity(i64);

impl Quantity {
    /// The value in millionths.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// From millionths.
    pub fn from_micros(micros: i64) -> Quantity {
        Quantity(micros)
    }
}

impl FromStr for Quantity {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Quantity, NumberError> {
        parse_scaled(text, 6).map(Quantity)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(self.0, 6, f)
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> String {
        quantity.to_string()
    }
}

impl TryFrom<String> for Quantity {
    type Error = NumberError;
    fn try_from(text: String) -> Result<Quantity, NumberError> {
        text.parse()
    }
}

/// A quantity with its unit (UN/CEFACT Recommendation 20 code where known).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// How many.
    pub amount: Quantity,
    /// Unit code as declared, for example `KGM` or `NAR`; empty if not stated.
    pub unit: String,
}

/// An amount of money: scaled by 10⁴, with the ISO 4217 currency code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    amount: MoneyAmount,
    /// ISO 4217 alphabetic code, upper case; empty if not stated.
    pub currency: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct MoneyAmount(i64);

impl fmt::Display for MoneyAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(self.0, 4, f)
    }
}

impl From<MoneyAmount> for String {
    fn from(amount: MoneyAmount) -> String {
        amount.to_string()
    }
}

impl TryFrom<String> for MoneyAmount {
    type Error = NumberError;
    fn try_from(text: String) -> Result<MoneyAmount, NumberError> {
        parse_scaled(&text, 4).map(MoneyAmount)
    }
}

impl Money {
    /// Reads a decimal amount in the given currency (upper-cased).
    pub fn parse(amount: &str, currency: &str) -> Result<Money, NumberError> {
        let amount = MoneyAmount(parse_scaled(amount, 4)?);
        Ok(Money {
            amount,
            currency: currency.trim().to_ascii_uppercase(),
        })
    }

    /// From ten-thousandths of the currency unit.
    pub fn from_scaled(scaled: i64, currency: &str) -> Money {
        Money {
            amount: MoneyAmount(scaled),
            currency: currency.to_owned(),
        }
    }

    /// Ten-thousandths of the currency unit.
    pub fn scaled(&self) -> i64 {
        self.amount.0
    }

    /// The amount alone, as a decimal string.
    pub fn amount(&self) -> String {
        self.amount.to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_not_a_decimal() {
        for bad in [
            "", "-", ".", "1e3", "1,5", "0x10", "NaN", "+1", "1.2.3", "--1",
        ] {
            assert!(bad.parse::<Quantity>().is_err(), "{bad}");
        }
        assert!(matches!(
            "9999999999999999".parse::<Quantity>(),
            Err(NumberError::TooLarge(_))
        ));
        assert!(matches!(
            "0.0000001".parse::<Quantity>(),
            Err(NumberError::TooPrecise(..))
        ));
        assert_eq!("1.50000000".parse::<Quantity>().unwrap().to_string(), "1.5");
    }

    proptest! {
        #[test]
        fn a_quantity_reads_what_it_writes(micros in any::<i64>().prop_filter("abs", |m| *m != i64::MIN)) {
            let quantity = Quantity::from_micros(micros);
            prop_assert_eq!(quantity.to_string().parse::<Quantity>().unwrap(), quantity);
        }
    }
}
