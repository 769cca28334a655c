//! **What does the nomenclature say of a code?** Prepared nomenclatures and
//! concordances: the path of a code, its successors and predecessors, and
//! whether a declared code can be right at all.

mod code;
mod concordance;
mod editions;

pub use code::{CodeFinding, CodeState, check};
pub use concordance::{Concordance, Mapped, Relation};
pub use editions::{Edition, Editions};

use portcullis_domain::GoodsLine;
use std::collections::HashMap;

/// A nomenclature, ready for look-up.
#[derive(Clone, Debug, Default)]
pub struct Nomenclature {
    lines: Vec<GoodsLine>,
    by_code: HashMap<String, u32>,
}

/// Why a prepared form cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreparedError {
    /// It was made by another version, or is something else.
    #[error("this is no {0} that this version can read; import it again")]
    Unknown(&'static str),
    /// A row of it is damaged.
    #[error("row {row} of the prepared {what} is damaged")]
    Damaged {
        /// What is read.
        what: &'static str,
        /// Which row, from 1.
        row: usize,
    },
}

/// First line of the prepared form of a nomenclature.
const HEAD: &str = "portcullis nomenclature 1";

impl Nomenclature {
    /// From lines, each after the line it stands under. Of two lines with one
    /// code the first answers.
    pub fn new(lines: Vec<GoodsLine>) -> Nomenclature {
        let mut by_code = HashMap::with_capacity(lines.len());
        for (at, line) in (0_u32..).zip(&lines) {
            if !line.code.is_empty() {
                by_code.entry(line.code.clone()).or_insert(at);
            }
        }
        Nomenclature { lines, by_code }
    }

    /// The prepared form: a head, then a line each: code, parent, text,
    /// separated by tabs.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = String::from(HEAD);
        for line in &self.lines {
            let parent = line.parent.map(|p| p.to_string()).unwrap_or_default();
            let text = line.text.replace(['\t', '\n', '\r'], " ");
            out.push_str(&format!("\n{}\t{parent}\t{text}", line.code));
        }
        out.into_bytes()
    }

    /// From its prepared form.
    ///
    /// # Errors
    ///
    /// [`PreparedError`] if it is no such form, or a row does not follow the
    /// one it stands under.
    pub fn from_bytes(bytes: &[u8]) -> Result<Nomenclature, PreparedError> {
        let unknown = || PreparedError::Unknown("nomenclature");
        let text = std::str::from_utf8(bytes).map_err(|_| unknown())?;
        let mut rows = text.split('\n');
        if rows.next() != Some(HEAD) {
            return Err(unknown());
        }
        let mut lines = Vec::new();
        for (at, row) in rows.enumerate() {
            let damaged = PreparedError::Damaged {
                what: "nomenclature",
                row: at + 2,
            };
            lines.push(line_of(row, at).ok_or(damaged)?);
        }
        Ok(Nomenclature::new(lines))
    }

    /// Every line, in the order of the source.
    pub fn lines(&self) -> &[GoodsLine] {
        &self.lines
    }

    /// Whether the code is a line of its own.
    pub fn contains(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// The lines from the top down to the code: headings without a code
    /// included. Empty if there is no such code.
    pub fn path(&self, code: &str) -> Vec<&GoodsLine> {
        let mut at = self.by_code.get(code).copied();
        let mut path = Vec::new();
        while let Some(line) = at.and_then(|at| self.lines.get(at as usize)) {
            path.push(line);
            at = line.parent;
        }
        path.reverse();
        path
    }

    /// The longest beginning of the code that is a line.
    pub fn nearest<'a>(&self, code: &'a str) -> Option<&'a str> {
        (2..=code.len())
            .rev()
            .filter_map(|length| code.get(..length))
            .find(|prefix| self.contains(prefix))
    }

    /// The six-digit level, with chapters and headings: what a longer
    /// nomenclature says of the Harmonized System. A level that has no line of
    /// its own takes the text of the first line below it.
    pub fn six_digits(&self) -> Nomenclature {
        let mut lines: Vec<GoodsLine> = Vec::new();
        let mut places: HashMap<String, u32> = HashMap::new();
        for line in &self.lines {
            let mut parent = None;
            for length in [2, 4, 6] {
                let Some(code) = line.code.get(..length) else {
                    break;
                };
                let at = *places.entry(code.to_owned()).or_insert_with(|| {
                    let own = self.path(code).last().map(|l| l.text.clone());
                    lines.push(GoodsLine {
                        code: code.to_owned(),
                        parent,
                        text: own.unwrap_or_else(|| line.text.clone()),
                    });
                    u32::try_from(lines.len() - 1).unwrap_or(u32::MAX)
                });
                parent = Some(at);
            }
        }
        Nomenclature::new(lines)
    }

    /// Codes of the given length that begin with a prefix, in order.
    pub fn under<'a>(&'a self, prefix: &'a str, digits: usize) -> impl Iterator<Item = &'a str> {
        let codes = self.lines.iter().map(|line| line.code.as_str());
        codes.filter(move |code| code.len() == digits && code.starts_with(prefix))
    }
}

/// One row of the prepared form.
fn line_of(row: &str, at: usize) -> Option<GoodsLine> {
    let mut cells = row.splitn(3, '\t');
    let (code, parent, text) = (cells.next()?, cells.next()?, cells.next()?);
    let is_code = code.len() <= 10 && code.bytes().all(|b| b.is_ascii_digit());
    let parent: Option<u32> = match parent {
        "" => None,
        number => Some(number.parse().ok()?),
    };
    let follows = parent.is_none_or(|p| (p as usize) < at);
    (is_code && follows).then(|| GoodsLine {
        code: code.to_owned(),
        parent,
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests;
