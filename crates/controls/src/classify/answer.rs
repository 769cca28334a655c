//! The answer for one description: candidates with reasons, questions, and
//! whether it fits the declared code.

use super::goods_words::COMMON;
use super::ranker;
use super::vague::{self, Seen};
use super::{Classifier, Read, text};

/// What is declared of the goods.
#[derive(Clone, Copy, Debug, Default)]
pub struct Goods<'a> {
    /// The description.
    pub description: &'a str,
    /// The declared code of the nomenclature, digits.
    pub hs_code: Option<&'a str>,
    /// Who makes them.
    pub maker: Option<&'a str>,
    /// The maker's part number.
    pub part_number: Option<&'a str>,
}

/// A subheading that may be the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Six digits.
    pub code: String,
    /// 0 to 1; never grows down the list. What this candidate adds to the
    /// chance that the right chapter, heading and subheading are among those shown.
    pub score: f32,
    /// What speaks for and against it, in sentences.
    pub reasons: Vec<String>,
}

/// Something only the trader can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Machine-readable: `too-vague`, `which-heading`, `which-subheading`,
    /// `code-contradicts-description`, `benign-neighbour`.
    pub code: &'static str,
    /// Field of the input that would answer it.
    pub field: &'static str,
    /// The question.
    pub text: String,
}

/// How the description stands to the declared code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The declared heading is among the likely ones.
    Agrees,
    /// Neither speaks clearly.
    Unclear,
    /// The description clearly names other goods.
    Contradicts,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Candidates, best first; never empty where there is a nomenclature.
    pub hs: Vec<Candidate>,
    /// What would decide.
    pub questions: Vec<Asked>,
    /// Whether the description is too vague to classify.
    pub vague: bool,
    /// What to add, where it is.
    pub missing: Vec<String>,
    /// Against the declared code, if one is declared that is a code here.
    pub agreement: Option<Agreement>,
}

/// Reasons of one sort given for a candidate.
const MOST_REASONS: usize = 3;
/// Share of all headings' chance from which a heading counts as likely.
const LIKELY: f32 = 0.04;
/// Share with which a heading speaks clearly.
const CLEAR: f32 = 0.6;
/// A runner-up this near to the first is a question.
const NEAR: f32 = 0.4;

impl Classifier {
    /// Answers for one description.
    pub fn classify(&self, goods: &Goods<'_>, limit: usize) -> Answer {
        let mut words = text::words(goods.description);
        let described = words.len();
        // Maker and part number may have been decided on before.
        let named = [goods.maker, goods.part_number].into_iter().flatten();
        words.extend(named.flat_map(text::words));
        words.truncate(text::MOST_WORDS);
        let read = self.read(&words);
        let chances = self.chances(&read);
        let shown = ranker::order(&self.catalogue, &chances, limit.max(1));
        let hs: Vec<Candidate> = shown
            .iter()
            .map(|(leaf, score)| Candidate {
                code: self.code(*leaf).to_owned(),
                score: *score,
                reasons: self.reasons(&read, *leaf),
            })
            .collect();
        let own = words.get(..described).unwrap_or(&words);
        let vague = vague::is_vague(
            &self.seen(goods.description, own, &read),
            &self.lexical,
            &self.words,
        );
        let mut questions = Vec::new();
        let mut missing = Vec::new();
        if vague {
            missing = vague::missing(
                own,
                &self.words,
                (goods.maker.is_some(), goods.part_number.is_some()),
            );
            questions.push(Asked {
                code: "too-vague",
                field: "description",
                text: format!(
                    "The description does not say which goods are meant. Please add: {}.",
                    missing.join("; ")
                ),
            });
        }
        let by_heading = self.by_heading(&chances);
        let agreement = goods
            .hs_code
            .and_then(|code| self.agreement(code, &by_heading, vague));
        questions.extend(self.decisive(&shown, &chances, &by_heading, vague));
        if let (Some(Agreement::Contradicts), Some(declared), Some(best)) =
            (agreement, goods.hs_code, hs.first())
        {
            questions.push(Asked {
                code: "code-contradicts-description",
                field: "hs_code",
                text: format!(
                    "The declared code {declared} does not fit the description, which reads like {} ({}). Which is right?",
                    best.code,
                    self.title(&best.code)
                ),
            });
        }
        Answer {
            hs,
            questions,
            vague,
            missing,
            agreement,
        }
    }

    /// Whether the declared code is the benign neighbour of a listed one: it is
    /// not listed itself, and the description fits a listed subheading of the
    /// same heading at least as well. `listed` tells which codes are, for
    /// example those of the Common High Priority List.
    pub fn benign_neighbour(
        &self,
        goods: &Goods<'_>,
        listed: &dyn Fn(&str) -> bool,
    ) -> Option<Asked> {
        let declared = goods.hs_code?;
        let own = self.catalogue.leaf(declared)?;
        let heading = self.catalogue.heading_of(own);
        let (first, last) = self.catalogue.headings.get(heading as usize)?.leaves;
        let among: Vec<u32> = (first..last)
            .filter(|l| *l != own && listed(self.code(*l)))
            .collect();
        if among.is_empty() || listed(self.code(own)) {
            return None;
        }
        let words = text::words(goods.description);
        let chances = self.chances(&self.read(&words));
        let chance = |leaf: u32| chances.get(leaf as usize).copied().unwrap_or(0.0);
        let best = among
            .into_iter()
            .max_by(|a, b| chance(*a).total_cmp(&chance(*b)).then(b.cmp(a)))?;
        // A heading that the description does not speak of says nothing.
        let spoken: f32 = (first..last).map(chance).sum();
        if spoken < LIKELY || chance(best) < chance(own) {
            return None;
        }
        let (own, best) = (self.code(own), self.code(best));
        Some(Asked {
            code: "benign-neighbour",
            field: "hs_code",
            text: format!(
                "The declared code {own} is next to {best} ({}), which is watched closely, and the \
                 description fits that at least as well. Why not {best}?",
                self.title(best)
            ),
        })
    }

    pub(super) fn seen<'a>(&self, text: &'a str, words: &'a [String], read: &Read<'_>) -> Seen<'a> {
        let best = |kind: usize| read.rows.iter().map(|row| row[kind]).fold(0.0, f32::max);
        Seen {
            text,
            words,
            leaf_cover: best(0),
            heading_cover: best(2),
            nearest: read.neighbours.first().map_or(0.0, |n| n.likeness),
        }
    }

    fn chances(&self, read: &Read<'_>) -> Vec<f32> {
        let mut chances: Vec<f32> = read
            .rows
            .iter()
            .map(|row| ranker::weigh(&self.weights, row))
            .collect();
        ranker::normalise(&mut chances);
        chances
    }

    fn by_heading(&self, chances: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; self.catalogue.headings.len()];
        for (leaf, chance) in chances.iter().enumerate() {
            sums[self.catalogue.heading_of(leaf as u32) as usize] += chance;
        }
        sums
    }

    fn code(&self, leaf: u32) -> &str {
        self.catalogue
            .leaves
            .get(leaf as usize)
            .map_or("", |l| l.code.as_str())
    }

    /// The texts of a code, from the heading down.
    fn title(&self, code: &str) -> String {
        let path = self.titles.path(code);
        let texts: Vec<&str> = path
            .iter()
            .filter(|l| l.code.len() != 2)
            .map(|l| l.text.as_str())
            .collect();
        let title = texts.join(" > ");
        let mut cut: String = title.chars().take(160).collect();
        if cut.len() < title.len() {
            cut.push('…');
        }
        cut
    }

    /// What speaks for and against a candidate.
    fn reasons(&self, read: &Read<'_>, leaf: u32) -> Vec<String> {
        let code = self.code(leaf).to_owned();
        let mut reasons = vec![format!("{code}: {}", self.title(&code))];
        let mut says: Vec<(f32, &str)> = read
            .terms
            .iter()
            .map(|t| (self.lexical.says(t, leaf), self.lexical.word(t.word)))
            .filter(|(weight, _)| weight.abs() > 0.05)
            .collect();
        says.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        says.dedup_by(|a, b| a.1 == b.1);
        let list = |words: Vec<&str>| words.join(", ");
        let speak_for: Vec<&str> = says
            .iter()
            .filter(|s| s.0 > 0.0)
            .take(6)
            .map(|s| s.1)
            .collect();
        if !speak_for.is_empty() {
            reasons.push(format!("words for: {}", list(speak_for)));
        }
        let apart: Vec<&str> = says.iter().filter(|s| s.0 < 0.0).map(|s| s.1).collect();
        if !apart.is_empty() {
            reasons.push(format!(
                "words against: {} (its text sets them apart)",
                list(apart)
            ));
        }
        let heard = |of: usize| {
            read.terms
                .iter()
                .any(|t| t.of == of && self.lexical.says(t, leaf) > 0.05)
        };
        let words = read.words.iter().enumerate();
        let unheard: Vec<&str> = words
            .filter(|(of, w)| !heard(*of) && !self.words.is_generic(w) && !self.words.is_look(w))
            .map(|(_, w)| w.as_str())
            .take(6)
            .collect();
        if !unheard.is_empty() {
            reasons.push(format!("not in its texts: {}", list(unheard)));
        }
        reasons.extend(self.rests_on(read, leaf));
        reasons
    }

    /// The decisions a candidate rests on: of the subheading, or else of its heading.
    fn rests_on(&self, read: &Read<'_>, leaf: u32) -> Vec<String> {
        let heading = self.catalogue.heading_of(leaf);
        let of_leaf = read.neighbours.iter().filter(|n| n.leaf == leaf);
        let of_heading = read
            .neighbours
            .iter()
            .filter(|n| n.leaf != leaf && n.heading == heading);
        of_leaf
            .chain(of_heading)
            .filter(|n| n.likeness > 0.1)
            .take(MOST_REASONS)
            .filter_map(|n| {
                let decided = self.precedents.get(n.example as usize)?;
                let likeness = (n.likeness * 100.0).round();
                if decided.source == COMMON {
                    return Some(format!(
                        "common word: \"{}\" is {} ({likeness} % alike)",
                        decided.description, decided.code
                    ));
                }
                let date = decided.date.map(|d| format!(" of {d}")).unwrap_or_default();
                let source = if decided.source.is_empty() {
                    String::new()
                } else {
                    format!(", {}", decided.source)
                };
                Some(format!(
                    "precedent {}{date}{source}: \"{}\" was {} ({likeness} % alike)",
                    decided.id, decided.description, decided.code
                ))
            })
            .collect()
    }

    fn agreement(&self, declared: &str, by_heading: &[f32], vague: bool) -> Option<Agreement> {
        let heading = self.catalogue.heading(declared)?;
        let own = by_heading.get(heading as usize).copied().unwrap_or(0.0);
        let best = by_heading.iter().copied().fold(0.0, f32::max);
        Some(if own >= LIKELY || own >= best * NEAR {
            Agreement::Agrees
        } else if best >= CLEAR && !vague {
            Agreement::Contradicts
        } else {
            Agreement::Unclear
        })
    }

    /// The question between the first two headings, or within the first.
    fn decisive(
        &self,
        shown: &[(u32, f32)],
        chances: &[f32],
        by_heading: &[f32],
        vague: bool,
    ) -> Vec<Asked> {
        let Some((first, _)) = shown.first().filter(|_| !vague) else {
            return Vec::new();
        };
        let heading = self.catalogue.heading_of(*first);
        let chance = |leaf: u32| chances.get(leaf as usize).copied().unwrap_or(0.0);
        let share = |h: u16| by_heading.get(h as usize).copied().unwrap_or(0.0);
        let rival = shown
            .iter()
            .find(|(leaf, _)| self.catalogue.heading_of(*leaf) != heading);
        if let Some((rival, _)) = rival
            && share(self.catalogue.heading_of(*rival)) >= NEAR * share(heading)
        {
            return vec![self.between("which-heading", *first, *rival)];
        }
        let range = self
            .catalogue
            .headings
            .get(heading as usize)
            .map_or((0, 0), |h| h.leaves);
        let next = (range.0..range.1)
            .filter(|leaf| leaf != first)
            .max_by(|a, b| chance(*a).total_cmp(&chance(*b)).then(b.cmp(a)));
        match next {
            Some(next) if chance(next) >= NEAR * chance(*first) => {
                vec![self.between("which-subheading", *first, next)]
            }
            _ => Vec::new(),
        }
    }

    fn between(&self, code: &'static str, one: u32, other: u32) -> Asked {
        let (one, other) = (self.code(one), self.code(other));
        Asked {
            code,
            field: "description",
            text: format!(
                "Are the goods {one} ({}) or {other} ({})?",
                self.title(one),
                self.title(other)
            ),
        }
    }
}
