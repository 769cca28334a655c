//! Admission of a batch: what each message is to what is held, and to those before it.

use crate::{GateError, Incoming, not_applicable};
use jiff::tz::TimeZone;
use portcullis_assessment::{Admission, Asked, Held, NEVER_IN_FORCE, SetAside, admit};
use portcullis_casework::Disposition;
use portcullis_domain::{
    MessageKind, Name, NameKind, Party, PartyInRole, Provenance, Role, Transaction,
};
use portcullis_formats::declarations::{Message, apply_amendment};
use portcullis_store::{HeldVersion, Store};
use std::collections::HashMap;

/// What has to be done with a message.
pub(crate) enum Work {
    /// Not a declaration: named, not decided.
    Nothing,
    /// Decided before.
    Repeat(Earlier),
    /// Assess the transaction.
    Assess,
    /// Assess what can be seen, and hold whatever comes out.
    AssessAndHold(SetAside),
    /// Decide without assessing.
    SetAside(SetAside),
}

/// Where the earlier decision is.
pub(crate) enum Earlier {
    /// In the store, under this id.
    Held(String),
    /// Further up in the same batch.
    InBatch(usize),
}

/// A message after admission.
pub(crate) struct Admitted {
    pub(crate) work: Work,
    /// The transaction to decide on: after changes are applied.
    pub(crate) transaction: Transaction,
    pub(crate) reference: Option<String>,
    pub(crate) version: Option<u32>,
    /// How many versions were seen under the reference.
    pub(crate) held: Option<u64>,
    /// The judgements found under the keys of each party, by position.
    pub(crate) judgements: Vec<Vec<Disposition>>,
}

/// What is known under one reference, the batch so far included.
#[derive(Default)]
struct Known {
    versions: Vec<Held>,
    /// Position in the batch, where a version came in it.
    in_batch: HashMap<String, usize>,
}

/// Marks a decision of this batch, which has no id yet.
const IN_BATCH: &str = "batch:";

/// For which day a run asks, and whether it named it.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) asked: Asked,
    pub(crate) days_named: bool,
}

pub(crate) async fn admit_batch(
    store: &Store,
    batch: &[Incoming],
    asking: Asking,
) -> Result<Vec<Admitted>, GateError> {
    let originals = originals(store, batch).await?;
    let references: Vec<Option<String>> = batch
        .iter()
        .map(|i| reference_of(&i.message, &originals))
        .collect();
    let mut known = held_under(store, &references).await?;
    let mut admitted: Vec<Admitted> = Vec::with_capacity(batch.len());
    for (at, incoming) in batch.iter().enumerate() {
        let message = &incoming.message;
        let next = match (decides(message.kind), references[at].clone()) {
            (false, _) => without_work(message),
            (true, None) => alone(message),
            (true, Some(reference)) => {
                let under = known.entry(reference.clone()).or_default();
                let seen = under.versions.len() as u64;
                let mut next = admit_one(store, message, under, &admitted, asking).await?;
                next.reference = Some(reference);
                next.held = Some(seen);
                if !matches!(next.work, Work::Repeat(_)) {
                    remember(under, at, message, &next);
                }
                next
            }
        };
        admitted.push(next);
    }
    Ok(admitted)
}

fn decides(kind: MessageKind) -> bool {
    !matches!(kind, MessageKind::Notification | MessageKind::Other)
}

/// The reference under which a message is held. A change in customs messages
/// has a reference of its own and names the original by its customs reference.
fn reference_of(message: &Message, originals: &HashMap<String, String>) -> Option<String> {
    let customs = message.customs_reference.as_ref();
    let named = customs.filter(|_| changes(message.kind));
    let original = named.and_then(|customs| originals.get(customs)).cloned();
    let reference = original.or_else(|| message.reference.clone());
    reference.filter(|r| !r.is_empty())
}

fn changes(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Amendment | MessageKind::Cancellation)
}

/// Pairs of customs reference and trader's reference that a batch tells of.
pub(crate) fn customs_references(batch: &[Incoming]) -> Vec<(String, String)> {
    let telling = batch.iter().map(|i| &i.message);
    telling
        .filter(|m| !changes(m.kind))
        .filter_map(|m| Some((m.customs_reference.clone()?, m.reference.clone()?)))
        .filter(|(customs, own)| !customs.is_empty() && !own.is_empty())
        .collect()
}

/// The references behind the customs references that changes in the batch name.
/// A number that stands for two declarations stands for none.
async fn originals(
    store: &Store,
    batch: &[Incoming],
) -> Result<HashMap<String, String>, GateError> {
    let changing = batch.iter().filter(|i| changes(i.message.kind));
    let wanted = changing.filter_map(|i| i.message.customs_reference.clone());
    let held = store.references_of(&wanted.collect::<Vec<_>>()).await?;
    let mut found: HashMap<String, Option<String>> = held
        .into_iter()
        .map(|(customs, own)| (customs, Some(own)))
        .collect();
    for (customs, own) in customs_references(batch) {
        let known = found.entry(customs).or_insert_with(|| Some(own.clone()));
        if known.as_ref() != Some(&own) {
            *known = None;
        }
    }
    let sure = found.into_iter();
    Ok(sure
        .filter_map(|(customs, own)| Some((customs, own?)))
        .collect())
}

fn transaction_of(message: &Message) -> Transaction {
    message.transaction.clone().unwrap_or_else(|| Transaction {
        reference: message.reference.clone().unwrap_or_default(),
        message: message.kind,
        issues: message.issues.clone(),
        ..Transaction::default()
    })
}

fn without_work(message: &Message) -> Admitted {
    let transaction = transaction_of(message);
    Admitted {
        work: Work::Nothing,
        transaction,
        reference: None,
        version: None,
        held: None,
        judgements: Vec::new(),
    }
}

/// A message under no reference stands alone: nothing can be the same or a change of it.
fn alone(message: &Message) -> Admitted {
    let work = match message.kind {
        MessageKind::Unreadable => Work::SetAside(SetAside::Unreadable),
        kind @ (MessageKind::Amendment | MessageKind::Cancellation) => {
            Work::AssessAndHold(SetAside::OriginalNotHeld { kind })
        }
        _ => Work::Assess,
    };
    let transaction = transaction_of(message);
    Admitted {
        work,
        transaction,
        reference: None,
        version: message.version,
        held: None,
        judgements: Vec::new(),
    }
}

async fn held_under(
    store: &Store,
    references: &[Option<String>],
) -> Result<HashMap<String, Known>, GateError> {
    let mut references: Vec<String> = references.iter().flatten().cloned().collect();
    references.sort();
    references.dedup();
    let held = store.held(&references).await?;
    let known = held.into_iter().map(|(reference, versions)| {
        let versions = versions.into_iter().map(as_held).collect();
        (
            reference,
            Known {
                versions,
                in_batch: HashMap::new(),
            },
        )
    });
    Ok(known.collect())
}

fn as_held(held: HeldVersion) -> Held {
    Held {
        version: held.version.unwrap_or(1),
        kind: held.kind,
        message_digest: held.message_digest,
        decision_id: held.decision_id,
    }
}

async fn admit_one(
    store: &Store,
    message: &Message,
    under: &Known,
    before: &[Admitted],
    asking: Asking,
) -> Result<Admitted, GateError> {
    let mut transaction = transaction_of(message);
    let work = if message.kind == MessageKind::Unreadable {
        Work::SetAside(SetAside::Unreadable)
    } else {
        match admit(
            message.kind,
            message.version,
            &message.digest,
            &under.versions,
        ) {
            Admission::Assess => Work::Assess,
            Admission::Repeat { decision_id } => {
                match same_question(store, message, under, asking).await? {
                    Some(id) => Work::Repeat(earlier(under, id)),
                    None => {
                        let made = store.held_transaction(&decision_id).await?;
                        ask_anew(&mut transaction, message.kind, made)
                    }
                }
            }
            Admission::Conflict { text, .. } => Work::AssessAndHold(SetAside::Conflict { text }),
            Admission::OriginalNotHeld => {
                Work::AssessAndHold(SetAside::OriginalNotHeld { kind: message.kind })
            }
            Admission::Change { original } => {
                let original = match under.in_batch.get(&original) {
                    Some(at) => Some(before[*at].transaction.clone()),
                    None => store.held_transaction(&original).await?,
                };
                change(&mut transaction, message, original)
            }
        }
    };
    let newest = under.versions.iter().map(|h| h.version).max();
    let version = match (&work, message.version, message.kind) {
        (Work::AssessAndHold(_) | Work::SetAside(SetAside::Unreadable), _, _) => {
            Some(NEVER_IN_FORCE)
        }
        (_, None, kind) if changes(kind) => newest.map(|n| n + 1),
        (_, stated, _) => stated,
    };
    Ok(Admitted {
        work,
        transaction,
        reference: None,
        version,
        held: None,
        judgements: Vec::new(),
    })
}

/// The decision that was made on the same bytes for the same question. A plain
/// run asks for its own day, and takes what another plain run answered; a run
/// that names its days takes only an answer for the same days.
async fn same_question(
    store: &Store,
    message: &Message,
    under: &Known,
    asking: Asking,
) -> Result<Option<String>, GateError> {
    let same = under
        .versions
        .iter()
        .rev()
        .filter(|h| h.message_digest == message.digest);
    for held in same {
        if under.in_batch.contains_key(&held.decision_id) {
            return Ok(Some(held.decision_id.clone()));
        }
        let stored = store.decision(&held.decision_id).await?;
        let fits = match (&stored.decision, asking.days_named) {
            // Erased: the question cannot be asked anew, what was decided stands.
            (None, _) => true,
            (Some(made), true) => {
                made.as_of == asking.asked.as_of && made.known == asking.asked.known
            }
            (Some(made), false) => {
                let day = stored.row.recorded_at.to_zoned(TimeZone::UTC).date();
                made.as_of == day && made.known == day
            }
        };
        if fits {
            return Ok(Some(held.decision_id.clone()));
        }
    }
    Ok(None)
}

/// The same message for another day: what it came to is assessed again.
fn ask_anew(transaction: &mut Transaction, kind: MessageKind, made: Option<Transaction>) -> Work {
    if let Some(made) = made {
        *transaction = made;
    }
    match kind {
        MessageKind::Cancellation => Work::SetAside(SetAside::Withdrawn),
        _ => Work::Assess,
    }
}

fn earlier(under: &Known, decision_id: String) -> Earlier {
    match under.in_batch.get(&decision_id) {
        Some(at) => Earlier::InBatch(*at),
        None => Earlier::Held(decision_id),
    }
}

/// Applies a change to the original; what cannot be applied is held.
fn change(transaction: &mut Transaction, message: &Message, original: Option<Transaction>) -> Work {
    let Some(original) = original else {
        let text = "the original could not be read or was erased, so its change cannot be applied";
        return Work::AssessAndHold(not_applicable(text.to_owned()));
    };
    if message.kind == MessageKind::Cancellation {
        *transaction = Transaction {
            message: MessageKind::Cancellation,
            ..original
        };
        return Work::SetAside(SetAside::Withdrawn);
    }
    match apply_amendment(&original, message) {
        Ok(changed) => {
            *transaction = changed;
            Work::Assess
        }
        Err(reasons) => {
            let said: Vec<&str> = reasons.iter().map(|issue| issue.text.as_str()).collect();
            Work::AssessAndHold(not_applicable(format!(
                "the change cannot be applied: {}",
                said.join("; ")
            )))
        }
    }
}

fn remember(under: &mut Known, at: usize, message: &Message, admitted: &Admitted) {
    let decision_id = format!("{IN_BATCH}{at}");
    under.in_batch.insert(decision_id.clone(), at);
    under.versions.push(Held {
        version: admitted.version.unwrap_or(1),
        kind: message.kind,
        message_digest: message.digest.clone(),
        decision_id,
    });
}

/// Makers named in the goods lines take part, too: they are screened like everybody else.
pub(crate) fn name_makers(admitted: &mut [Admitted]) {
    for transaction in admitted.iter_mut().map(|a| &mut a.transaction) {
        for item in &transaction.items {
            let maker = item.manufacturer.trim();
            let known = |p: &PartyInRole| p.party.names.iter().any(|n| n.text.trim() == maker);
            if !maker.is_empty() && !transaction.parties.iter().any(known) {
                transaction.parties.push(PartyInRole {
                    role: Role::Manufacturer,
                    party: Party {
                        names: vec![Name::new(NameKind::Primary, maker)],
                        ..Party::default()
                    },
                    item: Some(item.number),
                    provenance: Provenance::Declared,
                });
            }
        }
    }
}

/// Fills parties of whom only an identifier is declared from the party book.
pub(crate) async fn complete_from_party_book(
    store: &Store,
    admitted: &mut [Admitted],
) -> Result<(), GateError> {
    let bare = |p: &&PartyInRole| p.provenance == Provenance::IdentifierOnly;
    let wanted: Vec<_> = admitted
        .iter()
        .flat_map(|a| a.transaction.parties.iter().filter(bare))
        .flat_map(|p| p.party.identifiers.iter().cloned())
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let book = store.resolve(&wanted).await?;
    let parties = admitted
        .iter_mut()
        .flat_map(|a| a.transaction.parties.iter_mut());
    for party in parties.filter(|p| p.provenance == Provenance::IdentifierOnly) {
        let found = party
            .party
            .identifiers
            .iter()
            .find_map(|i| book.get(&i.normalised()));
        if let Some(known) = found {
            let declared = std::mem::replace(&mut party.party, known.clone());
            for identifier in declared.identifiers {
                if !party.party.identifiers.contains(&identifier) {
                    party.party.identifiers.push(identifier);
                }
            }
            party.provenance = Provenance::PartyBook;
        }
    }
    Ok(())
}
