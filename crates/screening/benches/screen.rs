//! Screening by name, measured: `cargo bench -p portcullis-screening`.
//!
//! Queries are a third each exact, damaged and clean names. A figure is the
//! time of one query on one core; of three passes, each with nothing
//! remembered from the one before, the fastest time of each query counts,
//! because others use the machine too. Beside it stands a plain Jaro-Winkler
//! scan of all names for the same queries.
//!
//! `PORTCULLIS_BENCH_SEGMENT` names a prepared segment to ask instead of the
//! Consolidated Screening List; `PORTCULLIS_BENCH_ENTITIES` (1,000,000) and
//! `PORTCULLIS_BENCH_CUSTOMERS` (200,000; `script/bench` asks for 10,000,000)
//! set the sizes; an argument picks sections by name. `PORTCULLIS_BENCH_FILES`
//! and `PORTCULLIS_BENCH_ANSWERS` write files; see the functions of that name.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/it/csl.rs"]
mod csl;
#[path = "screen/made_up.rs"]
mod made_up;

use made_up::{Dice, damaged};
use portcullis_domain::{Country, Entity, PartyKind};
use portcullis_screening::{Answer, Builder, Index, Options, Query, rescreen};
use std::collections::HashMap;
use std::time::{Duration, Instant};

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str()));
    println!(
        "{:<44} {:>10} {:>10} {:>10} {:>10}",
        "", "mean", "p50", "p99", "worst"
    );
    if is_wanted("lists") {
        lists();
    }
    if is_wanted("million") {
        million();
    }
    if is_wanted("bounds") {
        bounds();
    }
    if is_wanted("customers") {
        customers();
    }
    if let Ok(folder) = std::env::var("PORTCULLIS_BENCH_FILES") {
        files(std::path::Path::new(&folder));
    }
    if let Ok(file) = std::env::var("PORTCULLIS_BENCH_ANSWERS") {
        answers(&file);
    }
}

/// The worst that can be asked of the lists at hand: each must stop at a bound,
/// or be done, within 20 ms, and say so if it stopped.
fn bounds() {
    let (label, index) = index();
    let mut dice = Dice(5);
    let mut letters: HashMap<String, usize> = HashMap::new();
    for name in index.entities().flat_map(|e| e.party.names) {
        for word in name.text.split_whitespace() {
            *letters.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut common: Vec<(usize, String)> = letters.into_iter().map(|(w, n)| (n, w)).collect();
    common.sort_unstable_by(|a, b| b.cmp(a));
    let commonest: Vec<&str> = common.iter().take(64).map(|(_, w)| w.as_str()).collect();
    let random: String = (0..10_000)
        .map(|at| match at % 8 {
            7 => ' ',
            _ => char::from(b'a' + dice.below(26) as u8),
        })
        .collect();
    let given: Vec<&str> = common.iter().take(3_000).map(|(_, w)| w.as_str()).collect();
    for (what, name, threshold) in [
        ("10,000 characters, random words", random, 0.7),
        ("10,000 characters, one word", "a".repeat(10_000), 0.7),
        (
            "10,000 characters, Chinese",
            "\u{738b}\u{4f1f}".repeat(5_000),
            0.7,
        ),
        ("the 64 commonest words", commonest.join(" "), 0.7),
        (
            "the 64 commonest words, every hit",
            commonest.join(" "),
            0.0,
        ),
        ("the 3,000 commonest words", given.join(" "), 0.7),
        (
            "two common words, every hit",
            "Mohammed Ali".to_owned(),
            0.0,
        ),
        (
            "particles alone",
            "al el bin ibn de la van der von of the".to_owned(),
            0.7,
        ),
        (
            "single letters",
            "a b c d e f g h i j k l m n o p".to_owned(),
            0.7,
        ),
        ("1,000 names in one field", "Ali / ".repeat(1_000), 0.7),
    ] {
        let options = Options {
            threshold,
            weak: true,
        };
        let query = Query::by_name(&name);
        let mut best = Duration::MAX;
        let mut last = Answer::default();
        for _ in 0..3 {
            let index = Index::open(index.to_bytes()).unwrap();
            index.screen(&Query::by_name("Warm Up"), &Options::default());
            let begun = cpu();
            last = index.screen(&query, &options);
            best = best.min(cpu() - begun);
        }
        println!(
            "{:<44} {:>10}   {} hits, {}",
            format!("{label}, {what}"),
            micros(best),
            last.hits.len(),
            last.partial.map_or("whole", |p| p.code())
        );
    }
}

/// A book of customers: how long its index takes, and how long a change of 500
/// entries of the lists.
fn customers() {
    let count = size("PORTCULLIS_BENCH_CUSTOMERS", 200_000);
    let label = format!("{count} customers");
    let begun = Instant::now();
    let mut builder = Builder::customers();
    let mut batch = Vec::new();
    for number in 0..count {
        batch.push(made_up::entity("customer", number, 0));
        if batch.len() == 16_384 || number + 1 == count {
            builder.extend(&batch);
            batch.clear();
        }
    }
    drop(batch);
    let file = std::env::temp_dir().join(format!("portcullis-book-{}", std::process::id()));
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    builder.write(&mut out).unwrap();
    drop(out);
    fact(
        &format!("{label}, index built"),
        format!("{:.1} s", begun.elapsed().as_secs_f64()),
    );
    fact(
        &format!("{label}, most memory to build"),
        format!("{} MiB", peak_memory()),
    );
    let bytes = bytes::Bytes::from(std::fs::read(&file).unwrap());
    std::fs::remove_file(&file).unwrap();
    fact(
        &format!("{label}, segment"),
        format!("{} MiB", bytes.len() >> 20),
    );
    let book = Index::open(bytes).unwrap();
    // The lists: half of them real entries where those are at hand.
    let mut listed: Vec<Entity> = (0..25_000)
        .map(|number| made_up::entity("list", number, 2))
        .collect();
    listed.extend(csl::entities().into_iter().flatten());
    let step = listed.len() / 500;
    let ids: Vec<String> = listed.iter().step_by(step).map(|e| e.id.clone()).collect();
    let changed: Vec<&str> = ids.iter().take(500).map(String::as_str).collect();
    let lists = Index::build(listed);
    let begun = Instant::now();
    let found = rescreen(&book, &lists, &changed, &Options::default());
    fact(
        &format!("{label}, {} entries changed", changed.len()),
        format!("{:.2} s", begun.elapsed().as_secs_f64()),
    );
    fact(
        "    screened in full, touched",
        format!("{}, {}", found.screened, found.touched.len()),
    );
    assert!(found.partial.is_none());
}

/// Writes files for the commands `screen` (50,000 rows: a third each as listed,
/// damaged and of nobody listed) and `compare` (50,000 pairs).
fn files(folder: &std::path::Path) {
    use std::io::Write;
    let (_, index) = index();
    let mut dice = Dice(50_000);
    let names: Vec<(String, PartyKind)> = index
        .entities()
        .flat_map(|e| {
            e.party
                .names
                .into_iter()
                .map(move |n| (n.text, e.party.kind))
        })
        .collect();
    let clean = clean_names(50_000);
    let create = |name: &str| {
        let file = std::fs::File::create(folder.join(name)).unwrap();
        std::io::BufWriter::new(file)
    };
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let (mut screen, mut pairs) = (create("screen.csv"), create("pairs.csv"));
    writeln!(screen, "id,name,type").unwrap();
    writeln!(pairs, "id,type,left,right").unwrap();
    for (number, nobody) in clean.iter().enumerate() {
        let (listed, kind) = &names[dice.below(names.len())];
        let hurt = damaged(listed, &mut dice);
        let (name, kind) = match number % 3 {
            0 => (listed, kind.as_str()),
            1 => (&hurt, kind.as_str()),
            _ => (nobody, "person"),
        };
        writeln!(screen, "{number},{},{kind}", quoted(name)).unwrap();
        let other = match number % 2 {
            0 => &hurt,
            _ => &names[dice.below(names.len())].0,
        };
        writeln!(
            pairs,
            "{number},{kind},{},{}",
            quoted(listed),
            quoted(other)
        )
        .unwrap();
    }
}

/// Writes what 20,000 questions are answered, one a line, to hold two versions
/// of the engine against each other: nothing but speed may differ.
fn answers(file: &str) {
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::io::Write;
    let (_, index) = index();
    let mut dice = Dice(4_711);
    let names: Vec<String> = index
        .entities()
        .flat_map(|e| e.party.names)
        .map(|n| n.text)
        .collect();
    let clean = clean_names(1_000);
    let kinds = [
        PartyKind::Unknown,
        PartyKind::Person,
        PartyKind::Organisation,
        PartyKind::Vessel,
    ];
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
    for number in 0..20_000 {
        let listed = &names[dice.below(names.len())];
        let name = match number % 8 {
            0 | 1 => listed.clone(),
            2 => format!("{} {listed}", clean[dice.below(clean.len())]),
            3 => clean[dice.below(clean.len())].clone(),
            4 => damaged(&damaged(listed, &mut dice), &mut dice),
            _ => damaged(listed, &mut dice),
        };
        let mut query = Query::by_name(&name);
        query.kind = kinds[dice.below(6).saturating_sub(2)];
        if dice.below(4) == 0 {
            query.countries.extend(Country::from_alpha2("RU"));
        }
        let options = Options {
            threshold: [0.7, 0.7, 0.7, 0.5, 0.85][dice.below(5)],
            weak: dice.below(5) == 0,
        };
        let answer = index.screen(&query, &options);
        let mut whole = DefaultHasher::new();
        format!("{:?}", answer.hits).hash(&mut whole);
        let hits = answer.hits.iter();
        let hits = hits.map(|h| format!("{} {} {}", h.entity_id, h.score, h.bits));
        let hits: Vec<String> = hits.collect();
        writeln!(
            out,
            "{name:?} {:?} {:016x} {}",
            query.kind,
            whole.finish(),
            hits.join("; ")
        )
        .unwrap();
    }
}

/// What this thread has used of a core: others use the machine too.
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn size(variable: &str, default: usize) -> usize {
    let set = std::env::var(variable).ok();
    set.and_then(|text| text.replace('_', "").parse().ok())
        .unwrap_or(default)
}

fn micros(duration: Duration) -> String {
    format!("{:.1} us", duration.as_secs_f64() * 1e6)
}

fn row(label: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let mean = times.iter().sum::<Duration>() / times.len() as u32;
    let worst = at(1.0);
    println!(
        "{label:<44} {:>10} {:>10} {:>10} {:>10}",
        micros(mean),
        micros(at(0.5)),
        micros(at(0.99)),
        micros(worst)
    );
}

fn fact(label: &str, value: String) {
    println!("{label:<44} {value:>10}");
}

/// The most memory this process has held, in MiB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap_or("");
    let kib: String = line.chars().filter(char::is_ascii_digit).collect();
    kib.parse().unwrap_or(0) / 1024
}

/// Memory that this process holds now, in MiB.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS"))
        .unwrap_or("");
    let kib: String = line.chars().filter(char::is_ascii_digit).collect();
    kib.parse().unwrap_or(0) / 1024
}

/// The fastest of three times of each query, each pass on a fresh index.
fn fastest(bytes: &bytes::Bytes, queries: &[Query]) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; queries.len()];
    for _ in 0..3 {
        let index = Index::open(bytes.clone()).unwrap();
        // The first query makes the working memory.
        index.screen(&Query::by_name("Warm Up"), &Options::default());
        for (query, best) in queries.iter().zip(&mut best) {
            let begun = cpu();
            let answer = index.screen(query, &Options::default());
            *best = (cpu() - begun).min(*best);
            std::hint::black_box::<Answer>(answer);
        }
    }
    best
}

fn queries(names: impl Iterator<Item = String>) -> Vec<Query> {
    names.map(|name| Query::by_name(&name)).collect()
}

/// What a query of the kind costs on the average, in the units of the bounds.
fn work(bytes: &bytes::Bytes, queries: &[Query]) {
    let index = Index::open(bytes.clone()).unwrap();
    let answers = queries.iter().map(|q| index.screen(q, &Options::default()));
    let answers: Vec<Answer> = answers.collect();
    let mean = |of: fn(&Answer) -> usize| answers.iter().map(of).sum::<usize>() / answers.len();
    println!(
        "    words {}, variants {}, postings {}, distances {}, alignments {}, hits {}",
        mean(|a| a.work.words),
        mean(|a| a.work.variants),
        mean(|a| a.work.postings),
        mean(|a| a.work.distances),
        mean(|a| a.work.alignments),
        mean(|a| a.hits.len())
    );
}

/// A third each: as listed, damaged, of nobody listed.
fn report(label: &str, bytes: &bytes::Bytes, listed: &[String], clean: &[String]) {
    let mut dice = Dice(20_261_122);
    let exact = queries(listed.iter().cloned());
    let hurt = queries(listed.iter().map(|n| damaged(n, &mut dice)));
    let clean = queries(clean.iter().take(listed.len()).cloned());
    let mut all = Vec::new();
    for (kind, queries) in [("exact", &exact), ("damaged", &hurt), ("clean", &clean)] {
        let times = fastest(bytes, queries);
        row(
            &format!("{label}, {kind} ({})", queries.len()),
            times.clone(),
        );
        work(bytes, queries);
        all.extend(times);
    }
    row(&format!("{label}, mixed"), all);
}

/// Every name against the query, as a plain scan does it.
fn scan(label: &str, names: &[String], asked: &[String]) {
    let lower: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
    let times = asked.iter().map(|name| {
        let begun = cpu();
        let name = name.to_lowercase();
        let scorer = rapidfuzz::distance::jaro_winkler::BatchComparator::new(name.chars());
        let args = rapidfuzz::distance::jaro_winkler::Args::default().score_cutoff(0.85);
        let near = lower
            .iter()
            .filter(|listed| scorer.similarity_with_args(listed.chars(), &args).is_some());
        std::hint::black_box(near.count());
        cpu() - begun
    });
    row(label, times.collect());
}

fn clean_names(count: usize) -> Vec<String> {
    let text = include_str!("../tests/it/clean_names.txt");
    let mut people = Vec::new();
    for line in text.lines().filter(|l| l.starts_with("person|")) {
        let parts: Vec<&str> = line.split('|').collect();
        for given in parts[1].split(' ') {
            for family in parts[2].split(' ') {
                people.push(format!("{given} {family}"));
            }
        }
    }
    let mut dice = Dice(7);
    (0..count)
        .map(|_| people[dice.below(people.len())].clone())
        .collect()
}

/// Taking a query's name apart, which every figure below holds.
fn prepare(label: &str, names: &[String]) {
    use portcullis_names::{Bearer, prepare_as_typed, prepare_for};
    let times = names.iter().map(|name| {
        let begun = cpu();
        let bearers = [Bearer::Organisation, Bearer::Person, Bearer::Object];
        for (bearer, folded) in bearers.into_iter().zip(prepare_for(name, &bearers)) {
            std::hint::black_box(prepare_as_typed(name, bearer, &folded));
        }
        cpu() - begun
    });
    row(label, times.collect());
}

/// The index of the lists at hand.
fn index() -> (&'static str, Index) {
    if let Ok(file) = std::env::var("PORTCULLIS_BENCH_SEGMENT") {
        return (
            "all lists",
            Index::open(std::fs::read(file).unwrap()).unwrap(),
        );
    }
    let entities = csl::entities();
    let label = match entities {
        Some(_) => "CSL",
        None => "made up, 25,921",
    };
    let entities =
        entities.unwrap_or_else(|| (0..25_921).map(|i| made_up::entity("list", i, 2)).collect());
    let begun = Instant::now();
    let index = Index::build(entities);
    fact(
        &format!("{label}, build"),
        format!("{:.2} s", begun.elapsed().as_secs_f64()),
    );
    (label, index)
}

fn lists() {
    let (label, index) = index();
    let bytes = index.to_bytes();
    fact(
        &format!("{label}, segment"),
        format!("{} MiB", bytes.len() >> 20),
    );
    let begun = Instant::now();
    std::hint::black_box(Index::open(bytes.clone()).unwrap());
    fact(
        &format!("{label}, open"),
        format!("{:.1} ms", begun.elapsed().as_secs_f64() * 1e3),
    );
    let names: Vec<String> = index
        .entities()
        .flat_map(|e| e.party.names)
        .map(|n| n.text)
        .collect();
    let listed: Vec<String> = names.iter().step_by(23).cloned().collect();
    prepare("taking names apart, three bearers", &listed);
    prepare("the same, clean names", &clean_names(listed.len()));
    report(label, &bytes, &listed, &clean_names(listed.len()));
    scan(
        &format!("{label}, Jaro-Winkler scan"),
        &names,
        &listed[..100],
    );
}

fn million() {
    let count = size("PORTCULLIS_BENCH_ENTITIES", 1_000_000);
    let begun = Instant::now();
    let mut builder = Builder::default();
    let mut batch = Vec::new();
    for number in 0..count {
        batch.push(made_up::entity("list", number, 1));
        if batch.len() == 16_384 || number + 1 == count {
            builder.extend(&batch);
            batch.clear();
        }
    }
    let file = std::env::temp_dir().join(format!("portcullis-bench-{}", std::process::id()));
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    builder.write(&mut out).unwrap();
    drop(out);
    let label = format!("{count} made up");
    fact(
        &format!("{label}, build"),
        format!("{:.1} s", begun.elapsed().as_secs_f64()),
    );
    fact(
        &format!("{label}, most memory to build"),
        format!("{} MiB", peak_memory()),
    );
    let before = memory();
    let bytes = bytes::Bytes::from(std::fs::read(&file).unwrap());
    std::fs::remove_file(&file).unwrap();
    let begun = Instant::now();
    let index = Index::open(bytes.clone()).unwrap();
    fact(
        &format!("{label}, open"),
        format!("{:.1} ms", begun.elapsed().as_secs_f64() * 1e3),
    );
    let step = (count / 1_000).max(1);
    let listed: Vec<String> = (0..count)
        .step_by(step)
        .map(|at| index.entity_at(at).unwrap().party.caption().to_owned())
        .collect();
    let mut dice = Dice(99);
    let clean: Vec<String> = (0..listed.len())
        .map(|_| made_up::name(&mut dice))
        .collect();
    report(&label, &bytes, &listed, &clean);
    fact(
        &format!("{label}, memory to answer"),
        format!("{} MiB", memory() - before),
    );
    let names: Vec<String> = index
        .entities()
        .flat_map(|e| e.party.names)
        .map(|n| n.text)
        .collect();
    scan(
        &format!("{label}, Jaro-Winkler scan"),
        &names,
        &listed[..20],
    );
}
