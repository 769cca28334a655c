//! Civil dates, and dates of which only the year or month is known.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A civil date (proleptic Gregorian), without time zone.
pub type Date = jiff::civil::Date;

/// A date of which the day, or day and month, may not be known: `YYYY[-MM[-DD]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartialDate {
    /// Year, 1 to 9999.
    pub year: i16,
    /// Month, 1 to 12, if known.
    pub month: Option<i8>,
    /// Day, 1 to 31, if known; never known without the month.
    pub day: Option<i8>,
}

impl PartialDate {
    /// A date that is known whole.
    pub fn whole(date: Date) -> PartialDate {
        PartialDate {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }

    /// A year alone.
    pub fn year(year: i16) -> PartialDate {
        PartialDate {
            year,
            month: None,
            day: None,
        }
    }
}

impl FromStr for PartialDate {
    type Err = String;

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; the error says what is wrong.
    fn from_str(text: &str) -> Result<PartialDate, String> {
        let wrong = || format!("'{text}' is not a date in the form YYYY, YYYY-MM or YYYY-MM-DD");
        let digits = |part: &str, len: usize| -> Result<i16, String> {
            if part.len() == len && part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse().map_err(|_| wrong())
            } else {
                Err(wrong())
            }
        };
        let mut parts = text.trim().split('-');
        let year = digits(parts.next().unwrap_or(""), 4)?;
        let month = parts.next().map(|p| digits(p, 2)).transpose()?;
        let day = parts.next().map(|p| digits(p, 2)).transpose()?;
        if parts.next().is_some() || year < 1 {
            return Err(wrong());
        }
        // One check for months and days together, leap years included.
        let probe = Date::new(year, month.unwrap_or(1) as i8, day.unwrap_or(1) as i8);
        probe.map_err(|_| wrong())?;
        Ok(PartialDate {
            year,
            month: month.map(|m| m as i8),
            day: day.map(|d| d as i8),
        })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
            if let Some(day) = self.day {
                write!(f, "-{day:02}")?;
            }
        }
        Ok(())
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;
    fn try_from(text: String) -> Result<PartialDate, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_refuses_the_rest() {
        for good in ["1961", "1961-07", "1961-07-31", "2024-02-29"] {
            assert_eq!(good.parse::<PartialDate>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "61",
            "1961-7",
            "1961-13",
            "2023-02-29",
            "1961-07-31-1",
            "１９６１",
        ] {
            assert!(bad.parse::<PartialDate>().is_err(), "{bad}");
        }
    }
}
