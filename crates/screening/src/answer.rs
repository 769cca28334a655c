//! What comes back besides the hits: whether the answer is whole, and what it
//! took.

use crate::hit::Hit;

/// The answer to one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Every hit at or above the threshold, in the order of [`Hit::order`].
    pub hits: Vec<Hit>,
    /// The bound that was met, if one was: then the hits are those found until
    /// there, and "no hit" must never be taken as clear.
    pub partial: Option<Partial>,
    /// What was done to find them.
    pub work: Work,
}

/// Why an answer is not whole. The bounds are the constants of [`bounds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partial {
    /// A name is longer than [`bounds::NAME_BYTES`]; its start was screened.
    NameLength,
    /// The query holds more than [`bounds::NAMES`] names or parts of names.
    Names,
    /// A name has more than [`bounds::WORDS`] words or more characters than
    /// [`MOST_CHARACTERS`](portcullis_names::MOST_CHARACTERS); its first ones
    /// were screened.
    Words,
    /// More than [`bounds::VARIANTS`] words of the list are like the words asked for.
    Variants,
    /// More than [`bounds::POSTINGS`] places in names were looked at.
    Postings,
    /// More than [`bounds::ALIGNMENTS`] names were compared word by word.
    Alignments,
    /// More than [`bounds::DISTANCES`] words were compared letter by letter.
    Distances,
    /// The index holds an entity that cannot be read.
    Damaged,
}

impl Partial {
    /// Machine-readable, kebab case, stable.
    pub fn code(self) -> &'static str {
        match self {
            Partial::NameLength => "name-length",
            Partial::Names => "names",
            Partial::Words => "words",
            Partial::Variants => "variants",
            Partial::Postings => "postings",
            Partial::Alignments => "alignments",
            Partial::Distances => "distances",
            Partial::Damaged => "damaged",
        }
    }

    /// In words for a lay officer, with the bound.
    pub fn text(self) -> String {
        match self {
            Partial::NameLength => format!(
                "a name is longer than {} bytes: only its start was screened",
                bounds::NAME_BYTES
            ),
            Partial::Names => format!(
                "more than {} names in one question: only the first were screened",
                bounds::NAMES
            ),
            Partial::Words => format!(
                "a name has more than {} words or {} letters: only the first were screened",
                bounds::WORDS,
                portcullis_names::MOST_CHARACTERS
            ),
            Partial::Variants | Partial::Postings | Partial::Alignments | Partial::Distances => {
                format!(
                    "the name resembles too much of the lists: screening stopped at the bound of {}",
                    self.code()
                )
            }
            Partial::Damaged => "an entry of the lists cannot be read".to_owned(),
        }
    }
}

/// What one query may cost: far above what names need, low enough that no
/// query takes long.
pub mod bounds {
    /// Bytes of one name.
    pub const NAME_BYTES: usize = 2_048;
    /// Names and parts of names in one query.
    pub const NAMES: usize = 64;
    /// Words of one name.
    pub const WORDS: usize = 64;
    /// Words of the list that words of the query may be.
    pub const VARIANTS: usize = 20_000;
    /// Places in listed names.
    pub const POSTINGS: usize = 2_000_000;
    /// Names compared word by word.
    pub const ALIGNMENTS: usize = 20_000;
    /// Words compared letter by letter.
    pub const DISTANCES: usize = 100_000;
}

/// What one query cost, in the units of [`bounds`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Words of the query, in every way they were read.
    pub words: usize,
    /// Words of the list that words of the query may be.
    pub variants: usize,
    /// Places in listed names that were looked at.
    pub postings: usize,
    /// Names compared word by word.
    pub alignments: usize,
    /// Words compared letter by letter.
    pub distances: usize,
}
