//! Concordances between editions of the Harmonized System.

use super::{Rows, digits};
use crate::reading::shown;
use portcullis_domain::{CodeChange, Issue};
use std::collections::BTreeMap;

/// `code.after,code.before,Relationship,adjustment`, where `adjustment` is
/// `2022 to 2017`. The codes are numbers that lost their leading zeros. The
/// relationship is not taken from the file: it follows from the pairs.
pub(super) fn read(rows: &mut Rows<'_, '_>, editions: &[u16]) -> Result<Vec<CodeChange>, Issue> {
    let mut changes = Vec::new();
    let mut left_out: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let step = rows.cell(&row, 2).to_owned();
        let Some((after_year, before_year)) = years(&step) else {
            let what = format!("'{}' is no step between two editions", shown(&step));
            rows.issue(&row, "adjustment", "not-a-step", what);
            continue;
        };
        if !editions.contains(&after_year) || !editions.contains(&before_year) {
            *left_out.entry(step).or_default() += 1;
            continue;
        }
        let codes = (six(rows.cell(&row, 0)), six(rows.cell(&row, 1)));
        let (Some(after), Some(before)) = codes else {
            let what = "a code is not made of at most six digits".to_owned();
            rows.issue(&row, "code", "not-a-code", what);
            continue;
        };
        changes.push(CodeChange {
            before_year,
            before,
            after_year,
            after,
        });
    }
    for (step, count) in left_out {
        let what = format!(
            "{count} rows of the step '{step}' are left out: not between editions of the HS"
        );
        rows.issues
            .push(Issue::new("other-classification", what).in_field("adjustment"));
    }
    changes.sort();
    changes.dedup();
    Ok(changes)
}

fn years(step: &str) -> Option<(u16, u16)> {
    let (after, before) = step.split_once(" to ")?;
    let years: (u16, u16) = (after.trim().parse().ok()?, before.trim().parse().ok()?);
    (years.0 > years.1).then_some(years)
}

/// Six digits, with the leading zeros that were lost.
fn six(text: &str) -> Option<String> {
    let code = digits(text).filter(|code| (5..=6).contains(&code.len()))?;
    Some(format!("{code:0>6}"))
}
