//! The ten general prohibitions: which of them a case lets one check.

use super::UsWalk;
use crate::country_set::CountrySet;
use crate::table::{self, words};
use portcullis_domain::{Country, Facet, RuleHead, Truth};
use portcullis_policy::{PolicyFiles, Problem};
use serde::Deserialize;

/// One general prohibition.
#[derive(Clone, Debug)]
pub(crate) struct Prohibition {
    head: RuleHead,
    needs: Vec<Facet>,
    outside: bool,
    /// Countries through which goods may not pass that could not go there.
    transit: CountrySet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "needs")]
    _needs: String,
    #[serde(default)]
    outside: bool,
    #[serde(default)]
    transit: String,
}

/// Reads `us-prohibitions.toml`.
pub(crate) fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<Vec<Prohibition>> {
    let document = table::open(files, "us-prohibitions.toml", problems)?;
    document.only_keys(&["coverage", "prohibition"], problems);
    let mut all = Vec::new();
    for row in document.rows("prohibition", problems) {
        let Some((head, body)) = table::dated(&row, problems) else {
            continue;
        };
        let Some(raw) = table::read::<Raw>(&body, problems) else {
            continue;
        };
        let mut needs = Vec::new();
        for word in words(&body, "needs") {
            let facet = Facet::ALL.into_iter().find(|f| f.as_str() == word);
            let facet = facet.ok_or_else(|| format!("'{word}' is not a field of a case"));
            needs.extend(table::take(facet, &row, "needs", problems));
        }
        let transit = table::take(CountrySet::parse(&raw.transit), &row, "transit", problems);
        all.push(Prohibition {
            head,
            needs,
            outside: raw.outside,
            transit: transit.unwrap_or_default(),
        });
    }
    Some(all)
}

impl UsWalk<'_> {
    /// Notes which prohibitions the facets of a case let one check.
    pub(super) fn prohibitions(&mut self) {
        let controls = self.controls;
        let circumstances = self.input.circumstances;
        let (as_of, known) = (self.input.as_of, self.input.known);
        for prohibition in &controls.us.prohibitions {
            let head = &prohibition.head;
            if !head.applies(as_of, known) {
                continue;
            }
            let given = |facet: &Facet| {
                circumstances.presence(*facet) == Some(portcullis_domain::Presence::Known)
            };
            if prohibition.outside || !prohibition.needs.iter().all(given) {
                self.trace.leave_out(&head.id);
            } else {
                self.mark(&head.id, &head.citation, Truth::False);
            }
        }
    }

    /// The countries on the way to which the item would have to be allowed to go.
    pub(super) fn transit_countries(&self) -> Vec<Country> {
        let (as_of, known) = (self.input.as_of, self.input.known);
        let rules = self.controls.us.prohibitions.iter();
        let in_force: Vec<&CountrySet> = rules
            .filter(|p| p.head.applies(as_of, known))
            .map(|p| &p.transit)
            .collect();
        let route = self.input.transaction.route.iter().copied();
        route
            .filter(|country| in_force.iter().any(|set| set.contains(*country)))
            .collect()
    }
}
