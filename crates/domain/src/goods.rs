//! Lines of a nomenclature of goods, and the changes between two editions.

/// A line of a nomenclature: a code, or a heading without one, under its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodsLine {
    /// Digits only, as many as the line's own level has (2, 4, 6, 8 or 10);
    /// empty for a heading that groups others and has no code.
    pub code: String,
    /// Position of the line it stands under.
    pub parent: Option<u32>,
    /// Its text, in the language of the source.
    pub text: String,
}

/// What one code of an edition became in the next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeChange {
    /// Year of the earlier edition.
    pub before_year: u16,
    /// Six digits in the earlier edition.
    pub before: String,
    /// Year of the later edition.
    pub after_year: u16,
    /// Six digits in the later edition.
    pub after: String,
}
