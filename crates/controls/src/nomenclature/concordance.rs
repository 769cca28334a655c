//! What codes became from one edition to another, both ways.

use super::PreparedError;
use portcullis_domain::CodeChange;
use std::collections::{BTreeMap, BTreeSet};

/// How codes of two editions stand to each other, told from the pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// One code became one code, and no other became it.
    OneToOne,
    /// One code became several.
    OneToMany,
    /// Several codes became one.
    ManyToOne,
    /// Several codes became several.
    ManyToMany,
}

impl Relation {
    /// In the notation of the field: `1:1`, `1:n`, `n:1`, `n:n`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::OneToOne => "1:1",
            Relation::OneToMany => "1:n",
            Relation::ManyToOne => "n:1",
            Relation::ManyToMany => "n:n",
        }
    }
}

/// What a code stands for in another edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The codes there, the same code first if it is among them.
    pub codes: Vec<String>,
    /// Read from the code asked for.
    pub relation: Relation,
}

/// A concordance between editions of the Harmonized System.
#[derive(Clone, Debug, Default)]
pub struct Concordance {
    /// Years of a step (later, earlier) and its pairs, forward and back.
    steps: BTreeMap<(u16, u16), Step>,
}

type Links = BTreeMap<String, BTreeSet<String>>;

#[derive(Clone, Debug, Default)]
struct Step {
    forward: Links,
    back: Links,
}

const HEAD: &str = "portcullis concordance 1";

impl Concordance {
    /// From the changes of any number of steps.
    pub fn new(changes: &[CodeChange]) -> Concordance {
        let mut steps: BTreeMap<(u16, u16), Step> = BTreeMap::new();
        for change in changes {
            let step = steps
                .entry((change.after_year, change.before_year))
                .or_default();
            let (before, after) = (change.before.clone(), change.after.clone());
            step.back
                .entry(after.clone())
                .or_default()
                .insert(before.clone());
            step.forward.entry(before).or_default().insert(after);
        }
        Concordance { steps }
    }

    /// The prepared form: a head, then a line each: later year, earlier year,
    /// code before, code after.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = String::from(HEAD);
        for ((after_year, before_year), step) in &self.steps {
            for (before, afters) in &step.forward {
                for after in afters {
                    out.push_str(&format!("\n{after_year}\t{before_year}\t{before}\t{after}"));
                }
            }
        }
        out.into_bytes()
    }

    /// From its prepared form.
    ///
    /// # Errors
    ///
    /// [`PreparedError`] if it is no such form or a row of it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Concordance, PreparedError> {
        let unknown = || PreparedError::Unknown("concordance");
        let text = std::str::from_utf8(bytes).map_err(|_| unknown())?;
        let mut rows = text.split('\n');
        if rows.next() != Some(HEAD) {
            return Err(unknown());
        }
        let mut changes = Vec::new();
        for (at, row) in rows.enumerate() {
            let damaged = PreparedError::Damaged {
                what: "concordance",
                row: at + 2,
            };
            changes.push(change_of(row).ok_or(damaged)?);
        }
        Ok(Concordance::new(&changes))
    }

    /// The years of the editions it knows, in order.
    pub fn years(&self) -> BTreeSet<u16> {
        self.steps.keys().flat_map(|(a, b)| [*a, *b]).collect()
    }

    /// Every code of an edition, as far as a step names it.
    pub fn codes_of(&self, year: u16) -> BTreeSet<&str> {
        let mut codes = BTreeSet::new();
        for ((after, before), step) in &self.steps {
            if *before == year {
                codes.extend(step.forward.keys().map(String::as_str));
            }
            if *after == year {
                codes.extend(step.back.keys().map(String::as_str));
            }
        }
        codes
    }

    /// What a code of one edition stands for in another, over as many steps as
    /// lie between. `None` if the code is in none of the pairs, or no steps
    /// lead from the one edition to the other.
    pub fn map(&self, code: &str, from: u16, to: u16) -> Option<Mapped> {
        let there = self.reach(code, from, to)?;
        let many_back = there.iter().any(|other| {
            self.reach(other, to, from)
                .is_some_and(|back| back.len() > 1)
        });
        let relation = match (there.len() > 1, many_back) {
            (false, false) => Relation::OneToOne,
            (true, false) => Relation::OneToMany,
            (false, true) => Relation::ManyToOne,
            (true, true) => Relation::ManyToMany,
        };
        let mut codes: Vec<String> = there.into_iter().collect();
        codes.sort_by_key(|other| other != code);
        Some(Mapped { codes, relation })
    }

    fn reach(&self, code: &str, from: u16, to: u16) -> Option<BTreeSet<String>> {
        let mut at = from;
        let mut codes = BTreeSet::from([code.to_owned()]);
        if from == to {
            return self.codes_of(from).contains(code).then_some(codes);
        }
        while at != to {
            let (next, links) = self.step_from(at, to)?;
            codes = codes
                .iter()
                .filter_map(|code| links.get(code))
                .flatten()
                .cloned()
                .collect();
            at = next;
        }
        (!codes.is_empty()).then_some(codes)
    }

    /// The longest step in the right direction that does not pass the goal.
    fn step_from(&self, at: u16, to: u16) -> Option<(u16, &Links)> {
        if to > at {
            let steps = self.steps.iter().filter(|((a, b), _)| *b == at && *a <= to);
            steps
                .max_by_key(|((after, _), _)| *after)
                .map(|((after, _), step)| (*after, &step.forward))
        } else {
            let steps = self.steps.iter().filter(|((a, b), _)| *a == at && *b >= to);
            steps
                .min_by_key(|((_, before), _)| *before)
                .map(|((_, before), step)| (*before, &step.back))
        }
    }
}

fn change_of(row: &str) -> Option<CodeChange> {
    let mut cells = row.split('\t');
    let mut next = || cells.next();
    let (after_year, before_year) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let (before, after) = (next()?, next()?);
    let is_code = |code: &str| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    let fits = after_year > before_year && is_code(before) && is_code(after) && next().is_none();
    fits.then(|| CodeChange {
        before_year,
        before: before.to_owned(),
        after_year,
        after: after.to_owned(),
    })
}
