#![allow(missing_docs, clippy::unwrap_used)]
#[path = "../tests/it/csl.rs"]
mod csl;
use portcullis_screening::*;
use std::time::Instant;
fn main() {
    let e = csl::entities().unwrap();
    let t = Instant::now();
    let index = Index::build(e);
    eprintln!("build {:?} names {}", t.elapsed(), index.name_count());
    let t = Instant::now();
    let b = index.to_bytes();
    eprintln!("bytes {} {:?}", b.len(), t.elapsed());
    let t = Instant::now();
    let i2 = Index::open(&b).unwrap();
    eprintln!("open {:?} {}", t.elapsed(), i2 == index);
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    let t0 = Instant::now();
    let (mut alerts, mut n) = (0, 0);
    let verbose = std::env::args().nth(1).is_some();
    let mut worst = (std::time::Duration::ZERO, String::new());
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (kind, name) = line.split_once('\t').unwrap_or(("", line));
        let mut q = Query::by_name(name);
        q.kind = portcullis_domain::PartyKind::parse(kind).unwrap();
        let t = Instant::now();
        let hits = index.screen(&q, &Options::default());
        let d = t.elapsed();
        if d > worst.0 {
            worst = (d, name.to_owned());
        }
        n += 1;
        if !hits.is_empty() {
            alerts += 1;
        }
        if verbose {
            println!("{name}: {} hits {d:?}", hits.len());
            for h in hits.iter().take(3) {
                println!(
                    "   {} {} {:?} {:?} [{}] {:?}",
                    h.score,
                    h.bits,
                    h.strong,
                    h.kind,
                    h.matched_name,
                    h.reasons
                        .iter()
                        .map(|r| r.text.as_str())
                        .collect::<Vec<_>>()
                );
            }
        }
    }
    eprintln!(
        "{n} queries, {alerts} alerted, mean {:?} worst {:?}",
        t0.elapsed() / n.max(1),
        worst
    );
}
