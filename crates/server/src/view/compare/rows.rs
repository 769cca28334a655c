//! The evidence besides the name, one row a kind.

use crate::view::{Markup, bits, sentence};
use portcullis_domain::{
    Address, Country, CountryRole, Gender, Identifier, PartialDate, Party, PartyKind,
};
use portcullis_screening::evidence::{DateAgreement, date_agreement, same_identifier};
use portcullis_screening::{Agreement, Hit, Query, Reason};

/// How two things stand to each other: a sign, a word and a colour, each of
/// which says it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Agrees,
    Near,
    Contradicts,
    /// Another value, which is no contradiction.
    Other,
    /// Only the list has it.
    Missing,
    /// Only the question has it.
    Extra,
    /// Neither side has it.
    Unknown,
}

impl Mark {
    pub(crate) fn of(agreement: Agreement) -> Mark {
        match agreement {
            Agreement::Agrees => Mark::Agrees,
            Agreement::Near => Mark::Near,
            Agreement::Contradicts => Mark::Contradicts,
            Agreement::Missing => Mark::Missing,
            Agreement::Extra => Mark::Extra,
        }
    }

    /// The word beside the sign.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Mark::Agrees => "agrees",
            Mark::Near => "near",
            Mark::Contradicts => "contradicts",
            Mark::Other => "differs",
            Mark::Missing => "only listed",
            Mark::Extra => "only asked",
            Mark::Unknown => "not known",
        }
    }

    /// Class of the colour.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Mark::Agrees => "m-agrees",
            Mark::Near => "m-near",
            Mark::Contradicts => "m-contradicts",
            Mark::Other => "m-other",
            Mark::Missing | Mark::Extra | Mark::Unknown => "m-open",
        }
    }

    /// The sign with its word.
    pub(crate) fn tag(self) -> Markup {
        let sign = match self {
            Mark::Agrees => "✓",
            Mark::Near => "≈",
            Mark::Contradicts => "✕",
            Mark::Other => "≠",
            Mark::Missing => "→",
            Mark::Extra => "←",
            Mark::Unknown => "·",
        };
        Markup(format!(
            "<span class=\"mark {}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span>{}</span>",
            self.class(),
            self.word()
        ))
    }
}

/// One value of a side; those that the other side has too are marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) shared: bool,
}

/// Something said for or against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// `+13.0 bits`; empty where it weighs nothing.
    pub(crate) bits: String,
    pub(crate) against: bool,
}

impl Said {
    pub(crate) fn new(reason: &Reason) -> Said {
        let millibits = (reason.bits * 1_000.0).round() as i64;
        let sign = if millibits > 0 { "+" } else { "" };
        Said {
            text: sentence(&reason.text),
            bits: if millibits.abs() < 50 {
                String::new()
            } else {
                format!("{sign}{}", bits(millibits))
            },
            against: millibits < 0,
        }
    }

    /// A sentence whose weight is not known.
    pub(crate) fn plain(text: &str) -> Said {
        Said {
            text: sentence(text),
            bits: String::new(),
            against: false,
        }
    }
}

/// Values shown at once; further ones are folded away.
const SHOWN: usize = 4;

/// One kind of evidence.
#[derive(Clone, Debug)]
pub(crate) struct RowView {
    pub(crate) title: &'static str,
    pub(crate) asked: Vec<Value>,
    pub(crate) mark: Mark,
    pub(crate) listed: Vec<Value>,
    pub(crate) said: Vec<Said>,
}

impl RowView {
    /// The listed values that are shown at once.
    pub(crate) fn first(&self) -> &[Value] {
        &self.listed[..self.listed.len().min(SHOWN)]
    }

    /// The listed values that are folded away.
    pub(crate) fn rest(&self) -> &[Value] {
        &self.listed[self.listed.len().min(SHOWN)..]
    }
}

/// The kinds of evidence and how the codes of their reasons begin.
const KINDS: [(&str, &str); 5] = [
    ("Birth date", "birth-date-"),
    ("Countries", "country-"),
    ("Identifiers", "identifier-"),
    ("Addresses", "address-"),
    ("Gender", "gender-"),
];

/// What is said of the names: every reason that belongs to no other row.
pub(super) fn name_notes(hit: &Hit) -> Vec<Said> {
    let of_names = |reason: &&Reason| {
        !KINDS
            .iter()
            .any(|(_, prefix)| reason.code.starts_with(prefix))
    };
    hit.reasons.iter().filter(of_names).map(Said::new).collect()
}

/// One row for each kind of evidence that either side has.
pub(super) fn rows(query: &Query, listed: &Party, hit: &Hit) -> Vec<RowView> {
    let sides = [
        dates(&query.birth_dates, &listed.birth_dates),
        countries(&query.countries, listed),
        identifiers(&query.identifiers, &listed.identifiers),
        addresses(&query.addresses, &listed.addresses),
        genders(query.gender, listed.gender),
    ];
    let mut rows = vec![kind_row(query.kind, listed.kind)];
    for ((title, prefix), (asked, on_list)) in KINDS.into_iter().zip(sides) {
        if asked.is_empty() && on_list.is_empty() {
            continue;
        }
        let reasons = hit.reasons.iter().filter(|r| r.code.starts_with(prefix));
        let reasons: Vec<&Reason> = reasons.collect();
        let mark = match (asked.is_empty(), on_list.is_empty()) {
            (true, _) => Mark::Missing,
            (_, true) => Mark::Extra,
            _ => reasons.first().map_or(Mark::Other, |r| mark_of(&r.code)),
        };
        rows.push(RowView {
            title,
            asked,
            mark,
            listed: on_list,
            said: reasons.into_iter().map(Said::new).collect(),
        });
    }
    rows
}

/// What the code of a reason says of the two sides.
fn mark_of(code: &str) -> Mark {
    match code {
        // Another country is never a contradiction.
        "country-differs" => Mark::Other,
        code if code.ends_with("-equal") => Mark::Agrees,
        code if code.ends_with("-near") || code.ends_with("-partial") => Mark::Near,
        _ => Mark::Contradicts,
    }
}

fn kind_row(asked: PartyKind, listed: PartyKind) -> RowView {
    let value = |kind: PartyKind, shared| match kind {
        PartyKind::Unknown => Vec::new(),
        kind => vec![Value {
            text: sentence(kind.as_str()),
            shared,
        }],
    };
    let same = asked == listed;
    RowView {
        title: "Type",
        asked: value(asked, same),
        mark: match (asked, listed) {
            (PartyKind::Unknown, PartyKind::Unknown) => Mark::Unknown,
            (PartyKind::Unknown, _) => Mark::Missing,
            (_, PartyKind::Unknown) => Mark::Extra,
            _ if same => Mark::Agrees,
            _ => Mark::Contradicts,
        },
        listed: value(listed, same),
        said: Vec::new(),
    }
}

type Sides = (Vec<Value>, Vec<Value>);

/// Values of both sides, each marked where the other side has the same.
fn sides<T>(
    asked: &[T],
    listed: &[T],
    text: impl Fn(&T) -> String,
    same: impl Fn(&T, &T) -> bool,
) -> Sides {
    let values = |side: &[T], other: &[T], flip: bool| {
        let shared = |value: &T| {
            other
                .iter()
                .any(|o| if flip { same(o, value) } else { same(value, o) })
        };
        let mut values: Vec<Value> = side
            .iter()
            .map(|value| Value {
                text: text(value),
                shared: shared(value),
            })
            .filter(|value| !value.text.is_empty())
            .collect();
        // What agrees stands first: lists have long rows of numbers.
        values.sort_by_key(|value| !value.shared);
        values.dedup();
        values
    };
    (values(asked, listed, false), values(listed, asked, true))
}

fn dates(asked: &[PartialDate], listed: &[PartialDate]) -> Sides {
    let same = |a: &PartialDate, b: &PartialDate| date_agreement(a, b) == DateAgreement::Same;
    sides(asked, listed, PartialDate::to_string, same)
}

fn countries(asked: &[Country], listed: &Party) -> Sides {
    let all = listed.all_countries();
    let (asked, mut on_list) = sides(asked, &all, |c| c.name().to_owned(), |a, b| a == b);
    for value in &mut on_list {
        let with = |r: &&portcullis_domain::RelatedCountry| r.country.name() == value.text;
        let mut roles: Vec<&str> = listed
            .countries
            .iter()
            .filter(with)
            .filter_map(|r| role_words(r.role))
            .collect();
        roles.dedup();
        if !roles.is_empty() {
            value.text = format!("{} ({})", value.text, roles.join(", "));
        }
    }
    (asked, on_list)
}

fn role_words(role: CountryRole) -> Option<&'static str> {
    match role {
        CountryRole::Nationality => Some("nationality"),
        CountryRole::Residence => Some("residence"),
        CountryRole::Registration => Some("registration"),
        CountryRole::Flag => Some("flag"),
        CountryRole::Birth => Some("birth"),
        CountryRole::Related => None,
    }
}

fn identifiers(asked: &[Identifier], listed: &[Identifier]) -> Sides {
    sides(asked, listed, identifier, same_identifier)
}

/// An identifier with its scheme: `IMO 9074729`.
pub(crate) fn identifier(id: &Identifier) -> String {
    let scheme = match id.scheme.as_str() {
        "" | "other" => String::new(),
        short if short.len() <= 4 => format!("{} ", short.to_uppercase()),
        long => format!("{} ", sentence(&long.replace('-', " "))),
    };
    let issuer = id
        .country
        .map_or(String::new(), |c| format!(" ({})", c.name()));
    format!("{scheme}{}{issuer}", id.value)
}

fn addresses(asked: &[Address], listed: &[Address]) -> Sides {
    let same = |a: &Address, b: &Address| {
        let (a, b) = (a.one_line().to_lowercase(), b.one_line().to_lowercase());
        !a.is_empty() && a == b
    };
    sides(asked, listed, Address::one_line, same)
}

fn genders(asked: Option<Gender>, listed: Option<Gender>) -> Sides {
    let slice = |gender: Option<Gender>| gender.into_iter().collect::<Vec<_>>();
    let text = |g: &Gender| sentence(g.as_str());
    sides(&slice(asked), &slice(listed), text, |a, b| a == b)
}
