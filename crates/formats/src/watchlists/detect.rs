//! Which format is this? Told by the content alone.

use super::ofac_csv::{ADDRESS_COLUMNS, ALIAS_COLUMNS, COMMENT_COLUMNS, PRIMARY_COLUMNS};
use super::rows::{self, Columns};
use super::{
    ReadError, csl_csv, dfat, dpl, eu_csv, ftm, meti, senzing, table, targets, text, uk_csv,
};
use serde::{Deserialize, Serialize};

/// How many rows are looked at.
const SAMPLE: usize = 50;

/// A format that [`super::read`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// OFAC SDN.CSV or CONS_PRIM.CSV.
    OfacPrimary,
    /// OFAC ALT.CSV or CONS_ALT.CSV.
    OfacAliases,
    /// OFAC ADD.CSV or CONS_ADD.CSV.
    OfacAddresses,
    /// OFAC SDN_COMMENTS.CSV or CONS_COMMENTS.CSV.
    OfacComments,
    /// OFAC SDN.XML or CONSOLIDATED.XML.
    OfacXml,
    /// US Consolidated Screening List, JSON.
    CslJson,
    /// US Consolidated Screening List, CSV.
    CslCsv,
    /// BIS Denied Persons List, tab-separated.
    DplText,
    /// UN Security Council consolidated list, XML.
    UnXml,
    /// Canada SEMA consolidated list, XML.
    SemaXml,
    /// FollowTheMoney entities, JSON lines.
    FtmLines,
    /// EU consolidated financial sanctions list, XML.
    EuXml,
    /// EU consolidated financial sanctions list, table.
    EuCsv,
    /// UK Sanctions List, table.
    UkCsv,
    /// UK Sanctions List, XML.
    UkXml,
    /// Former consolidated list of OFSI, table.
    UkOfsiCsv,
    /// Swiss list, XML.
    SecoXml,
    /// Australia's Consolidated List, workbook or table.
    DfatTable,
    /// Japan's End User List, workbook or table.
    MetiTable,
    /// OFAC SDN_ADVANCED.XML or CONS_ADVANCED.XML.
    OfacAdvancedXml,
    /// OpenSanctions `targets.simple.csv`.
    TargetsCsv,
    /// Senzing JSON, lines or an array.
    SenzingJson,
    /// A mapping file for a table.
    Mapping,
    /// A table that is read as a mapping says.
    MappedTable,
}

impl Format {
    /// Whether the file continues a primary file.
    pub(super) fn continues(self) -> bool {
        matches!(
            self,
            Format::OfacAliases | Format::OfacAddresses | Format::OfacComments
        )
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::OfacPrimary => "OFAC primary",
            Format::OfacAliases => "OFAC alias",
            Format::OfacAddresses => "OFAC address",
            Format::OfacComments => "OFAC comment",
            Format::OfacXml => "OFAC XML",
            Format::CslJson => "Consolidated Screening List JSON",
            Format::CslCsv => "Consolidated Screening List CSV",
            Format::DplText => "Denied Persons List",
            Format::UnXml => "UN consolidated XML",
            Format::SemaXml => "Canada SEMA XML",
            Format::FtmLines => "FollowTheMoney JSON lines",
            Format::EuXml => "EU consolidated XML",
            Format::EuCsv => "EU consolidated CSV",
            Format::UkCsv => "UK Sanctions List CSV",
            Format::UkXml => "UK Sanctions List XML",
            Format::UkOfsiCsv => "OFSI consolidated CSV",
            Format::SecoXml => "Switzerland SECO XML",
            Format::DfatTable => "Australia DFAT table",
            Format::MetiTable => "Japan METI table",
            Format::OfacAdvancedXml => "OFAC advanced XML",
            Format::TargetsCsv => "OpenSanctions targets CSV",
            Format::SenzingJson => "Senzing JSON",
            Format::Mapping => "mapping",
            Format::MappedTable => "mapped table",
        }
    }
}

/// Tells the format of a decoded text.
pub(super) fn detect(body: &str) -> Result<Format, ReadError> {
    let start = body.trim_start();
    match start.chars().next() {
        None => Err(ReadError::Empty),
        Some('\u{1A}') if start.trim_matches(['\u{1A}', '\r', '\n', ' ']).is_empty() => {
            Err(ReadError::Empty)
        }
        Some('<') => xml(start),
        Some('{') => json(start),
        Some('[') if senzing::looks_like(start) => Ok(Format::SenzingJson),
        Some('[') => unknown(
            "it is a JSON array; the Consolidated Screening List is an object with 'results'",
        ),
        Some(_) => delimited(body),
    }
}

fn unknown(what: impl Into<String>) -> Result<Format, ReadError> {
    Err(ReadError::NotRecognised { what: what.into() })
}

fn xml(body: &str) -> Result<Format, ReadError> {
    let root = root_name(body);
    match root {
        Some("sdnList") => Ok(Format::OfacXml),
        Some("CONSOLIDATED_LIST") => Ok(Format::UnXml),
        // The name is common: the records must look like Canada's.
        Some("data-set") if body.contains("<DateOfListing") || body.contains("<EntityOrShip") => {
            Ok(Format::SemaXml)
        }
        Some("export") if body.contains("sanctionEntity") => Ok(Format::EuXml),
        Some("swiss-sanctions-list") => Ok(Format::SecoXml),
        Some("Designations") => Ok(Format::UkXml),
        Some("Sanctions") if body.contains("DistinctPart") => Ok(Format::OfacAdvancedXml),
        Some("html" | "HTML") => {
            unknown("it is a web page, perhaps an error page; fetch the file again")
        }
        Some(root) => unknown(format!(
            "it is XML with the root '{}'",
            text::bounded(root, 60)
        )),
        None => unknown("it begins like XML and has no root element; it may be cut off"),
    }
}

/// The local name of the first element.
fn root_name(body: &str) -> Option<&str> {
    let mut rest = body;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")? + 3..];
            continue;
        }
        if rest.starts_with(['?', '!']) {
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
        let name = &rest[..end];
        return Some(name.rsplit(':').next().unwrap_or(name));
    }
}

fn json(body: &str) -> Result<Format, ReadError> {
    if ftm::looks_like(body) {
        return Ok(Format::FtmLines);
    }
    if senzing::looks_like(body) {
        return Ok(Format::SenzingJson);
    }
    if body.contains("\"results\"") {
        return Ok(Format::CslJson);
    }
    if body.contains("\"schema\"") && body.contains("\"properties\"") {
        return Ok(Format::FtmLines);
    }
    unknown(
        "it is JSON without 'results' (Consolidated Screening List) and without 'schema' and 'properties' (FollowTheMoney)",
    )
}

fn delimited(body: &str) -> Result<Format, ReadError> {
    let Some((_, first)) = table::lines(body).next() else {
        return Err(ReadError::Empty);
    };
    // Half of the columns are enough to know a format; the reader says which
    // one is missing.
    let share = |delimiter: char, known: &[&str]| {
        let cells = table::cells(first, delimiter).unwrap_or_default();
        let named = |name: &&&str| cells.iter().any(|c| c.trim().eq_ignore_ascii_case(name));
        known.iter().filter(named).count() * 2 >= known.len()
    };
    if share('\t', &dpl::COLUMNS) {
        return Ok(Format::DplText);
    }
    if share(',', &csl_csv::KNOWN) {
        return Ok(Format::CslCsv);
    }
    for (format, is) in HEADED {
        if rows::header_line(body, is).is_some() {
            return Ok(*format);
        }
    }
    ofac(body)
}

/// Whether a header is that of a format.
type IsHeader = fn(&Columns) -> bool;

/// Tables that their header tells, which may stand below a title.
const HEADED: &[(Format, IsHeader)] = &[
    (Format::EuCsv, eu_csv::is_header),
    (Format::UkCsv, uk_csv::is_header),
    (Format::UkOfsiCsv, uk_csv::is_ofsi_header),
    (Format::DfatTable, dfat::is_header),
    (Format::MetiTable, meti::is_header),
    (Format::TargetsCsv, targets::is_header),
];

/// OFAC's files have no header: the number of columns and what they hold must
/// tell, over the first rows.
fn ofac(body: &str) -> Result<Format, ReadError> {
    let mut votes: Vec<(Format, usize)> = Vec::new();
    let mut rows = 0;
    for (_, line) in table::lines(body).take(SAMPLE) {
        rows += 1;
        if let Some(format) = ofac_row(line) {
            match votes.iter_mut().find(|(f, _)| *f == format) {
                Some((_, count)) => *count += 1,
                None => votes.push((format, 1)),
            }
        }
    }
    match votes.into_iter().max_by_key(|(_, count)| *count) {
        Some((format, count)) if count * 2 >= rows => Ok(format),
        _ => unknown(
            "it is text whose rows are none of OFAC's and whose header is none of those known",
        ),
    }
}

fn ofac_row(line: &str) -> Option<Format> {
    let cells = table::cells(line, ',').ok()?;
    let number = |column: usize| {
        let cell = cells.get(column).map_or("", |c| c.trim());
        !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit())
    };
    if !number(0) {
        return None;
    }
    match cells.len() {
        PRIMARY_COLUMNS => Some(Format::OfacPrimary),
        ADDRESS_COLUMNS if number(1) => Some(Format::OfacAddresses),
        ALIAS_COLUMNS if number(1) => Some(Format::OfacAliases),
        COMMENT_COLUMNS if !number(1) => Some(Format::OfacComments),
        _ => None,
    }
}
