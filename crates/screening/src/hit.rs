//! What is answered.

use portcullis_domain::PartyKind;
use std::cmp::Ordering;

/// How much a hit can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Similar: evidence for an officer to judge.
    Possible,
    /// The name is the same after normalisation in any script, the listed name
    /// is not weak, and nothing contradicts.
    ExactName,
    /// An identifier is the same.
    Identifier,
}

impl Strength {
    /// Whether the hit supports a presumptive legal finding.
    pub fn is_strong(self) -> bool {
        self != Strength::Possible
    }
}

/// One reason, for people and for machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// Machine-readable, kebab case, stable: `name-exact`, `birth-date-equal`, …
    pub code: String,
    /// In words a lay officer can read.
    pub text: String,
    /// Evidence for (positive) or against (negative) in bits, to 1/1000.
    pub bits: f64,
}

/// How one word, or a run of words, of the query stands to the listed name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// The same, or another spelling of the same.
    Agrees,
    /// Nearly the same: a typing error, a reading, an initial.
    Near,
    /// Something else stands in its place.
    Contradicts,
    /// The listed name has it, the query has not.
    Missing,
    /// The query has it, the listed name has not.
    Extra,
}

impl Agreement {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Agreement::Agrees => "agrees",
            Agreement::Near => "near",
            Agreement::Contradicts => "contradicts",
            Agreement::Missing => "missing",
            Agreement::Extra => "extra",
        }
    }
}

/// Words of the query beside words of the listed name, both romanised and in
/// lower case, for showing two names side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct PartMatch {
    /// Words of the query; empty where only the list has them.
    pub query: String,
    /// Words of the listed name; empty where only the query has them.
    pub listed: String,
    /// How they stand to each other.
    pub agreement: Agreement,
    /// How alike they are, 0 to 1.
    pub similarity: f64,
    /// The same in a sentence.
    pub how: String,
}

/// One listed entity that may be the party asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Id of the entity.
    pub entity_id: String,
    /// Its primary name.
    pub caption: String,
    /// What it is.
    pub kind: PartyKind,
    /// Codes of the lists on which it stands, sorted, without repeats.
    pub lists: Vec<String>,
    /// Similarity of the offered evidence, 0 to 1, to 1/10,000. 0.70 is the
    /// alert line; 1 is an exact name that nothing contradicts.
    pub score: f64,
    /// Weight of the evidence in bits (log-likelihood ratio against a chance
    /// match), to 1/1000. Orders hits of equal score.
    pub bits: f64,
    /// Whether the matching name is a weak alias.
    pub weak: bool,
    /// What the hit can carry.
    pub strong: Strength,
    /// Ids of entities of other schemes that are the same, sorted.
    pub same_as: Vec<String>,
    /// Why, strongest first as weighed: name, then support, then contradiction.
    pub reasons: Vec<Reason>,
    /// The listed name that matched best, as the list writes it; empty when
    /// only an identifier matched.
    pub matched_name: String,
    /// The two names word by word, in the order of the query, then what only
    /// the listed name has; empty when only an identifier matched.
    pub parts: Vec<PartMatch>,
}

impl Hit {
    /// The order of answers: score, then bits, both falling, then entity id.
    pub fn order(&self, other: &Hit) -> Ordering {
        let score = other.score.total_cmp(&self.score);
        let bits = other.bits.total_cmp(&self.bits);
        score
            .then(bits)
            .then_with(|| self.entity_id.cmp(&other.entity_id))
    }
}
