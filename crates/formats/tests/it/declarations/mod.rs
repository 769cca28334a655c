mod amendments;
mod bad_input;
mod csv;
mod json;
mod properties;
mod shared_data;
mod wco;

use portcullis_domain::{PartyInRole, Role, Transaction};
use portcullis_formats::declarations::{Limits, Message, messages};

/// Everything found in a text.
pub fn read(text: &str) -> Vec<Message> {
    messages(text.as_bytes(), &Limits::default()).collect()
}

/// The only message of a text.
#[track_caller]
pub fn one(text: &str) -> Message {
    let mut found = read(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

/// The only transaction of a text.
#[track_caller]
pub fn declared(text: &str) -> Transaction {
    let message = one(text);
    message
        .transaction
        .unwrap_or_else(|| panic!("{:?}", message.issues))
}

#[track_caller]
pub fn party(transaction: &Transaction, role: Role) -> &PartyInRole {
    let (_, party) = transaction.in_role(role).next().unwrap();
    party
}

/// Issues as `line code field`, for comparison.
pub fn issues(message: &Message) -> Vec<String> {
    let show = |issue: &portcullis_domain::Issue| {
        let line = issue.line.map(|l| l.to_string()).unwrap_or("-".to_owned());
        let field = issue.field.as_deref().unwrap_or("-");
        format!("{line} {} {field}", issue.code)
    };
    message.issues.iter().map(show).collect()
}
