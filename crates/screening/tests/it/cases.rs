//! Runs the case files; their form is in `cases/README.md`.

use portcullis_domain::{
    Country, CountryRole, Entity, Identifier, Listing, Name, NameKind, Party, PartyKind,
    RelatedCountry,
};
use portcullis_screening::{Index, Options, Query, Strength};

/// Takes the facts in braces off a text.
fn read_party(text: &str) -> Party {
    let mut party = Party::default();
    let mut rest = String::new();
    let mut parts = text.split('{');
    rest.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let (fact, after) = part.split_once('}').expect("a closing brace");
        let (what, value) = fact.split_once(' ').expect("a fact and its value");
        match what {
            "born" => party.birth_dates.push(value.parse().unwrap()),
            "in" => party.countries.push(RelatedCountry {
                role: CountryRole::Related,
                country: Country::from_alpha2(value).unwrap(),
            }),
            "is" => party.kind = PartyKind::parse(value).unwrap(),
            "bare" => party.identifiers.push(Identifier::new("", value)),
            scheme => party.identifiers.push(Identifier::new(scheme, value)),
        }
        rest.push_str(after);
    }
    for (i, name) in rest.split(" / ").map(str::trim).enumerate() {
        let (kind, text) = match name.split_once(':') {
            Some(("weak", text)) => (NameKind::WeakAlias, text),
            Some(("former", text)) => (NameKind::Former, text),
            _ if i > 0 => (NameKind::Alias, name),
            _ => (NameKind::Primary, name),
        };
        if !text.is_empty() {
            party.names.push(Name::new(kind, text));
        }
    }
    party
}

fn listed(id: &str, party: Party) -> Entity {
    Entity {
        id: id.to_owned(),
        party,
        listings: vec![Listing {
            list: "test".to_owned(),
            programmes: Vec::new(),
            listed_on: None,
            until: None,
            citation: String::new(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    }
}

/// A few other entities, so that no entry stands alone on its list.
fn bystanders() -> Vec<Entity> {
    let names = [
        "OKONJO, Bartholomew",
        "Terzic Dragoslav",
        "Pelagia Deepwater Holdings SA",
        "Quillfeather Metals GmbH",
        "Hernan Cazorla Urrutia",
    ];
    let party = |name: &&str| Party {
        names: vec![Name::new(NameKind::Primary, *name)],
        ..Party::default()
    };
    let numbered = names.iter().enumerate();
    numbered
        .map(|(i, n)| listed(&format!("by:{i}"), party(n)))
        .collect()
}

fn outcome(query: &Query, index: &Index) -> (String, String) {
    let hits = index.screen(query, &Options::default()).hits;
    let Some(hit) = hits.iter().find(|h| h.entity_id == "case:1") else {
        return ("clear".to_owned(), String::new());
    };
    assert!(hit.score >= 0.70 && hit.score <= 1.0, "{hit:?}");
    assert!(!hit.reasons.is_empty() && hit.reasons.iter().all(|r| !r.text.is_empty()));
    let word = match hit.strong {
        Strength::ExactName => "exact",
        Strength::Identifier => "identity",
        Strength::Possible => "alert",
    };
    (word.to_owned(), format!("{hit:?}"))
}

fn check(file: &str, text: &str) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [query, entry, expected, kind, _reason] = fields[..] else {
            panic!("{file}:{}: five fields", number + 1);
        };
        assert!(
            ["exact", "identity", "alert", "clear"].contains(&expected),
            "{line}"
        );
        let mut party = read_party(entry);
        party.kind = PartyKind::parse(kind.trim_matches('-')).unwrap();
        let mut entities = bystanders();
        entities.push(listed("case:1", party));
        let index = Index::build(entities);
        let (found, detail) = outcome(&Query::of_party(&read_party(query)), &index);
        if found != expected {
            wrong.push(format!(
                "{file}:{}: {line}\n    is {found}: {detail}",
                number + 1
            ));
        }
        count += 1;
    }
    assert!(count > 20, "{file} has {count} cases");
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn scripts() {
    check("scripts.case", include_str!("cases/scripts.case"));
}

#[test]
fn spelling() {
    check("spelling.case", include_str!("cases/spelling.case"));
}

#[test]
fn organisations() {
    check(
        "organisations.case",
        include_str!("cases/organisations.case"),
    );
}
