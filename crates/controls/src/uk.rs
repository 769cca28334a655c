//! The law of the United Kingdom.

use crate::controls::Controls;
use crate::determine::Input;
use crate::law;
use crate::trace::Trace;

/// Walks the law, if the question asks it.
pub(crate) fn walk(controls: &Controls, input: &Input<'_>) -> Option<Trace> {
    let regime = &controls.uk;
    let jurisdiction = &regime.table.head.jurisdiction;
    input
        .asks(jurisdiction, &regime.territory)
        .then(|| law::walk(controls, (regime, &controls.uk_law), input))
}
