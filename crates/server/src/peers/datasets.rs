//! Datasets: every list, every source, and collections of them.

use portcullis_policy::ListEffect;
use portcullis_store::SnapshotRow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// One dataset that can be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dataset {
    /// List code, source, or name of a collection.
    pub(crate) name: String,
    pub(crate) title: String,
    /// Codes of the lists in it.
    pub(crate) codes: BTreeSet<String>,
    /// Names of the datasets in it; empty for a list.
    pub(crate) children: Vec<String>,
    /// Entities on its lists; one on two lists counts twice.
    pub(crate) entities: u64,
    /// When the newest snapshot in it was imported: `20260731143000`.
    pub(crate) version: String,
    /// The same as a time: `2026-07-31T14:30:00`.
    pub(crate) updated: String,
}

/// What can be asked, of one list set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Datasets {
    all: Vec<Dataset>,
    /// Topics of each list code.
    topics: BTreeMap<String, &'static str>,
    /// When each list code was seen last.
    seen: BTreeMap<String, String>,
}

/// Names under which OpenSanctions publishes the same lists, so that clients
/// that ask for them by name go on working.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("us_ofac_sdn", "us-sdn"),
    ("us_ofac_cons", "us-ofac-cons"),
    ("us_trade_csl", "us-csl"),
    ("us_bis_denied", "us-dpl"),
    ("un_sc_sanctions", "un-sc"),
    ("ca_dfatd_sema_sanctions", "ca-sema"),
    ("eu_fsf", "eu-fsf"),
    ("gb_hmt_sanctions", "uk-sl"),
    ("gb_fcdo_sanctions", "uk-sl"),
    ("ch_seco_sanctions", "ch-seco"),
    ("au_dfat_sanctions", "au-dfat"),
    ("jp_meti_eul", "jp-meti"),
    ("all", "default"),
];

/// The topic of a list by what follows from it. A list of which policy says
/// nothing is taken for the gravest.
fn topic(effect: Option<ListEffect>) -> &'static str {
    match effect {
        Some(ListEffect::LicenceRequired) => "export.control",
        Some(ListEffect::NoLicenceExceptions) => "export.risk",
        Some(ListEffect::Information) => "poi",
        Some(ListEffect::Prohibited | ListEffect::FinancialOnly) | None => "sanction",
    }
}

impl Datasets {
    /// The datasets of the snapshots in use. `effects` say what follows from a
    /// list, `titles` what it is called.
    pub(crate) fn of(
        snapshots: &[SnapshotRow],
        effects: &BTreeMap<String, ListEffect>,
        titles: &dyn Fn(&str) -> Option<String>,
    ) -> Datasets {
        let mut datasets = Datasets::default();
        let mut lists: BTreeMap<&str, Dataset> = BTreeMap::new();
        let mut sources: Vec<Dataset> = Vec::new();
        for row in snapshots {
            let mut source = Dataset::new(&row.source, titles(&row.source), row);
            for (code, count) in &row.counts {
                source.codes.insert(code.clone());
                source.children.push(code.clone());
                source.entities += count;
                let list = lists.entry(code).or_insert_with(|| {
                    let mut list = Dataset::new(code, titles(code), row);
                    list.codes.insert(code.clone());
                    list
                });
                list.entities += count;
                list.newer(row);
            }
            sources.push(source);
        }
        for (code, list) in &lists {
            let effect = effects.get(*code).copied();
            datasets.topics.insert((*code).to_owned(), topic(effect));
            datasets
                .seen
                .insert((*code).to_owned(), list.updated.clone());
        }
        datasets.all.extend(lists.into_values());
        for source in sources {
            // A source with one list of its own name is that list.
            if !datasets.all.iter().any(|d| d.name == source.name) {
                datasets.all.push(source);
            }
        }
        datasets.collect();
        datasets
    }

    fn collect(&mut self) {
        let of = |wanted: &[&str]| {
            let own = |d: &&Dataset| {
                d.children.is_empty() && wanted.contains(&self.topic(&d.name).unwrap_or_default())
            };
            self.all.iter().filter(own).collect::<Vec<_>>()
        };
        let every = |d: &&Dataset| d.children.is_empty();
        let default: Vec<&Dataset> = self.all.iter().filter(every).collect();
        let collections = [
            ("default", "Every list in use", default),
            (
                "sanctions",
                "Lists that forbid dealing or block property",
                of(&["sanction"]),
            ),
            (
                "export-controls",
                "Lists that ask for a licence or care",
                of(&["export.control", "export.risk"]),
            ),
        ];
        let made: Vec<Dataset> = collections
            .into_iter()
            .map(|(name, title, of)| Dataset::collection(name, title, &of))
            .collect();
        self.all.extend(made);
    }

    /// Every dataset: lists, sources, collections.
    pub(crate) fn all(&self) -> &[Dataset] {
        &self.all
    }

    /// The dataset of a name, ours or the one under which clients know it.
    pub(crate) fn get(&self, name: &str) -> Option<&Dataset> {
        let find = |wanted: &str| self.all.iter().find(|d| d.name == wanted);
        let also = || {
            let known = ALSO_CALLED.iter().find(|(theirs, _)| *theirs == name);
            known.and_then(|(_, ours)| find(ours))
        };
        find(name)
            .or_else(also)
            .or_else(|| find(&name.replace('_', "-")))
    }

    /// The topic of a list.
    pub(crate) fn topic(&self, code: &str) -> Option<&'static str> {
        self.topics.get(code).copied()
    }

    /// When a list was seen last.
    pub(crate) fn seen(&self, code: &str) -> Option<&str> {
        self.seen.get(code).map(String::as_str)
    }
}

impl Dataset {
    fn new(name: &str, title: Option<String>, row: &SnapshotRow) -> Dataset {
        let mut dataset = Dataset {
            name: name.to_owned(),
            title: title.unwrap_or_else(|| name.to_owned()),
            ..Dataset::default()
        };
        dataset.newer(row);
        dataset
    }

    fn collection(name: &str, title: &str, of: &[&Dataset]) -> Dataset {
        let newest = of.iter().max_by(|a, b| a.version.cmp(&b.version));
        Dataset {
            name: name.to_owned(),
            title: title.to_owned(),
            codes: of.iter().flat_map(|d| d.codes.clone()).collect(),
            children: of.iter().map(|d| d.name.clone()).collect(),
            entities: of.iter().map(|d| d.entities).sum(),
            version: newest.map(|d| d.version.clone()).unwrap_or_default(),
            updated: newest.map(|d| d.updated.clone()).unwrap_or_default(),
        }
    }

    fn newer(&mut self, row: &SnapshotRow) {
        let at = row.recorded_at.to_zoned(jiff::tz::TimeZone::UTC);
        let version = at.strftime("%Y%m%d%H%M%S").to_string();
        if version > self.version {
            self.version = version;
            self.updated = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        }
    }
}

/// Which lists count for one request; `None` = all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Within(Option<HashSet<String>>);

impl Within {
    /// The lists of a dataset, narrowed and diminished. A name that is not
    /// known is told as an error: to leave it out would look like an answer.
    pub(crate) fn new<'n>(
        datasets: &Datasets,
        dataset: &Dataset,
        include: impl Iterator<Item = &'n str>,
        exclude: impl Iterator<Item = &'n str>,
    ) -> Result<Within, String> {
        let mut include = include.peekable();
        let mut exclude = exclude.peekable();
        let whole = dataset.name == "default";
        if whole && include.peek().is_none() && exclude.peek().is_none() {
            return Ok(Within(None));
        }
        let mut codes: HashSet<String> = dataset.codes.iter().cloned().collect();
        let known = |name: &str| datasets.get(name).ok_or_else(|| name.to_owned());
        if include.peek().is_some() {
            let mut wanted = HashSet::new();
            for name in include {
                wanted.extend(known(name)?.codes.iter().cloned());
            }
            codes.retain(|code| wanted.contains(code));
        }
        for name in exclude {
            for code in &known(name)?.codes {
                codes.remove(code);
            }
        }
        Ok(Within(Some(codes)))
    }

    /// The lists that count, in words; `None` where all do.
    pub(crate) fn said(&self) -> Option<String> {
        let mut codes: Vec<&str> = self.0.as_ref()?.iter().map(String::as_str).collect();
        codes.sort_unstable();
        Some(format!("lists {}", codes.join(", ")))
    }

    /// Whether one of these lists counts.
    pub(crate) fn any(&self, codes: &[String]) -> bool {
        match &self.0 {
            None => true,
            Some(wanted) => codes.iter().any(|code| wanted.contains(code)),
        }
    }
}
