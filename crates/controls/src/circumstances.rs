//! What a question carries beyond the transaction: which facets were given at
//! all, the US content, who stands on which list, and who owns whom.

use portcullis_domain::{Case, Date, Facet, Given, Jurisdiction, Presence, Share};
use std::collections::BTreeMap;

/// A party's standing on a list, on the day that is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStanding {
    /// Code of the list (`us-el`).
    pub list: String,
    /// Id of the listed entity.
    pub entity_id: String,
    /// The name under which it is listed.
    pub name: String,
    /// First day on the list, where the list says.
    pub listed_on: Option<Date>,
    /// Licence requirement as the list words it; empty if it says nothing.
    pub requirement: String,
    /// Licence review policy as the list words it; empty if it says nothing.
    pub review_policy: String,
}

/// An owner of a party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnerFacts {
    /// Its name or id, for people.
    pub name: String,
    /// Its own standing on lists; empty: on none.
    pub standings: Vec<ListStanding>,
    /// Its share in the party.
    pub share: Given<Share>,
    /// Who owns it in turn.
    pub owners: Vec<OwnerFacts>,
    /// First day of the tie, where a source says.
    pub from: Option<Date>,
    /// Last day of the tie, where a source says.
    pub until: Option<Date>,
}

/// What is known of one party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyFacts {
    /// Ids of the entities of the lists that it is.
    pub entity_ids: Vec<String>,
    /// Its own standing on lists.
    pub standings: Vec<ListStanding>,
    /// Its owners; absent: nobody looked.
    pub owners: Given<Vec<OwnerFacts>>,
}

/// What a question carries beyond the transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    case: Option<[Presence; Facet::ALL.len()]>,
    /// Whose law is asked; empty: that of the installation.
    pub laws: Vec<Jurisdiction>,
    /// Share of controlled content of US origin.
    pub us_content: Given<Share>,
    /// What is known of each party, by position.
    pub parties: Vec<PartyFacts>,
    /// Facts that a person stated in answer to questions, by name.
    pub answers: BTreeMap<String, bool>,
    /// Whether red flags were raised: grounds to ask about the end use.
    pub red_flags: bool,
}

impl Circumstances {
    /// Those of a declaration, which is taken to say all that it can: a field
    /// that is missing was not declared. What no declaration has a field for
    /// (the share of US content) is not part of the question.
    pub fn declaration() -> Circumstances {
        Circumstances::default()
    }

    /// Those of a case, whose facets may be absent.
    pub fn of_case(case: &Case) -> Circumstances {
        Circumstances {
            case: Some(Facet::ALL.map(|facet| case.presence(facet))),
            laws: case.jurisdictions.known().cloned().unwrap_or_default(),
            us_content: case.us_content.clone(),
            parties: Vec::new(),
            answers: case.answers.clone(),
            red_flags: false,
        }
    }

    /// Whether this is a case, and not a declaration.
    pub fn is_case(&self) -> bool {
        self.case.is_some()
    }

    /// How a facet stands; `None` for a declaration, where the transaction
    /// itself shows what was declared.
    pub fn presence(&self, facet: Facet) -> Option<Presence> {
        let at = Facet::ALL.iter().position(|f| *f == facet)?;
        Some(self.case?[at])
    }

    /// Whether the facet is no part of the question.
    pub fn is_absent(&self, facet: Facet) -> bool {
        self.presence(facet) == Some(Presence::Absent)
    }

    /// Whether the facet was given as unknown, so that it is asked.
    pub fn is_unknown(&self, facet: Facet) -> bool {
        self.presence(facet) == Some(Presence::Unknown)
    }

    /// What is known of the party at a position.
    pub fn party(&self, at: usize) -> Option<&PartyFacts> {
        self.parties.get(at)
    }
}
