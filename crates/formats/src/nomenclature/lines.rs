//! Lines of nomenclatures and what stands under what.

use super::{Rows, digits};
use crate::reading::shown;
use crate::table::Row;
use portcullis_domain::{GoodsLine, Issue};
use std::collections::HashMap;

/// Lines as they are read.
#[derive(Default)]
struct Built {
    lines: Vec<GoodsLine>,
    by_code: HashMap<String, u32>,
}

impl Built {
    fn push(&mut self, code: String, parent: Option<u32>, text: String) -> u32 {
        // Rows are bounded far below this by the limits.
        let at = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        if !code.is_empty() {
            self.by_code.insert(code.clone(), at);
        }
        self.lines.push(GoodsLine { code, parent, text });
        at
    }

    /// The nearest line above by code.
    fn above(&self, code: &str) -> Option<u32> {
        let shorter = (2..code.len()).rev();
        shorter
            .filter_map(|length| code.get(..length))
            .find_map(|prefix| self.by_code.get(prefix).copied())
    }
}

/// Whether the code has the length of a level of its nomenclature.
fn checked_code(
    rows: &mut Rows<'_, '_>,
    row: &Row,
    nth: usize,
    lengths: &[usize],
) -> Option<String> {
    let written = rows.cell(row, nth).to_owned();
    let code = digits(&written).filter(|code| lengths.contains(&code.len()));
    if code.is_none() {
        let what = format!("'{}' is no code of this nomenclature", shown(&written));
        rows.issue(row, "code", "not-a-code", what);
    }
    code
}

/// A code that stands twice is taken once.
fn is_new(rows: &mut Rows<'_, '_>, row: &Row, built: &Built, code: &str) -> bool {
    let known = built.by_code.contains_key(code);
    if known {
        let what = format!("the code {code} stands twice; the first is taken");
        rows.issue(row, "code", "duplicate", what);
    }
    !known
}

/// `section,hscode,description,parent,level`.
pub(super) fn harmonized_system(rows: &mut Rows<'_, '_>) -> Result<Vec<GoodsLine>, Issue> {
    let mut built = Built::default();
    while let Some(row) = rows.next()? {
        // The total over all chapters is no code.
        if rows.cell(&row, 0).eq_ignore_ascii_case("total") {
            continue;
        }
        let Some(code) = checked_code(rows, &row, 0, &[2, 4, 6]) else {
            continue;
        };
        let level = rows.cell(&row, 3).to_owned();
        if level.parse() != Ok(code.len()) {
            let what = format!("the code {code} is said to have level '{}'", shown(&level));
            rows.issue(&row, "level", "contradiction", what);
            continue;
        }
        if !is_new(rows, &row, &built, &code) {
            continue;
        }
        let Some(text) = rows.text(&row, 1) else {
            continue;
        };
        let parent = built.above(&code);
        built.push(code, parent, text);
    }
    Ok(built.lines)
}

/// `goods_code,hier_pos,language,description`: ten digits and how many of them
/// count. The export has no indents. A row whose code stands again in a later
/// row is a heading without a code; it is taken to group the lines that share
/// all but the last of the digits of its level.
pub(super) fn combined(rows: &mut Rows<'_, '_>) -> Result<Vec<GoodsLine>, Issue> {
    let mut read: Vec<(Row, String, String)> = Vec::new();
    while let Some(row) = rows.next()? {
        if !rows.cell(&row, 3).eq_ignore_ascii_case("en") {
            continue;
        }
        let Some(long) = checked_code(rows, &row, 0, &[10]) else {
            continue;
        };
        let level: usize = rows.cell(&row, 1).parse().unwrap_or(0);
        let rest_is_zero = long
            .get(level..)
            .is_some_and(|r| r.bytes().all(|b| b == b'0'));
        if !matches!(level, 2 | 4 | 6 | 8 | 10) || !rest_is_zero {
            let what = format!("'{long}' is no code of level {level}");
            rows.issue(&row, "hier_pos", "contradiction", what);
            continue;
        }
        let Some(text) = rows.text(&row, 2) else {
            continue;
        };
        let code = long.get(..level).unwrap_or_default().to_owned();
        read.push((row, code, text));
    }
    let mut last: HashMap<String, usize> = HashMap::new();
    for (at, (_, code, _)) in read.iter().enumerate() {
        last.insert(code.clone(), at);
    }
    let mut built = Built::default();
    // Groups that are open: the digits their members begin with, and their line.
    let mut open: Vec<(String, u32)> = Vec::new();
    for (at, (_, code, text)) in read.into_iter().enumerate() {
        open.retain(|(prefix, _)| code.starts_with(prefix.as_str()));
        let parent = deeper(
            &built,
            built.above(&code),
            open.last().map(|(_, line)| *line),
        );
        if last.get(&code) == Some(&at) {
            built.push(code, parent, text);
        } else {
            let prefix = code.get(..code.len().saturating_sub(1)).unwrap_or_default();
            let prefix = prefix.to_owned();
            let line = built.push(String::new(), parent, text);
            open.push((prefix, line));
        }
    }
    Ok(built.lines)
}

/// The one of two lines that was read later stands deeper.
fn deeper(built: &Built, coded: Option<u32>, group: Option<u32>) -> Option<u32> {
    let group = group.filter(|at| (*at as usize) < built.lines.len());
    coded.max(group)
}

/// `HTS Number,Indent,Description,…`: dots between digits, headings without a
/// number, the tree by indents. Chapters have no row.
pub(super) fn us_hts(rows: &mut Rows<'_, '_>) -> Result<Vec<GoodsLine>, Issue> {
    let mut built = Built::default();
    // The line that is open at each indent.
    let mut open: Vec<u32> = Vec::new();
    while let Some(row) = rows.next()? {
        let depth: Option<usize> = rows.cell(&row, 1).parse().ok();
        let Some(depth) = depth.filter(|d| *d <= rows.limits.max_depth) else {
            let what = format!("'{}' is no indent", shown(rows.cell(&row, 1)));
            rows.issue(&row, "indent", "not-a-number", what);
            continue;
        };
        let code = if rows.cell(&row, 0).is_empty() {
            String::new()
        } else {
            match checked_code(rows, &row, 0, &[4, 6, 8, 10]) {
                Some(code) => code,
                None => continue,
            }
        };
        if !code.is_empty() && !is_new(rows, &row, &built, &code) {
            continue;
        }
        let Some(text) = rows.text(&row, 2) else {
            continue;
        };
        open.truncate(depth);
        let parent = open.last().copied();
        let line = built.push(code, parent, text);
        open.push(line);
    }
    Ok(built.lines)
}
