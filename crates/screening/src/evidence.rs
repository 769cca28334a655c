//! What else speaks for or against: identifiers, birth dates, countries,
//! addresses. Each term says how far it lifts or lowers a score, its bits and
//! its reason.

use crate::hit::Reason;
use portcullis_domain::{
    Address, Country, Gender, Identifier, IdentifierCheck, PartialDate, Party,
};
use portcullis_names::{is_generic, is_particle, osa, romanise};

/// One piece of evidence besides the name.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it does to the score.
    pub effect: Effect,
    /// The reason, with its bits.
    pub reason: Reason,
}

/// What a term does to the score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Closes this share of what is missing to 1.
    Lift(f64),
    /// Lowers the score by this factor, and the name is no longer a strong match.
    Contradict(f64),
    /// Weighs in bits only.
    BitsOnly,
    /// Identity: the score is at least this.
    AtLeast(f64),
}

fn term(effect: Effect, code: &str, text: String, bits: f64) -> Term {
    Term {
        effect,
        reason: Reason {
            code: code.to_owned(),
            text,
            bits,
        },
    }
}

/// Schemes whose value belongs to one bearer for life, so that another value
/// of the same scheme is another bearer.
const ONE_FOR_LIFE: [&str; 4] = ["imo", "lei", "inn", "ogrn"];

/// Schemes that lists and traders mix up.
const REGISTRATION: [&str; 8] = [
    "",
    "other",
    "tax",
    "inn",
    "ogrn",
    "registration",
    "national-id",
    "eori",
];

/// Shortest value that says anything without a scheme.
const SHORTEST_BARE: usize = 5;

/// Whether two identifiers are one: equal values in the same scheme, or in
/// schemes that are mixed up in practice, or with one scheme not stated; and
/// not issued by two different countries.
pub fn same_identifier(a: &Identifier, b: &Identifier) -> bool {
    let (scheme_a, scheme_b) = (a.scheme.as_str(), b.scheme.as_str());
    // A bare value is read as the other one's scheme reads it (`IMO 9074729`).
    let as_scheme = |id: &Identifier, scheme: &str| Identifier::new(scheme, id.value.as_str());
    let value_a = if scheme_a.is_empty() {
        as_scheme(a, scheme_b).normalised()
    } else {
        a.normalised()
    };
    let value_b = if scheme_b.is_empty() {
        as_scheme(b, scheme_a).normalised()
    } else {
        b.normalised()
    };
    if value_a != value_b || value_a.len() < 3 {
        return false;
    }
    let loose = |s: &str| s.is_empty() || s == "other";
    let compatible = scheme_a == scheme_b
        || ((loose(scheme_a) || loose(scheme_b)) && value_a.len() >= SHORTEST_BARE)
        || (REGISTRATION.contains(&scheme_a)
            && REGISTRATION.contains(&scheme_b)
            && value_a.len() >= 8);
    let two_issuers = matches!((a.country, b.country), (Some(x), Some(y)) if x != y);
    compatible && !(two_issuers && scheme_a != "imo" && scheme_a != "lei")
}

/// The same identifier: identity (at least 0.95). Another value in a scheme
/// that is one for life: a contradiction. Anything else says nothing.
pub fn identifier_term(query: &[Identifier], listed: &[Identifier]) -> Option<Term> {
    let same = query.iter().find_map(|q| {
        let found = listed.iter().find(|l| same_identifier(q, l))?;
        Some((q, found))
    });
    if let Some((_, found)) = same {
        let scheme = scheme_words(&found.scheme);
        let text = format!("the {scheme} {} is the same", found.value);
        return Some(term(Effect::AtLeast(0.95), "identifier-equal", text, 20.0));
    }
    let differs = query.iter().find_map(|q| {
        let other = listed.iter().find(|l| l.scheme == q.scheme)?;
        ONE_FOR_LIFE
            .contains(&q.scheme.as_str())
            .then_some((q, other))
    })?;
    let (given, other) = differs;
    let text = format!(
        "the {} is {}, the listed one is {}",
        scheme_words(&given.scheme),
        given.value,
        other.value
    );
    Some(term(
        Effect::Contradict(0.70),
        "identifier-differs",
        text,
        -8.0,
    ))
}

fn scheme_words(scheme: &str) -> String {
    match scheme {
        "" | "other" => "identifier".to_owned(),
        "imo" | "mmsi" | "lei" | "bic" | "iban" | "inn" | "ogrn" | "eori" | "duns" => {
            format!("{} number", scheme.to_uppercase())
        }
        "national-id" => "national identity number".to_owned(),
        "tail-number" => "tail number".to_owned(),
        other => format!("{} number", other.replace('-', " ")),
    }
}

/// How two dates agree, as far as both are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateAgreement {
    /// Day, month and year are the same.
    Same,
    /// Year and month are the same, a day is not known.
    SameMonth,
    /// The year is the same, more is not known.
    SameYear,
    /// Apart by what a typing error or an uncertain record explains: one
    /// digit, one component, day and month exchanged, or one year.
    NearMiss,
    /// Different dates.
    Different,
}

/// Compares two dates that may be partly known.
pub fn date_agreement(a: &PartialDate, b: &PartialDate) -> DateAgreement {
    let day_a = a.month.zip(a.day);
    let day_b = b.month.zip(b.day);
    let months_differ = matches!((a.month, b.month), (Some(x), Some(y)) if x != y);
    if a.year == b.year && !months_differ {
        return match (day_a, day_b) {
            (Some(x), Some(y)) if x == y => DateAgreement::Same,
            (Some(_), Some(_)) => DateAgreement::NearMiss,
            _ if a.month.is_some() && b.month.is_some() => DateAgreement::SameMonth,
            _ => DateAgreement::SameYear,
        };
    }
    if a.year == b.year {
        // Another month: one component, or day and month exchanged.
        let near = match (day_a, day_b) {
            (Some((ma, da)), Some((mb, db))) => da == db || (ma == db && da == mb),
            _ => false,
        };
        return if near {
            DateAgreement::NearMiss
        } else {
            DateAgreement::Different
        };
    }
    let rest_agrees = match (day_a, day_b) {
        (Some(x), Some(y)) => x == y,
        _ => !months_differ,
    };
    if rest_agrees && near_years(a.year, b.year) {
        DateAgreement::NearMiss
    } else {
        DateAgreement::Different
    }
}

/// One year apart, one digit wrong in the last two places, or those two swapped.
fn near_years(a: i16, b: i16) -> bool {
    let last_two = |y: i16| (y % 100 / 10, y % 10);
    let ((tens_a, ones_a), (tens_b, ones_b)) = (last_two(a), last_two(b));
    let same_century = a / 100 == b / 100;
    (a - b).abs() <= 1
        || (same_century && (tens_a == tens_b || ones_a == ones_b) && (a - b).abs() <= 10)
        || (same_century && tens_a == ones_b && ones_a == tens_b)
}

/// The best agreement of any two birth dates.
pub fn birth_date_term(query: &[PartialDate], listed: &[PartialDate]) -> Option<Term> {
    let pairs = query
        .iter()
        .flat_map(|q| listed.iter().map(move |l| (q, l)));
    let (given, found, agreement) = pairs
        .map(|(q, l)| (q, l, date_agreement(q, l)))
        .min_by_key(|(_, _, agreement)| *agreement)?;
    let found_term = match agreement {
        DateAgreement::Same => {
            let text = format!("the birth date {found} is the same");
            term(Effect::Lift(0.5), "birth-date-equal", text, 13.0)
        }
        DateAgreement::SameMonth => {
            let text = format!("the birth month agrees ({given} and {found})");
            term(Effect::Lift(0.35), "birth-date-partial", text, 9.0)
        }
        DateAgreement::SameYear => {
            let text = format!("the birth year agrees ({given} and {found})");
            term(Effect::Lift(0.2), "birth-date-partial", text, 5.0)
        }
        DateAgreement::NearMiss => {
            let text = format!(
                "the birth date {given} differs from the listed {found} only as a slip would"
            );
            term(Effect::Lift(0.15), "birth-date-near", text, 4.0)
        }
        DateAgreement::Different => {
            let text = format!("the birth date is {given}, the listed one is {found}");
            term(Effect::Contradict(0.75), "birth-date-differs", text, -7.0)
        }
    };
    Some(found_term)
}

/// A shared country supports a little; another country is no contradiction.
pub fn country_term(query: &[Country], listed: &[Country]) -> Option<Term> {
    if query.is_empty() || listed.is_empty() {
        return None;
    }
    let shared = query.iter().find(|c| listed.contains(c));
    Some(match shared {
        Some(country) => {
            let text = format!("the country {} is the same", country.name());
            term(Effect::Lift(0.08), "country-equal", text, 3.0)
        }
        None => {
            let names: Vec<&str> = listed.iter().map(|c| c.name()).collect();
            let text = format!("the listed countries are others ({})", names.join(", "));
            term(Effect::BitsOnly, "country-differs", text, -1.0)
        }
    })
}

/// Words of an address that say where: no street types, no short words.
fn address_words(address: &Address) -> Vec<String> {
    let line = [
        address.street.as_str(),
        address.city.as_str(),
        address.postcode.as_str(),
    ];
    let latin = romanise(&line.join(" "));
    let words = latin.split(' ').filter(|w| {
        let number = w.bytes().all(|b| b.is_ascii_digit());
        (w.len() >= 3 || (number && w.len() >= 2))
            && !is_generic(w)
            && !is_particle(w)
            && !matches!(
                *w,
                "street"
                    | "str"
                    | "road"
                    | "avenue"
                    | "ave"
                    | "box"
                    | "floor"
                    | "unit"
                    | "suite"
                    | "room"
                    | "lane"
                    | "square"
                    | "district"
                    | "village"
                    | "province"
                    | "ulitsa"
            )
    });
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The best agreement of any two addresses: most words shared is support, one
/// shared word (the town) a little evidence, nothing shared says nothing.
pub fn address_term(query: &[Address], listed: &[Address]) -> Option<Term> {
    if query.is_empty() {
        return None;
    }
    let listed: Vec<Vec<String>> = listed.iter().map(address_words).collect();
    let mut best: Option<(usize, f64, String)> = None;
    for given in query {
        let words = address_words(given);
        for other in &listed {
            let shared: Vec<&str> = words
                .iter()
                .filter(|w| other.binary_search(w).is_ok())
                .map(String::as_str)
                .collect();
            let share = shared.len() as f64 / words.len().min(other.len()).max(1) as f64;
            if !shared.is_empty() && best.as_ref().is_none_or(|(n, _, _)| shared.len() > *n) {
                best = Some((shared.len(), share, shared.join(" ")));
            }
        }
    }
    let (count, share, shared) = best?;
    let text = format!("the addresses share \"{shared}\"");
    Some(if count >= 3 && share >= 0.5 {
        term(Effect::Lift(0.15), "address-equal", text, 6.0)
    } else {
        term(Effect::BitsOnly, "address-near", text, 1.5)
    })
}

/// Another gender is a contradiction; the same supports a little. A gender that
/// is neither of the two, or not stated, says nothing.
pub fn gender_term(query: Option<Gender>, listed: Option<Gender>) -> Option<Term> {
    let (query, listed) = (query?, listed?);
    if query == Gender::Other || listed == Gender::Other {
        return None;
    }
    Some(if query == listed {
        let text = format!("the gender is the same ({})", listed.as_str());
        term(Effect::BitsOnly, "gender-equal", text, 1.0)
    } else {
        let text = format!(
            "the gender is {}, the listed one is {}",
            query.as_str(),
            listed.as_str()
        );
        term(Effect::Contradict(0.80), "gender-differs", text, -4.0)
    })
}

/// An identifier that is one slip away from the listed one in the same scheme:
/// shown, and a little evidence, but never identity. A number whose check digit
/// is wrong is said to be so.
pub fn near_identifier_term(query: &[Identifier], listed: &[Identifier]) -> Option<Term> {
    let (given, found) = query.iter().find_map(|q| {
        let near = |l: &&Identifier| {
            let (a, b) = (q.normalised(), l.normalised());
            let long = a.is_ascii() && b.is_ascii() && a.len().min(b.len()) >= 6;
            q.scheme == l.scheme && long && osa(&a, &b, 1) == Some(1)
        };
        listed.iter().find(near).map(|l| (q, l))
    })?;
    let wrong = match given.check() {
        IdentifierCheck::Malformed(why) => format!("; {why}"),
        _ => String::new(),
    };
    let text = format!(
        "the {} {} is one sign away from the listed {}{wrong}",
        scheme_words(&given.scheme),
        given.value,
        found.value
    );
    Some(term(Effect::BitsOnly, "identifier-near", text, 3.0))
}

/// Everything besides the name that two parties have in common or apart.
pub(crate) fn terms(
    query: &crate::Query,
    query_countries: &[Country],
    listed: &Party,
) -> Vec<Term> {
    let identifier = identifier_term(&query.identifiers, &listed.identifiers);
    let near = match identifier {
        Some(Term {
            effect: Effect::AtLeast(_),
            ..
        }) => None,
        _ => near_identifier_term(&query.identifiers, &listed.identifiers),
    };
    let birth = birth_date_term(&query.birth_dates, &listed.birth_dates);
    let country = country_term(query_countries, &listed.all_countries());
    let address = address_term(&query.addresses, &listed.addresses);
    let gender = gender_term(query.gender, listed.gender);
    [identifier, near, birth, country, address, gender]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_a_slip_explains_are_near_and_others_are_not() {
        use DateAgreement::*;
        for (a, b, wanted) in [
            ("1961-07-31", "1961-07-31", Same),
            ("1961-07", "1961-07-31", SameMonth),
            ("1961", "1961-07-31", SameYear),
            ("1961-07-13", "1961-07-31", NearMiss),
            ("1961-03-05", "1961-05-03", NearMiss),
            ("1961-06-30", "1961-07-30", NearMiss),
            ("1962-07-31", "1961-07-31", NearMiss),
            ("1916-07-31", "1961-07-31", NearMiss),
            ("1971-07-31", "1961-07-31", NearMiss),
            ("1960", "1961", NearMiss),
            ("1961-02-03", "1961-07-31", Different),
            ("1984-02-11", "1961-07-31", Different),
            ("1975", "1961", Different),
            ("1978-07-31", "1961-07-31", Different),
        ] {
            let (x, y) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(date_agreement(&x, &y), wanted, "{a} {b}");
            assert_eq!(date_agreement(&y, &x), wanted, "{b} {a}");
        }
    }

    #[test]
    fn identifiers_compare_within_their_scheme() {
        let id = Identifier::new;
        let country = |code, scheme, value: &str| Identifier {
            country: Country::from_alpha2(code),
            ..Identifier::new(scheme, value)
        };
        assert!(same_identifier(
            &id("imo", "IMO 9074729"),
            &id("imo", "9074729")
        ));
        assert!(same_identifier(
            &id("", "IMO 9074729"),
            &id("imo", "9074729")
        ));
        assert!(same_identifier(
            &id("tax", "7707083893"),
            &id("inn", "7707083893")
        ));
        assert!(!same_identifier(
            &id("imo", "9074729"),
            &id("mmsi", "9074729")
        ));
        assert!(!same_identifier(&id("", "1234"), &id("passport", "1234")));
        assert!(!same_identifier(&id("", ""), &id("passport", "")));
        let (ru, ir) = (
            country("RU", "passport", "A1234567"),
            country("IR", "passport", "A1234567"),
        );
        assert!(!same_identifier(&ru, &ir));
        assert!(same_identifier(&ru, &id("passport", "a 1234567")));
    }

    #[test]
    fn another_gender_contradicts_and_one_not_stated_says_nothing() {
        use Gender::*;
        let effect = |a, b| gender_term(a, b).map(|t| t.effect);
        assert_eq!(
            effect(Some(Male), Some(Female)),
            Some(Effect::Contradict(0.80))
        );
        assert_eq!(effect(Some(Female), Some(Female)), Some(Effect::BitsOnly));
        assert_eq!(effect(Some(Other), Some(Female)), None);
        assert_eq!(effect(None, Some(Female)), None);
    }

    #[test]
    fn a_number_one_sign_away_is_shown_and_is_not_identity() {
        let id = |value| [Identifier::new("imo", value)];
        let near = near_identifier_term(&id("9074728"), &id("9074729")).unwrap();
        assert_eq!(near.effect, Effect::BitsOnly);
        assert!(near.reason.text.contains("check digit"), "{near:?}");
        assert_eq!(near_identifier_term(&id("9301234"), &id("9074729")), None);
    }

    #[test]
    fn a_shared_town_is_a_hint_and_a_shared_street_is_support() {
        let address = |street: &str, city: &str| Address {
            street: street.to_owned(),
            city: city.to_owned(),
            ..Address::default()
        };
        let listed = [address("12 Pribrezhnaya Street", "Samara")];
        let same = address_term(&[address("Pribrezhnaya ul. 12", "SAMARA")], &listed).unwrap();
        assert_eq!(same.reason.code, "address-equal");
        let town = address_term(&[address("Lenina 4", "Samara")], &listed).unwrap();
        assert_eq!(town.effect, Effect::BitsOnly);
        assert_eq!(address_term(&[address("Lenina 4", "Kazan")], &listed), None);
    }
}
