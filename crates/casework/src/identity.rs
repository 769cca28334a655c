//! What makes somebody the one who was judged, in comparable form.

use portcullis_domain::{Country, Identifier, Name, Party};
use portcullis_names::normalise;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A side of a judgement in which two states can differ materially.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Person, organisation, vessel, aircraft.
    Kind,
    /// Names of any sort, aliases included.
    Names,
    /// Birth dates.
    BirthDates,
    /// Identifiers.
    Identifiers,
    /// Countries of any role, those of addresses included.
    Countries,
}

impl Aspect {
    /// In the words of a sentence about what changed.
    pub fn words(self) -> &'static str {
        match self {
            Aspect::Kind => "type",
            Aspect::Names => "names",
            Aspect::BirthDates => "birth dates",
            Aspect::Identifiers => "identifiers",
            Aspect::Countries => "countries",
        }
    }
}

/// The material facts of a party, normalised: two parties with one identity are
/// the same for a judgement. Addresses, remarks and listings are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    kind: &'static str,
    names: BTreeSet<String>,
    birth_dates: BTreeSet<String>,
    identifiers: BTreeSet<(String, String)>,
    countries: BTreeSet<Country>,
}

impl Identity {
    /// The identity of a party as it is.
    pub fn of(party: &Party) -> Identity {
        Identity {
            kind: party.kind.as_str(),
            names: party.names.iter().map(comparable_name).collect(),
            birth_dates: party.birth_dates.iter().map(|d| d.to_string()).collect(),
            identifiers: party
                .identifiers
                .iter()
                .map(|i| (i.scheme.clone(), i.normalised()))
                .collect(),
            countries: party.all_countries().into_iter().collect(),
        }
    }

    /// All of it in one text: equal for equal identities, and for no others.
    pub fn canonical(&self) -> String {
        let mut text = format!("{}\n", self.kind);
        let numbers = self
            .identifiers
            .iter()
            .map(|(s, v)| format!("{s}\u{1f}{v}"));
        let parts: [Vec<String>; 4] = [
            self.names.iter().cloned().collect(),
            self.birth_dates.iter().cloned().collect(),
            numbers.collect(),
            self.countries.iter().map(|c| c.code().to_owned()).collect(),
        ];
        for part in parts {
            // A name holds no control characters after normalisation, but one of
            // signs alone is kept as it is: its own breaks are escaped.
            let escaped = part.iter().map(|p| p.escape_default().to_string());
            text.push_str(&escaped.collect::<Vec<_>>().join("\t"));
            text.push('\n');
        }
        text
    }

    /// In what another state differs; empty if in nothing.
    pub fn changes(&self, other: &Identity) -> Vec<Aspect> {
        let differing = [
            (Aspect::Kind, self.kind != other.kind),
            (Aspect::Names, self.names != other.names),
            (Aspect::BirthDates, self.birth_dates != other.birth_dates),
            (Aspect::Identifiers, self.identifiers != other.identifiers),
            (Aspect::Countries, self.countries != other.countries),
        ];
        let differing = differing.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(aspect, _)| aspect).collect()
    }
}

/// A name as compared: its words normalised and in alphabetical order, since
/// lists and forms turn family and given names round.
fn comparable_name(name: &Name) -> String {
    comparable(&name.text)
}

pub(crate) fn comparable(text: &str) -> String {
    let plain = normalise(text);
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    if words.is_empty() {
        // Nothing to compare: the text itself, so that a change is still seen.
        return text.trim().to_owned();
    }
    words.sort_unstable();
    words.join(" ")
}

/// Under what a judgement on a party is looked up: each of its names, and each
/// of its identifiers. Finding one says nothing yet: [`crate::standing`] does.
pub fn party_keys(party: &Party) -> BTreeSet<String> {
    let names = party.names.iter().map(comparable_name);
    let names = names.filter(|n| !n.is_empty()).map(|n| format!("name:{n}"));
    let numbers = party.identifiers.iter().map(Identifier::normalised);
    let numbers = numbers.filter(|n| !n.is_empty());
    names
        .chain(numbers.map(|n| format!("identifier:{n}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::NameKind;

    fn named(name: &str) -> Party {
        Party {
            names: vec![Name::new(NameKind::Primary, name)],
            ..Party::default()
        }
    }

    #[test]
    fn spelling_and_order_are_no_change_and_another_word_is() {
        let before = Identity::of(&named("José GARCÍA-López"));
        assert!(
            before
                .changes(&Identity::of(&named("garcia lopez, jose")))
                .is_empty()
        );
        let other = Identity::of(&named("Jose Garcia Lopes"));
        assert_eq!(before.changes(&other), [Aspect::Names]);
        // Names of signs alone are told apart too.
        assert_ne!(Identity::of(&named("???")), Identity::of(&named("!!!")));
    }

    #[test]
    fn one_text_for_one_identity() {
        let text = |name: &str| Identity::of(&named(name)).canonical();
        assert_eq!(text("José GARCÍA"), text("garcia, jose"));
        assert_ne!(text("A B"), text("A C"));
        let two = |names: &[&str]| {
            let mut party = named(names[0]);
            party.names.push(Name::new(NameKind::Alias, names[1]));
            Identity::of(&party).canonical()
        };
        assert_ne!(two(&["?\t!", "+"]), two(&["?", "!\t+"]));
    }

    #[test]
    fn a_party_is_found_by_any_name_and_number() {
        let mut party = named("B A");
        party.identifiers.push(Identifier::new("tax", "12-34"));
        let keys: Vec<String> = party_keys(&party).into_iter().collect();
        assert_eq!(keys, ["identifier:1234", "name:a b"]);
    }
}
