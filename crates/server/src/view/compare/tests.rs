use super::*;
use portcullis_domain::{Country, Identifier, Listing, Name, NameKind, PartyKind};
use portcullis_screening::{Index, Options};

fn listed() -> Entity {
    let mut names = vec![Name::new(
        NameKind::Primary,
        "Yaroslav Arkadyevich Drobyshchev",
    )];
    names.push(Name::new(NameKind::Alias, "Ярослав Аркадьевич Дробыщев"));
    Entity {
        id: "test:1".to_owned(),
        party: Party {
            kind: PartyKind::Person,
            names,
            birth_dates: vec!["1968-03-04".parse().unwrap()],
            identifiers: vec![
                Identifier::new("tax", "12345678"),
                Identifier::new("passport", "A2215279"),
            ],
            ..Party::default()
        },
        listings: vec![Listing {
            list: "test".to_owned(),
            programmes: vec!["VELD".to_owned()],
            listed_on: None,
            until: None,
            citation: String::new(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    }
}

fn compared(asked: &Party) -> ComparisonView {
    let entity = listed();
    let index = Index::build(vec![entity.clone()]);
    let hits = index
        .screen(&Query::of_party(asked), &Options::default())
        .hits;
    ComparisonView::new(asked, &entity, hits.first().unwrap())
}

fn asked(name: &str) -> Party {
    Party {
        kind: PartyKind::Person,
        names: vec![Name::new(NameKind::Primary, name)],
        ..Party::default()
    }
}

fn mark(view: &ComparisonView, title: &str) -> Mark {
    let row = view.rows.iter().find(|row| row.title == title);
    row.unwrap_or_else(|| panic!("no row {title}")).mark
}

#[test]
fn each_kind_of_evidence_has_its_row_and_its_mark() {
    let mut party = asked("Yaroslav Drobyshchev");
    party.birth_dates.push("1968-03-04".parse().unwrap());
    party
        .identifiers
        .push(Identifier::new("passport", "A 2215279"));
    party.countries.push(portcullis_domain::RelatedCountry {
        role: portcullis_domain::CountryRole::Related,
        country: Country::from_alpha2("BY").unwrap(),
    });
    let view = compared(&party);
    assert_eq!(mark(&view, "Birth date"), Mark::Agrees);
    assert_eq!(mark(&view, "Identifiers"), Mark::Agrees);
    assert_eq!(mark(&view, "Countries"), Mark::Extra);
    assert_eq!(mark(&view, "Type"), Mark::Agrees);
    let row = view.rows.iter().find(|r| r.title == "Identifiers").unwrap();
    assert!(
        row.listed[0].shared && row.listed[0].text.contains("A2215279"),
        "{row:?}"
    );
    assert!(!row.listed[1].shared);
    assert!(!view.contradicted());
}

#[test]
fn another_birth_date_contradicts_and_a_missing_one_does_not() {
    let mut other = asked("Yaroslav Arkadyevich Drobyshchev");
    other.birth_dates.push("1991-10-23".parse().unwrap());
    let view = compared(&other);
    assert_eq!(mark(&view, "Birth date"), Mark::Contradicts);
    assert!(view.contradicted());
    let row = view.rows.iter().find(|r| r.title == "Birth date").unwrap();
    assert!(row.said.iter().any(|said| said.against), "{row:?}");
    let silent = compared(&asked("Yaroslav Arkadyevich Drobyshchev"));
    assert_eq!(mark(&silent, "Birth date"), Mark::Missing);
}

#[test]
fn names_are_laid_out_by_part_and_what_met_stands_first() {
    let view = compared(&asked("Yaroslav Drobyschev"));
    let marks: Vec<Mark> = view.parts.iter().map(|part| part.mark).collect();
    assert!(
        marks.contains(&Mark::Agrees) && marks.contains(&Mark::Missing),
        "{:?}",
        view.parts
    );
    let names = EntityView::new(&listed(), &view.matched_name, &[]).names;
    assert!(names[0].matched, "{names:?}");
    assert!(!view.name_notes.is_empty());
}

#[test]
fn weights_read_well() {
    assert_eq!(odds(0), "says little either way");
    assert!(odds(13_000).starts_with("thousands"));
    assert!(odds(-7_000).ends_with("than if they are the same"));
    assert_eq!(ScoreView::new(9_999, 0, false).percent, "99 %");
    assert!(ScoreView::new(6_999, 0, false).line.starts_with("below"));
}
