//! The law of the European Union.

use crate::controls::Controls;
use crate::determine::Input;
use crate::law;
use crate::trace::Trace;

/// Walks the law, if the question asks it.
pub(crate) fn walk(controls: &Controls, input: &Input<'_>) -> Option<Trace> {
    let regime = &controls.eu;
    let jurisdiction = &regime.table.head.jurisdiction;
    input
        .asks(jurisdiction, &regime.territory)
        .then(|| law::walk(controls, (regime, &controls.eu_law), input))
}
