//! Whole answers for descriptions, reasons included, over the official
//! nomenclatures where they lie beside the checkout.

use divan::{Bencher, counter::ItemsCount};
use portcullis_controls::classify::{Classifier, Goods, GoodsWords, Precedents};
use portcullis_controls::nomenclature::Nomenclature;
use portcullis_formats::nomenclature::{Content, Limits, read};
use std::path::Path;

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/reference");
    if !shared.exists() {
        println!("skipped: {} is not here", shared.display());
        return;
    }
    divan::main();
}

fn table(name: &str) -> Nomenclature {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/reference");
    let bytes = std::fs::read(folder.join(name)).expect("a nomenclature");
    let reading = read(&bytes[..], &[2022], &Limits::default()).expect("a nomenclature");
    match reading.content {
        Content::Lines(lines) => Nomenclature::new(lines),
        Content::Changes(_) => panic!("a nomenclature is meant"),
    }
}

fn words() -> GoodsWords {
    let name = "controls/goods-words.toml";
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../policies")
        .join(name);
    let text = std::fs::read_to_string(path).expect("the words");
    let files = [(name.to_owned(), text)].into_iter().collect();
    GoodsWords::load(&files).expect("the words load")
}

const DESCRIPTIONS: [&str; 6] = [
    "ball bearings, stainless steel, for pumps",
    "ladies faux fur coat, size 12",
    "boots staydry pads maxi plus 1",
    "unmanned aircraft with thermal camera and autopilot module",
    "spare parts",
    "integrated circuit adc converter 16 bit 2.5 gsps radiation hardened",
];

/// From nomenclatures as they are stored to an engine that answers.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn build(bencher: Bencher) {
    let (hs, cn, words) = (
        table("harmonized-system.csv"),
        table("eu_cn_nomenclature_en.csv"),
        words(),
    );
    bencher.bench_local(|| Classifier::new(&hs, &[&cn], &words, &Precedents::default()));
}

#[divan::bench]
fn classification(bencher: Bencher) {
    let (hs, cn) = (
        table("harmonized-system.csv"),
        table("eu_cn_nomenclature_en.csv"),
    );
    let engine = Classifier::new(&hs, &[&cn], &words(), &Precedents::default());
    bencher
        .counter(ItemsCount::new(DESCRIPTIONS.len()))
        .bench_local(|| {
            let answers = DESCRIPTIONS.map(|description| {
                let goods = Goods {
                    description,
                    ..Goods::default()
                };
                engine.classify(&goods, 10).hs.len()
            });
            answers.into_iter().sum::<usize>()
        });
}
