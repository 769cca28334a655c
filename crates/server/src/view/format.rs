//! Numbers, days and moments as people read them.

use jiff::Timestamp;
use portcullis_domain::{Date, Money};

/// `22 Nov 2026`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// `22 Nov 2026, 11:45 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// How long ago a day was: `today`, `1 day old`, `43 days old`; `in the future` if it is.
pub(crate) fn age_in_days(from: Date, today: Date) -> String {
    let days = (today - from).get_days();
    match days {
        0 => "today".to_owned(),
        1 => "1 day old".to_owned(),
        n if n < 0 => "in the future".to_owned(),
        n => format!("{} days old", grouped(i64::from(n))),
    }
}

/// `25,921`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 { format!("−{out}") } else { out }
}

/// `1 line`, `3 lines`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", grouped(number as i64))
}

/// Thousandths of a bit as `4.2 bits`.
pub(crate) fn bits(millibits: i64) -> String {
    let tenths = (millibits.unsigned_abs() + 50) / 100;
    let sign = if millibits < 0 && tenths > 0 {
        "−"
    } else {
        ""
    };
    format!("{sign}{}.{} bits", tenths / 10, tenths % 10)
}

/// An amount as `1,200.50 GBP`: thousands grouped, cents in full or not at all.
pub(crate) fn money(money: &Money) -> String {
    let amount = money.amount();
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
    let negative = whole.starts_with('-');
    let digits = whole
        .trim_start_matches('-')
        .parse()
        .map_or(whole.to_owned(), grouped);
    let sign = if negative { "−" } else { "" };
    let cents = match fraction.len() {
        0 => String::new(),
        1 => format!(".{fraction}0"),
        _ => format!(".{fraction}"),
    };
    format!("{sign}{digits}{cents} {}", money.currency)
        .trim_end()
        .to_owned()
}

/// Ten-thousandths as `93 %`; never rounded up to 100.
pub(crate) fn percent(ten_thousandths: i64) -> String {
    format!("{} %", ten_thousandths.clamp(0, 10_000) / 100)
}

/// A text with its first letter in upper case.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(25_921), "25,921");
        assert_eq!(grouped(-1_000_000), "−1,000,000");
        assert_eq!(bits(4_249), "4.2 bits");
        assert_eq!(bits(4_250), "4.3 bits");
        assert_eq!(bits(-20), "0.0 bits");
        assert_eq!(bits(-1_500), "−1.5 bits");
        assert_eq!(percent(9_999), "99 %");
        assert_eq!(percent(10_000), "100 %");
        assert_eq!(count(1, "line", "lines"), "1 line");
        assert_eq!(count(0, "line", "lines"), "0 lines");
    }

    #[test]
    fn amounts_read_well() {
        let shown = |amount: &str| money(&Money::parse(amount, "gbp").unwrap());
        assert_eq!(shown("184200"), "184,200 GBP");
        assert_eq!(shown("-1200.5"), "−1,200.50 GBP");
        assert_eq!(shown("-0.5"), "−0.50 GBP");
        assert_eq!(shown("0.1234"), "0.1234 GBP");
    }

    #[test]
    fn ages_read_well() {
        let today: Date = "2026-11-22".parse().unwrap();
        let age = |text: &str| age_in_days(text.parse().unwrap(), today);
        assert_eq!(age("2026-11-22"), "today");
        assert_eq!(age("2026-11-21"), "1 day old");
        assert_eq!(age("2025-11-22"), "365 days old");
        assert_eq!(age("2026-11-23"), "in the future");
    }
}
