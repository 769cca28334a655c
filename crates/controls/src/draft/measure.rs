//! How much of a list is drafted.

use crate::entries::ControlList;
use serde::Serialize;

/// Words behind a number that make a paragraph numeric. A list of its own, so
/// that what the drafter cannot read is still counted.
const UNIT_WORDS: &[&str] = &[
    "ghz",
    "mhz",
    "khz",
    "hz",
    "thz",
    "db",
    "dbm",
    "dbc",
    "dbi",
    "bit",
    "bits",
    "kbit",
    "mbit",
    "gbit",
    "gb",
    "mb",
    "kb",
    "byte",
    "bytes",
    "m",
    "mm",
    "cm",
    "km",
    "nm",
    "µm",
    "um",
    "pm",
    "micrometer",
    "micrometers",
    "micrometre",
    "micron",
    "microns",
    "micrometres",
    "inch",
    "inches",
    "feet",
    "foot",
    "kg",
    "g",
    "mg",
    "µg",
    "ug",
    "tonne",
    "tonnes",
    "lb",
    "lbs",
    "pounds",
    "k",
    "°c",
    "°f",
    "°",
    "º",
    "degree",
    "degrees",
    "pa",
    "kpa",
    "mpa",
    "gpa",
    "bar",
    "mbar",
    "psi",
    "psia",
    "torr",
    "mtorr",
    "w",
    "kw",
    "mw",
    "gw",
    "µw",
    "v",
    "kv",
    "mv",
    "µv",
    "a",
    "ma",
    "ka",
    "µa",
    "ua",
    "j",
    "kj",
    "mj",
    "µj",
    "nj",
    "s",
    "ms",
    "ns",
    "ps",
    "fs",
    "µs",
    "us",
    "%",
    "percent",
    "sps",
    "gsps",
    "msps",
    "ksps",
    "t",
    "mt",
    "gy",
    "ev",
    "kev",
    "mev",
    "gev",
    "tpp",
    "tops",
    "flops",
    "gflops",
    "wt",
    "n",
    "kn",
    "rpm",
    "hour",
    "hours",
    "h",
    "second",
    "seconds",
    "minute",
    "minutes",
    "days",
    "l",
    "ml",
    "liter",
    "liters",
    "litre",
    "litres",
    "gallons",
    "ppm",
    "ppb",
    "ohm",
    "ohms",
    "kohm",
    "btu",
    "rad",
    "mrad",
    "µrad",
    "nrad",
    "arc-second",
    "arc-seconds",
    "cst",
    "ah",
    "wh",
    "volt",
    "volts",
    "watts",
    "amps",
    "hp",
    "shp",
    "dpi",
    "mci",
    "ci",
    "bq",
    "mbq",
    "gbq",
    "tbq",
    "ft",
    "in",
    "tex",
    "sr",
    "µn",
    "mn",
    "cal",
    "kcal",
    "r",
    "knots",
    "mph",
    "rev",
    "giga",
    "mega",
    "nmi",
    "nautical",
];

/// What was drafted of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// Paragraphs of the list.
    pub paragraphs: usize,
    /// Of these, with a number and a unit in their own text.
    pub numeric: usize,
    /// Of these, whose draft reads every number with a unit.
    pub drafted: usize,
    /// Codes of the numeric paragraphs that are not drafted.
    pub open: Vec<String>,
}

impl Measured {
    /// Drafted in ten-thousandths of the numeric paragraphs.
    pub fn share_basis_points(&self) -> usize {
        (self.drafted * 10_000)
            .checked_div(self.numeric)
            .unwrap_or(0)
    }
}

/// Counts what is drafted of a list.
pub fn measure(list: &ControlList) -> Measured {
    let mut measured = Measured {
        paragraphs: list.entries().len(),
        ..Measured::default()
    };
    for (at, entry) in list.entries().iter().enumerate() {
        if !is_numeric(&entry.text) {
            continue;
        }
        measured.numeric += 1;
        let draft = u32::try_from(at).ok().and_then(|at| list.draft(at));
        let drafted = draft
            .is_some_and(|d| d.complete && d.predicate.is_some_and(|p| !p.parameters().is_empty()));
        if drafted {
            measured.drafted += 1;
        } else {
            measured.open.push(entry.code.clone());
        }
    }
    measured
}

/// Whether a text has a number with a unit: digits, at most one blank or
/// hyphen, and a word that names a unit. Independent of the drafter's units.
pub fn is_numeric(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let alone = !rest[..at].ends_with(|c: char| c.is_alphabetic() || c == '§');
        let tail = &rest[at..];
        let length = tail
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '^' | '×' | '−')))
            .unwrap_or(tail.len());
        let after = tail[length..].trim_start_matches([' ', '-']);
        let end = after
            .find(|c: char| !(c.is_alphabetic() || matches!(c, '%' | '°' | 'º' | 'µ' | '-')))
            .unwrap_or(after.len());
        let word = after[..end].to_lowercase();
        let first = word.split('-').next().unwrap_or("");
        let unit = |w: &str| UNIT_WORDS.contains(&w) || w.starts_with(['%', '°']);
        if alone
            && (unit(&word) || unit(first))
            && !(word == "a" || word == "in" || word == "t" && after.contains(" T-"))
        {
            return true;
        }
        rest = &tail[length.max(1)..];
    }
    false
}
