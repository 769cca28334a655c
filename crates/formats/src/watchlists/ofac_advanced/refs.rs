//! The reference sets at the head of the file.

use crate::xml::Element;
use std::collections::HashMap;

/// A value: its text and the number of another value that it belongs to.
#[derive(Default)]
struct Value {
    text: String,
    parent: String,
    code: String,
}

/// Values by set (`AliasType`) and number.
#[derive(Default)]
pub(super) struct Refs {
    sets: HashMap<String, HashMap<String, Value>>,
}

impl Refs {
    /// `<AliasTypeValues><AliasType ID="1403">Name</AliasType>…`
    pub fn new(element: &Element) -> Refs {
        let mut refs = Refs::default();
        for value in element.children.iter().flat_map(|set| &set.children) {
            let attribute = |name: &str| value.attribute(name).unwrap_or("").to_owned();
            let text = if value.text.is_empty() {
                attribute("Description")
            } else {
                value.text.clone()
            };
            let entry = Value {
                text,
                parent: attribute("PartyTypeID"),
                code: attribute("ISO2"),
            };
            let set = refs.sets.entry(value.name.clone()).or_default();
            set.insert(attribute("ID"), entry);
        }
        refs
    }

    fn value(&self, set: &str, id: &str) -> Option<&Value> {
        self.sets.get(set)?.get(id)
    }

    /// The text of a value; empty if there is none.
    pub fn text(&self, set: &str, id: &str) -> &str {
        self.value(set, id).map_or("", |v| v.text.trim())
    }

    /// A country: its ISO code if it has one, else its name.
    pub fn country(&self, id: &str) -> &str {
        let Some(value) = self.value("Country", id) else {
            return "";
        };
        let coded = portcullis_domain::Country::from_alpha2(&value.code).is_some();
        if coded {
            &value.code
        } else {
            value.text.trim()
        }
    }

    /// `Individual`, `Entity`, `Vessel` or `Aircraft`: the subtype, or where it
    /// is `Unknown` the type above it.
    pub fn party_type(&self, subtype: &str) -> &str {
        match self.value("PartySubType", subtype) {
            Some(value) if value.text.trim() == "Unknown" => self.text("PartyType", &value.parent),
            Some(value) => value.text.trim(),
            None => "",
        }
    }
}
