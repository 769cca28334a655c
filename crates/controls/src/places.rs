//! Where: country groups, the sets that entries name in words, and the country chart.

use crate::country_set::{CountrySet, PLACES, country, index};
use crate::eccn::EntryNumber;
use crate::predicate::Predicate;
use crate::requirement::{Place, Requirement, paragraphs};
use crate::table::{self, Table, words};
use portcullis_domain::{Citation, Country, Truth};
use portcullis_policy::{Document, PolicyFiles, Problem, Row};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Country groups by their id (`D:5`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups(BTreeMap<String, CountrySet>);

impl Groups {
    /// Reads the groups table; a place that shares another's row shares its groups.
    fn read(
        document: &Document,
        same_as: &[(Country, Country)],
        problems: &mut Vec<Problem>,
    ) -> Groups {
        let mut groups = BTreeMap::new();
        for row in document.rows("groups", problems) {
            let members = table::countries(&row, "members", problems);
            let shared = same_as.iter().filter(|(_, of)| members.contains(*of));
            let dependent: CountrySet = shared.map(|(place, _)| *place).collect();
            groups.insert(row.id().to_owned(), members.union(dependent));
        }
        Groups(groups)
    }

    /// Members of any of the groups; the error names a group that is none.
    pub(crate) fn members(&self, ids: &str) -> Result<CountrySet, String> {
        let mut set = CountrySet::default();
        for id in ids.split_whitespace() {
            let group = self.0.get(id);
            set = set.union(*group.ok_or_else(|| format!("'{id}' is not a country group"))?);
        }
        Ok(set)
    }
}

/// Destinations that entries name in words.
#[derive(Clone, Debug)]
pub(crate) struct DestinationSet {
    /// Its id.
    pub(crate) id: String,
    /// Where it is defined.
    pub(crate) citation: Citation,
    /// Its members.
    members: CountrySet,
    /// Whether membership alone decides.
    certain: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSet {
    id: String,
    cite: String,
    #[serde(default)]
    all: bool,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    not_groups: String,
    #[serde(default)]
    also: String,
    #[serde(default)]
    not: String,
    #[serde(default = "yes")]
    certain: bool,
}

fn yes() -> bool {
    true
}

impl RawSet {
    fn build(self, groups: &Groups) -> Result<DestinationSet, String> {
        let all = if self.all {
            CountrySet::all()
        } else {
            CountrySet::default()
        };
        let grouped = all.union(groups.members(&self.groups)?);
        let members = grouped
            .minus(groups.members(&self.not_groups)?)
            .union(CountrySet::parse(&self.also)?)
            .minus(CountrySet::parse(&self.not)?);
        Ok(DestinationSet {
            id: self.id,
            citation: Citation(self.cite),
            members,
            certain: self.certain,
        })
    }
}

/// What the chart has for a country.
#[derive(Clone, Debug, Default)]
enum ChartRow {
    /// No row, and none that the rules say to use.
    #[default]
    None,
    /// The row points to another part; its emptiness allows nothing.
    Elsewhere,
    /// Marks by column, and the numbers of the footnotes.
    Marks(u32, Vec<u8>),
}

/// Chart, groups and sets: everything that depends on the destination.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The chart's own head.
    pub(crate) chart: Table,
    /// The groups' own head.
    pub(crate) groups_table: Table,
    /// Country groups.
    pub(crate) groups: Groups,
    /// The territory inside which nothing is exported.
    pub(crate) territory: CountrySet,
    columns: Vec<String>,
    sets: Vec<DestinationSet>,
    rows: Vec<ChartRow>,
    footnotes: Vec<Footnote>,
}

/// A footnote of the chart and what it asks of which entry.
#[derive(Clone, Debug)]
struct Footnote {
    number: u8,
    citation: Citation,
    rows: Vec<(EntryNumber, Requirement)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCountry {
    id: String,
    marks: String,
    #[serde(default)]
    notes: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFootnote {
    eccn: String,
    reason: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    except: String,
    #[serde(default)]
    prose: bool,
}

impl Places {
    /// Reads `us-country-chart.toml` and `us-country-groups.toml`.
    pub(crate) fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<Places> {
        let chart_file = table::open(files, "us-country-chart.toml", problems)?;
        let groups_file = table::open(files, "us-country-groups.toml", problems)?;
        let (chart, _) = Table::read(&chart_file, "table", problems)?;
        let (groups_table, _) = Table::read(&groups_file, "table", problems)?;
        let columns = words(chart_file.root(), "columns");
        if columns.is_empty() || columns.len() > 32 {
            let text = "the chart must have 1 to 32 columns";
            problems.push(Problem::of_file(chart_file.path(), text));
        }
        let same_as = pairs(&chart_file, "same_as", problems);
        let groups = Groups::read(&groups_file, &same_as, problems);
        let sets = read_sets(&groups_file, &groups, problems);
        let rows = read_rows(&chart_file, &columns, &same_as, problems);
        Some(Places {
            chart,
            groups_table,
            territory: table::countries(chart_file.root(), "territory", problems),
            footnotes: read_footnotes(&chart_file, problems),
            groups,
            columns,
            sets,
            rows,
        })
    }

    /// The place that a row of an entry names: a column or a set.
    pub(crate) fn place(&self, column: &str, set: &str) -> Result<Place, String> {
        let found = if set.is_empty() {
            let at = self.columns.iter().position(|c| c == column);
            at.and_then(|at| u8::try_from(at).ok()).map(Place::Column)
        } else {
            let at = self.sets.iter().position(|s| s.id == set);
            at.and_then(|at| u16::try_from(at).ok()).map(Place::Set)
        };
        found.ok_or_else(|| format!("'{column}{set}' is neither a chart column nor a set"))
    }

    /// Whether the requirement's place takes in the country. Unknown where the
    /// chart has no row for it, points elsewhere, or a set adds a condition.
    pub(crate) fn takes_in(&self, place: Place, country: Country) -> Truth {
        match place {
            Place::Here => Truth::True,
            Place::Column(column) => match &self.rows[index(country)] {
                ChartRow::Marks(marks, _) => Truth::from(marks >> column & 1 == 1),
                ChartRow::None | ChartRow::Elsewhere => Truth::Unknown,
            },
            Place::Set(at) => match self.sets.get(usize::from(at)) {
                Some(set) if !set.members.contains(country) => Truth::False,
                Some(set) if set.certain => Truth::True,
                _ => Truth::Unknown,
            },
        }
    }

    /// Whether the chart has a row of its own for the country, or one to use.
    pub(crate) fn has_row(&self, country: Country) -> bool {
        !matches!(self.rows[index(country)], ChartRow::None)
    }

    /// What the footnotes of the country's row ask of an entry.
    pub(crate) fn footnotes(
        &self,
        country: Country,
        entry: EntryNumber,
    ) -> impl Iterator<Item = (&Requirement, &Citation)> {
        let notes: &[u8] = match &self.rows[index(country)] {
            ChartRow::Marks(_, notes) => notes,
            _ => &[],
        };
        let of_row = self.footnotes.iter().filter(|f| notes.contains(&f.number));
        of_row.flat_map(move |footnote| {
            let asked = footnote.rows.iter().filter(move |(of, _)| *of == entry);
            asked.map(|(_, requirement)| (requirement, &footnote.citation))
        })
    }

    /// Where a requirement's place is defined.
    pub(crate) fn citation(&self, place: Place) -> Citation {
        match place {
            Place::Set(at) => match self.sets.get(usize::from(at)) {
                Some(set) => set.citation.clone(),
                None => self.groups_table.citation(),
            },
            Place::Column(_) | Place::Here => self.chart.citation(),
        }
    }
}

fn pairs(document: &Document, key: &str, problems: &mut Vec<Problem>) -> Vec<(Country, Country)> {
    let Some(row) = document.table(key, problems) else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for place in row.keys() {
        let both = country(place).and_then(|p| Ok((p, country(row.text(place).unwrap_or(""))?)));
        pairs.extend(table::take(both, &row, place, problems));
    }
    pairs
}

fn read_sets(
    document: &Document,
    groups: &Groups,
    problems: &mut Vec<Problem>,
) -> Vec<DestinationSet> {
    let rows = document.rows("sets", problems);
    rows.iter()
        .filter_map(|row| {
            let raw: RawSet = table::read(row, problems)?;
            table::take(raw.build(groups), row, "id", problems)
        })
        .collect()
}

fn read_rows(
    document: &Document,
    columns: &[String],
    same_as: &[(Country, Country)],
    problems: &mut Vec<Problem>,
) -> Vec<ChartRow> {
    let mut rows = vec![ChartRow::None; PLACES];
    for row in document.rows("countries", problems) {
        let Some(raw) = table::read::<RawCountry>(&row, problems) else {
            continue;
        };
        let built = country(&raw.id).and_then(|c| Ok((c, marks(&raw.marks, columns)?)));
        if let Some((place, marks)) = table::take(built, &row, "id", problems) {
            if !matches!(rows[index(place)], ChartRow::None) {
                problems.push(row.problem("the country has a row already"));
            }
            rows[index(place)] = ChartRow::Marks(marks, raw.notes);
        }
    }
    if let Some(elsewhere) = document.table("elsewhere", problems) {
        for code in elsewhere.keys() {
            if let Some(place) = table::take(country(code), &elsewhere, code, problems) {
                rows[index(place)] = ChartRow::Elsewhere;
            }
        }
    }
    for (place, of) in same_as {
        rows[index(*place)] = rows[index(*of)].clone();
    }
    rows
}

fn marks(text: &str, columns: &[String]) -> Result<u32, String> {
    text.split_whitespace().try_fold(0, |marks, word| {
        let at = columns.iter().position(|c| c == word);
        at.map(|at| marks | 1 << at)
            .ok_or_else(|| format!("'{word}' is not a column of the chart"))
    })
}

fn read_footnotes(document: &Document, problems: &mut Vec<Problem>) -> Vec<Footnote> {
    let mut footnotes = Vec::new();
    for row in document.rows("footnotes", problems) {
        #[derive(Deserialize)]
        struct Head {
            note: u8,
            cite: String,
        }
        let Some(head) = table::read::<Head>(&row, problems) else {
            continue;
        };
        let asked = row.rows("rows", problems);
        let rows = asked
            .iter()
            .filter_map(|asked| footnote_row(asked, problems));
        footnotes.push(Footnote {
            number: head.note,
            citation: Citation(head.cite),
            rows: rows.collect(),
        });
    }
    footnotes
}

fn footnote_row(row: &Row, problems: &mut Vec<Problem>) -> Option<(EntryNumber, Requirement)> {
    let raw: RawFootnote = table::read(row, problems)?;
    let entry =
        EntryNumber::parse(&raw.eccn).ok_or_else(|| format!("'{}' is not an ECCN", raw.eccn));
    let built = entry.and_then(|entry| {
        let requirement = Requirement {
            label: raw.reason.clone(),
            reason: raw.reason.clone(),
            place: Place::Here,
            only: paragraphs(&raw.only)?,
            except: paragraphs(&raw.except)?,
            prose: raw.prose,
            condition: raw
                .prose
                .then(|| Predicate::Term(format!("condition of the footnote for {}", raw.eccn))),
        };
        Ok((entry, requirement))
    });
    table::take(built, row, "eccn", problems)
}
