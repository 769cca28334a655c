//! Amendments: an earlier declaration with what changed laid over it.

mod merge;
mod pointers;

use super::{Message, wco};
use crate::xml::Element;
use pointers::Pointer;
use portcullis_domain::{Issue, MessageKind, Transaction};

/// How an amendment changes the original.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The message is the whole new version.
    Replace,
    /// The message holds what changes and points to it.
    Overlay(Overlay),
}

/// The changed elements of a WCO amendment and the pointers to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    declaration: Element,
    pointers: Vec<Pointer>,
}

impl Overlay {
    pub(super) fn new(declaration: &Element) -> Overlay {
        Overlay {
            declaration: declaration.clone(),
            pointers: pointers::read(declaration),
        }
    }
}

/// The original as the amendment leaves it: its reference, the next version,
/// `message` amendment, and the issues that still stand. Pure; the caller has
/// found the original (by `reference`, or by `customs_reference` for WCO).
///
/// Fails, with every reason, where the message is no amendment, points to
/// something it does not bring along (a deletion), or where it is not clear
/// what it changes. Nothing is applied in part.
pub fn apply_amendment(
    original: &Transaction,
    amendment: &Message,
) -> Result<Transaction, Vec<Issue>> {
    let refuse = |code: &str, text: &str| {
        let mut issue = Issue::new(code, text);
        issue.line = amendment.line;
        Err(vec![issue])
    };
    let (Some(change), Some(new)) = (&amendment.change, &amendment.transaction) else {
        return refuse("not-an-amendment", "the message changes no declaration");
    };
    let mut amended = match change {
        Change::Replace if same_declaration(original, new) => new.clone(),
        Change::Replace => {
            return refuse("wrong-original", "the amendment is of another declaration");
        }
        Change::Overlay(overlay) => {
            let unclear = pointers::check(overlay);
            if !unclear.is_empty() {
                return Err(unclear);
            }
            merge::merge(original, new, overlay)?
        }
    };
    amended.reference.clone_from(&original.reference);
    if new.customs_reference.is_empty() {
        amended
            .customs_reference
            .clone_from(&original.customs_reference);
    } else {
        amended.customs_reference.clone_from(&new.customs_reference);
    }
    amended.version = new
        .version
        .or(Some(original.version.unwrap_or(1).saturating_add(1)));
    amended.message = MessageKind::Amendment;
    Ok(amended)
}

fn same_declaration(original: &Transaction, new: &Transaction) -> bool {
    let by_number =
        !new.customs_reference.is_empty() && new.customs_reference == original.customs_reference;
    by_number || new.reference == original.reference
}

/// Paths of every value that an overlay brings, as issues name them.
fn paths(overlay: &Overlay) -> Vec<String> {
    let mut found = Vec::new();
    collect(&overlay.declaration, "", &mut found);
    found
}

fn collect(element: &Element, base: &str, found: &mut Vec<String>) {
    for child in &element.children {
        let line = child.name == "GovernmentAgencyGoodsItem";
        let name = if line {
            wco::goods::base_name(child)
        } else {
            child.name.clone()
        };
        let path = wco::join(base, &name);
        if child.children.is_empty() {
            found.push(path);
        } else {
            collect(child, &path, found);
        }
    }
}
