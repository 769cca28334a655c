//! Parties by role, each with the result of its screening.

use crate::view::{bits, count, percent, sentence};
use portcullis_domain::{
    About, Decision, ListedHit, PartyInRole, Provenance, ScreenedParty, ScreeningStatus,
    Transaction,
};

/// A party on the page.
#[derive(Clone, Debug)]
pub(crate) struct PartyView {
    pub(crate) anchor: String,
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
    pub(crate) status: String,
    pub(crate) status_class: &'static str,
    pub(crate) status_icon: &'static str,
    pub(crate) hits: Vec<HitView>,
}

/// A listed entity that the party met.
#[derive(Clone, Debug)]
pub(crate) struct HitView {
    pub(crate) entity: String,
    pub(crate) caption: String,
    pub(crate) lists: Vec<String>,
    pub(crate) score: String,
    pub(crate) bits: String,
    pub(crate) strength: &'static str,
    pub(crate) strong: bool,
    pub(crate) reasons: Vec<String>,
    /// Where the match is judged; empty for who may not look there.
    pub(crate) alert: String,
}

/// Every party of the transaction; after erasure, those whose screening the
/// decision recorded.
pub(crate) fn parties(decision: &Decision, transaction: &Transaction) -> Vec<PartyView> {
    let screened = |at: usize| {
        decision
            .screened
            .iter()
            .find(|s| s.about == About::Party(at))
    };
    if transaction.parties.is_empty() {
        return decision.screened.iter().map(from_screening).collect();
    }
    let each = transaction.parties.iter().enumerate();
    each.map(|(at, party)| {
        let result = screened(at);
        let mut view = status(result);
        view.anchor = format!("party-{at}");
        view.role = sentence(&party.role.label());
        view.name = shown_name(party);
        view.lines = lines(party);
        view
    })
    .collect()
}

/// `5 screened, 1 alert`.
pub(crate) fn summary(decision: &Decision) -> String {
    let of = |status: ScreeningStatus| {
        let with = decision.screened.iter().filter(|s| s.status == status);
        with.count()
    };
    let parts = [
        (of(ScreeningStatus::Clear), "clear"),
        (of(ScreeningStatus::Alert), "matched"),
        (of(ScreeningStatus::Cleared), "judged not the same"),
        (
            of(ScreeningStatus::ScreenedByIdentifier),
            "by identifier only",
        ),
        (of(ScreeningStatus::NotScreened), "not screened"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let all = count(decision.screened.len(), "party", "parties");
    if said.is_empty() {
        all
    } else {
        format!("{all}: {}", said.join(", "))
    }
}

fn from_screening(screened: &ScreenedParty) -> PartyView {
    let mut view = status(Some(screened));
    view.anchor = screened.about.to_string().replace("parties/", "party-");
    view.role = sentence(&screened.role.label());
    view.name = if screened.name.is_empty() {
        "No name".to_owned()
    } else {
        screened.name.clone()
    };
    view
}

fn status(screened: Option<&ScreenedParty>) -> PartyView {
    let (status, class, icon) = match screened.map(|s| s.status) {
        Some(ScreeningStatus::Clear) => ("No match on any list", "clear", "check"),
        Some(ScreeningStatus::Alert) => ("Matches a list", "alert", "stop"),
        Some(ScreeningStatus::Cleared) => ("Match judged not the same", "clear", "check"),
        Some(ScreeningStatus::ScreenedByIdentifier) => {
            ("Screened by identifier only", "partial", "minus")
        }
        Some(ScreeningStatus::NotScreened) => {
            ("Not screened: nothing to screen", "partial", "alert")
        }
        None => ("Not screened", "partial", "alert"),
    };
    let hits: Vec<HitView> = screened
        .map(|s| s.hits.iter().map(hit).collect())
        .unwrap_or_default();
    let possible = !hits.is_empty() && hits.iter().all(|h| !h.strong);
    let status = if possible {
        "Possible match on a list"
    } else {
        status
    };
    PartyView {
        anchor: String::new(),
        role: String::new(),
        name: String::new(),
        lines: Vec::new(),
        status: status.to_owned(),
        status_class: if possible { "partial" } else { class },
        status_icon: if possible { "eye" } else { icon },
        hits,
    }
}

fn hit(listed: &ListedHit) -> HitView {
    HitView {
        alert: String::new(),
        entity: listed.entity_id.clone(),
        caption: listed.caption.clone(),
        lists: listed.lists.clone(),
        score: format!("{} alike", percent(listed.score)),
        bits: bits(listed.millibits),
        strength: if listed.strong {
            "Strong match"
        } else {
            "Possible match"
        },
        strong: listed.strong,
        reasons: listed.reasons.iter().map(|r| sentence(r)).collect(),
    }
}

fn shown_name(party: &PartyInRole) -> String {
    let caption = party.party.caption();
    if !caption.is_empty() {
        return caption.to_owned();
    }
    match party.party.identifiers.first() {
        Some(identifier) => format!("No name ({})", identifier.value),
        None => "Not named".to_owned(),
    }
}

fn lines(party: &PartyInRole) -> Vec<String> {
    let mut lines = Vec::new();
    let others: Vec<&str> = party
        .party
        .names
        .iter()
        .map(|n| n.text.as_str())
        .filter(|n| *n != party.party.caption())
        .collect();
    if !others.is_empty() {
        lines.push(format!("Also named {}", others.join("; ")));
    }
    let addresses = party.party.addresses.iter().map(|a| a.one_line());
    lines.extend(addresses.filter(|l| !l.is_empty()));
    if party.party.addresses.is_empty() {
        let countries = party.party.all_countries();
        let names: Vec<&str> = countries.iter().map(|c| c.name()).collect();
        if !names.is_empty() {
            lines.push(names.join(", "));
        }
    }
    let identifiers: Vec<String> = party
        .party
        .identifiers
        .iter()
        .map(|i| match i.scheme.as_str() {
            "" => i.value.clone(),
            scheme => format!("{} {}", scheme.to_uppercase(), i.value),
        })
        .collect();
    if !identifiers.is_empty() {
        lines.push(identifiers.join(", "));
    }
    match party.provenance {
        Provenance::Declared => {}
        Provenance::PartyBook => lines.push("Name and address from the party book".to_owned()),
        Provenance::IdentifierOnly => {
            lines.push(
                "Only an identifier is declared, and the party book does not know it".to_owned(),
            );
        }
        Provenance::Unnamed => lines.push("Nothing says who this is".to_owned()),
    }
    if let Some(item) = party.item {
        lines.push(format!("Named for line {item} only"));
    }
    lines
}
