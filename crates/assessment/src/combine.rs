//! From findings to one outcome: the strictest, in a fixed order.

use portcullis_domain::{Determination, DeterminationResult, Finding, Outcome, Question};

/// The strictest outcome that the parts ask for.
///
/// Nothing passes by omission: a binding determination that could not be made
/// is a question where something can be asked, and a hold where nothing can.
pub(crate) fn outcome(
    findings: &[Finding],
    questions: &[Question],
    determinations: &[Determination],
) -> Outcome {
    let found = findings.iter().map(|f| f.outcome);
    let asked = (!questions.is_empty()).then_some(Outcome::Question);
    let determined = determinations
        .iter()
        .filter(|d| d.binding)
        .map(|d| match d.result {
            DeterminationResult::NotRequired => Outcome::Release,
            DeterminationResult::Prohibited => Outcome::Prohibited,
            DeterminationResult::Required if licence_shown(findings, d) => Outcome::Release,
            DeterminationResult::Required => Outcome::LicenceRequired,
            DeterminationResult::Undetermined if questions.is_empty() => Outcome::Hold,
            DeterminationResult::Undetermined => Outcome::Question,
        });
    found
        .chain(asked)
        .chain(determined)
        .max()
        .unwrap_or(Outcome::Release)
}

/// Code of the finding that a licence for what is required was declared.
pub(crate) const LICENCE_SHOWN: &str = "licence-shown";

fn licence_shown(findings: &[Finding], determination: &Determination) -> bool {
    findings.iter().any(|f| {
        f.code == LICENCE_SHOWN && f.jurisdiction.as_ref() == Some(&determination.jurisdiction)
    })
}

/// Puts findings in the order in which they are read and hashed: strictest
/// first, then by subject, code and text; the same finding twice is one.
pub(crate) fn order_findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.about, f.code.clone(), f.text.clone());
        b.outcome.cmp(&a.outcome).then_with(|| key(a).cmp(&key(b)))
    });
    findings.dedup();
}

/// Puts questions in order; the same question about the same thing is asked once.
pub(crate) fn order_questions(questions: &mut Vec<Question>) {
    questions.sort();
    questions.dedup_by(|b, a| a.about == b.about && a.code == b.code && a.text == b.text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::{About, Jurisdiction, Strength};
    use proptest::prelude::*;

    fn determination(result: DeterminationResult, binding: bool) -> Determination {
        let jurisdiction = Jurisdiction::new("US");
        let (checked, citations) = (Vec::new(), Vec::new());
        Determination {
            jurisdiction,
            binding,
            result,
            text: String::new(),
            checked,
            citations,
        }
    }

    fn finding(code: &str, outcome: Outcome) -> Finding {
        Finding {
            about: About::Transaction,
            code: code.to_owned(),
            text: String::new(),
            strength: Strength::Legal,
            millibits: 0,
            outcome,
            jurisdiction: Some(Jurisdiction::new("US")),
            rule: None,
            citations: Vec::new(),
        }
    }

    fn question() -> Question {
        let about = About::Transaction;
        Question {
            about,
            code: "q".to_owned(),
            text: "?".to_owned(),
            citations: Vec::new(),
        }
    }

    #[test]
    fn cases() {
        use DeterminationResult::*;
        let required = [determination(Required, true)];
        let shown = [finding(LICENCE_SHOWN, Outcome::Release)];
        let open = [determination(Undetermined, true)];
        assert_eq!(outcome(&[], &[], &[]), Outcome::Release);
        assert_eq!(outcome(&[], &[], &required), Outcome::LicenceRequired);
        assert_eq!(outcome(&shown, &[], &required), Outcome::Release);
        assert_eq!(outcome(&[], &[], &open), Outcome::Hold);
        assert_eq!(outcome(&[], &[question()], &open), Outcome::Question);
        assert_eq!(
            outcome(&[], &[], &[determination(Prohibited, false)]),
            Outcome::Release
        );
        assert_eq!(
            outcome(&shown, &[], &[determination(Prohibited, true)]),
            Outcome::Prohibited
        );
    }

    proptest! {
        #[test]
        fn one_more_finding_never_loosens(picks in proptest::collection::vec(0_usize..6, 0..8), more in 0_usize..6) {
            let mut findings: Vec<Finding> =
                picks.iter().map(|p| finding("f", Outcome::ALL[*p])).collect();
            let before = outcome(&findings, &[], &[]);
            findings.push(finding("f", Outcome::ALL[more]));
            prop_assert!(outcome(&findings, &[], &[]) >= before);
        }
    }
}
