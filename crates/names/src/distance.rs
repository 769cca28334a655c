//! How far two words are apart. The only module that knows the distance library.

use rapidfuzz::distance::{jaro_winkler, osa as rf_osa};

/// Optimal string alignment distance (insert, delete, replace, swap of
/// neighbours) of two ASCII words, or `None` when it is more than `max`.
pub fn osa(a: &str, b: &str, max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let args = rf_osa::Args::default().score_cutoff(max);
    rf_osa::distance_with_args(a.bytes(), b.bytes(), &args)
}

/// Similarity of two romanised words, 0 to 1: 1 when equal; otherwise each
/// edit costs a share of the longer word, so that one edit in four letters is
/// about 0.74 and in ten about 0.90. Words further apart than a third of the
/// longer one are 0. Words that agree from the start gain a little
/// (Jaro-Winkler), because typing errors are rarer there.
pub fn similarity(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 0.0;
    }
    let Some(edits) = osa(a, b, longer / 3) else {
        return 0.0;
    };
    let by_edits = 1.0 - 1.05 * edits as f64 / longer as f64;
    let by_start = jaro_winkler::similarity(a.bytes(), b.bytes());
    (0.92 * by_edits + 0.08 * by_start).clamp(0.0, 0.99)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_costs_less_in_longer_words() {
        assert_eq!(similarity("putin", "putin"), 1.0);
        let short = similarity("jorn", "bjrn");
        let four = similarity("assd", "asad");
        let ten = similarity("shcherbakv", "shcherbako");
        assert!(four > 0.70 && four < 0.80, "{four}");
        assert!(ten > 0.88 && ten < 0.95, "{ten}");
        assert!(short < four);
        assert_eq!(similarity("abc", "xyz"), 0.0);
        assert_eq!(similarity("", ""), 1.0);
    }

    #[test]
    fn a_swap_is_one_edit() {
        assert_eq!(osa("valdimir", "vladimir", 2), Some(1));
        assert_eq!(osa("abc", "xyz", 2), None);
        assert_eq!(osa("abc", "xyz", 3), Some(3));
    }
}
