//! Identifiers and their check digits.

use crate::Country;
use serde::{Deserialize, Serialize};

/// An identifier in a scheme. `scheme` is lower case with hyphens: `imo`, `mmsi`,
/// `lei`, `bic`, `iban`, `gtin`, `inn`, `ogrn`, `eori`, `container` (ISO 6346),
/// `passport`, `national-id`, `tax`, `registration`, `tail-number`, `call-sign`,
/// `duns`, `email`, `phone`, `website`, `crypto`, or `other`; empty when only a
/// bare value was given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// The scheme.
    #[serde(default)]
    pub scheme: String,
    /// The value as written.
    pub value: String,
    /// Issuing country, where stated.
    #[serde(default)]
    pub country: Option<Country>,
}

/// Whether an identifier can be what it says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentifierCheck {
    /// Form and check digit are right for the scheme.
    WellFormed,
    /// Cannot be an identifier of its scheme, and why.
    Malformed(&'static str),
    /// The scheme has no check we know.
    Unchecked,
}

impl Identifier {
    /// An identifier without issuing country.
    pub fn new(scheme: &str, value: impl Into<String>) -> Identifier {
        Identifier {
            scheme: scheme.to_ascii_lowercase(),
            value: value.into(),
            country: None,
        }
    }

    /// Reads `scheme:value` or a bare value. Text before a colon counts as a
    /// scheme only if it is a plain word, so that URLs stay whole.
    pub fn parse(text: &str) -> Identifier {
        let trimmed = text.trim();
        if let Some((scheme, value)) = trimmed.split_once(':') {
            let word = !scheme.is_empty()
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !value.starts_with("//");
            if word {
                return Identifier::new(&scheme.replace('_', "-"), value.trim());
            }
        }
        Identifier::new("", trimmed)
    }

    /// The value as compared: letters and digits only, upper case, without the
    /// scheme's own prefix (`IMO 9074729` is `9074729`).
    pub fn normalised(&self) -> String {
        let folded: String = self
            .value
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect();
        let prefix = match self.scheme.as_str() {
            "imo" => "IMO",
            "mmsi" => "MMSI",
            "lei" => "LEI",
            _ => return folded,
        };
        folded
            .strip_prefix(prefix)
            .map(str::to_owned)
            .unwrap_or(folded)
    }

    /// Checks form and check digit. Sources: IMO A.1117(30); ISO 17442 and
    /// ISO 13616 (mod 97-10, ISO 7064); ISO 9362; GS1 General Specifications;
    /// ISO 6346; Order MMV-7-6/435 (INN) and 129-FZ (OGRN) of Russia;
    /// Regulation (EU) 2015/2446 Annex B (EORI).
    pub fn check(&self) -> IdentifierCheck {
        let value = self.normalised();
        let verdict = match self.scheme.as_str() {
            "imo" => imo(&value),
            "mmsi" => exactly_digits(&value, &[9], "an MMSI has nine digits"),
            "lei" => lei(&value),
            "iban" => iban(&value),
            "bic" => bic(&value),
            "gtin" => gtin(&value),
            "container" => container(&value),
            "inn" => inn(&value),
            "ogrn" => ogrn(&value),
            "eori" => eori(&value),
            _ => return IdentifierCheck::Unchecked,
        };
        verdict.map_or_else(IdentifierCheck::Malformed, |()| IdentifierCheck::WellFormed)
    }
}

type Verdict = Result<(), &'static str>;

fn digits(value: &str) -> Option<Vec<u32>> {
    value.chars().map(|c| c.to_digit(10)).collect()
}

fn exactly_digits(value: &str, lengths: &[usize], why: &'static str) -> Verdict {
    let right = lengths.contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    if right { Ok(()) } else { Err(why) }
}

fn require(holds: bool, why: &'static str) -> Verdict {
    if holds { Ok(()) } else { Err(why) }
}

fn imo(value: &str) -> Verdict {
    exactly_digits(value, &[7], "an IMO number has seven digits")?;
    let d = digits(value).unwrap_or_default();
    let sum: u32 = d
        .iter()
        .take(6)
        .zip((2..=7).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    require(
        sum % 10 == d[6],
        "the check digit of the IMO number is wrong",
    )
}

/// Remainder by 97 of the text with letters as 10..35 (ISO 7064 mod 97-10).
fn mod97(text: &str) -> Option<u32> {
    text.chars().try_fold(0_u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some(if value > 9 {
            (rest * 100 + value) % 97
        } else {
            (rest * 10 + value) % 97
        })
    })
}

fn lei(value: &str) -> Verdict {
    require(
        value.len() == 20 && value.is_ascii(),
        "an LEI has twenty letters and digits",
    )?;
    require(
        mod97(value) == Some(1),
        "the check digits of the LEI are wrong",
    )
}

fn iban(value: &str) -> Verdict {
    let form = (15..=34).contains(&value.len())
        && value.is_ascii()
        && value.as_bytes()[..2].iter().all(u8::is_ascii_alphabetic);
    require(
        form,
        "an IBAN has a country code and 13 to 32 letters and digits",
    )?;
    let turned = format!("{}{}", &value[4..], &value[..4]);
    require(
        mod97(&turned) == Some(1),
        "the check digits of the IBAN are wrong",
    )
}

fn bic(value: &str) -> Verdict {
    let form = matches!(value.len(), 8 | 11)
        && value.is_ascii()
        && value.as_bytes()[..6].iter().all(u8::is_ascii_alphabetic);
    require(
        form,
        "a BIC has eight or eleven characters, the first six of them letters",
    )?;
    require(
        Country::from_alpha2(&value[4..6]).is_some(),
        "the country in the BIC does not exist",
    )
}

fn gtin(value: &str) -> Verdict {
    exactly_digits(value, &[8, 12, 13, 14], "a GTIN has 8, 12, 13 or 14 digits")?;
    let d = digits(value).unwrap_or_default();
    let sum: u32 = d
        .iter()
        .rev()
        .enumerate()
        .map(|(i, n)| if i % 2 == 1 { n * 3 } else { *n })
        .sum();
    require(
        sum.is_multiple_of(10),
        "the check digit of the GTIN is wrong",
    )
}

fn container(value: &str) -> Verdict {
    let b = value.as_bytes();
    let form = b.len() == 11
        && b[..4].iter().all(u8::is_ascii_alphabetic)
        && b[4..].iter().all(u8::is_ascii_digit);
    require(form, "a container number has four letters and seven digits")?;
    // ISO 6346 letter values skip the multiples of 11.
    let letter = |byte: u8| {
        let n = u32::from(byte - b'A') + 10;
        n + (n - 1) / 10 - u32::from(n < 11)
    };
    let value_of = |byte: u8| {
        if byte.is_ascii_digit() {
            u32::from(byte - b'0')
        } else {
            letter(byte)
        }
    };
    let sum: u32 = b[..10]
        .iter()
        .enumerate()
        .map(|(i, byte)| value_of(*byte) << i)
        .sum();
    require(
        sum % 11 % 10 == u32::from(b[10] - b'0'),
        "the check digit of the container number is wrong",
    )
}

fn inn(value: &str) -> Verdict {
    exactly_digits(value, &[10, 12], "an INN has ten or twelve digits")?;
    let d = digits(value).unwrap_or_default();
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |at: usize| -> bool {
        let weights = &WEIGHTS[WEIGHTS.len() - at..];
        d.iter()
            .zip(weights)
            .map(|(digit, weight)| digit * weight)
            .sum::<u32>()
            % 11
            % 10
            == d[at]
    };
    let right = if d.len() == 10 {
        check(9)
    } else {
        check(10) && check(11)
    };
    require(right, "the check digit of the INN is wrong")
}

fn ogrn(value: &str) -> Verdict {
    exactly_digits(
        value,
        &[13, 15],
        "an OGRN has 13 digits (15 for a sole trader)",
    )?;
    let (body, last) = value.split_at(value.len() - 1);
    let modulus = body.len() as u64 - 1;
    let rest = body.parse::<u64>().map_err(|_| "an OGRN is a number")? % modulus % 10;
    require(
        rest.to_string() == last,
        "the check digit of the OGRN is wrong",
    )
}

fn eori(value: &str) -> Verdict {
    let b = value.as_bytes();
    let form = (3..=17).contains(&b.len())
        && value.is_ascii()
        && b[..2].iter().all(u8::is_ascii_uppercase);
    require(
        form,
        "an EORI has a country code and up to fifteen letters and digits",
    )?;
    require(
        Country::from_alpha2(&value[..2]).is_some(),
        "the country in the EORI does not exist",
    )?;
    let british = matches!(&value[..2], "GB" | "XI");
    let twelve = b[2..].iter().all(u8::is_ascii_digit) && matches!(b.len() - 2, 12 | 15);
    require(
        !british || twelve,
        "a British EORI has twelve or fifteen digits after the country code",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scheme: &str, good: &str, bad: &str) {
        assert_eq!(
            Identifier::new(scheme, good).check(),
            IdentifierCheck::WellFormed,
            "{good}"
        );
        let verdict = Identifier::new(scheme, bad).check();
        assert!(matches!(verdict, IdentifierCheck::Malformed(_)), "{bad}");
    }

    #[test]
    fn check_digits() {
        check("imo", "IMO 9074729", "9074728");
        check("lei", "529900T8BM49AURSDO55", "529900T8BM49AURSDO56");
        check(
            "iban",
            "GB82 WEST 1234 5698 7654 32",
            "GB83WEST12345698765432",
        );
        check("bic", "DEUTDEFF", "DEUTZZFF");
        check("gtin", "4006381333931", "4006381333932");
        check("container", "CSQU3054383", "CSQU3054384");
        check("inn", "7707083893", "7707083894");
        check("inn", "500100732259", "500100732258");
        check("ogrn", "1027700132195", "1027700132196");
        check("eori", "GB150454489082", "GB15045448908");
        check("eori", "FR12345678901234", "ZZ123");
    }

    #[test]
    fn bare_values_and_schemes() {
        assert_eq!(
            Identifier::parse("IMO:9074729"),
            Identifier::new("imo", "9074729")
        );
        assert_eq!(
            Identifier::parse(" 9074729 "),
            Identifier::new("", "9074729")
        );
        assert_eq!(Identifier::parse("https://example.org").scheme, "");
        assert_eq!(Identifier::new("passport", "N-12 34").normalised(), "N1234");
    }
}
