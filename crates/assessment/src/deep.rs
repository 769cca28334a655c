//! A closer look at rules and tables together: which destinations and codes no
//! rule answers.

use crate::{Asked, Engine, Evidence};
use portcullis_domain::{
    About, CodeScheme, Country, Date, DeterminationResult, Item, ItemCode, Movement, Name,
    NameKind, Party, PartyInRole, Provenance, Role, ScreenedParty, ScreeningStatus, Transaction,
};
use portcullis_policy::{DeepKind, DeepRemark, PolicyFiles};

/// The number by which goods are declared that no entry of the list describes.
const UNLISTED: &str = "EAR99";
/// The entries of the control list whose chart is looked through.
const LIST: &str = "controls/us-ccl.toml";

impl Engine {
    /// Conflicts, gaps and what never speaks, on a day. `files` are those the
    /// rules were loaded from. Takes some seconds: every destination is asked,
    /// and every entry of the control list for every destination.
    pub fn look_deep(&self, files: &PolicyFiles, today: Date) -> Vec<DeepRemark> {
        let mut all = self.policy().look_deep(files, today);
        all.extend(self.unanswered_destinations(today));
        all.extend(self.unanswered_codes(files));
        all
    }

    /// Destinations for which not even goods of no list can be answered.
    fn unanswered_destinations(&self, today: Date) -> Vec<DeepRemark> {
        let mut by_law: Vec<(String, Vec<&'static str>)> = Vec::new();
        for destination in Country::all() {
            let transaction = plain_export(destination);
            let evidence = Evidence {
                screened: clear(&transaction),
                findings: Vec::new(),
                questions: Vec::new(),
                lists: String::new(),
                transaction_digest: String::new(),
            };
            let asked = Asked {
                as_of: today,
                known: today,
            };
            let decision = self.conclude(&transaction, evidence, asked, None);
            for determination in decision.determinations.iter().filter(|d| d.binding) {
                if determination.result != DeterminationResult::Undetermined {
                    continue;
                }
                let law = determination.jurisdiction.code();
                match by_law.iter_mut().find(|(code, _)| code == law) {
                    Some((_, open)) => open.push(destination.name()),
                    None => by_law.push((law.to_owned(), vec![destination.name()])),
                }
            }
        }
        let remark = |(law, open): (String, Vec<&str>)| {
            let text = format!(
                "the law of {law} gives no answer for goods of no list to {} destinations, and asks: {}",
                open.len(),
                open.join(", ")
            );
            DeepRemark::new(DeepKind::Gap, vec![law], text)
        };
        by_law.into_iter().map(remark).collect()
    }

    /// Entries of the control list for which no rule asks for anything anywhere.
    fn unanswered_codes(&self, files: &PolicyFiles) -> Option<DeepRemark> {
        let document = files.document(LIST).ok()?;
        let rows = document.rows("entries", &mut Vec::new());
        let countries = Country::all();
        let silent = rows.iter().filter(|row| {
            let speaks = |country: &Country| {
                let answer = self.controls().chart(row.id(), *country);
                answer.required + answer.open > 0
            };
            // What refers to other law asks for nothing itself.
            !row.has("refer") && !countries.iter().any(speaks)
        });
        let silent: Vec<String> = silent.map(|row| row.id().to_owned()).collect();
        (!silent.is_empty()).then(|| {
            let text = format!(
                "entries for which no rule asks for anything anywhere: {}",
                silent.join(", ")
            );
            DeepRemark::new(DeepKind::Gap, silent, text)
        })
    }
}

fn plain_export(destination: Country) -> Transaction {
    let party = |role: Role, name: &str| PartyInRole {
        role,
        party: Party {
            names: vec![Name::new(NameKind::Primary, name)],
            ..Party::default()
        },
        item: None,
        provenance: Provenance::Declared,
    };
    Transaction {
        reference: "deep".to_owned(),
        movement: Movement::Export,
        destination: Some(destination),
        parties: vec![
            party(Role::Exporter, "Exporter"),
            party(Role::Consignee, "Consignee"),
            party(Role::EndUser, "End user"),
        ],
        items: vec![Item {
            number: 1,
            description: "Woven cotton fabric, dyed".to_owned(),
            codes: vec![
                ItemCode {
                    scheme: CodeScheme::Hs,
                    value: "520932".to_owned(),
                },
                ItemCode {
                    scheme: CodeScheme::Eccn,
                    value: UNLISTED.to_owned(),
                },
            ],
            ..Item::default()
        }],
        ..Transaction::default()
    }
}

fn clear(transaction: &Transaction) -> Vec<ScreenedParty> {
    let parties = transaction.parties.iter().enumerate();
    let clear = parties.map(|(at, party)| ScreenedParty {
        about: About::Party(at),
        role: party.role,
        name: party.party.caption().to_owned(),
        status: ScreeningStatus::Clear,
        hits: Vec::new(),
    });
    clear.collect()
}
