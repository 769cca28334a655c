//! Countries and territories by ISO 3166-1 code.

use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt, sync::OnceLock};

const TABLE: &str = include_str!("../data/countries.tsv");

/// A country or territory of ISO 3166-1 (alpha-2, upper case), or one of the
/// user-assigned codes that customs use (`XK`, `XI`). A code outside the
/// table cannot be built: readers report it as an issue instead.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Country([u8; 2]);

struct Tables {
    by_text: HashMap<String, Country>,
    names: HashMap<Country, &'static str>,
    alpha3: HashMap<Country, &'static str>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Tables {
            by_text: HashMap::new(),
            names: HashMap::new(),
            alpha3: HashMap::new(),
        };
        for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(a2), Some(a3), Some(names)) = (cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let [first, second] = a2.as_bytes() else {
                continue;
            };
            let country = Country([*first, *second]);
            tables.by_text.insert(fold(a2), country);
            if !a3.is_empty() {
                tables.by_text.insert(fold(a3), country);
                tables.alpha3.insert(country, a3);
            }
            for (position, name) in names.split('|').enumerate() {
                if position == 0 {
                    tables.names.insert(country, name);
                }
                tables.by_text.entry(fold(name)).or_insert(country);
            }
        }
        tables
    })
}

/// Lower case letters and digits only, so that "Korea, North" and "KOREA NORTH" meet.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

impl Country {
    /// The country with this alpha-2 code (either case), if there is one.
    pub fn from_alpha2(code: &str) -> Option<Country> {
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        tables().by_text.get(&code.to_ascii_lowercase()).copied()
    }

    /// Reads an alpha-2 or alpha-3 code or an English name, in any case.
    pub fn parse(text: &str) -> Option<Country> {
        tables().by_text.get(&fold(text)).copied()
    }

    /// The alpha-2 code, upper case.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// The alpha-3 code, where ISO 3166-1 has one.
    pub fn alpha3(&self) -> Option<&'static str> {
        tables().alpha3.get(self).copied()
    }

    /// The usual English name.
    pub fn name(&self) -> &'static str {
        tables()
            .names
            .get(self)
            .copied()
            .unwrap_or("unknown country")
    }

    /// Every country of the table, by code.
    pub fn all() -> Vec<Country> {
        let mut all: Vec<Country> = tables().names.keys().copied().collect();
        all.sort();
        all
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.code().to_owned()
    }
}

impl TryFrom<String> for Country {
    type Error = String;
    fn try_from(code: String) -> Result<Country, String> {
        Country::from_alpha2(&code).ok_or_else(|| format!("'{code}' is not a country code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes_and_names() {
        for (text, code) in [
            ("gb", "GB"),
            ("IRN", "IR"),
            ("Korea, North", "KP"),
            ("Russian Federation", "RU"),
            ("Türkiye", "TR"),
            ("Hong Kong", "HK"),
            ("XK", "XK"),
        ] {
            assert_eq!(
                Country::parse(text).map(|c| c.code().to_owned()).as_deref(),
                Some(code)
            );
        }
        assert_eq!(Country::from_alpha2("ZZ"), None);
        assert_eq!(Country::from_alpha2("IRN"), None);
        assert!(Country::all().len() >= 249);
    }
}
