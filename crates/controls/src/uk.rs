//! The law of the United Kingdom.

use crate::controls::Controls;
use crate::determine::Input;
use crate::trace::Trace;

/// Walks the law, if the question asks it.
pub(crate) fn walk(controls: &Controls, input: &Input<'_>) -> Option<Trace> {
    let regime = &controls.uk;
    let law = &regime.table.head.jurisdiction;
    input
        .asks(law, &regime.territory)
        .then(|| controls.walk_list(regime, input))
}
