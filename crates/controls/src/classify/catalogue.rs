//! The subheadings that can be the answer, and the texts that speak of each.

use super::text::{scopes, words};
use crate::nomenclature::Nomenclature;
use std::collections::HashMap;

/// A six-digit subheading.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) code: String,
    pub(super) heading: u16,
    /// A residual subheading: "other".
    pub(super) residual: bool,
}

/// A four-digit heading.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    pub(super) code: String,
    pub(super) chapter: u8,
    /// Its subheadings: first and one past the last.
    pub(super) leaves: (u32, u32),
}

/// Every subheading, in order of code.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalogue {
    pub(super) leaves: Vec<Leaf>,
    pub(super) headings: Vec<Heading>,
    pub(super) chapters: Vec<String>,
    by_code: HashMap<String, u32>,
    by_heading: HashMap<String, u16>,
}

/// Where a word of a subheading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Own,
    Heading,
    Chapter,
    Deeper,
    Apart,
}

/// How many fields there are.
pub(super) const FIELDS: usize = 5;

/// The words of one subheading, by field.
pub(super) type Texts = [Vec<String>; FIELDS];

impl Catalogue {
    pub(super) fn of(hs: &Nomenclature) -> Catalogue {
        let mut codes: Vec<&str> = hs.under("", 6).collect();
        codes.sort_unstable();
        let mut catalogue = Catalogue::default();
        for code in codes {
            let at = catalogue.leaves.len() as u32;
            let (chapter, heading) = (code.get(..2).unwrap_or(""), code.get(..4).unwrap_or(""));
            if catalogue.chapters.last().is_none_or(|c| c != chapter) {
                catalogue.chapters.push(chapter.to_owned());
            }
            if catalogue.headings.last().is_none_or(|h| h.code != heading) {
                let number = catalogue.headings.len() as u16;
                catalogue.by_heading.insert(heading.to_owned(), number);
                catalogue.headings.push(Heading {
                    code: heading.to_owned(),
                    chapter: (catalogue.chapters.len() - 1) as u8,
                    leaves: (at, at),
                });
            }
            if let Some(heading) = catalogue.headings.last_mut() {
                heading.leaves.1 = at + 1;
            }
            catalogue.by_code.insert(code.to_owned(), at);
            catalogue.leaves.push(Leaf {
                code: code.to_owned(),
                heading: (catalogue.headings.len() - 1) as u16,
                residual: code.ends_with('9') || code.ends_with("90"),
            });
        }
        catalogue
    }

    pub(super) fn leaf(&self, code: &str) -> Option<u32> {
        self.by_code.get(code.get(..6)?).copied()
    }

    pub(super) fn heading(&self, code: &str) -> Option<u16> {
        self.by_heading.get(code.get(..4)?).copied()
    }

    pub(super) fn heading_of(&self, leaf: u32) -> u16 {
        self.leaves.get(leaf as usize).map_or(0, |l| l.heading)
    }

    pub(super) fn chapter_of(&self, heading: u16) -> u8 {
        self.headings.get(heading as usize).map_or(0, |h| h.chapter)
    }

    /// The words of every subheading, from the Harmonized System and whatever
    /// longer nomenclatures say of it.
    pub(super) fn texts(&self, hs: &Nomenclature, longer: &[&Nomenclature]) -> Vec<Texts> {
        let mut texts: Vec<Texts> = vec![Texts::default(); self.leaves.len()];
        for (leaf, texts) in self.leaves.iter().zip(&mut texts) {
            for line in hs.path(&leaf.code) {
                let field = match line.code.len() {
                    2 => Field::Chapter,
                    4 => Field::Heading,
                    _ => Field::Own,
                };
                add(texts, field, &line.text);
            }
        }
        for table in longer {
            self.add_longer(table, &mut texts);
        }
        texts
    }

    fn add_longer(&self, table: &Nomenclature, texts: &mut [Texts]) {
        for (at, line) in table.lines().iter().enumerate() {
            let spoken = match line.code.len() {
                0 => {
                    // A heading without a code speaks of the lines under it:
                    // of the next one that has a code.
                    let next = table
                        .lines()
                        .get(at + 1..)
                        .and_then(|l| l.iter().find(|l| !l.code.is_empty()));
                    next.and_then(|l| self.leaf(&l.code))
                        .map(|leaf| (leaf..leaf + 1, Field::Deeper))
                }
                4 => self.heading(&line.code).and_then(|h| {
                    let heading = self.headings.get(h as usize)?;
                    Some((heading.leaves.0..heading.leaves.1, Field::Heading))
                }),
                6 => self
                    .leaf(&line.code)
                    .map(|leaf| (leaf..leaf + 1, Field::Own)),
                n if n > 6 => self
                    .leaf(&line.code)
                    .map(|leaf| (leaf..leaf + 1, Field::Deeper)),
                _ => None,
            };
            let Some((leaves, field)) = spoken else {
                continue;
            };
            for leaf in leaves {
                if let Some(texts) = texts.get_mut(leaf as usize) {
                    add(texts, field, &line.text);
                }
            }
        }
    }
}

fn add(texts: &mut Texts, field: Field, text: &str) {
    let (meant, apart) = scopes(text);
    texts[field as usize].extend(words(&meant));
    // What a chapter or heading sets apart, another one of its own may mean.
    if matches!(field, Field::Own | Field::Heading) {
        texts[Field::Apart as usize].extend(words(&apart));
    }
}
