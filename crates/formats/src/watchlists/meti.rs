//! The End User List of Japan's Ministry of Economy, Trade and Industry: those
//! of whom it is suspected that they take part in the development of weapons
//! of mass destruction. Published as PDF; read as a table (CSV or XLSX) with
//! its own header: No., Country or Region, Company or Organization, Also Known
//! As, Type of WMD.

use super::build::{Builder, hashed_id};
use super::rows::{self, Columns, Groups, Row, Sheet};
use super::{ReadError, places, text};
use portcullis_domain::{CountryRole, Issue, Listing, NameKind, PartyKind};

/// Source and list code.
pub(super) const SOURCE: &str = "jp-meti";

const NAME: &str = "company_or_organization";
const COUNTRY: &str = "country_or_region";
const KIND: &str = "type_of_wmd";

/// Whether a header is this list's; Japanese may stand before the English words.
pub(super) fn is_header(columns: &Columns) -> bool {
    [NAME, COUNTRY, KIND]
        .iter()
        .all(|c| columns.ending(c).is_some())
}

/// Reads the file. It carries no date of publication.
pub(super) fn read(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let sheet = Sheet {
        file,
        body,
        header_line: rows::header_line(body, is_header).unwrap_or(1),
        delimiter: None,
        ends_with_line: true,
    };
    let mut groups = Groups::default();
    rows::read(sheet, &[], builder, |row, _| take(row, &mut groups))?;
    groups.finish(file, "Company or Organization", builder)
}

fn take(row: &Row<'_>, groups: &mut Groups) -> Result<(), Issue> {
    let stated = half_width(row.ending(NAME));
    let (name, native) = native_name(&stated);
    if name.is_empty() {
        return Err(row.broken("no-name", "the row has no name", "Company or Organization"));
    }
    let country = latin_half(row.ending(COUNTRY));
    // The numbers are given anew with every edition: name and country stay.
    let id = format!("{SOURCE}:{}", hashed_id(&[&name, &country]));
    let (record, _) = groups.of(&id, row.line);
    record.entity.party.kind = PartyKind::Organisation;
    record.primary(&name);
    record.name(NameKind::Alias, &native);
    for alias in aliases(row.ending("also_known_as")) {
        record.name(NameKind::Alias, &alias);
    }
    places::relate(
        CountryRole::Registration,
        &country,
        "Country or Region",
        record,
    );
    let concerns = concerns(row, record);
    record.entity.listings.push(Listing {
        list: SOURCE.to_owned(),
        programmes: concerns,
        listed_on: None,
        until: None,
        citation: format!("End User List, No. {}", text::clean(row.ending("no"))),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    });
    Ok(())
}

/// Full-width punctuation as it is in Latin text.
fn half_width(text: &str) -> String {
    let plain = |c: char| match c {
        '（' => '(',
        '）' => ')',
        '，' | '、' => ',',
        '　' => ' ',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// `Tidewright Works (潮工廠)`: the name, and the one in brackets if it is in
/// another script.
fn native_name(stated: &str) -> (String, String) {
    let split = stated
        .trim()
        .strip_suffix(')')
        .and_then(|t| t.rsplit_once('('));
    match split {
        Some((name, inner)) if !inner.is_ascii() && !name.trim().is_empty() => {
            (text::clean(name), text::clean(inner))
        }
        _ => (text::clean(stated), String::new()),
    }
}

/// The Latin words of `イラン Iran`.
fn latin_half(text: &str) -> String {
    let latin = |c: char| c.is_ascii() || c == '\u{2028}';
    let kept: String = text
        .chars()
        .map(|c| if latin(c) { c } else { ' ' })
        .collect();
    let cleaned = text::clean(&kept);
    if cleaned.is_empty() {
        text::clean(text)
    } else {
        cleaned
    }
}

/// Each alias begins with a dot or stands on a line of its own.
fn aliases(cell: &str) -> Vec<String> {
    let parts = cell.split(['・', '•', '･']).flat_map(text::several);
    parts.map(|p| half_width(&p)).collect()
}

/// `B,C,M,N` in words: biological, chemical, missile and nuclear. The edition
/// in two languages has both.
fn concerns(row: &Row<'_>, record: &mut super::build::Record) -> Vec<String> {
    let mut concerns = Vec::new();
    let cell = half_width(row.ending(KIND));
    let marks = cell
        .split(|c: char| !c.is_alphanumeric())
        .filter(|m| !m.is_empty());
    for mark in marks {
        let word = match mark.to_ascii_uppercase().as_str() {
            "B" | "生物" => "WMD: biological",
            "C" | "化学" => "WMD: chemical",
            "M" | "ミサイル" => "WMD: missile",
            "N" | "核" => "WMD: nuclear",
            other => {
                let what = format!("'{other}' is not a type of weapon we know");
                record.issue(Issue::new("unknown-type", what).in_field("Type of WMD"));
                continue;
            }
        };
        if !concerns.iter().any(|c| c == word) {
            concerns.push(word.to_owned());
        }
    }
    concerns
}
