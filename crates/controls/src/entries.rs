//! Control lists as trees: what each entry and paragraph says, what stands
//! above and below it, and which entries of other lists have the same number.
//!
//! Text comes from what a user imported; nothing of it is part of the program.

mod bytes;
mod crosswalk;
mod diff;
mod search;
#[cfg(test)]
mod tests;

pub use bytes::ListBytesError;
pub use crosswalk::{Correspondence, How, Root, RootRegime, correspondences, root_number};
pub use diff::{Change, ChangeKind, ListDiff, diff};
pub use search::{Candidate, Question, Search};

use crate::eccn::Declared;
use portcullis_domain::{Date, Period, hex_sha256};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Longest own title, in characters.
const TITLE_CHARS: usize = 90;

/// Which law or regime a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListRegime {
    /// The Commerce Control List of the United States.
    UsCcl,
    /// Annex I of the EU's dual-use regulation.
    EuAnnexI,
    /// The consolidated list of the United Kingdom.
    Uk,
    /// The Missile Technology Control Regime.
    Mtcr,
    /// The Nuclear Suppliers Group.
    Nsg,
    /// Tariff codes of the Common High Priority List.
    HighPriority,
    /// Tariff codes under the EU's export bans.
    EuExportBan,
}

impl ListRegime {
    /// Every one.
    pub const ALL: [ListRegime; 7] = [
        ListRegime::UsCcl,
        ListRegime::EuAnnexI,
        ListRegime::Uk,
        ListRegime::Mtcr,
        ListRegime::Nsg,
        ListRegime::HighPriority,
        ListRegime::EuExportBan,
    ];

    /// The word in JSON and on the command line; also the name of the list.
    pub fn as_str(self) -> &'static str {
        match self {
            ListRegime::UsCcl => "us-ccl",
            ListRegime::EuAnnexI => "eu-annex-i",
            ListRegime::Uk => "uk",
            ListRegime::Mtcr => "mtcr",
            ListRegime::Nsg => "nsg",
            ListRegime::HighPriority => "chpl",
            ListRegime::EuExportBan => "eu-export-ban",
        }
    }

    /// From its word.
    pub fn parse(word: &str) -> Option<ListRegime> {
        ListRegime::ALL.into_iter().find(|r| r.as_str() == word)
    }

    /// Whether its codes are tariff codes.
    pub fn is_tariff(self) -> bool {
        matches!(self, ListRegime::HighPriority | ListRegime::EuExportBan)
    }

    /// Whether its codes have the form `3A001.a.5`.
    pub fn has_entries(self) -> bool {
        matches!(
            self,
            ListRegime::UsCcl | ListRegime::EuAnnexI | ListRegime::Uk
        )
    }
}

/// What a note does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NoteKind {
    /// Says what is or is not controlled.
    Scope,
    /// Says how a parameter is understood or measured.
    Technical,
    /// Points elsewhere.
    Reference,
    /// Anything else.
    Other,
}

/// A note beside a paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it does.
    pub kind: NoteKind,
    /// Its text.
    pub text: String,
}

/// A paragraph as a reader found it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Code as published.
    pub code: String,
    /// Its own text.
    pub text: String,
    /// Notes beside it.
    pub notes: Vec<Note>,
    /// Reasons for control; a tier where the list has tiers.
    pub reasons: Vec<String>,
}

/// One entry or paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Code in one spelling: `3A001.a.5.a`.
    pub code: String,
    /// Position of the paragraph above it.
    pub parent: Option<u32>,
    /// Its own text, as imported.
    pub text: String,
    /// Notes beside it.
    pub notes: Vec<Note>,
    /// Reasons for control; empty where it has those of the paragraph above.
    pub reasons: Vec<String>,
}

impl Entry {
    /// A short title: the text up to its first condition.
    pub fn title(&self) -> String {
        let text = self.text.replace(['“', '”', '"', '‘', '’'], "");
        let cuts = [
            " having ",
            " as follows",
            ", as ",
            " (see ",
            ";",
            ", with ",
            " with a ",
        ];
        let end = cuts
            .iter()
            .filter_map(|cut| text.find(cut))
            .filter(|at| *at > 8)
            .min();
        let short = text.get(..end.unwrap_or(text.len())).unwrap_or(&text);
        let mut title: String = short.chars().take(TITLE_CHARS).collect();
        if title.len() < short.len() {
            title.truncate(title.rfind(' ').unwrap_or(title.len()));
            title.push('…');
        }
        title.trim_end_matches([',', '.', ':', ' ']).to_owned()
    }

    /// Digest of text and scope notes: a confirmed predicate is bound to it.
    pub fn digest(&self) -> String {
        let mut text = format!("{}\n", self.text);
        for note in self.notes.iter().filter(|n| n.kind == NoteKind::Scope) {
            text.push_str(&note.text);
            text.push('\n');
        }
        hex_sha256(text.as_bytes())
    }
}

/// What is known of a list as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHead {
    /// Of which law or regime.
    pub regime: ListRegime,
    /// What the version calls itself.
    pub label: String,
    /// Days on which it is the law, as far as known.
    pub in_force: Period,
    /// Day of publication, where known.
    pub published: Option<Date>,
    /// Where it comes from.
    pub citation: String,
}

/// One version of a control list.
#[derive(Clone, Debug)]
pub struct ControlList {
    head: ListHead,
    entries: Vec<Entry>,
    by_code: HashMap<String, u32>,
    children: Vec<Vec<u32>>,
}

impl ControlList {
    /// Builds the tree. The paragraph above is the nearest whose code is a
    /// beginning of the code; a code that stands twice keeps its first text.
    pub fn build(head: ListHead, paragraphs: Vec<Source>) -> ControlList {
        let regime = head.regime;
        let mut entries: Vec<Entry> = Vec::with_capacity(paragraphs.len());
        let mut by_code: HashMap<String, u32> = HashMap::new();
        for source in paragraphs {
            let code = normal_code(regime, &source.code);
            if by_code.contains_key(&code) {
                continue;
            }
            let parent = above(&code)
                .into_iter()
                .find_map(|c| by_code.get(&c).copied());
            by_code.insert(code.clone(), position(entries.len()));
            entries.push(Entry {
                code,
                parent,
                text: source.text,
                notes: source.notes,
                reasons: source.reasons,
            });
        }
        ControlList::assembled(head, entries)
    }

    /// From entries in order whose parents stand before them.
    fn assembled(head: ListHead, entries: Vec<Entry>) -> ControlList {
        let mut children = vec![Vec::new(); entries.len()];
        let mut by_code = HashMap::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            by_code.insert(entry.code.clone(), position(at));
            if let Some(list) = entry.parent.and_then(|p| children.get_mut(p as usize)) {
                list.push(position(at));
            }
        }
        ControlList {
            head,
            entries,
            by_code,
            children,
        }
    }

    /// What is known of the list.
    pub fn head(&self) -> &ListHead {
        &self.head
    }

    /// Of which law or regime.
    pub fn regime(&self) -> ListRegime {
        self.head.regime
    }

    /// Every entry and paragraph, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The position of a code in any spelling.
    pub fn find(&self, code: &str) -> Option<u32> {
        self.by_code
            .get(&normal_code(self.head.regime, code))
            .copied()
    }

    /// The entry at a position.
    pub fn entry(&self, at: u32) -> Option<&Entry> {
        self.entries.get(at as usize)
    }

    /// The entry of a code in any spelling.
    pub fn get(&self, code: &str) -> Option<&Entry> {
        self.entry(self.find(code)?)
    }

    /// The paragraphs directly below.
    pub fn children(&self, at: u32) -> &[u32] {
        self.children.get(at as usize).map_or(&[], Vec::as_slice)
    }

    /// From the entry down to the paragraph, that one included.
    pub fn path(&self, at: u32) -> Vec<u32> {
        let mut path = vec![at];
        // Parents stand before their children, so this ends.
        while let Some(parent) = path.last().and_then(|at| self.entry(*at)?.parent) {
            path.push(parent);
        }
        path.reverse();
        path
    }

    /// The reasons for control: its own, or those of the nearest paragraph above.
    pub fn reasons(&self, at: u32) -> &[String] {
        let path = self.path(at);
        let own = path.iter().rev().filter_map(|at| self.entry(*at));
        own.map(|entry| entry.reasons.as_slice())
            .find(|reasons| !reasons.is_empty())
            .unwrap_or(&[])
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A code in one spelling: `3a001 A.5` is `3A001.a.5`; codes of regimes and
/// tariffs keep their form without blanks.
pub fn normal_code(regime: ListRegime, text: &str) -> String {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if regime.has_entries()
        && let Declared::Entry(number, paragraph) = Declared::parse(&compact)
    {
        return format!("{number}{paragraph}");
    }
    if regime.has_entries() {
        return compact;
    }
    match compact.split_at_checked(1) {
        Some((head, tail)) => format!("{}{tail}", head.to_ascii_uppercase()),
        None => compact,
    }
}

/// Codes that may stand above a code, nearest first.
fn above(code: &str) -> Vec<String> {
    let mut codes = Vec::new();
    let mut rest = code;
    while let Some((head, _)) = rest.rsplit_once('.') {
        codes.push(head.to_owned());
        rest = head;
    }
    if code.contains('.') {
        return codes;
    }
    // `N1A3a1`: any shorter beginning.
    let ends = code.char_indices().map(|(at, _)| at).skip(1);
    let mut shorter: Vec<String> = ends.map(|at| code[..at].to_owned()).collect();
    shorter.reverse();
    shorter
}
