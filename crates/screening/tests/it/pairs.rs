//! `compare` and `screen` are one scorer: a pair scores alike wherever it is met.

use portcullis_domain::{Entity, Name, NameKind, Party, PartyKind};
use portcullis_screening::{Index, Options, Query, compare};

use PartyKind::{Organisation, Person, Vessel};

/// Kind, asked, listed: same, misspelt, left out, added, cut, of other scripts.
const PAIRS: [(PartyKind, &str, &str); 36] = [
    (Person, "Sergey Vorontsov", "VORONTSOV, Sergey Ilyich"),
    (Person, "Sergei Voronstov", "VORONTSOV, Sergey Ilyich"),
    (Person, "S. Vorontsov", "VORONTSOV, Sergey"),
    (Person, "Воронцов Сергей", "VORONTSOV, Sergey Ilyich"),
    (Person, "Сергей Марк\u{69}вич", "Serhiy Markivych"),
    (Person, "Sam Johnson", "JOHNSON, Samuel"),
    (Person, "Ian Hernandez", "HERNANDEZ, Ivan"),
    (Person, "Crystal Wong", "SONG, Crystal"),
    (Person, "Jaime Medina", "GONZALEZ MEDINA, Jaime Andres"),
    (Person, "Abd al-Rahman Hassan", "ABDURRAHMAN, Hasan"),
    (Person, "Abu Hanofa", "Abu Hanifa"),
    (Person, "Patrick Doctor", "PAT"),
    (Person, "محمد الزهراني", "Mohammed al-Zahrani"),
    (Person, "سمير الحلاق", "Samira Abdullah HALAYQAH"),
    (Person, "رضا مراح", "RAD, Amir"),
    (Person, "عمرو سالم", "Amr SALEM"),
    (Person, "סלומון זיכרמן", "Shalom Zicherman"),
    (Person, "김정은", "KIM, Jong Un"),
    (Person, "송창남", "Sung Nam Jang"),
    (Person, "王建国", "WANG, Jianguo"),
    (Person, "张慧", "CHANGO"),
    (Person, "李阳", "Liyang"),
    (Person, "Wang Guiying", "WANG, Guoying"),
    (Person, "PetrovIvan", "PETROV, Ivan"),
    (Person, "Vlad imir Petrenko", "PETRENKO, Vladimir"),
    (
        Person,
        "eSrkey Borisovich Brilev",
        "BRILEV, Sergey Borisovich",
    ),
    (Person, "V1adimir Petrenko", "PETRENKO, Vladimir"),
    (Organisation, "Vostok Pribor", "OOO Vostok Pribor"),
    (Organisation, "Vostok Pribro LLC", "OOO Vostok Pribor"),
    (
        Organisation,
        "IRISL",
        "Islamic Republic of Iran Shipping Lines",
    ),
    (Organisation, "Harbour Fund 2", "Harbour Fund 3"),
    (Organisation, "华盛精密仪器", "华盛精密仪器有限公司"),
    (Organisation, "Banco Norvik Mexico", "Banco Norvik"),
    (
        Organisation,
        "Norvik Bank c/o Harbour Bakery",
        "Harbour Bakery",
    ),
    (Vessel, "ARK III", "ARK 3"),
    (Vessel, "Quiet Heron", "QUIET HERRON"),
];

fn query(kind: PartyKind, name: &str) -> Query {
    Query {
        kind,
        ..Query::by_name(name)
    }
}

#[test]
fn a_pair_scores_alike_alone_and_in_a_list() {
    let options = Options {
        threshold: 0.5,
        ..Options::default()
    };
    let mut scored = 0;
    let as_stated = PAIRS.map(|(kind, asked, listed)| (kind, kind, asked, listed));
    let not_stated = PAIRS.map(|(kind, asked, listed)| (kind, PartyKind::Unknown, asked, listed));
    for (kind, listed_as, asked, listed) in as_stated.into_iter().chain(not_stated) {
        let party = Party {
            kind: listed_as,
            names: vec![Name::new(NameKind::Primary, listed)],
            ..Party::default()
        };
        let entity = Entity {
            id: "1".to_owned(),
            party,
            ..Entity::default()
        };
        let index = Index::build(vec![entity]);
        let hits = index.screen(&query(kind, asked), &options).hits;
        let in_list = hits.first().map(|h| h.score);
        let alone = compare(&query(kind, asked), &query(listed_as, listed), &options).score;
        // What scores below the threshold is no hit.
        let alone = alone.filter(|s| *s >= options.threshold);
        assert_eq!(in_list, alone, "{asked} | {listed} ({listed_as:?})");
        scored += usize::from(alone.is_some());
    }
    assert!(scored >= 40, "{scored}");
}
