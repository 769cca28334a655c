//! The tables together, and the facts they give about each line of goods.

use crate::case_file;
use crate::ccl::ControlList;
use crate::codes::Codes;
use crate::documents::Documents;
use crate::eccn::Declared;
use crate::embargo::{self, Region, Rule};
use crate::exceptions::{self, Exception, Restriction};
use crate::goods::{Goods, HsLists, is_digits};
use crate::informed::Informed;
use crate::law::{self, CnLists, EndUses, Law};
use crate::list_regime::{self, ListRegime, Numbers, OnList};
use crate::places::Places;
use crate::table::{self, Table};
use crate::us;
use crate::us::prohibitions::Prohibition;
use crate::us::subject::Subject;
use crate::us::uses::Uses;
use portcullis_domain::{Country, Date, Movement, RuleHead, Transaction, Truth};
use portcullis_policy::{Coverage, Installation, ItemControl, PolicyFiles, Problem, Row};
use std::collections::BTreeMap;

/// Files of law that carry cases.
const LAW_FILES: [&str; 5] = [
    "eu-law.toml",
    "eu-authorisations.toml",
    "uk-law.toml",
    "uk-authorisations.toml",
    "humanitarian.toml",
];

/// Every control table, checked and compiled for look-up.
#[derive(Clone, Debug)]
pub struct Controls {
    pub(crate) list: ControlList,
    pub(crate) places: Places,
    pub(crate) us: UsExport,
    pub(crate) high_priority: HighPriority,
    pub(crate) lists: HsLists,
    pub(crate) eu: ListRegime,
    pub(crate) uk: ListRegime,
    /// Articles, goods rules and authorisations of the European Union.
    pub(crate) eu_law: Law,
    /// The same of the United Kingdom.
    pub(crate) uk_law: Law,
    /// End uses that rules ask about.
    pub(crate) uses: EndUses,
    /// Letters by which authorities informed.
    pub(crate) informed: Informed,
    /// Lists of eight-digit codes.
    pub(crate) cn_lists: CnLists,
    pub(crate) numbers: Numbers,
    pub(crate) documents: Documents,
    pub(crate) codes: Codes,
    /// Whose law binds; where it cannot be read (policy says why), every law does.
    installation: Option<Installation>,
}

/// What the United States' export rules need beside list and chart.
#[derive(Clone, Debug)]
pub(crate) struct UsExport {
    /// What is subject.
    pub(crate) scope: RuleHead,
    /// What of the scope is not assessed in this version, in words.
    pub(crate) not_assessed: String,
    /// Coverage of the exceptions.
    pub(crate) coverage: Coverage,
    /// The exceptions of Part 740.
    pub(crate) exceptions: Vec<Exception>,
    /// General restrictions on them.
    pub(crate) restrictions: Vec<Restriction>,
    /// The rule by which a listed party shuts them out.
    pub(crate) refused_cite: String,
    /// Embargoes and rules by destination.
    pub(crate) rules: Vec<Rule>,
    /// Regions under embargo.
    pub(crate) regions: Vec<Region>,
    /// The days for which embargoes are held.
    pub(crate) embargo_coverage: Coverage,
    /// What makes a foreign-made item subject.
    pub(crate) subject: Subject,
    /// End uses, end users, affiliates.
    pub(crate) uses: Uses,
    /// The general prohibitions.
    pub(crate) prohibitions: Vec<Prohibition>,
}

/// The Common High Priority List.
#[derive(Clone, Debug)]
pub(crate) struct HighPriority {
    /// Its head.
    pub(crate) table: Table,
    tiers: BTreeMap<String, String>,
}

/// What the country chart answers for one control number and destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartAnswer {
    /// Whether the list has the entry at all.
    pub known: bool,
    /// Requirements that hold.
    pub required: u16,
    /// Requirements that the paragraph, a condition in words or the
    /// destination leaves open.
    pub open: u16,
}

impl Controls {
    /// Reads and checks every file under `controls/`. Errors: what is
    /// wrong with them, with file and line; a file whose head cannot be read
    /// hides the files after it.
    pub fn load(files: &PolicyFiles) -> Result<Controls, Vec<Problem>> {
        let mut problems = Vec::new();
        let controls = Controls::read(files, &mut problems);
        if let Some(controls) = controls.as_ref().filter(|_| problems.is_empty()) {
            controls.own_cases(files, &mut problems);
        }
        match controls {
            Some(controls) if problems.is_empty() => Ok(controls),
            _ => Err(problems),
        }
    }

    /// Runs the cases that the files of law carry; one that fails refuses them.
    fn own_cases(&self, files: &PolicyFiles, problems: &mut Vec<Problem>) {
        for name in LAW_FILES {
            let Some(document) = table::open(files, name, problems) else {
                continue;
            };
            let cases = case_file::cases(&document, problems);
            if cases.is_empty() {
                problems.push(Problem::of_file(document.path(), "carries no case"));
            }
            problems.extend(cases.iter().filter_map(|case| case.check(self)));
        }
    }

    fn read(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<Controls> {
        // Checked with the rest; whoever reads nomenclatures loads it for itself.
        crate::nomenclature::Editions::read(files, problems)?;
        crate::classify::GoodsWords::read(files, problems)?;
        let high_priority = HighPriority::load(files, problems)?;
        let id = high_priority.table.head.id.clone();
        let lists = HsLists::from([(id, high_priority.tiers.clone())]);
        let places = Places::load(files, problems)?;
        let list = ControlList::load(files, &places, problems)?;
        let numbers = list_regime::numbers(files, problems)?;
        let eu = ListRegime::load(files, "eu-export.toml", &numbers, problems)?;
        let uk = ListRegime::load(files, "uk-export.toml", &numbers, problems)?;
        let uses = EndUses::read(&table::open(files, "end-uses.toml", problems)?, problems);
        let cn_lists = law::cn_lists(files, "eu-export-ban-2023-01.toml", problems)?;
        let beside = |first| [first, "control-sets.toml", "humanitarian.toml"];
        let known = (&lists, &cn_lists, &uses);
        let eu_files = beside("eu-authorisations.toml");
        let uk_files = beside("uk-authorisations.toml");
        let eu_law = Law::load(files, "eu-law.toml", &eu_files, known, problems)?;
        let uk_law = Law::load(files, "uk-law.toml", &uk_files, known, problems)?;
        Some(Controls {
            us: UsExport::load(files, &places, &lists, problems)?,
            documents: Documents::load(files, problems)?,
            codes: Codes::load(files, &places, problems)?,
            installation: Installation::load(files).ok(),
            list,
            places,
            high_priority,
            lists,
            eu,
            uk,
            eu_law,
            uk_law,
            informed: Informed::load(files, problems),
            uses,
            cn_lists,
            numbers,
        })
    }

    /// The tier of a six-digit code on the Common High Priority List, whatever
    /// the day.
    pub fn high_priority_tier(&self, hs6: &str) -> Option<&str> {
        self.high_priority.tiers.get(hs6).map(String::as_str)
    }

    /// The control facts of each line, in order, for the rules of policy.
    /// `known` is the day up to which knowledge is used.
    pub fn items(&self, transaction: &Transaction, as_of: Date, known: Date) -> Vec<ItemControl> {
        let all = Goods::all(transaction);
        all.iter()
            .map(|goods| self.facts(goods, transaction.movement, as_of, known))
            .collect()
    }

    fn facts(
        &self,
        goods: &Goods<'_>,
        movement: Movement,
        as_of: Date,
        known: Date,
    ) -> ItemControl {
        let tier = self.tier(goods, as_of, known);
        let readable = self.codes.tariff(goods, movement).is_none();
        let comparable = goods.hs6.is_some() && self.high_priority.table.covers(as_of, known);
        let high_priority = if comparable {
            Truth::from(tier.is_some())
        } else if goods.is_intangible(movement) && goods.hs6.is_none() {
            Truth::False
        } else {
            Truth::Unknown
        };
        let us = self.listed_in_us(goods, as_of, known);
        let others = self.listed_elsewhere(goods, as_of, known);
        let (mut controlled, reasons) = us.unwrap_or((Truth::False, Vec::new()));
        // Nothing declared: the tariff code alone tells, unless it is one that
        // is often controlled or cannot be read.
        if goods.eccn.is_none() && (high_priority != Truth::False || !readable) {
            controlled = Truth::Unknown;
        }
        ItemControl {
            high_priority,
            tier: tier.map(str::to_owned),
            controlled: controlled.or(others),
            reasons,
        }
    }

    /// The tier of the line's code on the high-priority list.
    pub(crate) fn tier(&self, goods: &Goods<'_>, as_of: Date, known: Date) -> Option<&str> {
        let hs6 = goods
            .hs6
            .filter(|_| self.high_priority.table.covers(as_of, known))?;
        self.high_priority.tiers.get(hs6).map(String::as_str)
    }

    /// The notes for exporters of the laws held here: rule, note.
    pub fn notes(&self) -> impl Iterator<Item = (&RuleHead, &str)> {
        self.eu_law.notes().chain(self.uk_law.notes())
    }

    /// The letters by which authorities informed.
    pub fn informed(&self) -> &Informed {
        &self.informed
    }

    fn listed_in_us(
        &self,
        goods: &Goods<'_>,
        as_of: Date,
        known: Date,
    ) -> Option<(Truth, Vec<String>)> {
        let (_, declared) = goods.eccn.as_ref()?;
        let (number, paragraph) = match declared {
            Declared::Unlisted => return Some((Truth::False, Vec::new())),
            Declared::Malformed => return Some((Truth::Unknown, Vec::new())),
            Declared::Entry(number, paragraph) => (number, paragraph),
        };
        let entry = self
            .list
            .entry(*number)
            .filter(|_| self.list.table.covers(as_of, known));
        let Some(entry) = entry else {
            return Some((Truth::Unknown, Vec::new()));
        };
        let controlled = Truth::from(self.list.weighs(entry, paragraph));
        Some((controlled, self.list.reasons(entry, paragraph)))
    }

    fn listed_elsewhere(&self, goods: &Goods<'_>, as_of: Date, known: Date) -> Truth {
        let binding = [&self.eu, &self.uk].into_iter().filter(|regime| {
            let law = &regime.table.head.jurisdiction;
            let binds = self
                .installation
                .as_ref()
                .is_none_or(|here| here.binds(law));
            binds && regime.table.covers(as_of, known)
        });
        let each = binding.map(|regime| match regime.on_list(goods, &self.numbers) {
            OnList::Yes(_) => Truth::True,
            OnList::NoSuchNumber(_) => Truth::Unknown,
            OnList::NotDeclared => Truth::False,
        });
        each.fold(Truth::False, Truth::or)
    }

    /// What the country chart, the sets of destinations and the footnotes say
    /// of one control number and one destination. Nothing is allocated.
    pub fn chart(&self, eccn: &str, destination: Country) -> ChartAnswer {
        let mut answer = ChartAnswer {
            known: false,
            required: 0,
            open: 0,
        };
        let Declared::Entry(number, paragraph) = Declared::parse(eccn) else {
            return answer;
        };
        let Some(entry) = self.list.entry(number) else {
            return answer;
        };
        answer.known = true;
        for need in entry.needs(number, &paragraph, destination, &self.places) {
            match need.holds {
                Truth::True => answer.required += 1,
                _ => answer.open += 1,
            }
        }
        answer
    }
}

impl Controls {
    /// What the chart says of one control number and destination, and how many
    /// licence exceptions list, groups and reasons leave open for it.
    pub fn chart_and_exceptions(&self, eccn: &str, destination: Country) -> (ChartAnswer, u16) {
        let chart = self.chart(eccn, destination);
        let Declared::Entry(number, paragraph) = Declared::parse(eccn) else {
            return (chart, 0);
        };
        let Some(entry) = self
            .list
            .entry(number)
            .filter(|_| chart.required + chart.open > 0)
        else {
            return (chart, 0);
        };
        let needs = || entry.needs(number, &paragraph, destination, &self.places);
        let open = |exception: &&Exception| {
            exception.left_open(entry, destination, || {
                needs().map(|need| need.requirement.reason.as_str())
            })
        };
        let count = self.us.exceptions.iter().filter(open).count();
        (chart, u16::try_from(count).unwrap_or(u16::MAX))
    }
}

impl HighPriority {
    fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<HighPriority> {
        let document = table::open(files, "chpl.toml", problems)?;
        let (table, _) = Table::read(&document, "table", problems)?;
        let rows = document.table("tiers", problems)?;
        let mut tiers = BTreeMap::new();
        for tier in rows.keys() {
            for code in rows.text(tier).unwrap_or("").split_whitespace() {
                if !is_digits(code) || code.len() != 6 {
                    problems.push(rows.problem_at(tier, format!("'{code}' is not six digits")));
                }
                if tiers.insert(code.to_owned(), tier.to_owned()).is_some() {
                    problems.push(rows.problem_at(tier, format!("'{code}' stands twice")));
                }
            }
        }
        Some(HighPriority { table, tiers })
    }
}

impl UsExport {
    fn load(
        files: &PolicyFiles,
        places: &Places,
        lists: &HsLists,
        problems: &mut Vec<Problem>,
    ) -> Option<UsExport> {
        let document = table::open(files, "us-export.toml", problems)?;
        let embargoes = table::open(files, "us-embargoes.toml", problems)?;
        let scopes = document.rows("scope", problems);
        let Some(scope_row) = scopes.first() else {
            let text = "[[scope]] is missing";
            problems.push(Problem::of_file(document.path(), text));
            return None;
        };
        let scope = scope_row.dated().map_err(|p| problems.extend(p)).ok()?;
        let refused = document.table("refused", problems);
        let text = |row: Option<&Row>, key: &str| -> String {
            row.and_then(|row| row.text(key))
                .unwrap_or_default()
                .to_owned()
        };
        Some(UsExport {
            not_assessed: text(Some(scope_row), "not_assessed"),
            scope: scope.head,
            coverage: document.coverage().map_err(|p| problems.extend(p)).ok()?,
            exceptions: exceptions::read(&document, places, problems),
            restrictions: exceptions::restrictions(&document, places, problems),
            refused_cite: text(refused.as_ref(), "cite"),
            rules: embargo::rules(&embargoes, lists, problems),
            regions: embargo::regions(&embargoes, problems),
            embargo_coverage: embargoes.coverage().map_err(|p| problems.extend(p)).ok()?,
            subject: Subject::load(files, places, problems)?,
            uses: Uses::load(files, places, problems)?,
            prohibitions: us::prohibitions::load(files, problems)?,
        })
    }
}
