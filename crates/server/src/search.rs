//! One question of the console: what was typed, what the lists answer, and how
//! it is recorded.

use crate::{desk::Desk, problem::Problem, record::listed, state::today};
use jiff::Timestamp;
use portcullis_assessment::Lists;
use portcullis_domain::{
    Address, Country, CountryRole, Date, Entity, Gender, HitDisposition, Identifier, ListedHit,
    Name, NameKind, PartialDate, Party, PartyKind, RelatedCountry,
};
use portcullis_screening::{
    DEFAULT_THRESHOLD, ENGINE_VERSION, Hit, Index, Options, Query, Strength,
};
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc};

/// Characters of one field that are read; what is longer is refused, not cut.
const FIELD_CHARS: usize = 4_000;

/// The lowest threshold: below it every name resembles thousands.
const LEAST_THRESHOLD: f64 = 0.5;

/// The form as it is sent; everything but the first field may be empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchForm {
    pub(crate) csrf: String,
    /// The search box: a name, an identifier, or the id of a listed entry.
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) country: String,
    pub(crate) birth_date: String,
    pub(crate) gender: String,
    pub(crate) identifier: String,
    pub(crate) address: String,
    pub(crate) as_of: String,
    pub(crate) threshold: String,
    pub(crate) weak: String,
}

/// A field that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) field: &'static str,
    pub(crate) text: String,
}

/// Who is asked about, for which day, and how strictly.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) party: Party,
    pub(crate) as_of: Date,
    /// Which lists were known: those recorded until then answer.
    pub(crate) known: Timestamp,
    /// In ten-thousandths.
    pub(crate) threshold: i64,
    pub(crate) weak: bool,
}

/// What the lists say to a question.
pub(crate) struct Answered {
    pub(crate) lists: Arc<Lists>,
    pub(crate) hits: Vec<Hit>,
    /// Why not all could be looked at; empty if all was.
    pub(crate) partial: Vec<String>,
    /// Whether there was anything to ask, and anybody to ask about.
    pub(crate) screened: bool,
}

impl SearchForm {
    /// The question, or every field that cannot be read. A word that means
    /// nothing is a mistake, never left out: a question asked by halves would
    /// look clear.
    pub(crate) fn read(&self, now: Timestamp) -> Result<Question, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let party = self.party(&mut mistakes);
        let as_of = match self.as_of.trim() {
            "" => today(),
            text => text.parse().unwrap_or_else(|_| {
                wrong(
                    &mut mistakes,
                    "as_of",
                    format!("'{text}' is not a day. Write year, month, day: 2026-11-22"),
                );
                today()
            }),
        };
        if as_of > today() {
            wrong(
                &mut mistakes,
                "as_of",
                "This day lies in the future: no list says who will be on it".to_owned(),
            );
        }
        let threshold = threshold(&self.threshold, &mut mistakes);
        if !Query::of_party(&party).is_answerable() && mistakes.is_empty() {
            wrong(
                &mut mistakes,
                "name",
                "Enter a name or a number to search for".to_owned(),
            );
        }
        if mistakes.is_empty() {
            Ok(Question {
                party,
                as_of,
                known: now,
                threshold,
                weak: !self.weak.is_empty(),
            })
        } else {
            Err(mistakes)
        }
    }

    fn party(&self, mistakes: &mut Vec<Mistake>) -> Party {
        let texts = [
            ("name", &self.name),
            ("identifier", &self.identifier),
            ("address", &self.address),
        ];
        for (field, text) in texts {
            if text.chars().count() > FIELD_CHARS {
                wrong(
                    mistakes,
                    field,
                    format!("This is longer than {FIELD_CHARS} characters"),
                );
            }
        }
        let mut party = Party {
            kind: PartyKind::parse(&self.kind).unwrap_or_else(|| {
                wrong(mistakes, "kind", format!("'{}' is not a type", self.kind));
                PartyKind::Unknown
            }),
            ..Party::default()
        };
        let name = self.name.trim();
        if !name.is_empty() {
            party.names.push(Name::new(NameKind::Primary, name));
            party.identifiers.extend(number_in(name));
        }
        let given = self.identifier.split([',', ';', '\n']).map(str::trim);
        party
            .identifiers
            .extend(given.filter(|text| !text.is_empty()).map(number));
        for text in self
            .birth_date
            .split([',', ';'])
            .map(str::trim)
            .filter(|t| !t.is_empty())
        {
            match text.parse::<PartialDate>() {
                Ok(date) => party.birth_dates.push(date),
                Err(_) => wrong(
                    mistakes,
                    "birth_date",
                    format!("'{text}' is not a date. Write 1968, 1968-03 or 1968-03-04"),
                ),
            }
        }
        match self.country.trim() {
            "" => {}
            text => match Country::parse(text) {
                Some(country) => party.countries.push(RelatedCountry {
                    role: CountryRole::Related,
                    country,
                }),
                None => wrong(mistakes, "country", format!("'{text}' is not a country")),
            },
        }
        match self.gender.trim() {
            "" => {}
            text => match Gender::parse(text) {
                Some(gender) => party.gender = Some(gender),
                None => wrong(mistakes, "gender", format!("'{text}' is not a gender")),
            },
        }
        if !self.address.trim().is_empty() {
            party.addresses.push(Address {
                street: self.address.trim().to_owned(),
                ..Address::default()
            });
        }
        party
    }

    /// The form of a question, to be shown filled in again.
    pub(crate) fn of(question: &Question) -> SearchForm {
        let party = &question.party;
        let name = party.caption();
        let from_box: Vec<Identifier> = number_in(name).into_iter().collect();
        let identifiers = party.identifiers.iter().filter(|id| !from_box.contains(id));
        let identifiers: Vec<String> = identifiers
            .map(|id| match id.scheme.as_str() {
                "" => id.value.clone(),
                scheme => format!("{scheme}:{}", id.value),
            })
            .collect();
        let dates: Vec<String> = party
            .birth_dates
            .iter()
            .map(PartialDate::to_string)
            .collect();
        SearchForm {
            csrf: String::new(),
            name: name.to_owned(),
            kind: match party.kind {
                PartyKind::Unknown => String::new(),
                kind => kind.as_str().to_owned(),
            },
            country: party
                .countries
                .first()
                .map_or(String::new(), |c| c.country.code().to_owned()),
            birth_date: dates.join(", "),
            gender: party
                .gender
                .map_or(String::new(), |g| g.as_str().to_owned()),
            identifier: identifiers.join(", "),
            address: party
                .addresses
                .first()
                .map_or(String::new(), Address::one_line),
            as_of: if question.as_of == today() {
                String::new()
            } else {
                question.as_of.to_string()
            },
            threshold: if question.threshold == default_threshold() {
                String::new()
            } else {
                hundredths(question.threshold)
            },
            weak: if question.weak {
                "yes".to_owned()
            } else {
                String::new()
            },
        }
    }

    /// Whether anything besides the box and the type is filled in.
    pub(crate) fn has_details(&self) -> bool {
        let all = [
            &self.country,
            &self.birth_date,
            &self.gender,
            &self.identifier,
            &self.address,
            &self.as_of,
            &self.threshold,
            &self.weak,
        ];
        all.iter().any(|text| !text.trim().is_empty())
    }
}

fn wrong(mistakes: &mut Vec<Mistake>, field: &'static str, text: String) {
    mistakes.push(Mistake { field, text });
}

/// The threshold of the engine in ten-thousandths.
pub(crate) fn default_threshold() -> i64 {
    (DEFAULT_THRESHOLD * 10_000.0).round() as i64
}

/// Ten-thousandths as `0.70`.
pub(crate) fn hundredths(value: i64) -> String {
    format!("{:.2}", value as f64 / 10_000.0)
}

fn threshold(text: &str, mistakes: &mut Vec<Mistake>) -> i64 {
    let text = text.trim();
    if text.is_empty() {
        return default_threshold();
    }
    let plain = text.trim_end_matches('%').trim().replace(',', ".");
    let read = plain.parse::<f64>().ok().map(|value| {
        let percent = text.ends_with('%') || value > 1.0;
        if percent { value / 100.0 } else { value }
    });
    match read.filter(|value| (LEAST_THRESHOLD..=1.0).contains(value)) {
        Some(value) => (value * 10_000.0).round() as i64,
        None => {
            wrong(
                mistakes,
                "threshold",
                format!("'{text}' is not between {LEAST_THRESHOLD:.2} and 1"),
            );
            default_threshold()
        }
    }
}

/// The number that stands in the search box, if it may be one: `IMO 9074729`,
/// `imo:9074729`, `A 2215279`. A name with a number in it stays a name; what
/// may be both is asked as both.
fn number_in(text: &str) -> Option<Identifier> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let words = text.split_whitespace().count();
    let read = number(text);
    let stated = !read.scheme.is_empty() && words <= 4;
    let plain = digits >= 4 && words <= 3 && digits >= letters;
    (digits > 0 && (stated || plain)).then_some(read)
}

/// An identifier as people write it: `imo:9074729`, `IMO 9074729`, `9074729`.
fn number(text: &str) -> Identifier {
    let known = [
        "imo", "mmsi", "lei", "bic", "iban", "inn", "ogrn", "eori", "passport", "tax",
    ];
    let scheme = text.split_once(' ').and_then(|(first, rest)| {
        let first = first.trim_end_matches([':', '.']).to_ascii_lowercase();
        let scheme = known.into_iter().find(|known| *known == first)?;
        Some(Identifier::new(scheme, rest.trim()))
    });
    scheme.unwrap_or_else(|| Identifier::parse(text))
}

impl Question {
    fn options(&self) -> Options {
        Options {
            threshold: self.threshold as f64 / 10_000.0,
            weak: self.weak,
        }
    }
}

impl Desk {
    /// What the lists of the day say to a question.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Answered, Problem> {
        let lists = self.lists_on(question.as_of, question.known).await?;
        let query = Query::of_party(&question.party);
        let screened = query.is_answerable() && !lists.index().is_empty();
        let mut partial = Vec::new();
        let mut hits = Vec::new();
        if screened {
            let answer = lists.screen_with(&query, &question.options(), question.as_of);
            partial.extend(answer.partial.map(|bound| bound.text()));
            hits = answer.hits;
        }
        partial.extend(not_covering(&lists, question.as_of));
        Ok(Answered {
            lists,
            hits,
            partial,
            screened,
        })
    }
}

fn not_covering(lists: &Lists, as_of: Date) -> Option<String> {
    let sources = lists.not_covering();
    (!sources.is_empty()).then(|| {
        format!(
            "no version of {} that is held covers {}: the oldest one was used",
            sources.join(", "),
            crate::view::day(as_of)
        )
    })
}

impl Answered {
    /// A listed entry whole, as the lists that answered have it.
    pub(crate) fn entity(&self, id: &str) -> Option<Entity> {
        self.lists.entity(id)
    }

    /// The hits as they are recorded, with the judgements in force on them.
    pub(crate) fn recorded(&self, judged: &HashMap<String, HitDisposition>) -> Vec<ListedHit> {
        let hits = self.hits.iter();
        hits.map(|hit| ListedHit {
            disposition: judged.get(&hit.entity_id).cloned(),
            ..listed(hit, hit.lists.clone())
        })
        .collect()
    }
}

/// Ids of the entries of other schemes that are the same as this one.
pub(crate) fn same_as(lists: &Lists, id: &str) -> Vec<String> {
    let index = lists.index();
    let linked = index.positions(id).flat_map(|at| index.linked(at));
    let mut all: Vec<String> = linked
        .filter(|other| *other != id)
        .map(str::to_owned)
        .collect();
    all.sort();
    all.dedup();
    all
}

/// How a party and an entry compare, whatever the threshold; where they have
/// nothing in common, a hit of score zero without reasons.
pub(crate) fn pair(party: &Party, entity: &Entity) -> Hit {
    let options = Options {
        threshold: 0.0,
        weak: true,
    };
    let index = Index::build(vec![entity.clone()]);
    let found = index.screen(&Query::of_party(party), &options);
    found.hits.into_iter().next().unwrap_or_else(|| Hit {
        entity_id: entity.id.clone(),
        caption: entity.party.caption().to_owned(),
        kind: entity.party.kind,
        lists: entity.listings.iter().map(|l| l.list.clone()).collect(),
        score: 0.0,
        bits: 0.0,
        weak: false,
        strong: Strength::Possible,
        same_as: entity.same_as.clone(),
        reasons: Vec::new(),
        matched_name: String::new(),
        parts: Vec::new(),
    })
}

/// The version of the screening engine, as it is recorded.
pub(crate) fn engine_version() -> String {
    format!("{}.{}", ENGINE_VERSION.0, ENGINE_VERSION.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str) -> SearchForm {
        SearchForm {
            name: name.to_owned(),
            ..SearchForm::default()
        }
    }

    #[test]
    fn the_box_takes_names_and_numbers() {
        for (text, scheme, value) in [
            ("IMO 9074729", "imo", "9074729"),
            ("imo:9074729", "imo", "9074729"),
            ("passport A 2215279", "passport", "A 2215279"),
            ("A2215279", "", "A2215279"),
            ("AB 12 34567", "", "AB 12 34567"),
        ] {
            let found = number_in(text);
            assert_eq!(found, Some(Identifier::new(scheme, value)), "{text}");
        }
        for name in [
            "Yaroslav Drobyshchev",
            "Plant 9",
            "4 Brothers Trading 2020 LLC",
            "Дробыщев",
            "",
        ] {
            assert_eq!(number_in(name), None, "{name}");
        }
    }

    #[test]
    fn a_question_reads_back_into_its_form() {
        let typed = SearchForm {
            kind: "person".to_owned(),
            birth_date: "1968-03, 1969".to_owned(),
            identifier: "passport:A2215279".to_owned(),
            country: "BY".to_owned(),
            gender: "male".to_owned(),
            as_of: "2020-02-29".to_owned(),
            threshold: "85 %".to_owned(),
            weak: "yes".to_owned(),
            ..form("Ярослав Дробыщев")
        };
        let question = typed.read(Timestamp::now()).unwrap();
        assert_eq!(question.threshold, 8_500);
        let again = SearchForm::of(&question);
        assert_eq!(again.birth_date, "1968-03, 1969");
        assert_eq!(again.identifier, "passport:A2215279");
        assert_eq!(again.threshold, "0.85");
        assert!(again.has_details());
        let second = again.read(Timestamp::now()).unwrap();
        assert_eq!(second.party, question.party);
        assert!(!SearchForm::of(&form("A").read(Timestamp::now()).unwrap()).has_details());
    }

    #[test]
    fn what_cannot_be_read_is_said_and_never_left_out() {
        let bad = SearchForm {
            birth_date: "last spring".to_owned(),
            country: "Atlantis".to_owned(),
            threshold: "7 apples".to_owned(),
            as_of: "9999-01-01".to_owned(),
            kind: "ghost".to_owned(),
            ..form("A")
        };
        let fields: Vec<&str> = bad
            .read(Timestamp::now())
            .unwrap_err()
            .iter()
            .map(|m| m.field)
            .collect();
        assert_eq!(
            fields,
            ["kind", "birth_date", "country", "as_of", "threshold"]
        );
        for empty in ["", "  ", "?!"] {
            let mistakes = form(empty).read(Timestamp::now()).unwrap_err();
            assert_eq!(mistakes[0].field, "name", "{empty}");
        }
    }
}
