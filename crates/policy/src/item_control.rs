//! What `controls` tells the rules about a line of goods.

use portcullis_domain::Truth;

/// The control facts of one line of goods, filled by `controls` and usable in
/// conditions as `item.high_priority`, `item.tier`, `item.controlled` and
/// `item.control_reasons`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemControl {
    /// Whether the goods stand on a high-priority list; unknown where no code
    /// could be compared.
    pub high_priority: Truth,
    /// Tier on the high-priority list, for example `1` or `3.A`.
    pub tier: Option<String>,
    /// Whether the goods stand on a control list that binds here; unknown
    /// where codes are missing, unreadable or contradict each other.
    pub controlled: Truth,
    /// Reasons for control, as the list spells them (`NS2`, `MT1`); empty where none or not known.
    pub reasons: Vec<String>,
}

impl Default for ItemControl {
    /// Nothing is known.
    fn default() -> ItemControl {
        ItemControl {
            high_priority: Truth::Unknown,
            tier: None,
            controlled: Truth::Unknown,
            reasons: Vec::new(),
        }
    }
}
