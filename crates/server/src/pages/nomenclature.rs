//! `GET /nomenclature`: codes of goods, by path and by search.

use super::{Page, html, shell};
use crate::{
    AppState,
    session::Actor,
    view::{Crumb, Nav, Shell},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
};
use portcullis_controls::{classify::Goods, nomenclature::Nomenclature};
use serde::Deserialize;

/// Candidates shown for a description.
const FOUND: usize = 15;

struct Line {
    code: String,
    text: String,
    href: String,
    reasons: Vec<String>,
}

struct Document {
    name: String,
    label: String,
    source: String,
}

#[derive(Template)]
#[template(path = "nomenclature.html")]
struct NomenclaturePage {
    shell: Shell,
    documents: Vec<Document>,
    text: String,
    /// The code that is shown; empty for the chapters.
    code: String,
    /// What is to be said of a code that was typed; empty if nothing.
    finding: String,
    wrong: bool,
    path: Vec<Line>,
    below: Vec<Line>,
    candidates: Vec<Line>,
    vague: bool,
    missing: Vec<String>,
}

/// What is looked for: a code, or a description.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
}

fn line(code: &str, text: &str) -> Line {
    Line {
        href: format!("/nomenclature?q={code}"),
        code: code.to_owned(),
        text: text.to_owned(),
        reasons: Vec::new(),
    }
}

/// The lines directly below a code: the next level that has any.
fn below(table: &Nomenclature, code: &str) -> Vec<Line> {
    for digits in [2, 4, 6, 8, 10].into_iter().filter(|d| *d > code.len()) {
        let found: Vec<Line> = table
            .under(code, digits)
            .map(|c| {
                let path = table.path(c);
                line(c, path.last().map_or("", |l| l.text.as_str()))
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// `GET /nomenclature`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let known = state.classing().known(&state).await?;
    let crumbs = vec![Crumb::new("Control lists", "/controls")];
    let mut page = NomenclaturePage {
        shell: shell(&state, &actor, Nav::Controls, "Tariff codes", crumbs).await?,
        documents: Vec::new(),
        text: wanted.q.trim().to_owned(),
        code: String::new(),
        finding: String::new(),
        wrong: false,
        path: Vec::new(),
        below: Vec::new(),
        candidates: Vec::new(),
        vague: false,
        missing: Vec::new(),
    };
    let Some(classifying) = &known.classifying else {
        return html(&page);
    };
    let held = &classifying.held;
    page.documents = held
        .documents
        .iter()
        .map(|d| Document {
            name: d.version.name.clone(),
            label: d.version.label.clone(),
            source: d.version.citation.clone(),
        })
        .collect();
    let digits: String = page.text.chars().filter(|c| !". ".contains(*c)).collect();
    let is_code = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    // The longest nomenclature that has the code shows it.
    let table = held
        .documents
        .iter()
        .map(|d| &d.table)
        .find(|t| t.contains(&digits) || t.under(&digits, digits.len() + 2).next().is_some())
        .unwrap_or(&held.hs);
    if is_code {
        let path = table.path(&digits);
        page.path = path.iter().map(|l| line(&l.code, &l.text)).collect();
        if digits.len() >= 6 {
            let finding = held.check(&digits);
            page.wrong = finding.is_wrong();
            page.finding = finding.text();
        }
        page.below = below(table, &digits);
        page.code = digits;
    } else if page.text.is_empty() {
        page.below = below(&held.hs, "");
    } else {
        let goods = Goods {
            description: &page.text,
            hs_code: None,
            maker: None,
            part_number: None,
        };
        let answer = classifying.engine.classify(&goods, FOUND);
        page.vague = answer.vague;
        page.missing = answer.missing;
        page.candidates = answer
            .hs
            .into_iter()
            .map(|found| {
                let path = held.hs.path(&found.code);
                let texts: Vec<&str> = path.iter().map(|l| l.text.as_str()).collect();
                Line {
                    reasons: found.reasons,
                    ..line(&found.code, &texts.join(" › "))
                }
            })
            .collect();
    }
    html(&page)
}
