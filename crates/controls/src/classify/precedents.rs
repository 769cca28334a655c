//! Decided classifications, as they are kept.

use crate::nomenclature::PreparedError;
use portcullis_domain::Date;
use std::collections::BTreeMap;

/// A description and the code somebody decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precedent {
    /// The decision's own number.
    pub id: String,
    /// Digits, at least six.
    pub code: String,
    /// The goods, as described.
    pub description: String,
    /// Who decided, for example a ruling's office or the firm; may be empty.
    pub source: String,
    /// The day of the decision, where known.
    pub date: Option<Date>,
}

/// Decisions to learn from, and the weights that were learned from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Precedents {
    items: Vec<Precedent>,
    /// Weights of the ranker, if they were learned.
    pub weights: Option<Vec<f32>>,
}

/// What adding decisions did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Decisions that are new.
    pub added: usize,
    /// Decisions that replaced an earlier one of the same number and words.
    pub replaced: usize,
    /// Decisions that were there already.
    pub known: usize,
}

const HEAD: &str = "portcullis precedents 1";

impl Precedents {
    /// Adds decisions in order. One with the source, number and words of an
    /// earlier one replaces it. Weights learned before are forgotten.
    pub fn add(&mut self, new: Vec<Precedent>) -> Learned {
        let key = |p: &Precedent| (p.source.clone(), p.id.clone(), p.description.to_lowercase());
        let places = self.items.iter().enumerate().map(|(at, p)| (key(p), at));
        let mut places: BTreeMap<_, usize> = places.collect();
        let mut learned = Learned::default();
        for precedent in new {
            let at = *places.entry(key(&precedent)).or_insert(self.items.len());
            match self.items.get_mut(at) {
                Some(held) if *held == precedent => learned.known += 1,
                Some(held) => {
                    *held = precedent;
                    learned.replaced += 1;
                }
                None => {
                    self.items.push(precedent);
                    learned.added += 1;
                }
            }
        }
        if learned.added + learned.replaced > 0 {
            self.weights = None;
        }
        learned
    }

    /// Every decision, in the order of learning.
    pub fn items(&self) -> &[Precedent] {
        &self.items
    }

    /// The prepared form: a head, the weights, then a line for each decision.
    pub fn to_bytes(&self) -> Vec<u8> {
        let weights = self.weights.iter().flatten();
        let weights: Vec<String> = weights.map(|w| format!("{w:.5}")).collect();
        let mut out = format!("{HEAD}\n{}", weights.join(" "));
        let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        for item in &self.items {
            let date = item.date.map(|d| d.to_string()).unwrap_or_default();
            let (id, source) = (plain(&item.id), plain(&item.source));
            let description = plain(&item.description);
            out.push_str(&format!(
                "\n{id}\t{}\t{date}\t{source}\t{description}",
                item.code
            ));
        }
        out.into_bytes()
    }

    /// From the prepared form.
    ///
    /// # Errors
    ///
    /// [`PreparedError`] if it is no such form or a row of it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Precedents, PreparedError> {
        let unknown = || PreparedError::Unknown("file of precedents");
        let text = std::str::from_utf8(bytes).map_err(|_| unknown())?;
        let mut rows = text.split('\n');
        if rows.next() != Some(HEAD) {
            return Err(unknown());
        }
        let damaged = |row| PreparedError::Damaged {
            what: "precedents",
            row,
        };
        let weights = rows.next().ok_or(damaged(2))?;
        let weights: Result<Vec<f32>, _> = weights.split_whitespace().map(str::parse).collect();
        let weights = weights.map_err(|_| damaged(2))?;
        let mut items = Vec::new();
        for (at, row) in rows.enumerate() {
            items.push(precedent_of(row).ok_or(damaged(at + 3))?);
        }
        Ok(Precedents {
            items,
            weights: (!weights.is_empty()).then_some(weights),
        })
    }
}

fn precedent_of(row: &str) -> Option<Precedent> {
    let mut cells = row.splitn(5, '\t');
    let mut next = || cells.next();
    let (id, code, date) = (next()?.to_owned(), next()?.to_owned(), next()?);
    let date = match date {
        "" => None,
        text => Some(text.parse().ok()?),
    };
    let (source, description) = (next()?.to_owned(), next()?.to_owned());
    let is_code = code.len() >= 6 && code.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(Precedent {
        id,
        code,
        description,
        source,
        date,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn precedent(id: &str, code: &str, description: &str) -> Precedent {
        Precedent {
            id: id.to_owned(),
            code: code.to_owned(),
            description: description.to_owned(),
            source: String::new(),
            date: None,
        }
    }

    #[test]
    fn decisions_are_kept_once_and_corrected() {
        let mut all = Precedents::default();
        let first = all.add(vec![
            precedent("1", "848210", "ball bearing"),
            precedent("2", "401699", "gasket"),
        ]);
        assert_eq!(first.added, 2);
        all.weights = Some(vec![0.5, -1.0]);
        let again = all.add(vec![precedent("1", "848210", "ball bearing")]);
        assert_eq!((again.known, all.weights.is_some()), (1, true));
        // The same number from another file, other goods: a decision of its own.
        let next = all.add(vec![
            precedent("1", "610910", "T-shirt"),
            precedent("2", "848410", "Gasket"),
        ]);
        assert_eq!(
            (next.added, next.replaced, all.weights.is_some()),
            (1, 1, false)
        );
        let codes: Vec<&str> = all.items().iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes, ["848210", "848410", "610910"]);
    }

    #[test]
    fn the_prepared_form_comes_back() {
        let mut all = Precedents::default();
        let mut one = precedent("1", "848210", "ball\tbearing\nsteel");
        one.date = "2026-01-02".parse().ok();
        all.add(vec![one]);
        all.weights = Some(vec![0.5, -1.25]);
        let back = Precedents::from_bytes(&all.to_bytes()).unwrap();
        assert_eq!(back.items()[0].description, "ball bearing steel");
        assert_eq!(
            (&back.weights, back.items()[0].date),
            (&all.weights, all.items[0].date)
        );
        for broken in [
            "",
            "portcullis precedents 1",
            "portcullis precedents 1\nx",
            "portcullis precedents 1\n\n1\t84\t\t\tx",
        ] {
            assert!(
                Precedents::from_bytes(broken.as_bytes()).is_err(),
                "{broken}"
            );
        }
    }
}
