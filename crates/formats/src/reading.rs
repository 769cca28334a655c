//! Outside texts to domain values, with an issue for what cannot be taken.

use portcullis_domain::{CodeScheme, Country, Date, Identifier, Issue, ItemCode, Money, Quantity};

/// How many issues one message keeps; the last one says how many are left out.
const MAX_ISSUES: usize = 1_000;
/// How much of a wrong text is shown.
const SHOWN: usize = 80;

/// Issues of one message, and the readers that add to them. A value that
/// cannot be taken is `None` and an issue: never a guess.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collector {
    issues: Vec<Issue>,
    left_out: u64,
    line: Option<u64>,
}

/// Where a value stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) field: &'a str,
    pub(crate) line: Option<u64>,
}

impl Collector {
    /// Issues without a line of their own get this one.
    pub(crate) fn at_line(line: Option<u64>) -> Collector {
        Collector {
            line,
            ..Collector::default()
        }
    }

    pub(crate) fn push(&mut self, mut issue: Issue) {
        issue.line = issue.line.or(self.line);
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(issue);
        } else {
            self.left_out += 1;
        }
    }

    pub(crate) fn note(&mut self, code: &str, at: At<'_>, text: impl Into<String>) {
        let mut issue = Issue::new(code, text);
        issue.line = at.line;
        issue.field = (!at.field.is_empty()).then(|| at.field.to_owned());
        self.push(issue);
    }

    pub(crate) fn finish(mut self) -> Vec<Issue> {
        if self.left_out > 0 {
            let text = format!("{} more issues are not listed", self.left_out);
            self.issues.push(Issue::new("more-issues", text));
        }
        self.issues
    }

    /// A country by alpha-2 code only.
    pub(crate) fn country_code(&mut self, text: &str, at: At<'_>) -> Option<Country> {
        self.country_by(text, at, Country::from_alpha2)
    }

    /// A country by code or English name.
    pub(crate) fn country(&mut self, text: &str, at: At<'_>) -> Option<Country> {
        self.country_by(text, at, Country::parse)
    }

    fn country_by(
        &mut self,
        text: &str,
        at: At<'_>,
        read: impl Fn(&str) -> Option<Country>,
    ) -> Option<Country> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        let country = read(trimmed);
        if country.is_none() {
            let text = format!("'{}' is not a country", shown(trimmed));
            self.note("unknown-country", at, text);
        }
        country
    }

    pub(crate) fn quantity(&mut self, text: &str, at: At<'_>) -> Option<Quantity> {
        if text.trim().is_empty() {
            return None;
        }
        let read = text.parse::<Quantity>();
        let positive = read.map_err(|e| e.to_string()).and_then(|q| {
            let negative = q.micros() < 0;
            if negative {
                Err("a quantity cannot be negative".to_owned())
            } else {
                Ok(q)
            }
        });
        self.number(positive, at)
    }

    pub(crate) fn money(&mut self, amount: &str, currency: &str, at: At<'_>) -> Option<Money> {
        if amount.trim().is_empty() {
            return None;
        }
        let code = currency.trim();
        if !code.is_empty() && (code.len() != 3 || !code.bytes().all(|b| b.is_ascii_alphabetic())) {
            let text = format!("'{}' is not a currency code", shown(code));
            self.note("unknown-currency", at, text);
            return None;
        }
        self.number(Money::parse(amount, code).map_err(|e| e.to_string()), at)
    }

    fn number<T>(&mut self, read: Result<T, String>, at: At<'_>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(text) => {
                self.note("not-a-number", at, shown(&text));
                None
            }
        }
    }

    /// A whole number, for counts, line numbers and versions.
    pub(crate) fn whole(&mut self, text: &str, at: At<'_>) -> Option<u64> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        let digits = trimmed.bytes().all(|b| b.is_ascii_digit());
        let read = trimmed.parse::<u64>().ok().filter(|_| digits);
        if read.is_none() {
            let text = format!("'{}' is not a whole number", shown(trimmed));
            self.note("not-a-number", at, text);
        }
        read
    }

    pub(crate) fn small(&mut self, text: &str, at: At<'_>) -> Option<u32> {
        let value = self.whole(text, at)?;
        let read = u32::try_from(value).ok();
        if read.is_none() {
            self.note("not-a-number", at, format!("{value} is too large"));
        }
        read
    }

    /// A date as `YYYY-MM-DD`.
    pub(crate) fn date(&mut self, text: &str, at: At<'_>) -> Option<Date> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        let form = trimmed.len() == 10 && trimmed.bytes().filter(|b| *b == b'-').count() == 2;
        let read = trimmed.parse::<Date>().ok().filter(|_| form);
        if read.is_none() {
            let text = format!("'{}' is not a date in the form YYYY-MM-DD", shown(trimmed));
            self.note("not-a-date", at, text);
        }
        read
    }

    /// A tariff code of any length: HS to six digits, CN of eight, national beyond.
    pub(crate) fn tariff_code(&mut self, text: &str, at: At<'_>) -> Option<ItemCode> {
        let value: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '.' | '\u{a0}'))
            .collect();
        if value.is_empty() {
            return None;
        }
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        let scheme = match value.len() {
            2..=6 => CodeScheme::Hs,
            8 => CodeScheme::Cn,
            7 | 9..=14 => CodeScheme::National,
            _ => {
                self.note(
                    "not-a-code",
                    at,
                    format!("'{}' is not a tariff code", shown(text)),
                );
                return None;
            }
        };
        if !digits {
            self.note(
                "not-a-code",
                at,
                format!("'{}' is not a tariff code", shown(text)),
            );
            return None;
        }
        Some(ItemCode { scheme, value })
    }
}

/// The beginning of a text, for messages.
pub(crate) fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A bare value that looks like an EORI (country code, then mostly digits)
/// gets that scheme; `scheme:value` keeps its own.
pub(crate) fn party_identifier(text: &str) -> Identifier {
    let read = Identifier::parse(text);
    if !read.scheme.is_empty() {
        return read;
    }
    let value = read.normalised();
    let country = value.get(..2).and_then(Country::from_alpha2);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    if country.is_some() && value.is_ascii() && value.len() <= 17 && digits >= 5 {
        Identifier {
            scheme: "eori".to_owned(),
            value: read.value,
            country,
        }
    } else {
        read
    }
}
