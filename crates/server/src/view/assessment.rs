//! One assessment, laid out as a person would read it.

mod goods;
mod parties;
mod reasons;

use super::{Fact, OutcomeView, day, moment, money};
use jiff::Timestamp;
use portcullis_domain::{About, Country, Decision, MessageKind, Movement, Transaction};

pub(crate) use goods::{DocumentView, ItemView};
pub(crate) use parties::PartyView;
pub(crate) use reasons::{DeterminationView, FindingView, QuestionView, queue_reason};

/// What the store knows around a decision.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) id: String,
    pub(crate) kind: MessageKind,
    pub(crate) recorded_at: Timestamp,
    pub(crate) actor: String,
    /// Where it came from; empty after erasure.
    pub(crate) file: String,
    pub(crate) index: u64,
    pub(crate) digest: String,
    pub(crate) ledger_index: Option<u64>,
}

/// A stop of the route.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) label: &'static str,
    pub(crate) place: String,
    pub(crate) class: &'static str,
}

/// Something that could not be read.
#[derive(Clone, Debug)]
pub(crate) struct IssueView {
    pub(crate) text: String,
    /// `line 4, field · `, or empty.
    pub(crate) place: String,
    pub(crate) code: String,
}

/// A list version that was screened against.
#[derive(Clone, Debug)]
pub(crate) struct ListLine {
    pub(crate) snapshot: String,
    pub(crate) source: String,
    pub(crate) published: String,
    pub(crate) entities: String,
}

/// Everything that the page of one assessment shows.
pub(crate) struct AssessmentView {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) kind_label: &'static str,
    pub(crate) subtitle: String,
    pub(crate) movement: String,
    pub(crate) outcome: OutcomeView,
    pub(crate) why: String,
    pub(crate) legal: Vec<FindingView>,
    pub(crate) evidence: Vec<FindingView>,
    pub(crate) risk: String,
    pub(crate) questions: Vec<QuestionView>,
    /// Whether there is a transaction to show: not for an unreadable message.
    pub(crate) whole: bool,
    pub(crate) route: Vec<Stop>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) parties: Vec<PartyView>,
    pub(crate) parties_summary: String,
    pub(crate) items: Vec<ItemView>,
    pub(crate) goods_summary: String,
    pub(crate) documents: Vec<DocumentView>,
    pub(crate) issues: Vec<IssueView>,
    pub(crate) determinations: Vec<DeterminationView>,
    pub(crate) no_determination: &'static str,
    pub(crate) steps: Vec<Fact>,
    pub(crate) rests: Vec<Fact>,
    pub(crate) proof_note: String,
}

impl AssessmentView {
    /// Lays out a decision. Without the transaction (it was never readable) the
    /// decision's own words remain.
    pub(crate) fn new(
        recorded: &Recorded,
        decision: &Decision,
        transaction: Option<&Transaction>,
        rule_known: &dyn Fn(&str) -> bool,
    ) -> AssessmentView {
        let empty = Transaction::default();
        let shown = transaction.unwrap_or(&empty);
        let (legal, evidence) = reasons::findings(decision, shown, rule_known);
        AssessmentView {
            id: recorded.id.clone(),
            reference: reference_or_file(&decision.reference, recorded),
            kind_label: kind_label(recorded.kind),
            subtitle: subtitle(recorded, decision),
            movement: movement_label(decision.movement).to_owned(),
            outcome: OutcomeView(decision.outcome),
            why: reasons::why(decision),
            legal,
            evidence,
            risk: super::bits(decision.risk_millibits),
            questions: reasons::questions(decision, shown),
            whole: transaction.is_some(),
            route: route(shown),
            facts: facts(shown),
            parties: parties::parties(decision, shown),
            parties_summary: parties::summary(decision),
            items: goods::items(shown),
            goods_summary: goods::summary(shown),
            documents: goods::documents(shown),
            issues: decision.issues.iter().map(IssueView::new).collect(),
            determinations: reasons::determinations(decision),
            no_determination: no_determination(decision.movement, recorded.kind),
            steps: reasons::steps(decision, shown, recorded.kind),
            rests: rests(recorded, decision),
            proof_note: proof_note(recorded),
        }
    }
}

impl IssueView {
    pub(crate) fn new(issue: &portcullis_domain::Issue) -> IssueView {
        let line = issue.line.map(|n| format!("line {n}"));
        let places: Vec<String> = line.into_iter().chain(issue.field.clone()).collect();
        IssueView {
            text: super::sentence(&issue.text),
            place: places.join(", "),
            code: issue.code.clone(),
        }
    }
}

/// The kind of message in words.
pub(crate) fn kind_label(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Declaration => "Declaration",
        MessageKind::Amendment => "Amendment of a declaration",
        MessageKind::Cancellation => "Cancellation of a declaration",
        MessageKind::Notification => "Notification from customs",
        MessageKind::Other => "Other message",
        MessageKind::Unreadable => "Unreadable message",
    }
}

/// The kind of message in words, from its word in JSON.
pub(crate) fn kind_label_of(word: &str) -> &'static str {
    let all = [
        MessageKind::Declaration,
        MessageKind::Amendment,
        MessageKind::Cancellation,
        MessageKind::Notification,
        MessageKind::Unreadable,
    ];
    let found = all.into_iter().find(|kind| kind.as_str() == word);
    kind_label(found.unwrap_or(MessageKind::Other))
}

/// The movement in words.
pub(crate) fn movement_label(movement: Movement) -> &'static str {
    match movement {
        Movement::Export => "Export",
        Movement::Reexport => "Re-export",
        Movement::InCountryTransfer => "In-country transfer",
        Movement::Transit => "Transit",
        Movement::Brokering => "Brokering",
        Movement::TechnicalAssistance => "Technical assistance",
        Movement::Intangible => "Intangible transfer",
        Movement::Import => "Import",
        Movement::Unknown => "Movement not stated",
    }
}

/// A country with its code: `Türkiye (TR)`.
pub(crate) fn place(country: Country) -> String {
    format!("{} ({})", country.name(), country.code())
}

/// What is written where a reference is missing.
pub(crate) fn reference_or_file(reference: &str, recorded: &Recorded) -> String {
    if !reference.is_empty() {
        reference.to_owned()
    } else if recorded.file.is_empty() {
        "No reference".to_owned()
    } else {
        format!(
            "No reference ({}, message {})",
            recorded.file,
            recorded.index + 1
        )
    }
}

/// What a finding is about, in words, and the place on the page it leads to.
fn about(about: About, transaction: &Transaction) -> (String, String) {
    match about {
        About::Transaction => ("the transaction".to_owned(), String::new()),
        About::Party(at) => {
            let text = transaction.parties.get(at).map_or_else(
                || format!("party {}", at + 1),
                |p| format!("{} {}", p.role.label(), p.party.caption()),
            );
            (text.trim_end().to_owned(), format!("party-{at}"))
        }
        About::Item(at) => {
            let number = transaction
                .items
                .get(at)
                .map_or(at as u64 + 1, |i| u64::from(i.number));
            (format!("line {number} of the goods"), format!("item-{at}"))
        }
        About::Route => ("the route".to_owned(), "transaction".to_owned()),
        About::Payment(at) => (format!("payment {}", at + 1), "transaction".to_owned()),
        About::Documents => ("the documents".to_owned(), "documents".to_owned()),
    }
}

fn subtitle(recorded: &Recorded, decision: &Decision) -> String {
    let destination = decision
        .destination
        .map_or("destination not stated".to_owned(), |c| {
            format!("to {}", c.name())
        });
    format!(
        "{} {destination}. Assessed {} by {}.",
        movement_label(decision.movement),
        moment(recorded.recorded_at),
        recorded.actor
    )
}

fn stop(label: &'static str, country: Option<Country>, class: &'static str) -> Stop {
    match country {
        Some(country) => Stop {
            label,
            place: place(country),
            class,
        },
        None => Stop {
            label,
            place: "not stated".to_owned(),
            class: "missing",
        },
    }
}

fn route(transaction: &Transaction) -> Vec<Stop> {
    let first = stop("From", transaction.dispatch, "end");
    let last = stop("Destination", transaction.destination, "end");
    let ends = [transaction.dispatch, transaction.destination];
    let between = transaction
        .route
        .iter()
        .filter(|country| !ends.contains(&Some(**country)))
        .map(|country| stop("By way of", Some(*country), ""));
    std::iter::once(first)
        .chain(between)
        .chain(std::iter::once(last))
        .collect()
}

fn facts(transaction: &Transaction) -> Vec<Fact> {
    let transport: Vec<String> = transaction.transport.iter().map(transport_line).collect();
    let payments: Vec<String> = transaction.payments.iter().map(payment_line).collect();
    let version = transaction.version.map(|v| v.to_string());
    let value = transaction.value.as_ref().map(money);
    let all = [
        Fact::new(
            "Declared on",
            transaction.declared_on.map(day).unwrap_or_default(),
        ),
        Fact::new("Version", version.unwrap_or_default()),
        Fact::new("Type", transaction.type_code.as_str()),
        Fact::new("Customs reference", transaction.customs_reference.as_str()),
        Fact::new("Customs office", transaction.office.as_str()),
        Fact::new("Invoice value", value.unwrap_or_default()),
        Fact::new("Transport", transport.join("; ")),
        Fact::new("Containers", transaction.containers.join(", ")),
        Fact::new("Payment", payments.join("; ")),
        Fact::new("End use", transaction.end_use.as_str()).wide(),
        Fact::new("Remarks of the trader", transaction.remarks.as_str()).wide(),
    ];
    all.into_iter().filter(|f| !f.text.is_empty()).collect()
}

/// UN/ECE Recommendation 19 modes in words.
fn mode_label(code: &str) -> &str {
    match code {
        "1" => "sea",
        "2" => "rail",
        "3" => "road",
        "4" => "air",
        "5" => "mail",
        "6" => "multimodal",
        "7" => "fixed installation",
        "8" => "inland water",
        other => other,
    }
}

fn transport_line(means: &portcullis_domain::TransportMeans) -> String {
    let flag = means.nationality.map(|c| c.name().to_owned());
    let parts = [
        Some(mode_label(&means.mode).to_owned()),
        Some(means.name.clone()),
        Some(means.id.clone()),
        flag,
    ];
    let filled: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|p| !p.is_empty())
        .collect();
    filled.join(", ")
}

fn payment_line(payment: &portcullis_domain::Payment) -> String {
    let parts = [
        payment.method.replace('_', " "),
        payment.amount.as_ref().map(money).unwrap_or_default(),
        payment
            .country
            .map(|c| format!("from {}", c.name()))
            .unwrap_or_default(),
    ];
    let filled: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    filled.join(", ")
}

fn no_determination(movement: Movement, kind: MessageKind) -> &'static str {
    match (movement, kind) {
        (Movement::Import, _) => "the question of an export licence does not arise for an import.",
        (_, MessageKind::Unreadable) => "the message could not be read.",
        _ => "no jurisdiction was asked.",
    }
}

fn rests(recorded: &Recorded, decision: &Decision) -> Vec<Fact> {
    let place = match recorded.ledger_index {
        Some(index) => format!("entry {index}"),
        None => "waiting to be sealed".to_owned(),
    };
    let source = if recorded.file.is_empty() {
        String::new()
    } else {
        format!("{}, message {}", recorded.file, recorded.index + 1)
    };
    let all = [
        Fact::new("Asked for the day", day(decision.as_of)),
        Fact::new("With what was known on", day(decision.known)),
        Fact::new("List set", decision.versions.lists.as_str())
            .mono()
            .to("/lists"),
        Fact::new("Policy", decision.versions.policy.as_str())
            .mono()
            .to("/policy"),
        Fact::new("Engine", decision.versions.engine.as_str()),
        Fact::new("Decision", recorded.id.as_str()).mono(),
        Fact::new("Digest of the decision", recorded.digest.as_str()).mono(),
        Fact::new(
            "Digest of the transaction",
            decision.transaction_digest.as_str(),
        )
        .mono(),
        Fact::new("Source", source),
        Fact::new("Ledger", place).to("/ledger"),
    ];
    all.into_iter().filter(|f| !f.text.is_empty()).collect()
}

fn proof_note(recorded: &Recorded) -> String {
    match recorded.ledger_index {
        Some(_) => "The proof file shows, offline and with nothing but the public key, that this decision stands in the ledger unchanged.".to_owned(),
        None => "This decision is recorded. It gets its place in the ledger when the next checkpoint is signed, at the latest when its proof is asked for.".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
