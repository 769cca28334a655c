//! Tables of codes: the entries of a regime as a licensing system holds them
//! (`code, status, level, country, category`), the Common High Priority List
//! (`hs6, tier`), tariff codes under an export ban (`code, product`).

use super::{ControlListError, ControlText, Paragraph, fits, tidy};
use portcullis_domain::Issue;
use std::collections::HashSet;

/// What a table of codes holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeTable {
    /// Entries of the MTCR or the NSG, without header.
    Regime,
    /// Six-digit tariff codes with their tier.
    Tiers,
    /// Tariff codes with words.
    Tariff,
}

impl CodeTable {
    /// From the first line of the file.
    pub(super) fn of(first: &str) -> Option<CodeTable> {
        let cells: Vec<String> = first
            .split(',')
            .map(|cell| cell.trim().trim_matches('"').to_lowercase())
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        match cells.as_slice() {
            ["hs6", "tier", ..] => Some(CodeTable::Tiers),
            ["code", "product", ..] => Some(CodeTable::Tariff),
            [code, "active" | "parent" | "inactive", ..] if is_regime_code(code) => {
                Some(CodeTable::Regime)
            }
            _ => None,
        }
    }
}

/// `M1A1`, `N1A3a1`, `T1.1`: a letter that names the regime and a number.
fn is_regime_code(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| matches!(c, 'm' | 'n' | 't' | 'M' | 'N' | 'T'))
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '.')
}

pub(super) fn read(bytes: &[u8]) -> Result<ControlText, ControlListError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or("");
    let table = CodeTable::of(first).ok_or(ControlListError::UnknownFormat)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(table != CodeTable::Regime)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut result = ControlText::default();
    let mut seen = HashSet::new();
    for row in reader.records() {
        let row = row.map_err(|error| ControlListError::Malformed {
            line: error.position().map_or(0, csv::Position::line),
            what: error.to_string(),
        })?;
        let line = row.position().map_or(0, csv::Position::line);
        let cells: Vec<&str> = row.iter().map(str::trim).collect();
        match paragraph(table, &cells) {
            Ok(found) if !seen.insert(found.code.clone()) => {
                let what = format!("{} stands twice; the first is kept", found.code);
                result
                    .issues
                    .push(Issue::new("duplicate", what).at_line(line));
            }
            Ok(found) if fits(&found.text, &found.code, &mut result.issues) => {
                result.paragraphs.push(found);
            }
            Ok(_) => {}
            Err(what) => result
                .issues
                .push(Issue::new("bad-code", what).at_line(line)),
        }
    }
    Ok(result)
}

fn paragraph(table: CodeTable, cells: &[&str]) -> Result<Paragraph, String> {
    let code = cells.first().copied().unwrap_or("");
    let second = cells.get(1).copied().unwrap_or("");
    let digits = |lengths: &[usize]| {
        lengths.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit())
    };
    let (fits, text, reasons) = match table {
        CodeTable::Regime => {
            let category = cells.get(4).copied().unwrap_or("");
            (is_regime_code(code), "", vec![category.to_owned()])
        }
        CodeTable::Tiers => (digits(&[6]), "", vec![format!("tier {second}")]),
        CodeTable::Tariff => (digits(&[4, 6, 8, 10]), second, Vec::new()),
    };
    if !fits {
        return Err(format!("'{code}' is not a code of this table"));
    }
    Ok(Paragraph {
        code: code.to_owned(),
        text: tidy(text),
        notes: Vec::new(),
        reasons: reasons
            .into_iter()
            .filter(|reason| !reason.is_empty())
            .collect(),
    })
}
