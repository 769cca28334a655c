//! Numbers as people write them: both decimal marks, thousands, powers of ten.

/// What a number may mean. English `3,000` is three thousand, German `3,000`
/// is three: both readings are kept, and only what holds for both is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// One number.
    Exact(f64),
    /// With a decimal comma (first) or a comma between thousands (second).
    Either(f64, f64),
}

/// Reads one number: `1.3`, `1,3`, `1 367`, `1,234.5`, `1.234,5`, `5e13`,
/// `5 × 10^13`, `5 x 10 13`, `10^6`, `−55`. `None` where it is none, is not
/// finite, or is longer than 60 bytes.
pub fn read_number(text: &str) -> Option<Reading> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    let plain = text.replace(['−', '–'], "-").replace(['×', '·'], "x");
    // As a program writes it: read as a whole, so that no digit is lost.
    if let Some(value) = scientific(&plain) {
        return Some(Reading::Exact(value));
    }
    let (mantissa, power) = split_power(&plain)?;
    let scale = 10_f64.powi(power);
    let scaled = |value: f64| {
        let value = if power == 0 {
            value
        } else {
            shortest(value, power).unwrap_or(value * scale)
        };
        value.is_finite().then_some(value)
    };
    match mantissa_of(mantissa.trim())? {
        Reading::Exact(value) => scaled(value).map(Reading::Exact),
        Reading::Either(comma, thousands) => {
            Some(Reading::Either(scaled(comma)?, scaled(thousands)?))
        }
    }
}

/// Through the decimal text, so that `1.3e9` is exactly what `1.3e9` parses to.
fn shortest(value: f64, power: i32) -> Option<f64> {
    format!("{value}e{power}").parse().ok()
}

/// `1.25e-7`.
fn scientific(text: &str) -> Option<f64> {
    let (mantissa, power) = text.split_once(['e', 'E'])?;
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    small(power)?;
    plain(unsigned)?;
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Mantissa and power of ten.
fn split_power(text: &str) -> Option<(&str, i32)> {
    if let Some(at) = text.find(['x', 'X']) {
        let (mantissa, rest) = (&text[..at], text[at + 1..].trim_start());
        let power = rest.strip_prefix("10")?.trim().trim_start_matches('^');
        return Some((mantissa, small(power)?));
    }
    if let Some(power) = text.strip_prefix("10^") {
        return Some(("1", small(power)?));
    }
    match text.find(['e', 'E']) {
        Some(at) => Some((&text[..at], small(&text[at + 1..])?)),
        None => Some((text, 0)),
    }
}

fn small(text: &str) -> Option<i32> {
    let text = text.trim().trim_start_matches('+');
    let power: i32 = superscript(text).parse().ok()?;
    (-330..=330).contains(&power).then_some(power)
}

/// Superscript digits as plain ones.
pub(crate) fn superscript(text: &str) -> String {
    let plain = |c: char| match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from(b'4' + (c as u32 - '⁴' as u32) as u8),
        '⁻' => '-',
        other => other,
    };
    text.chars().map(plain).collect()
}

fn mantissa_of(text: &str) -> Option<Reading> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest.trim_start()),
        None => (false, text),
    };
    let digits = ungrouped(digits)?;
    let commas = digits.matches(',').count();
    let points = digits.matches('.').count();
    let sign = if negative { -1.0 } else { 1.0 };
    let exact = |text: String| plain(&text).map(|value| Reading::Exact(sign * value));
    match (commas, points) {
        (0, 0 | 1) => exact(digits),
        (1, 0) => one_comma(&digits, sign),
        (_, 0) if grouped(&digits, ',') => exact(digits.replace(',', "")),
        (0, _) if grouped(&digits, '.') => exact(digits.replace('.', "")),
        _ => mixed(&digits).and_then(exact),
    }
}

/// Removes spaces and apostrophes between groups of three digits.
fn ungrouped(text: &str) -> Option<String> {
    let spaced = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    if !text.contains(spaced) {
        return Some(text.to_owned());
    }
    let whole = text.split(['.', ',']).next()?;
    let groups: Vec<&str> = whole.split(spaced).collect();
    let first_fits = (1..=3).contains(&groups.first()?.len());
    let others_fit = groups.iter().skip(1).all(|group| group.len() == 3);
    let rest = &text[whole.len()..];
    (first_fits && others_fit && !rest.contains(spaced)).then(|| groups.concat() + rest)
}

/// Digits and at most one point, as a number.
fn plain(text: &str) -> Option<f64> {
    let shaped = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    let value: f64 = (shaped && has_digit).then(|| text.parse().ok())??;
    value.is_finite().then_some(value)
}

fn one_comma(digits: &str, sign: f64) -> Option<Reading> {
    let (whole, fraction) = digits.split_once(',')?;
    let decimal = sign * plain(&digits.replace(',', "."))?;
    // `0,125` has no thousands; `12,5` neither.
    let may_be_thousands =
        fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if !may_be_thousands {
        return Some(Reading::Exact(decimal));
    }
    Some(Reading::Either(
        decimal,
        sign * plain(&digits.replace(',', ""))?,
    ))
}

/// Whether the mark stands before groups of three only.
fn grouped(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark);
    let first = groups.next().is_some_and(|g| (1..=3).contains(&g.len()));
    first && groups.all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()))
}

/// `1,234.5` or `1.234,5`: the last mark is the decimal one.
fn mixed(digits: &str) -> Option<String> {
    let at = digits.rfind(['.', ','])?;
    let (whole, fraction) = (&digits[..at], &digits[at + 1..]);
    let decimal = digits[at..].chars().next()?;
    let thousands = if decimal == '.' { ',' } else { '.' };
    let fits = grouped(whole, thousands) && !fraction.is_empty();
    fits.then(|| format!("{}.{fraction}", whole.replace(thousands, "")))
}
