//! What is measured: each function fills cells of the report.

use super::Asked;
use super::chance::Chance;
use super::clean::{self, Clean};
use super::damage::CHANGES;
use super::han::Characters;
use super::lists;
use super::report::{Goal, Report};
use anyhow::Result;
use portcullis_domain::{Entity, Identifier, Name, NameKind, PartialDate, Party, PartyKind};
use portcullis_names::{Script, normalise};
use portcullis_screening::{Agreement, Hit, Index, Options, PartMatch, Query, compare};
use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

/// Score and bits of the best hit, where there is one.
type Top = Option<(f64, f64)>;

/// One question with what must be found.
#[derive(Clone, Debug)]
struct Ask {
    query: Query,
    /// The entity that must be among the hits; empty: nothing must.
    wanted: String,
    /// The listed name from which the question was made; empty: none.
    source: String,
}

/// What was answered.
#[derive(Clone, Debug, Default)]
struct Told {
    found: bool,
    /// Score and bits of the wanted entity, or of the best hit if none is wanted.
    best: Top,
    /// The listed name of the best hit.
    name: String,
    /// Whether the best hit is a name of which every word agrees on both sides,
    /// as the same or another spelling of the same: the listed name itself, as
    /// somebody else would write it.
    respelt: bool,
    /// The best hit word by word.
    parts: String,
}

/// Asks everything on all cores, in order. Hits from a score of 0.5 are looked
/// at, so that budgets below the alert line can be drawn.
fn ask_all(index: &Index, asks: &[Ask]) -> Vec<Told> {
    let options = Options {
        threshold: 0.5,
        ..Options::default()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = asks.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = asks
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || {
                    let one = |ask: &Ask| told(&index.screen(&ask.query, &options).hits, ask);
                    chunk.iter().map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        let joined = threads.into_iter().map(|t| t.join().unwrap_or_default());
        joined.flatten().collect()
    })
}

fn told(hits: &[Hit], ask: &Ask) -> Told {
    let wanted = |h: &&Hit| ask.wanted.is_empty() || h.entity_id == ask.wanted;
    let hit = hits.iter().find(wanted);
    let top = hits.first();
    let agrees = |p: &PartMatch| p.agreement == Agreement::Agrees;
    Told {
        found: hit.is_some_and(|h| h.score >= 0.70),
        best: hit.map(|h| (h.score, h.bits)),
        name: top.map(|h| h.matched_name.clone()).unwrap_or_default(),
        respelt: top.is_some_and(|h| !h.parts.is_empty() && h.parts.iter().all(agrees)),
        parts: top.map(|h| in_short(&h.parts)).unwrap_or_default(),
    }
}

/// Two names word by word, on one line.
fn in_short(parts: &[PartMatch]) -> String {
    let one = |p: &PartMatch| {
        let (query, listed) = (&p.query, &p.listed);
        match p.agreement {
            Agreement::Agrees if query == listed => query.clone(),
            Agreement::Agrees => format!("{query}={listed}"),
            Agreement::Near => format!("{query}~{listed}({:.2})", p.similarity),
            Agreement::Contradicts => format!("{query}≠{listed}"),
            Agreement::Missing => format!("-{listed}"),
            Agreement::Extra => format!("+{query}"),
        }
    };
    parts.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn by_name(kind: PartyKind, name: &str, wanted: &str) -> Ask {
    Ask {
        query: Query {
            kind,
            ..Query::by_name(name)
        },
        wanted: wanted.to_owned(),
        source: String::new(),
    }
}

/// Most lines that are shown of each sort.
const MOST_SHOWN: usize = 5_000;

fn show(asked: &Asked, what: &str, asks: &[Ask], answers: &[Told], wrong: impl Fn(&Told) -> bool) {
    if !asked.show {
        return;
    }
    let wrong = asks.iter().zip(answers).filter(|(_, answer)| wrong(answer));
    for (ask, answer) in wrong.take(MOST_SHOWN) {
        let (name, wanted) = (&ask.query.name, &ask.wanted);
        let source = match ask.source.is_empty() {
            true => &answer.name,
            false => &ask.source,
        };
        let listed = Query {
            kind: ask.query.kind,
            ..Query::by_name(source)
        };
        let pair = compare(
            &by_name(ask.query.kind, name, "").query,
            &listed,
            &Options::default(),
        );
        let (score, bits) = (pair.score.unwrap_or(0.0), pair.bits);
        let parts = match ask.source.is_empty() {
            true => answer.parts.clone(),
            false => in_short(&pair.parts),
        };
        println!("{what}\t{name}\t{wanted}\t{score} {bits}\t{source}\t{parts}");
    }
}

/// Everything, in the order of the report.
pub fn measure(asked: &Asked) -> Result<Report> {
    let begun = Instant::now();
    let (entities, lists) = lists::entities(&asked.lists)?;
    let mut report = Report {
        seed: asked.seed,
        lists,
        entities: entities.len(),
        ..Report::default()
    };
    let mut chance = Chance::new(asked.seed);
    let index = Index::build(entities.clone());
    let positives = damaged(&mut report, asked, &entities, &index, &mut chance);
    let negatives = clean_names(&mut report, asked, &entities, &index, &mut chance)?;
    ties(&mut report, &positives, &negatives);
    budgets(&mut report, &positives, &negatives);
    with_dates(&mut report, asked, &entities, &index, &mut chance);
    identifiers(&mut report, &entities, &index, &mut chance);
    in_characters(&mut report, asked, &entities, &index, &mut chance)?;
    drop(index);
    across_scripts(&mut report, asked, &entities, &mut chance);
    held_out(&mut report, asked, &entities, &mut chance);
    report.seconds = begun.elapsed().as_secs_f64();
    Ok(report)
}

/// Strong Latin names of a kind with their entity, those of one short word apart.
fn listed_names(entities: &[Entity], kind: PartyKind) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for entity in entities.iter().filter(|e| e.party.kind == kind) {
        for name in &entity.party.names {
            let latin = name.text.is_ascii();
            if name.kind != NameKind::WeakAlias && latin && name.text.contains(' ') {
                out.push((name.text.clone(), entity.id.clone()));
            }
        }
    }
    out
}

/// (c) The damage model, for people and organisations.
fn damaged(
    report: &mut Report,
    asked: &Asked,
    entities: &[Entity],
    index: &Index,
    chance: &mut Chance,
) -> Vec<Told> {
    let mut people_told = Vec::new();
    for (kind, group) in [
        (PartyKind::Person, "Damaged names of listed people"),
        (
            PartyKind::Organisation,
            "Damaged names of listed organisations",
        ),
    ] {
        let names = listed_names(entities, kind);
        let (mut found, mut all) = (0, 0);
        for (what, change) in CHANGES {
            let mut asks = Vec::new();
            for _ in 0..asked.damaged * 4 {
                if names.is_empty() || asks.len() == asked.damaged {
                    break;
                }
                let (name, id) = chance.of(&names);
                asks.extend(change(name, chance).map(|n| Ask {
                    source: name.clone(),
                    ..by_name(kind, &n, id)
                }));
            }
            let answers = ask_all(index, &asks);
            show(asked, what, &asks, &answers, |a| !a.found);
            let hits = answers.iter().filter(|a| a.found).count();
            report.add(group, what, hits, answers.len(), Goal::None);
            found += hits;
            all += answers.len();
            if kind == PartyKind::Person {
                people_told.extend(answers);
            }
        }
        let goal = match kind {
            PartyKind::Person => Goal::AtLeast(0.99),
            _ => Goal::None,
        };
        report.add(group, "**all kinds**", found, all, goal);
    }
    people_told
}

/// (d) People and firms who are nobody, and shuffled negatives a script.
fn clean_names(
    report: &mut Report,
    asked: &Asked,
    entities: &[Entity],
    index: &Index,
    chance: &mut Chance,
) -> Result<Vec<Told>> {
    let listed: HashSet<String> = entities
        .iter()
        .flat_map(|e| e.party.names.iter().map(|n| word_set(&n.text)))
        .collect();
    let mut people = clean::people(asked.people / 2, chance);
    let folder = asked.lists.join("../names");
    let files = ["arabic", "chinese", "hebrew", "japanese", "korean"];
    let files: Vec<_> = files
        .iter()
        .map(|f| folder.join(format!("translit_{f}_80.tsv")))
        .filter(|f| f.exists())
        .collect();
    people.extend(clean::world(&files, asked.people / 2, chance)?);
    let firms = clean::firms(asked.people / 4, chance)?;
    let removed = |all: &[Clean]| {
        all.iter()
            .filter(|c| listed.contains(&word_set(&c.name)))
            .count()
    };
    report.notes.push(format!(
        "Clean names that are exactly a listed name, in any order of words, were removed: {} people, {} firms.",
        removed(&people),
        removed(&firms)
    ));
    let group = "Alerts on clean people";
    let negatives = clean_group(
        report,
        asked,
        group,
        people,
        &listed,
        index,
        Goal::AtMost(0.005),
    );
    if let Some(file) = &asked.clean {
        let group = "Alerts on clean people of the file given";
        let goal = Goal::AtMost(0.005);
        let people = clean::of_file(file)?;
        let alone = people.iter().map(Clean::name_alone).collect();
        clean_group(report, asked, group, alone, &listed, index, goal);
        let group = "The same with birth dates and countries";
        clean_group(report, asked, group, people, &listed, index, goal);
    }
    let group = "Alerts on clean firms";
    clean_group(report, asked, group, firms, &listed, index, Goal::None);
    shuffled_names(report, asked, entities, &listed, index, chance);
    Ok(negatives)
}

/// The script of a name, presentation forms taken for their letters.
fn script_of(name: &str) -> Script {
    Script::of_text(&normalise(name))
}

/// The words of a name in any order, for telling exact listed names.
fn word_set(name: &str) -> String {
    let normal = normalise(&name.replace([',', '-'], " "));
    let mut words: Vec<&str> = normal.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

fn clean_group(
    report: &mut Report,
    asked: &Asked,
    group: &'static str,
    names: Vec<Clean>,
    listed: &HashSet<String>,
    index: &Index,
    goal: Goal,
) -> Vec<Told> {
    let names: Vec<Clean> = names
        .into_iter()
        .filter(|c| !listed.contains(&word_set(&c.name)))
        .collect();
    let ask = |c: &Clean| Ask {
        query: Query {
            birth_dates: c.born.into_iter().collect(),
            countries: c.country.into_iter().collect(),
            ..by_name(c.kind, &c.name, "").query
        },
        ..by_name(c.kind, &c.name, "")
    };
    let asks: Vec<Ask> = names.iter().map(ask).collect();
    let answers = ask_all(index, &asks);
    show(asked, group, &asks, &answers, |a| a.found);
    let mut cultures: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, answer) in names.iter().zip(&answers) {
        let cell = cultures.entry(&name.culture).or_default();
        *cell = (cell.0 + usize::from(answer.found), cell.1 + 1);
    }
    for (culture, (alerts, n)) in cultures {
        report.add(group, culture, alerts, n, Goal::None);
    }
    totals(report, group, &answers, goal);
    answers
}

/// All alerts of a group, and those that are not a listed name in another
/// spelling: who bears a listed name is alerted on, however he writes it.
fn totals(report: &mut Report, group: &'static str, answers: &[Told], goal: Goal) {
    let alerts = answers.iter().filter(|a| a.found).count();
    let respelt = answers.iter().filter(|a| a.found && a.respelt).count();
    let n = answers.len();
    report.add(group, "**all, strictly**", alerts, n, goal);
    let what = "of these, a listed name in another spelling (every word agrees)";
    report.add(group, what, respelt, n, Goal::None);
    let what = "**all others**";
    report.add(group, what, alerts - respelt, n - respelt, goal);
}

/// Halves of different listed people's names put together, a script each.
fn shuffled_names(
    report: &mut Report,
    asked: &Asked,
    entities: &[Entity],
    listed: &HashSet<String>,
    index: &Index,
    chance: &mut Chance,
) {
    let mut scripts: BTreeMap<Script, Vec<String>> = BTreeMap::new();
    for entity in entities
        .iter()
        .filter(|e| e.party.kind == PartyKind::Person)
    {
        for name in &entity.party.names {
            let names = scripts.entry(script_of(&name.text)).or_default();
            names.push(name.text.clone());
        }
    }
    for (script, names) in scripts {
        let n = if script == Script::Latin {
            4_000
        } else {
            1_000
        };
        let mut mixed = clean::shuffled(&names, n, chance);
        mixed.retain(|name| !listed.contains(&word_set(name)));
        let asks: Vec<Ask> = mixed
            .iter()
            .map(|n| by_name(PartyKind::Person, n, ""))
            .collect();
        let answers = ask_all(index, &asks);
        show(asked, script.name(), &asks, &answers, |a| a.found);
        let alerts = answers.iter().filter(|a| a.found).count();
        let respelt = answers.iter().filter(|a| a.found && a.respelt).count();
        let group = "Alerts on people shuffled from parts of listed names";
        let (name, n, goal) = (script.name(), answers.len(), Goal::AtMost(0.01));
        report.add(group, &format!("{name}, strictly"), alerts, n, goal);
        let what = format!("{name}, less listed names in another spelling");
        report.add(group, &what, alerts - respelt, n - respelt, goal);
    }
}

/// (f) Clean people whose best hit has the score and bits of a right answer.
fn ties(report: &mut Report, positives: &[Told], negatives: &[Told]) {
    let key = |top: &Top| top.map(|(score, bits)| (score.to_bits(), bits.to_bits()));
    let right: HashSet<_> = positives.iter().filter_map(|p| key(&p.best)).collect();
    let hits: Vec<_> = negatives.iter().filter_map(|n| key(&n.best)).collect();
    let tied = hits.iter().filter(|k| right.contains(k)).count();
    let group = "Ties";
    let what = "clean people with a hit from 0.5 that has the score and bits of a damaged name's";
    report.add(group, what, tied, hits.len(), Goal::AtMost(0.01));
    let what = "the same among all clean people";
    report.add(group, what, tied, negatives.len(), Goal::None);
}

/// Recall where at most so many of 100,000 clean people alert.
fn budgets(report: &mut Report, positives: &[Told], negatives: &[Told]) {
    let mut scores: Vec<(f64, f64)> = negatives.iter().filter_map(|n| n.best).collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    for budget in [50, 100, 200, 500, 1_000] {
        let allowed = budget * negatives.len() / 100_000;
        let bar = scores.get(allowed).copied().unwrap_or((0.5, 0.0));
        let above = |top: &Top| top.is_some_and(|(s, b)| s > bar.0 || (s == bar.0 && b > bar.1));
        let found = positives.iter().filter(|p| above(&p.best)).count();
        report.budgets.push((budget, bar.0, found, positives.len()));
    }
}

/// (e) Damaged names with a birth date, a tenth of them off by one.
fn with_dates(
    report: &mut Report,
    asked: &Asked,
    entities: &[Entity],
    index: &Index,
    chance: &mut Chance,
) {
    let whole = |d: &&PartialDate| d.month.is_some() && d.day.is_some();
    let mut dated: Vec<(String, String, PartialDate)> = Vec::new();
    for entity in entities
        .iter()
        .filter(|e| e.party.kind == PartyKind::Person)
    {
        let Some(date) = entity.party.birth_dates.iter().find(whole) else {
            continue;
        };
        let latin = |n: &&Name| n.kind == NameKind::Primary && n.text.is_ascii();
        let names = entity.party.names.iter().filter(latin);
        dated.extend(names.map(|n| (n.text.clone(), entity.id.clone(), *date)));
    }
    if dated.is_empty() {
        return;
    }
    let mut asks = Vec::new();
    while asks.len() < asked.damaged * 8 {
        let (name, id, date) = chance.of(&dated);
        let (_, change) = *chance.of(&CHANGES);
        let Some(changed) = change(name, chance) else {
            continue;
        };
        let mut ask = by_name(PartyKind::Person, &changed, id);
        ask.source = name.clone();
        let off = chance.one_in(10);
        ask.query.birth_dates = vec![if off {
            off_by_one(*date, chance)
        } else {
            *date
        }];
        asks.push(ask);
    }
    let answers = ask_all(index, &asks);
    show(asked, "dated", &asks, &answers, |a| !a.found);
    let found = answers.iter().filter(|a| a.found).count();
    let group = "Damaged names with birth dates";
    let what = "people, a tenth of the dates off by one";
    report.add(group, what, found, answers.len(), Goal::AtLeast(0.99));
}

fn off_by_one(date: PartialDate, chance: &mut Chance) -> PartialDate {
    let up = chance.one_in(2);
    let step = |value: i8, most: i8| match (up, value) {
        (true, v) if v < most => v + 1,
        (_, 1) => 2,
        (_, v) => v - 1,
    };
    match chance.below(3) {
        0 => PartialDate {
            year: date.year + if up { 1 } else { -1 },
            ..date
        },
        1 => PartialDate {
            month: date.month.map(|m| step(m, 12)),
            ..date
        },
        _ => PartialDate {
            day: date.day.map(|d| step(d, 28)),
            ..date
        },
    }
}

/// Vessel numbers: another name with the right number, and the right name with
/// another number.
fn identifiers(report: &mut Report, entities: &[Entity], index: &Index, chance: &mut Chance) {
    let mut asks = (Vec::new(), Vec::new());
    for entity in entities {
        let numbers = entity.party.identifiers.iter();
        for number in numbers.filter(|i| i.scheme == "imo") {
            let ask = |name: &str, value: String| Ask {
                query: Query {
                    kind: PartyKind::Vessel,
                    identifiers: vec![Identifier::new("imo", value)],
                    ..Query::by_name(name)
                },
                wanted: entity.id.clone(),
                source: String::new(),
            };
            if entity.party.kind == PartyKind::Vessel {
                asks.0.push(ask("Quiet Heron", number.value.clone()));
                let other = format!("9{:06}", chance.below(1_000_000));
                asks.1.push(ask(entity.party.caption(), other));
            }
        }
    }
    let group = "Vessel numbers";
    for (what, asks, goal) in [
        (
            "another name, the IMO number listed: found",
            asks.0,
            Goal::AtLeast(0.99),
        ),
        (
            "the listed name, another IMO number: alerts",
            asks.1,
            Goal::AtMost(0.05),
        ),
    ] {
        let answers = ask_all(index, &asks);
        let found = answers.iter().filter(|a| a.found).count();
        report.add(group, what, found, answers.len(), goal);
    }
}

/// A party with only some of its names.
fn with_names(entity: &Entity, keep: impl Fn(&Name) -> bool) -> Entity {
    let names = entity.party.names.iter().filter(|n| keep(n));
    Entity {
        party: Party {
            names: names.cloned().collect(),
            ..entity.party.clone()
        },
        ..entity.clone()
    }
}

/// Chinese names of listed people in characters drawn for their pinyin.
fn in_characters(
    report: &mut Report,
    asked: &Asked,
    entities: &[Entity],
    index: &Index,
    chance: &mut Chance,
) -> Result<()> {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../names/data/han.txt");
    let characters = Characters::read(std::path::Path::new(table))?;
    let names = listed_names(entities, PartyKind::Person);
    let mut asks = Vec::new();
    for (name, id) in &names {
        let written = characters.write(name, chance);
        asks.extend(written.map(|w| Ask {
            source: name.clone(),
            ..by_name(PartyKind::Person, &w, id)
        }));
    }
    let asks = chance.sample(&asks, asked.damaged * 2);
    let answers = ask_all(index, &asks);
    let group = "Characters drawn for the pinyin of listed Chinese names";
    show(asked, group, &asks, &answers, |a| !a.found);
    let found = answers.iter().filter(|a| a.found).count();
    report.add(group, "person", found, answers.len(), Goal::AtLeast(0.85));
    Ok(())
}

/// (b) The original-script name asked against Latin names, and the reverse.
fn across_scripts(report: &mut Report, asked: &Asked, entities: &[Entity], chance: &mut Chance) {
    let script = |n: &Name| script_of(&n.text);
    for (group, listed_is_latin) in [
        ("Original script asked, Latin listed", true),
        ("Latin asked, original script listed", false),
    ] {
        let both = |e: &&Entity| {
            let latin = e.party.names.iter().any(|n| script(n) == Script::Latin);
            latin && e.party.names.iter().any(|n| script(n) != Script::Latin)
        };
        let only: Vec<Entity> = entities
            .iter()
            .map(|e| match both(&e) {
                true => with_names(e, |n| (script(n) == Script::Latin) == listed_is_latin),
                false => e.clone(),
            })
            .collect();
        let index = Index::build(only);
        let mut cells: BTreeMap<(Script, PartyKind), Vec<Ask>> = BTreeMap::new();
        for entity in entities.iter().filter(both) {
            let kind = entity.party.kind;
            for name in entity
                .party
                .names
                .iter()
                .filter(|n| script(n) != Script::Latin)
            {
                let given = match listed_is_latin {
                    true => name.text.as_str(),
                    false => entity.party.caption(),
                };
                let cell = cells.entry((script(name), kind)).or_default();
                let source = match listed_is_latin {
                    true => entity.party.caption(),
                    false => name.text.as_str(),
                };
                cell.push(Ask {
                    source: source.to_owned(),
                    ..by_name(kind, given, &entity.id)
                });
            }
        }
        for ((script, kind), asks) in cells {
            let asks = chance.sample(&asks, asked.damaged * 2);
            let answers = ask_all(&index, &asks);
            show(asked, group, &asks, &answers, |a| !a.found);
            let found = answers.iter().filter(|a| a.found).count();
            let goal = match (script, kind) {
                (Script::Arabic, PartyKind::Person) => Goal::AtLeast(0.90),
                (Script::Cyrillic, PartyKind::Person) => Goal::AtLeast(0.98),
                (Script::Hangul | Script::Han, PartyKind::Person) => Goal::AtLeast(0.85),
                _ => Goal::None,
            };
            let what = format!("{}, {}", script.name(), kind.as_str());
            report.add(group, &what, found, answers.len(), goal);
        }
    }
}

/// (a) Aliases taken off their entities, and asked.
fn held_out(report: &mut Report, asked: &Asked, entities: &[Entity], chance: &mut Chance) {
    let mut asks: BTreeMap<PartyKind, Vec<Ask>> = BTreeMap::new();
    let mut left = Vec::with_capacity(entities.len());
    for entity in entities {
        let names = &entity.party.names;
        let taken =
            (names.len() >= 2 && chance.one_in(4)).then(|| 1 + chance.below(names.len() - 1));
        let Some(at) = taken.filter(|at| names[*at].kind == NameKind::Alias) else {
            left.push(entity.clone());
            continue;
        };
        let kind = entity.party.kind;
        let ask = by_name(kind, &names[at].text, &entity.id);
        let rest = with_names(entity, |n| n.text != names[at].text);
        let known: HashSet<String> = rest.party.names.iter().map(|n| word_set(&n.text)).collect();
        if !known.contains(&word_set(&names[at].text)) {
            asks.entry(kind).or_default().push(ask);
        }
        left.push(rest);
    }
    let index = Index::build(left);
    for (kind, asks) in asks {
        let answers = ask_all(&index, &chance_sample(&asks, asked, chance));
        let found = answers.iter().filter(|a| a.found).count();
        let group = "Aliases held out (many are other names altogether)";
        report.add(group, kind.as_str(), found, answers.len(), Goal::None);
    }
}

fn chance_sample(asks: &[Ask], asked: &Asked, chance: &mut Chance) -> Vec<Ask> {
    chance.sample(asks, asked.damaged * 4)
}
