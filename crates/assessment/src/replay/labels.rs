//! What is known of past cases: a table of references and what they must come
//! out as (`reference,role,outcome,code,why`, as `samples/expected.csv`).

use portcullis_domain::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a case must come out as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What sort of case: `routine`, `catch`, `look-alike` …
    pub role: String,
    /// The outcome it must have.
    pub outcome: Outcome,
    /// Why, in words; may be empty.
    pub why: String,
}

#[derive(Deserialize)]
struct Row {
    reference: String,
    #[serde(default)]
    role: String,
    outcome: String,
    #[serde(default)]
    why: String,
}

/// Reads the table, by reference. Errors: no such columns, an outcome that is
/// none, a reference twice; with the line.
pub fn read_labels(bytes: &[u8]) -> Result<HashMap<String, Label>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut labels = HashMap::new();
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = at + 2;
        let row = row.map_err(|error| format!("line {line}: {error}"))?;
        let Some(outcome) = Outcome::parse(&row.outcome) else {
            return Err(format!("line {line}: '{}' is no outcome", row.outcome));
        };
        let label = Label {
            role: row.role,
            outcome,
            why: row.why,
        };
        if labels.insert(row.reference.clone(), label).is_some() {
            return Err(format!(
                "line {line}: '{}' stands there twice",
                row.reference
            ));
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_and_faults_named() {
        let text = "reference,role,outcome,code,why\nA-1,catch,prohibited,x,\"one, two\"\nA-2,routine,release,,\n";
        let labels = read_labels(text.as_bytes()).unwrap();
        assert_eq!(labels["A-1"].outcome, Outcome::Prohibited);
        assert_eq!(labels["A-1"].why, "one, two");
        for (bad, says) in [
            (text.replace("release", "free"), "line 3: 'free'"),
            (
                text.replace("A-2", "A-1"),
                "line 3: 'A-1' stands there twice",
            ),
            ("reference\nA\n".to_owned(), "line 2"),
        ] {
            assert!(
                read_labels(bad.as_bytes()).unwrap_err().contains(says),
                "{bad}"
            );
        }
    }
}
