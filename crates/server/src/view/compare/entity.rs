//! The listed side whole: every name, every listing, every tie.

use crate::view::{Fact, day, sentence};
use portcullis_domain::{Entity, Link, Listing, Name, NameKind};

/// A name of the entity.
#[derive(Clone, Debug)]
pub(crate) struct NameView {
    pub(crate) text: String,
    pub(crate) kind: &'static str,
    /// Whether it is the one that met.
    pub(crate) matched: bool,
}

/// A listing.
#[derive(Clone, Debug)]
pub(crate) struct ListingView {
    pub(crate) list: String,
    pub(crate) programmes: String,
    pub(crate) since: String,
    pub(crate) until: String,
    pub(crate) citation: String,
    pub(crate) licence: String,
}

/// A tie to somebody else.
#[derive(Clone, Debug)]
pub(crate) struct LinkView {
    pub(crate) relation: String,
    pub(crate) other: String,
    pub(crate) more: String,
}

/// A listed entity on the page.
#[derive(Clone, Debug)]
pub(crate) struct EntityView {
    pub(crate) id: String,
    pub(crate) names: Vec<NameView>,
    pub(crate) listings: Vec<ListingView>,
    pub(crate) links: Vec<LinkView>,
    pub(crate) same_as: Vec<String>,
    pub(crate) facts: Vec<Fact>,
}

impl EntityView {
    pub(crate) fn new(entity: &Entity, matched: &str, same_as: &[String]) -> EntityView {
        let contact = entity.party.emails.iter().chain(&entity.party.phones);
        let contact: Vec<&str> = contact.map(String::as_str).collect();
        let mut same: Vec<String> = same_as.iter().chain(&entity.same_as).cloned().collect();
        same.sort();
        same.dedup();
        let facts = [
            Fact::new("E-mail and telephone", contact.join(", ")),
            Fact::new("Remarks of the list", entity.remarks.as_str()).wide(),
        ];
        let mut names: Vec<NameView> = entity
            .party
            .names
            .iter()
            .map(|name| NameView::new(name, matched))
            .collect();
        // What met stands first; the rest stays in the order of the list.
        names.sort_by_key(|name| !name.matched);
        EntityView {
            id: entity.id.clone(),
            names,
            listings: entity.listings.iter().map(ListingView::new).collect(),
            links: entity.links.iter().map(LinkView::new).collect(),
            same_as: same,
            facts: facts.into_iter().filter(|f| !f.text.is_empty()).collect(),
        }
    }
}

impl NameView {
    fn new(name: &Name, matched: &str) -> NameView {
        NameView {
            text: name.text.clone(),
            kind: name_kind(name.kind),
            matched: !matched.is_empty() && name.text == matched,
        }
    }
}

impl ListingView {
    fn new(listing: &Listing) -> ListingView {
        let licence = [&listing.licence_requirement, &listing.licence_policy];
        let licence: Vec<&str> = licence
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        ListingView {
            list: listing.list.clone(),
            programmes: listing.programmes.join(", "),
            since: listing
                .listed_on
                .map_or("Day of listing not stated".to_owned(), |date| {
                    format!("Listed since {}", day(date))
                }),
            until: listing.until.map(day).unwrap_or_default(),
            citation: listing.citation.clone(),
            licence: licence.join(". "),
        }
    }
}

impl LinkView {
    fn new(link: &Link) -> LinkView {
        let share = link
            .share
            .map(|share| format!("{} %", f64::from(share) / 100.0));
        let more = [
            link.other_id.clone(),
            share,
            link.from.map(|date| format!("from {}", day(date))),
            link.until.map(|date| format!("until {}", day(date))),
        ];
        let more: Vec<String> = more.into_iter().flatten().collect();
        LinkView {
            relation: sentence(&link.relation.replace('_', " ")),
            other: link.other.clone(),
            more: more.join(", "),
        }
    }
}

/// How a name stands to its bearer, in words.
pub(crate) fn name_kind(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Primary => "primary name",
        NameKind::Alias => "alias",
        NameKind::WeakAlias => "weak alias",
        NameKind::Former => "former name",
    }
}
