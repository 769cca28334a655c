//! Made-up people and companies by a fixed rule: names drawn by frequency from
//! name parts, as real registers are, so that a few words stand in very many
//! names and most words in few.

use portcullis_domain::{Entity, Listing, Name, NameKind, PartialDate, Party, PartyKind};

/// SplitMix64: the same numbers in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    /// A rank by Zipf's law: half of all draws fall on the first hundredth of
    /// a thousand ranks.
    fn rank(&mut self, ranks: usize) -> usize {
        let unit = (self.roll() >> 11) as f64 / (1u64 << 53) as f64;
        let rank = (ranks as f64 + 1.0).powf(unit) - 1.0;
        (rank as usize).min(ranks - 1)
    }
}

const ONSETS: [&str; 32] = [
    "b", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "sh", "t", "v", "w",
    "y", "z", "kh", "br", "dr", "gr", "kr", "st", "tr", "al", "ab", "is", "mu", "ga",
];
const NUCLEI: [&str; 10] = ["a", "e", "i", "o", "u", "a", "ei", "ou", "ia", "ai"];
const CODAS: [&str; 16] = [
    "", "", "", "n", "r", "s", "l", "m", "k", "t", "v", "d", "sh", "nd", "rt", "ng",
];

/// The word of a number: the same number gives the same word.
fn word(number: usize, syllables: usize) -> String {
    let mut dice = Dice(number as u64 ^ 0x5eed);
    let mut word = String::new();
    for _ in 0..syllables {
        word += ONSETS[dice.below(ONSETS.len())];
        word += NUCLEI[dice.below(NUCLEI.len())];
        word += CODAS[dice.below(CODAS.len())];
    }
    word
}

const ENDINGS: [&str; 12] = [
    "ov", "ova", "ez", "son", "ian", "idis", "wala", "ov", "enko", "sky", "i", "",
];
const TRADES: [&str; 16] = [
    "Trading",
    "Shipping",
    "Technology",
    "Industries",
    "Logistics",
    "Bank",
    "Energy",
    "Trade",
    "Electronics",
    "Engineering",
    "Group",
    "International",
    "Marine",
    "Holding",
    "Oil",
    "Import",
];
const FORMS: [&str; 10] = [
    "LLC",
    "Ltd",
    "GmbH",
    "OOO",
    "Co., Ltd.",
    "JSC",
    "S.A.",
    "FZE",
    "Inc",
    "",
];

fn given(dice: &mut Dice) -> String {
    let number = dice.rank(6_000);
    word(number, 2)
}

fn family(dice: &mut Dice) -> String {
    let number = 1_000_000 + dice.rank(120_000);
    word(number, 2) + ENDINGS[number % ENDINGS.len()]
}

fn person(dice: &mut Dice) -> String {
    let (given_name, family_name) = (given(dice), family(dice));
    match dice.below(4) {
        0 => format!("{family_name}, {given_name} {}", given(dice)),
        _ => format!("{given_name} {family_name}"),
    }
}

fn company(dice: &mut Dice) -> String {
    let brand = 5_000_000 + dice.rank(200_000);
    let trade = TRADES[dice.below(TRADES.len())];
    let form = FORMS[dice.below(FORMS.len())];
    format!("{} {trade} {form}", word(brand, 3))
        .trim()
        .to_owned()
}

/// One name of a person or a company.
pub fn name(dice: &mut Dice) -> String {
    if dice.below(5) == 0 {
        company(dice)
    } else {
        person(dice)
    }
}

/// The entity of a number, one in five of them a company.
pub fn entity(scheme: &str, number: usize, aliases: usize) -> Entity {
    let mut dice = Dice(number as u64 * 7_919 + scheme.len() as u64);
    let company_like = dice.below(5) == 0;
    let one = if company_like { company } else { person };
    let mut names = vec![Name::new(NameKind::Primary, one(&mut dice))];
    for _ in 0..dice.below(aliases + 1) {
        names.push(Name::new(NameKind::Alias, one(&mut dice)));
    }
    let year = 1940 + dice.below(65) as i16;
    Entity {
        id: format!("{scheme}:{number}"),
        party: Party {
            kind: if company_like {
                PartyKind::Organisation
            } else {
                PartyKind::Person
            },
            names,
            birth_dates: (!company_like)
                .then(|| PartialDate::year(year))
                .into_iter()
                .collect(),
            ..Party::default()
        },
        listings: vec![Listing {
            list: scheme.to_owned(),
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

/// A name as it is mistyped, shortened or turned round.
pub fn damaged(name: &str, dice: &mut Dice) -> String {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    let longest = (0..words.len()).max_by_key(|i| words[*i].chars().count());
    let Some(longest) = longest else {
        return name.to_owned();
    };
    let mut letters: Vec<char> = words[longest].chars().collect();
    let at = dice.below(letters.len().saturating_sub(1));
    match dice.below(8) {
        0 if letters.len() > 3 => {
            letters.remove(at);
        }
        1 if letters.len() > 3 => letters.swap(at, at + 1),
        2 if !letters.is_empty() => letters[at] = char::from(b'a' + dice.below(26) as u8),
        3 if !letters.is_empty() => letters.insert(at, letters[at]),
        4 => words.reverse(),
        5 if words.len() > 2 => {
            let shortest = (0..words.len()).min_by_key(|i| words[*i].len());
            words.remove(shortest.unwrap_or(0));
            return words.join(" ");
        }
        6 if words.len() > 1 => {
            let second = words.remove(1);
            words[0] += &second;
            return words.join(" ");
        }
        _ => words.push("Haddon".to_owned()),
    }
    if let Some(word) = words.get_mut(longest)
        && word.chars().count().abs_diff(letters.len()) <= 1
    {
        *word = letters.into_iter().collect();
    }
    words.join(" ")
}
