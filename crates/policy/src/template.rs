//! Texts with places for facts: `{party.name} is in {party.country}`.

use crate::condition::{Env, Scope};
use crate::facts::{FactType, Value};
use portcullis_domain::Country;

/// A text with places for facts, checked against the fact model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Plain(String),
    Fact(crate::condition::FieldRef, FactType),
}

/// What stands where a fact is not known.
const NOT_STATED: &str = "(not stated)";

impl Template {
    /// Reads a template. Errors: an open brace, a fact that does not exist.
    pub fn compile(source: &str, scope: &Scope<'_>) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some((plain, after)) = rest.split_once('{') {
            let (path, next) = after
                .split_once('}')
                .ok_or_else(|| format!("a '{{' is not closed in '{source}'"))?;
            parts.push(Part::Plain(plain.to_owned()));
            let (at, ty) = scope.field(path.trim())?;
            if matches!(ty, FactType::Records(_)) {
                return Err(format!("'{path}' cannot be shown in a text"));
            }
            parts.push(Part::Fact(at, ty));
            rest = next;
        }
        parts.push(Part::Plain(rest.to_owned()));
        Ok(Template {
            source: source.to_owned(),
            parts,
        })
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text with the facts in their places.
    pub fn fill(&self, env: &Env<'_>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Plain(plain) => text.push_str(plain),
                Part::Fact(at, ty) => text.push_str(&shown(env.value(*at), *ty)),
            }
        }
        text
    }
}

fn shown(value: &Value<'_>, ty: FactType) -> String {
    let country = matches!(ty, FactType::Country | FactType::CountryList);
    let one = |text: &str| match Country::from_alpha2(text).filter(|_| country) {
        Some(known) => known.name().to_owned(),
        None => text.to_owned(),
    };
    match value {
        Value::Unknown | Value::Records(_) => NOT_STATED.to_owned(),
        Value::Truth(true) => "yes".to_owned(),
        Value::Truth(false) => "no".to_owned(),
        Value::Number(number) => decimal(*number),
        Value::Text(text) => one(text),
        Value::Texts(list) if list.is_empty() => "none".to_owned(),
        Value::Texts(list) => list.iter().map(|t| one(t)).collect::<Vec<_>>().join(", "),
    }
}

/// At most two decimals, without trailing zeros.
fn decimal(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;
    use crate::facts::{Facts, RecordKind};
    use crate::sets::Sets;

    #[test]
    fn facts_stand_in_their_places_and_what_is_not_known_says_so() {
        let sets = Sets::default();
        let scope = Scope::of(&sets, RecordKind::Item);
        let source =
            "{item.description} to {tx.destination}, {item.value_per_kg} a kg, from {item.origin}";
        let template = Template::compile(source, &scope).unwrap();
        let text = "tx={destination='AE'}\nitem={description='Pumps', value_per_kg=12.50}\n";
        let case = Document::parse("c", text).unwrap();
        let facts = Facts::of_case(case.root(), &mut Vec::new());
        let at = sets.newest();
        let env = Env::of(&facts, &at).about(RecordKind::Item, 0);
        assert_eq!(
            template.fill(&env),
            "Pumps to United Arab Emirates, 12.5 a kg, from (not stated)"
        );
        for bad in [
            "{item.colour}",
            "{item.value",
            "{payment.value}",
            "{tx.items}",
        ] {
            assert!(Template::compile(bad, &scope).is_err(), "{bad}");
        }
    }
}
