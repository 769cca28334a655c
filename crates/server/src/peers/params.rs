//! The query of an address, in which a name may stand several times.

use super::refusal::{Field, Refusal};
use axum::{
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
};

/// The names and values after the `?`, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Params, Refusal> {
        let read = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) = read.map_err(|_| {
            Refusal::bad("the query of the address is not percent-encoded UTF-8".to_owned())
        })?;
        Ok(Params(pairs))
    }
}

/// One value from the query of an address that nobody else has read.
pub(crate) fn value_of(query: &str, name: &str) -> Option<String> {
    let uri: Uri = format!("/?{query}").parse().ok()?;
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
    let value = pairs.into_iter().find(|(key, _)| key == name);
    value.map(|(_, value)| value).filter(|v| !v.is_empty())
}

impl Params {
    /// The fields of a form.
    pub(crate) fn of_form(body: &[u8]) -> Result<Params, Refusal> {
        let wrong = || Refusal::bad("the body is not a form".to_owned());
        let Form(pairs) = serde_form(body).ok_or_else(wrong)?;
        Ok(Params(pairs))
    }

    /// Every value of a name that is not empty, in order.
    pub(crate) fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        let own = self.0.iter().filter(move |(key, _)| key == name);
        own.map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }

    /// The last value of a name.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    /// Every name, once.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(key, _)| key.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A whole number within bounds.
    pub(crate) fn number(
        &self,
        name: &'static str,
        default: usize,
        least: usize,
        most: usize,
    ) -> Result<usize, Refusal> {
        let Some(text) = self.one(name) else {
            return Ok(default);
        };
        let field = |kind, message: String| Refusal::field(Field::query(name, kind, message, text));
        let number: i64 = text.parse().map_err(|_| {
            let message = "Input should be a valid integer, unable to parse string as an integer";
            field("int_parsing", message.to_owned())
        })?;
        let number = usize::try_from(number).unwrap_or(0);
        if number < least || text.starts_with('-') {
            let message = format!("Input should be greater than or equal to {least}");
            return Err(field("greater_than_equal", message));
        }
        if number > most {
            let message = format!("Input should be less than or equal to {most}");
            return Err(field("less_than_equal", message));
        }
        Ok(number)
    }

    /// A share between 0 and 1.
    pub(crate) fn share(&self, name: &'static str, default: f64) -> Result<f64, Refusal> {
        let Some(text) = self.one(name) else {
            return Ok(default);
        };
        let field = |kind, message: &str| {
            Refusal::field(Field::query(name, kind, message.to_owned(), text))
        };
        let share: f64 = text.parse().map_err(|_| {
            field(
                "float_parsing",
                "Input should be a valid number, unable to parse string as a number",
            )
        })?;
        if (0.0..=1.0).contains(&share) {
            Ok(share)
        } else {
            Err(field("out_of_range", "Input should be between 0 and 1"))
        }
    }

    /// A yes or no, in the words that clients use.
    pub(crate) fn flag(&self, name: &'static str, default: bool) -> Result<bool, Refusal> {
        let Some(text) = self.one(name) else {
            return Ok(default);
        };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "on" | "t" => Ok(true),
            "false" | "0" | "no" | "n" | "off" | "f" => Ok(false),
            _ => {
                let message = "Input should be a valid boolean, unable to interpret input";
                let field = Field::query(name, "bool_parsing", message.to_owned(), text);
                Err(Refusal::field(field))
            }
        }
    }
}

/// A form, read as the query of an address is.
struct Form(Vec<(String, String)>);

fn serde_form(body: &[u8]) -> Option<Form> {
    let text = std::str::from_utf8(body).ok()?;
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((decoded(name)?, decoded(value)?));
    }
    Some(Form(pairs))
}

/// Percent-decoded; `+` is a space.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::value_of;

    #[test]
    fn a_value_is_decoded() {
        assert_eq!(
            value_of("a=1&api_key=x%20y", "api_key").as_deref(),
            Some("x y")
        );
        assert_eq!(value_of("api_key=", "api_key"), None);
        assert_eq!(value_of("xapi_key=1", "api_key"), None);
    }
}
