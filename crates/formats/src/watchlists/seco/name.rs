//! Names of the Swiss list: parts in an order, each with spelling variants.

use super::super::build::Record;
use super::super::{languages, text};
use crate::xml::Element;
use portcullis_domain::{Issue, NameKind};
use std::collections::BTreeMap;

/// Names made of the variants of one name; more would be combinations that
/// nobody bears.
const MAX_FORMS: usize = 64;

/// Adds every name of an identity.
pub(super) fn add_each(identity: &Element, record: &mut Record) {
    for name in identity.children_named("name") {
        add(name, record);
    }
}

/// A part of a name: its base form and the variants by language and script.
struct Part<'e> {
    kind: &'e str,
    order: u32,
    base: &'e str,
    variants: BTreeMap<(String, String), Vec<&'e str>>,
}

fn parts(name: &Element) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for element in name.children_named("name-part") {
        let order = element.attribute("order").and_then(|o| o.parse().ok());
        let mut variants: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
        for variant in element.children_named("spelling-variant") {
            let value = |name: &str| variant.attribute(name).unwrap_or("").to_uppercase();
            let culture = (value("lang"), value("script"));
            if !variant.text.is_empty() {
                variants.entry(culture).or_default().push(&variant.text);
            }
        }
        parts.push(Part {
            kind: element.attribute("name-part-type").unwrap_or(""),
            order: order.unwrap_or(u32::MAX),
            base: element.text_of("value").unwrap_or(""),
            variants,
        });
    }
    parts.sort_by_key(|part| part.order);
    parts
}

fn add(name: &Element, record: &mut Record) {
    let kind = kind(name, record);
    let all = parts(name);
    for title in all.iter().filter(|p| p.kind == "title") {
        record.remark_once("Title", title.base);
    }
    let named: Vec<&Part<'_>> = all.iter().filter(|p| p.kind != "title").collect();
    let borne: Vec<&Part<'_>> = named
        .iter()
        .copied()
        .filter(|p| p.kind != "maiden-name")
        .collect();
    let joined = |parts: &[&Part<'_>]| {
        let texts: Vec<&str> = parts
            .iter()
            .map(|p| p.base)
            .filter(|b| !b.is_empty())
            .collect();
        texts.join(" ")
    };
    let base = joined(&borne);
    match kind {
        NameKind::Primary => record.primary(&base),
        other => record.name(other, &base),
    }
    if borne.len() < named.len() {
        let maiden: Vec<&Part<'_>> = named
            .iter()
            .copied()
            .filter(|p| p.kind != "family-name")
            .collect();
        record.name(NameKind::Former, &joined(&maiden));
    }
    variants(&borne, kind, record);
}

fn kind(name: &Element, record: &mut Record) -> NameKind {
    let weak = name.attribute("quality") == Some("low");
    match name.attribute("name-type").unwrap_or("") {
        _ if weak => NameKind::WeakAlias,
        "primary-name" => NameKind::Primary,
        "formerly-known-as" => NameKind::Former,
        "alias" | "" => NameKind::Alias,
        other => {
            let what = format!(
                "'{}' is not a type of name we know",
                text::bounded(other, 40)
            );
            record.issue(Issue::new("unknown-alias-type", what).in_field("name-type"));
            NameKind::Alias
        }
    }
}

/// One name a combination of the variants of one language and script; a part
/// without a variant there keeps its base form.
fn variants(parts: &[&Part<'_>], kind: NameKind, record: &mut Record) {
    let mut cultures: Vec<&(String, String)> =
        parts.iter().flat_map(|p| p.variants.keys()).collect();
    cultures.sort_unstable();
    cultures.dedup();
    let kind = match kind {
        NameKind::Primary => NameKind::Alias,
        other => other,
    };
    for culture in cultures {
        let mut forms = vec![String::new()];
        for part in parts {
            let base = [part.base];
            let choices = part.variants.get(culture).map_or(&base[..], Vec::as_slice);
            if forms.len() * choices.len() > MAX_FORMS {
                let what =
                    format!("a name has more than {MAX_FORMS} spellings; the first are kept");
                record.issue(Issue::new("names-capped", what).in_field("spelling-variant"));
            }
            let mut longer = Vec::new();
            for form in &forms {
                let joined = choices.iter().map(|c| format!("{form} {c}"));
                longer.extend(joined.take(MAX_FORMS - longer.len().min(MAX_FORMS)));
            }
            forms = longer;
        }
        let language = languages::code(&culture.0);
        for form in forms {
            record.name_in(kind, &form, language);
        }
    }
}
