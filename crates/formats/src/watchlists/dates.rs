//! Dates as lists write them.

use portcullis_domain::{Date, PartialDate};

/// More years than this between the ends of a range, and only the ends are kept.
const WIDEST_RANGE: i16 = 10;

/// `YYYY-MM-DD`, with or without a time or zone after it.
pub(super) fn iso(text: &str) -> Option<Date> {
    let text = text.trim();
    let whole = text.get(..10)?;
    let tail = text.get(10..).unwrap_or("");
    let zone = tail.is_empty() || tail.starts_with(['T', ' ', 'Z', '+', '-']);
    let partial: PartialDate = whole.parse().ok().filter(|_| zone)?;
    day(partial)
}

/// `MM/DD/YYYY`, as US agencies write it.
pub(super) fn american(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Any of the whole-day forms: ISO, American, `02 Aug 2021`.
pub(super) fn any_day(text: &str) -> Option<Date> {
    iso(text)
        .or_else(|| american(text))
        .or_else(|| day(single(text)?))
}

fn day(partial: PartialDate) -> Option<Date> {
    Date::new(partial.year, partial.month?, partial.day?).ok()
}

/// First day of what may be only a year or month: a listing that begins some
/// time in 2022 counts from 1 January.
pub(super) fn first_day(partial: PartialDate) -> Option<Date> {
    Date::new(
        partial.year,
        partial.month.unwrap_or(1),
        partial.day.unwrap_or(1),
    )
    .ok()
}

/// Last day of what may be only a year or month.
pub(super) fn last_day(partial: PartialDate) -> Option<Date> {
    let month = Date::new(partial.year, partial.month.unwrap_or(12), 1).ok()?;
    partial.day.map_or(Some(month.last_of_month()), |d| {
        Date::new(partial.year, month.month(), d).ok()
    })
}

/// Every birth date that the text may mean: `10 Dec 1948`, `Dec 1948`, `1948`,
/// `circa 1961`, `1961 to 1963`, `1979-1982`, `1963 or 1964`, ISO forms.
/// `None` if any part of it cannot be read.
pub(super) fn birth(text: &str) -> Option<Vec<PartialDate>> {
    let lower = text.trim().to_ascii_lowercase();
    let mut all = Vec::new();
    for part in lower.split(" or ").flat_map(|p| p.split(';')) {
        let plain = [
            "circa ",
            "approximately ",
            "c. ",
            "ca. ",
            "between ",
            "dob ",
        ]
        .iter()
        .fold(part.trim(), |text, word| {
            text.strip_prefix(word).unwrap_or(text).trim()
        });
        let range = plain
            .split_once(" to ")
            .or_else(|| plain.split_once(" and "))
            .or_else(|| years_with_hyphen(plain));
        match range {
            Some((from, to)) => between(single(from)?, single(to)?, &mut all)?,
            None => all.push(single(plain)?),
        }
    }
    Some(all)
}

/// `1979-1982` (but not `1979-12`).
fn years_with_hyphen(text: &str) -> Option<(&str, &str)> {
    let parts = text.split_once('-')?;
    (parts.0.trim().len() == 4 && parts.1.trim().len() == 4).then_some(parts)
}

/// The years of a range, ends included; of a wide one only the ends.
pub(super) fn between(
    from: PartialDate,
    to: PartialDate,
    all: &mut Vec<PartialDate>,
) -> Option<()> {
    let span = to.year.checked_sub(from.year).filter(|s| *s >= 0)?;
    if span > WIDEST_RANGE {
        all.extend([PartialDate::year(from.year), PartialDate::year(to.year)]);
    } else {
        all.extend((from.year..=to.year).map(PartialDate::year));
    }
    Some(())
}

/// One date: ISO or partial ISO, `10 Dec 1948`, `Dec 1948`, `12/31/1948`.
fn single(text: &str) -> Option<PartialDate> {
    let text = text.trim().trim_end_matches(['.', ',']);
    if let Ok(partial) = text.parse::<PartialDate>() {
        return Some(partial);
    }
    if let Some(date) = american(text).or_else(|| iso(text)) {
        return Some(PartialDate::whole(date));
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let built = match words.as_slice() {
        [day, month, year] if month_number(month).is_some() => (Some(*day), *month, *year),
        [month, day, year] if month_number(month).is_some() => (Some(*day), *month, *year),
        [month, year] => (None, *month, *year),
        _ => return None,
    };
    let (day_word, month_word, year_word) = built;
    let month = month_number(month_word)?;
    let iso_form = match day_word {
        Some(d) => format!("{year_word}-{month:02}-{:02}", d.parse::<u8>().ok()?),
        None => format!("{year_word}-{month:02}"),
    };
    iso_form.parse().ok()
}

/// `17/04/1956`, `dd/mm/1945`, `00/00/1975`, `17.04.1956`, `24-Jun-2026`: the day
/// first, what is not known filled with letters or zeros.
pub(super) fn day_first(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let separator = ['/', '.', '-'].into_iter().find(|c| text.contains(*c))?;
    let mut parts = text.split(separator).map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    // A time may follow the year.
    let year = year.split_whitespace().next()?;
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let unknown = |part: &str| {
        part.chars().all(|c| c == '0') || part.chars().all(|c| matches!(c, 'd' | 'D' | 'm' | 'M'))
    };
    let number = match month_number(month).filter(|_| !unknown(month)) {
        Some(number) => Some(number),
        None if unknown(month) => None,
        None => Some(month.parse::<u8>().ok()?),
    };
    let form = match number {
        None => year.to_owned(),
        Some(month) if unknown(day) => format!("{year}-{month:02}"),
        Some(month) => format!("{year}-{month:02}-{:02}", day.parse::<u8>().ok()?),
    };
    form.parse().ok()
}

/// The whole day of [`day_first`], or of any other whole-day form but the
/// American one, which would take 5 April for 4 May.
pub(super) fn european_day(text: &str) -> Option<Date> {
    day_first(text)
        .and_then(day)
        .or_else(|| iso(text))
        .or_else(|| day(single(text)?))
}

/// The years of a date in year, month and day apart, each a number or empty.
pub(super) fn parts(year: &str, month: &str, day: &str) -> Option<PartialDate> {
    let number = |part: &str| part.trim().parse::<u8>().ok().filter(|n| *n > 0);
    let year = year.trim();
    match (number(month), number(day)) {
        (Some(m), Some(d)) => format!("{year:0>4}-{m:02}-{d:02}"),
        (Some(m), None) => format!("{year:0>4}-{m:02}"),
        (None, _) => format!("{year:0>4}"),
    }
    .parse()
    .ok()
}

fn month_number(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let lower = word.trim_end_matches('.').to_ascii_lowercase();
    let short = lower.get(..3)?;
    let position = MONTHS.iter().position(|m| *m == short)?;
    u8::try_from(position + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = birth(text).map(|all| {
            all.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn birth_dates_in_every_form_of_the_lists() {
        check("10 Dec 1948", Some("1948-12-10"));
        check("Oct 1966", Some("1966-10"));
        check("1956", Some("1956"));
        check("circa 1951", Some("1951"));
        check("circa 01 Jan 1961", Some("1961-01-01"));
        check("1981 to 1983", Some("1981 1982 1983"));
        check("01 Jan 1947 to 01 Jan 1949", Some("1947 1948 1949"));
        check("Mar 1962 to Feb 1963", Some("1962 1963"));
        check("circa 1979-1982", Some("1979 1980 1981 1982"));
        check("1940 to 1960", Some("1940 1960"));
        check("1963 or 1964", Some("1963 1964"));
        check("1965-07-15 OR 1969-09-28", Some("1965-07-15 1969-09-28"));
        check(" 1953-10-27", Some("1953-10-27"));
        check("December 31, 1948", Some("1948-12-31"));
        check("12/31/1948", Some("1948-12-31"));
        check("Sep-99", None);
        check("born in the early 1970s", None);
        check("31 Feb 1950", None);
        check("1983 to 1981", None);
        check("", None);
    }

    #[test]
    fn the_day_comes_first_in_europe() {
        let first = |text: &str| day_first(text).map(|d| d.to_string());
        assert_eq!(first("05/04/1956").as_deref(), Some("1956-04-05"));
        assert_eq!(first("dd/mm/1945").as_deref(), Some("1945"));
        assert_eq!(first("00/00/1975").as_deref(), Some("1975"));
        assert_eq!(first("00/07/1975").as_deref(), Some("1975-07"));
        assert_eq!(first("24-Jun-2026").as_deref(), Some("2026-06-24"));
        assert_eq!(first("29/06/2012 00:00:00").as_deref(), Some("2012-06-29"));
        assert_eq!(first("31/02/1950"), None);
        assert_eq!(first("1956"), None);
        assert_eq!(european_day("05/04/1956"), Date::new(1956, 4, 5).ok());
        assert_eq!(european_day("2026-02-27"), Date::new(2026, 2, 27).ok());
        assert_eq!(
            parts("1980", "3", "").map(|d| d.to_string()).as_deref(),
            Some("1980-03")
        );
        assert_eq!(parts("", "3", "1"), None);
    }

    #[test]
    fn days() {
        let day = |y, m, d| Date::new(y, m, d).ok();
        assert_eq!(iso("2015-07-01-04:00"), day(2015, 7, 1));
        assert_eq!(iso("2026-02-27T00:00:09.554Z"), day(2026, 2, 27));
        assert_eq!(iso("2015-07-011"), None);
        assert_eq!(american("03/28/2025"), day(2025, 3, 28));
        assert_eq!(american("13/28/2025"), None);
        assert_eq!(any_day("02 Aug 2021"), day(2021, 8, 2));
        assert_eq!(last_day("2024-02".parse().unwrap()), day(2024, 2, 29));
        assert_eq!(last_day("2024".parse().unwrap()), day(2024, 12, 31));
        assert_eq!(first_day("2024".parse().unwrap()), day(2024, 1, 1));
    }
}
