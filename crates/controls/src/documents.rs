//! Which papers are declared: licences, exceptions, "not listed".

use crate::table::{self, words};
use portcullis_domain::{Citation, Date, DocumentRef, Item, Jurisdiction, Transaction};
use portcullis_policy::{PolicyFiles, Problem};
use serde::Deserialize;

/// What a document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Means {
    /// A licence, or another authorisation that needs no further facts.
    Licence,
    /// A licence exception, named by its symbol.
    Exception,
    /// The trader's statement that the goods are on no list.
    NotListed,
}

/// One kind of document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    kind: String,
    means: Means,
    jurisdictions: String,
    #[serde(default)]
    cite: String,
}

/// The documents table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    kinds: Vec<Kind>,
    statuses_shown: Vec<String>,
}

/// How far a document is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown<'a> {
    /// Named with a number, in force, with a status that counts.
    Yes(&'a DocumentRef),
    /// Named, but something speaks against it.
    Doubtful(&'a DocumentRef, String),
    /// Not named.
    No,
}

impl Documents {
    /// Reads `documents.toml`.
    pub(crate) fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<Documents> {
        let document = table::open(files, "documents.toml", problems)?;
        table::Table::read(&document, "table", problems)?;
        let rows = document.rows("documents", problems);
        let kinds = rows
            .iter()
            .filter_map(|row| table::read(row, problems))
            .collect();
        Some(Documents {
            kinds,
            statuses_shown: words(document.root(), "statuses_shown"),
        })
    }

    fn kind(&self, document: &DocumentRef, means: Means, law: &Jurisdiction) -> Option<&Kind> {
        self.kinds.iter().find(|kind| {
            kind.means == means
                && kind.kind.eq_ignore_ascii_case(document.kind.trim())
                && kind
                    .jurisdictions
                    .split_whitespace()
                    .any(|j| j == "any" || j == law.code())
        })
    }

    /// Whether a licence under this law is declared for the line (or for the
    /// whole, where `item` is absent). The best one counts.
    pub(crate) fn licence<'a>(
        &self,
        transaction: &'a Transaction,
        item: Option<&'a Item>,
        law: &Jurisdiction,
        as_of: Date,
    ) -> Shown<'a> {
        let mut best = Shown::No;
        for document in declared(transaction, item) {
            if self.kind(document, Means::Licence, law).is_none() {
                continue;
            }
            match self.doubt(document, as_of) {
                None => return Shown::Yes(document),
                Some(doubt) if best == Shown::No => best = Shown::Doubtful(document, doubt),
                Some(_) => {}
            }
        }
        best
    }

    fn doubt(&self, document: &DocumentRef, as_of: Date) -> Option<String> {
        let status = document.status.trim();
        if document.id.trim().is_empty() {
            return Some("it has no number".to_owned());
        }
        if let Some(last) = document.valid_until.filter(|last| *last < as_of) {
            return Some(format!("it was valid until {last}"));
        }
        let counts = status.is_empty()
            || self
                .statuses_shown
                .iter()
                .any(|s| s.eq_ignore_ascii_case(status));
        (!counts).then(|| format!("its status is '{status}'"))
    }

    /// The symbols of the licence exceptions declared for the line.
    pub(crate) fn exceptions<'a>(
        &self,
        transaction: &'a Transaction,
        item: &'a Item,
        law: &Jurisdiction,
    ) -> Vec<&'a str> {
        declared(transaction, Some(item))
            .filter(|document| self.kind(document, Means::Exception, law).is_some())
            .map(|document| document.id.trim())
            .collect()
    }

    /// The citation of a declared statement that the goods are on no list.
    pub(crate) fn not_listed(
        &self,
        transaction: &Transaction,
        item: &Item,
        law: &Jurisdiction,
    ) -> Option<Citation> {
        let mut found = declared(transaction, Some(item))
            .filter_map(|document| self.kind(document, Means::NotListed, law));
        found.next().map(|kind| Citation(kind.cite.clone()))
    }
}

fn declared<'a>(
    transaction: &'a Transaction,
    item: Option<&'a Item>,
) -> impl Iterator<Item = &'a DocumentRef> {
    let of_line = item.into_iter().flat_map(|item| &item.documents);
    of_line.chain(&transaction.documents)
}
