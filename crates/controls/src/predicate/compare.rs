//! Numbers and spans against each other, with the rounding of conversion forgiven.

use super::{Comparator, Lies, Span};
use portcullis_domain::Truth;
use std::cmp::Ordering;

/// Largest relative difference of two numbers that are taken as the same:
/// `31.8 GHz` and `31800 MHz` differ by rounding only.
const TOLERANCE: f64 = 1e-12;

/// Whether two numbers are the same but for rounding.
pub(crate) fn same(a: f64, b: f64) -> bool {
    order(a, b) == Ordering::Equal
}

fn order(a: f64, b: f64) -> Ordering {
    let close = (a - b).abs() <= TOLERANCE * a.abs().max(b.abs());
    if a == b || (close && a.is_finite() && b.is_finite()) {
        return Ordering::Equal;
    }
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// The numbers that a comparator lets through.
pub(crate) fn span_of(comparator: Comparator, threshold: f64) -> Span {
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    let (low, low_inclusive, high, high_inclusive) = match comparator {
        Comparator::Less => (low, false, threshold, false),
        Comparator::AtMost => (low, false, threshold, true),
        Comparator::More => (threshold, false, high, false),
        Comparator::AtLeast => (threshold, true, high, false),
        Comparator::Equal => (threshold, true, threshold, true),
    };
    Span {
        low,
        low_inclusive,
        high,
        high_inclusive,
    }
}

/// Whether the declared span lies to the range as asked. A comparator asks
/// like `in`.
pub(crate) fn lies(given: &Span, lies: Lies, range: &Span) -> Truth {
    match lies {
        Lies::In => inside_or_apart(given, range),
        Lies::Overlaps => overlaps(given, range),
        Lies::Covers => covers(given, range),
    }
}

/// True where all of it is inside, false where nothing is, else unknown: which
/// of its values counts is not said.
fn inside_or_apart(given: &Span, range: &Span) -> Truth {
    if within(given, range) {
        Truth::True
    } else if apart(given, range) {
        Truth::False
    } else {
        Truth::Unknown
    }
}

fn overlaps(given: &Span, range: &Span) -> Truth {
    if apart(given, range) {
        return Truth::False;
    }
    let bounded = given.low.is_finite() && given.high.is_finite();
    let end_inside = |at: f64| at.is_finite() && within(&Span::point(at), range);
    // Of "up to 5 GHz" only the upper end is known to be in it.
    let known = bounded || within(given, range) || end_inside(given.low) || end_inside(given.high);
    if known { Truth::True } else { Truth::Unknown }
}

fn covers(given: &Span, range: &Span) -> Truth {
    // A single number does not say over what span the item works.
    if given.as_point().is_some() && range.as_point().is_none() {
        return Truth::Unknown;
    }
    if within(range, given) {
        let open = |mine: f64, asked: f64| !mine.is_finite() && asked.is_finite();
        if open(given.low, range.low) || open(given.high, range.high) {
            return Truth::Unknown;
        }
        return Truth::True;
    }
    Truth::False
}

/// Whether the first is a part of the second.
fn within(inner: &Span, outer: &Span) -> bool {
    let low = match order(inner.low, outer.low) {
        Ordering::Less => false,
        Ordering::Equal => outer.low_inclusive || !inner.low_inclusive,
        Ordering::Greater => true,
    };
    let high = match order(inner.high, outer.high) {
        Ordering::Greater => false,
        Ordering::Equal => outer.high_inclusive || !inner.high_inclusive,
        Ordering::Less => true,
    };
    low && high
}

/// Whether the two have no number in common.
pub(crate) fn apart(a: &Span, b: &Span) -> bool {
    before(a, b) || before(b, a)
}

fn before(a: &Span, b: &Span) -> bool {
    match order(a.high, b.low) {
        Ordering::Less => true,
        Ordering::Equal => !(a.high_inclusive && b.low_inclusive),
        Ordering::Greater => false,
    }
}

/// Whether nothing lies between the ends.
pub(crate) fn is_empty(span: &Span) -> bool {
    match order(span.low, span.high) {
        Ordering::Greater => true,
        Ordering::Equal => !(span.low_inclusive && span.high_inclusive),
        Ordering::Less => false,
    }
}
