//! What several parties of one transaction are compared by, worked out once.

use crate::words::fold;
use portcullis_domain::{Party, Provenance, Transaction};

pub(crate) struct Prepared {
    /// Folded name by party; empty where there is none.
    pub names: Vec<String>,
    /// Folded address by party; empty where no street is stated.
    pub addresses: Vec<String>,
}

impl Prepared {
    pub fn of(tx: &Transaction) -> Prepared {
        let parties = || tx.parties.iter().map(|p| &p.party);
        Prepared {
            names: parties().map(|p| fold(p.caption())).collect(),
            addresses: parties().map(address).collect(),
        }
    }

    /// The roles of the other parties that share the key of the party at `at`.
    pub fn roles_sharing<'a>(
        &self,
        keys: &[String],
        tx: &'a Transaction,
        at: usize,
    ) -> Option<Vec<&'a str>> {
        let own = keys.get(at).filter(|key| !key.is_empty())?;
        let others = tx.parties.iter().zip(keys).enumerate();
        Some(
            others
                .filter(|(position, (party, key))| {
                    *position != at && *key == own && party.provenance != Provenance::Unnamed
                })
                .map(|(_, (party, _))| party.role.as_str())
                .collect(),
        )
    }
}

fn address(party: &Party) -> String {
    let with_street = party.addresses.iter().find(|a| !a.street.trim().is_empty());
    with_street.map_or(String::new(), |a| {
        let country = a.country.map(|c| c.code().to_owned()).unwrap_or_default();
        fold(&format!("{} {} {country}", a.street, a.city))
    })
}
