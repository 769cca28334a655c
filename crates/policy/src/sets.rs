//! Named sets of countries, codes and words, and maps from a key to such a
//! set: dated and cited data that conditions name as `sets.NAME` and
//! `maps.NAME[key]`. Several rows may carry one name for different days.

use crate::{DatedRow, Document, PolicyFiles, Problem, Row, scan, unique_ids, words};
use portcullis_domain::{Country, Date, RuleHead};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What the members of a set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    /// ISO 3166-1 alpha-2 codes.
    Countries,
    /// Codes, compared as written.
    Codes,
    /// Words and phrases of free text, found at word borders in any case.
    Words,
}

/// One version of a set.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextSet {
    members: HashSet<String>,
    /// Folded, with a space at either end.
    phrases: Vec<String>,
}

impl TextSet {
    pub fn new(members: impl IntoIterator<Item = String>) -> TextSet {
        let members: HashSet<String> = members.into_iter().collect();
        let mut phrases: Vec<String> = members.iter().map(|m| words::fold(m)).collect();
        phrases.retain(|p| !p.is_empty());
        phrases.sort();
        TextSet { members, phrases }
    }

    pub fn contains(&self, member: &str) -> bool {
        self.members.contains(member)
    }

    /// Whether the text names one of the phrases at word borders.
    pub fn mentioned_in(&self, text: &str) -> bool {
        let folded = words::fold(text);
        self.phrases.iter().any(|phrase| folded.contains(phrase))
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }
}

/// One version of a map.
pub(crate) type TextMap = HashMap<String, Vec<String>>;

#[derive(Clone, Debug)]
struct Named<T> {
    name: String,
    versions: Vec<(RuleHead, T)>,
}

/// A set as the policy browser shows it.
#[derive(Clone, Debug)]
pub struct SetInfo {
    /// Citation, dates and title of this version.
    pub head: RuleHead,
    /// The name under which conditions use it.
    pub name: String,
    /// Its members, in order.
    pub members: Vec<String>,
    /// File and line.
    pub place: String,
}

/// All sets and maps of a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sets {
    sets: Vec<Named<TextSet>>,
    maps: Vec<Named<TextMap>>,
    pub infos: Vec<SetInfo>,
}

/// The versions in force on one day, by position.
pub(crate) struct SetsAt<'p> {
    sets: Vec<Option<&'p TextSet>>,
    maps: Vec<Option<&'p TextMap>>,
    dialling: Option<usize>,
}

impl<'p> SetsAt<'p> {
    pub fn set(&self, at: usize) -> Option<&'p TextSet> {
        self.sets.get(at).copied().flatten()
    }

    pub fn map(&self, at: usize) -> Option<&'p TextMap> {
        self.maps.get(at).copied().flatten()
    }

    /// The map of dialling codes, which the facts of parties are built with.
    pub fn map_named(&self, name: &str) -> Option<Dialling<'p>> {
        let map = self.map(self.dialling.filter(|_| name == "dialling")?)?;
        Some(Dialling(map))
    }
}

/// The map of dialling codes.
pub(crate) struct Dialling<'p>(&'p TextMap);

impl<'p> Dialling<'p> {
    pub fn get(&self, prefix: &str) -> Option<&'p [String]> {
        self.0.get(prefix).map(Vec::as_slice)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSet {
    #[serde(rename = "id")]
    _id: String,
    name: Option<String>,
    of: Of,
    #[serde(default)]
    members: Vec<String>,
    /// Ids of further sets whose members are members, too.
    #[serde(default)]
    include: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMap {
    #[serde(rename = "id")]
    _id: String,
    name: Option<String>,
    of: Of,
    entries: BTreeMap<String, Vec<String>>,
}

/// Sets are facts for rules, not law of their own, unless they say whose.
const CLASS: &str = "facts";

impl Sets {
    /// The folder they are read from.
    pub const FOLDER: &str = "sets/";

    pub fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Sets {
        let mut sets = Sets::default();
        let mut rows: Vec<Row> = Vec::new();
        let documents = files.documents(Sets::FOLDER, problems);
        let includes = Includes::of(&documents, problems);
        for document in documents {
            document.only_keys(&["set", "map"], problems);
            for row in document.rows("set", problems) {
                keep(sets.add_set(&row, &includes), problems);
                rows.push(row);
            }
            for row in document.rows("map", problems) {
                keep(sets.add_map(&row), problems);
                rows.push(row);
            }
        }
        unique_ids(&rows, problems);
        sets
    }

    fn add_set(&mut self, row: &Row, includes: &Includes) -> Result<(), Vec<Problem>> {
        let dated = row.dated_within(Some(CLASS))?;
        let mut raw: RawSet = dated.body.read().map_err(|p| vec![p])?;
        if !raw.include.is_empty() {
            raw.members = includes.members(row, raw.members)?;
        }
        check_members(row, "members", raw.of, &raw.members)?;
        let name = raw.name.unwrap_or_else(|| dated.head.id.clone());
        self.infos.push(SetInfo {
            head: dated.head.clone(),
            name: name.clone(),
            members: raw.members.clone(),
            place: place(row),
        });
        add(&mut self.sets, row, dated, name, TextSet::new(raw.members))
    }

    fn add_map(&mut self, row: &Row) -> Result<(), Vec<Problem>> {
        let dated = row.dated_within(Some(CLASS))?;
        let raw: RawMap = dated.body.read().map_err(|p| vec![p])?;
        for members in raw.entries.values() {
            check_members(row, "entries", raw.of, members)?;
        }
        let name = raw.name.unwrap_or_else(|| dated.head.id.clone());
        let shown =
            |(key, members): (&String, &Vec<String>)| format!("{key}: {}", members.join(", "));
        self.infos.push(SetInfo {
            head: dated.head.clone(),
            name: name.clone(),
            members: raw.entries.iter().map(shown).collect(),
            place: place(row),
        });
        add(
            &mut self.maps,
            row,
            dated,
            name,
            raw.entries.into_iter().collect(),
        )
    }

    pub fn set_position(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|s| s.name == name)
    }

    pub fn map_position(&self, name: &str) -> Option<usize> {
        self.maps.iter().position(|m| m.name == name)
    }

    /// The names of all sets, for messages.
    pub fn set_names(&self) -> String {
        let names: Vec<&str> = self.sets.iter().map(|s| &*s.name).collect();
        names.join(", ")
    }

    /// The versions in force on a day, as far as was known.
    pub fn at(&self, as_of: Date, known: Date) -> SetsAt<'_> {
        fn pick<T>(named: &Named<T>, as_of: Date, known: Date) -> Option<&T> {
            let mut versions = named.versions.iter();
            let found = versions.find(|(head, _)| head.applies(as_of, known));
            found.map(|(_, value)| value)
        }
        SetsAt {
            sets: self.sets.iter().map(|s| pick(s, as_of, known)).collect(),
            maps: self.maps.iter().map(|m| pick(m, as_of, known)).collect(),
            dialling: self.map_position("dialling"),
        }
    }

    /// The newest version of each: what the cases of rules are tested with.
    pub fn newest(&self) -> SetsAt<'_> {
        fn last<T>(named: &Named<T>) -> Option<&T> {
            let newest = named
                .versions
                .iter()
                .max_by_key(|(head, _)| head.in_force.from);
            newest.map(|(_, value)| value)
        }
        SetsAt {
            sets: self.sets.iter().map(last).collect(),
            maps: self.maps.iter().map(last).collect(),
            dialling: self.map_position("dialling"),
        }
    }
}

/// Which sets take in which, by id.
#[derive(Default)]
struct Includes {
    members: BTreeMap<String, Vec<String>>,
    taken_in: BTreeMap<String, Vec<String>>,
}

impl Includes {
    /// Reads them; a circle is a problem of the set that begins it.
    fn of(documents: &[Document], problems: &mut Vec<Problem>) -> Includes {
        let mut includes = Includes::default();
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for document in documents {
            // What is wrong with rows is said where they are read.
            for row in document.rows("set", &mut Vec::new()) {
                let texts = |key: &str| -> Vec<String> {
                    let value = row.value(key);
                    let array = value.as_ref().and_then(toml::Value::as_array);
                    let texts = array.into_iter().flatten().filter_map(toml::Value::as_str);
                    texts.map(str::to_owned).collect()
                };
                let id = row.id().to_owned();
                includes.members.insert(id.clone(), texts("members"));
                includes.taken_in.insert(id.clone(), texts("include"));
                rows.insert(id, row);
            }
        }
        let edges: BTreeMap<&str, Vec<&str>> = includes
            .taken_in
            .iter()
            .map(|(id, to)| (id.as_str(), to.iter().map(String::as_str).collect()))
            .collect();
        for circle in scan::circles(&edges) {
            let text = format!("include: goes in a circle: {}", scan::shown(&circle));
            problems.extend(
                rows.get(circle[0])
                    .map(|row| row.problem_at("include", text)),
            );
        }
        includes
    }

    /// A set's own members and those of all it takes in, each once.
    fn members(&self, row: &Row, own: Vec<String>) -> Result<Vec<String>, Vec<Problem>> {
        let mut members = own;
        let mut seen: BTreeSet<&str> = BTreeSet::from([row.id()]);
        let mut open: Vec<&str> = Vec::new();
        let further = |id: &str| self.taken_in.get(id).into_iter().flatten();
        open.extend(further(row.id()).map(String::as_str));
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(more) = self.members.get(id) else {
                let text = format!("include: there is no set with the id '{id}'");
                return Err(vec![row.problem_at("include", text)]);
            };
            for member in more {
                if !members.contains(member) {
                    members.push(member.clone());
                }
            }
            open.extend(further(id).map(String::as_str));
        }
        Ok(members)
    }
}

fn place(row: &Row) -> String {
    format!("{}:{}", row.file(), row.line())
}

fn keep(result: Result<(), Vec<Problem>>, problems: &mut Vec<Problem>) {
    if let Err(wrong) = result {
        problems.extend(wrong);
    }
}

fn check_members(row: &Row, key: &str, of: Of, members: &[String]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    if members.is_empty() {
        problems.push(row.problem_at(key, "the set is empty"));
    }
    let mut seen = BTreeSet::new();
    for member in members {
        let wrong = match of {
            Of::Countries => Country::from_alpha2(member).is_none_or(|c| c.code() != member),
            Of::Codes => member.trim() != member || member.is_empty(),
            Of::Words => words::fold(member).is_empty(),
        };
        if wrong {
            let text = format!("'{member}' is not a member that this kind of set can have");
            problems.push(row.problem_at(key, text));
        }
        if !seen.insert(member) {
            problems.push(row.problem_at(key, format!("'{member}' stands there twice")));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn add<T>(
    all: &mut Vec<Named<T>>,
    row: &Row,
    dated: DatedRow,
    name: String,
    value: T,
) -> Result<(), Vec<Problem>> {
    if !dated.status.is_adopted() {
        return Ok(());
    }
    let position = all.iter().position(|n| n.name == name).unwrap_or_else(|| {
        let versions = Vec::new();
        all.push(Named { name, versions });
        all.len() - 1
    });
    let versions = &mut all[position].versions;
    for (other, _) in versions.iter() {
        if overlap(other, &dated.head) {
            let text = format!("is in force on the same days as {}", other.id);
            return Err(vec![row.problem(text)]);
        }
    }
    versions.push((dated.head, value));
    Ok(())
}

/// Whether two versions share a day.
fn overlap(a: &RuleHead, b: &RuleHead) -> bool {
    let starts_by_end = |x: &RuleHead, y: &RuleHead| match (x.in_force.from, y.in_force.until) {
        (Some(from), Some(until)) => from <= until,
        _ => true,
    };
    starts_by_end(a, b) && starts_by_end(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> (Sets, Vec<Problem>) {
        let mut problems = Vec::new();
        let files = [("sets/a.toml", text)].into_iter().collect();
        let sets = Sets::load(&files, &mut problems);
        (sets, problems)
    }

    const HEAD: &str = "title='T'\ncitation='C'\n";

    #[test]
    fn the_version_of_the_day_answers() {
        let (sets, problems) = load(&format!(
            "[[set]]\nid='a1'\nname='a'\n{HEAD}of='countries'\nuntil=2020-12-31\nmembers=['AE']\n\
             [[set]]\nid='a2'\nname='a'\n{HEAD}of='countries'\nfrom=2021-01-01\nmembers=['TR']\n"
        ));
        assert!(problems.is_empty(), "{problems:?}");
        let day = |text: &str| text.parse::<Date>().unwrap();
        let at = |d| sets.at(day(d), day("2026-01-01"));
        assert!(at("2020-06-01").set(0).unwrap().contains("AE"));
        assert!(!at("2021-06-01").set(0).unwrap().contains("AE"));
        assert!(sets.newest().set(0).unwrap().contains("TR"));
    }

    #[test]
    fn faults_are_named() {
        for bad in [
            "of='countries'\nmembers=['ZZ']\n",
            "of='countries'\nmembers=['ae']\n",
            "of='codes'\nmembers=[]\n",
            "of='words'\nmembers=['...']\n",
            "of='codes'\nmembers=['1','1']\n",
            "of='things'\nmembers=['1']\n",
            "members=['1']\n",
        ] {
            let (_, problems) = load(&format!("[[set]]\nid='a'\n{HEAD}{bad}"));
            assert_eq!(problems.len(), 1, "{bad}: {problems:?}");
        }
        let twice = format!("[[set]]\nid='a'\nname='n'\n{HEAD}of='codes'\nmembers=['1']\n");
        let (_, problems) = load(&format!("{twice}{}", twice.replace("id='a'", "id='b'")));
        assert_eq!(problems.len(), 1, "overlapping versions: {problems:?}");
    }

    #[test]
    fn a_set_takes_in_others_and_a_circle_is_refused() {
        let set =
            |id: &str, rest: &str| format!("[[set]]\nid='{id}'\n{HEAD}of='countries'\n{rest}\n");
        let two = set("a", "members=['AE']\ninclude=['b']") + &set("b", "members=['TR','AE']");
        let (sets, problems) = load(&two);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(sets.infos[0].members, ["AE", "TR"]);
        let circle = set("a", "include=['b']") + &set("b", "members=['TR']\ninclude=['a']");
        let (_, problems) = load(&circle);
        let text = problems[0].to_string();
        assert!(
            text.starts_with("sets/a.toml:") && text.contains("rule a: include: "),
            "{text}"
        );
        assert!(text.contains("a → b → a"), "{text}");
        let (_, problems) = load(&set("a", "include=['nowhere']"));
        assert!(
            problems[0].text.contains("include: there is no set"),
            "{problems:?}"
        );
    }

    #[test]
    fn words_are_found_at_word_borders() {
        let set = TextSet::new(["p.o. box".to_owned(), "cargo".to_owned()]);
        assert!(set.mentioned_in("PO, P.O. Box 12"));
        assert!(set.mentioned_in("Swift CARGO Ltd"));
        assert!(!set.mentioned_in("Embargoed goods"));
    }
}
