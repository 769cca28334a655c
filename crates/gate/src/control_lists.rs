//! Control lists: from the file of a user to a stored version, and the
//! versions that answer for a day.

use crate::GateError;
use jiff::Timestamp;
use portcullis_controls::draft::{Confirmations, Confirmed, confirmations_name};
use portcullis_controls::entries::{
    ControlList, ListHead, ListRegime, Note, NoteKind, Search, Source, normal_code,
};
use portcullis_domain::{Date, Issue, Period, hex_sha256};
use portcullis_formats::control_lists::{self, ControlText, Format};
use portcullis_store::{NewReference, PutReference, ReferenceKind, ReferenceVersion, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A control list that cannot be taken, or is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlListProblem {
    /// The file was refused as a whole.
    #[error("the file was not taken: {0}")]
    Refused(String),
    /// Its content does not tell which list it is.
    #[error("the file does not tell of which list it is; name it with --list")]
    WhichList,
    /// It holds far fewer paragraphs than the version in use.
    #[error(
        "the file has {new} paragraphs where the version in use has {old}; import it with --accept if that is right"
    )]
    Shrunk {
        /// Paragraphs in the file.
        new: usize,
        /// Paragraphs in use.
        old: usize,
    },
    /// What is stored cannot be used.
    #[error("the stored list {id} cannot be used: {why}")]
    Stored {
        /// Which version.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// No such list or paragraph.
    #[error("{0}")]
    NotThere(String),
}

/// What a user says of a file beside its content.
#[derive(Clone, Debug, Default)]
pub struct ControlListOptions {
    /// Of which list it is, where the content does not tell.
    pub regime: Option<ListRegime>,
    /// Its shape, where the content does not tell.
    pub format: Option<Format>,
    /// What the version calls itself; default: the day of the text.
    pub label: Option<String>,
    /// Days on which it is the law.
    pub in_force: Period,
    /// Day of publication, where the file has none.
    pub published: Option<Date>,
}

/// A control list read from a file, not stored yet.
#[derive(Clone, Debug)]
pub struct PreparedControlList {
    /// The list.
    pub list: ControlList,
    /// What could not be read.
    pub issues: Vec<Issue>,
    /// SHA-256 of the file.
    pub source_sha256: String,
}

/// Reads a file into a list. Errors: it is refused as a whole.
pub fn prepare_control_list(
    bytes: &[u8],
    options: &ControlListOptions,
) -> Result<PreparedControlList, ControlListProblem> {
    let text = control_lists::read(bytes, options.format)
        .map_err(|error| ControlListProblem::Refused(error.to_string()))?;
    let format = options.format.or_else(|| Format::of(bytes));
    let regime = options
        .regime
        .or_else(|| regime_of(format, &text))
        .ok_or(ControlListProblem::WhichList)?;
    let source_sha256 = hex_sha256(bytes);
    let published = text.published.or(options.published);
    let unnamed = || source_sha256.chars().take(12).collect();
    let label = options
        .label
        .clone()
        .or_else(|| published.map(|day| day.to_string()));
    let head = ListHead {
        regime,
        label: label.unwrap_or_else(unnamed),
        in_force: Period {
            from: options.in_force.from.or(published),
            until: options.in_force.until,
        },
        published,
        citation: text
            .citation
            .clone()
            .unwrap_or_else(|| regime.as_str().to_owned()),
    };
    let issues = text.issues;
    let sources = text.paragraphs.into_iter().map(source);
    Ok(PreparedControlList {
        list: ControlList::build(head, sources.collect()),
        issues,
        source_sha256,
    })
}

fn source(paragraph: control_lists::Paragraph) -> Source {
    let notes = paragraph.notes.into_iter().map(|note| Note {
        kind: match note.kind {
            control_lists::NoteKind::Scope => NoteKind::Scope,
            control_lists::NoteKind::Technical => NoteKind::Technical,
            control_lists::NoteKind::Reference => NoteKind::Reference,
            control_lists::NoteKind::Other => NoteKind::Other,
        },
        text: note.text,
    });
    Source {
        code: paragraph.code,
        text: paragraph.text,
        notes: notes.collect(),
        reasons: paragraph.reasons,
    }
}

/// The list that a shape of file is of; tables of codes tell by their codes.
fn regime_of(format: Option<Format>, text: &ControlText) -> Option<ListRegime> {
    match format? {
        Format::Ecfr | Format::CclJson | Format::EccnTree => Some(ListRegime::UsCcl),
        Format::RegulationJson => Some(ListRegime::EuAnnexI),
        Format::Codes => {
            let first = text.paragraphs.first()?;
            let tier = first.reasons.first().is_some_and(|r| r.starts_with("tier"));
            match first.code.chars().next()? {
                'M' => Some(ListRegime::Mtcr),
                'N' | 'T' => Some(ListRegime::Nsg),
                '0'..='9' if tier => Some(ListRegime::HighPriority),
                '0'..='9' => Some(ListRegime::EuExportBan),
                _ => None,
            }
        }
    }
}

/// The name under which a list is kept. The NSG has two: its trigger list and
/// its dual-use list.
fn list_name(list: &ControlList) -> String {
    let name = list.regime().as_str();
    let first = list.entries().first().map_or("", |e| e.code.as_str());
    match list.regime() {
        ListRegime::Nsg if first.starts_with('T') => format!("{name}-trigger"),
        ListRegime::Mtcr => {
            let category = list.entries().first().and_then(|e| e.reasons.first());
            category.map_or(name.to_owned(), |c| {
                format!("{name}-{}", c.to_lowercase().replace(' ', "-"))
            })
        }
        _ => name.to_owned(),
    }
}

/// Stores a prepared list. Unless `accept`, one with less than half of the
/// paragraphs of the version in use is refused, and that stays in use.
pub async fn put_control_list(
    store: &Store,
    prepared: &PreparedControlList,
    (activate, accept): (bool, bool),
    actor: &str,
    now: Timestamp,
) -> Result<PutReference, GateError> {
    let list = &prepared.list;
    let name = list_name(list);
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = list.head().in_force.from.unwrap_or(today);
    if let Some(used) = active(store, &name, day, now).await?
        && !accept
        && activate
    {
        let old = usize::try_from(used.records).unwrap_or(usize::MAX);
        let new = list.entries().len();
        if new < old / 2 {
            return Err(ControlListProblem::Shrunk { new, old }.into());
        }
    }
    let bytes = list.to_bytes().map_err(|error| stored(&name, &error))?;
    let new = NewReference {
        kind: ReferenceKind::ControlList,
        name,
        label: list.head().label.clone(),
        in_force: list.head().in_force,
        published: list.head().published,
        citation: list.head().citation.clone(),
        source_sha256: prepared.source_sha256.clone(),
        records: list.entries().len() as u64,
        issues: prepared.issues.len() as u64,
        bytes,
    };
    Ok(store.put_reference(&new, activate, actor, now).await?)
}

fn stored(id: &str, why: &impl ToString) -> ControlListProblem {
    ControlListProblem::Stored {
        id: id.to_owned(),
        why: why.to_string(),
    }
}

async fn active(
    store: &Store,
    name: &str,
    as_of: Date,
    known: Timestamp,
) -> Result<Option<ReferenceVersion>, GateError> {
    let kind = ReferenceKind::ControlList;
    Ok(store.active_reference(kind, name, as_of, known).await?)
}

/// The control lists that answer for a day, with their confirmed predicates.
#[derive(Clone, Debug, Default)]
pub struct ControlLists {
    /// The lists, by name.
    pub lists: Vec<Arc<ControlList>>,
    /// Ids of the stored versions, in the order of the lists.
    pub ids: Vec<String>,
    /// Confirmed predicates by list.
    pub confirmed: BTreeMap<ListRegime, Confirmations>,
}

impl ControlLists {
    /// Loads what answers for `as_of`, as known at `known`. Lists of which no
    /// version covers the day are not there.
    pub async fn load(
        store: &Store,
        as_of: Date,
        known: Timestamp,
    ) -> Result<ControlLists, GateError> {
        let versions = store.reference_versions(ReferenceKind::ControlList).await?;
        let mut names: Vec<String> = versions.into_iter().map(|version| version.name).collect();
        names.sort();
        names.dedup();
        let mut loaded = ControlLists::default();
        for name in names {
            if name.ends_with("-predicates") {
                loaded.load_confirmed(store, &name, as_of, known).await?;
            } else if let Some(version) = active(store, &name, as_of, known).await? {
                loaded
                    .lists
                    .push(Arc::new(load_control_list(store, &version.id).await?));
                loaded.ids.push(version.id);
            }
        }
        Ok(loaded)
    }

    async fn load_confirmed(
        &mut self,
        store: &Store,
        name: &str,
        as_of: Date,
        known: Timestamp,
    ) -> Result<(), GateError> {
        let regime = ListRegime::ALL
            .into_iter()
            .find(|r| confirmations_name(*r) == name);
        let (Some(regime), Some(version)) = (regime, active(store, name, as_of, known).await?)
        else {
            return Ok(());
        };
        let bytes = store.reference_bytes(&version.id).await?;
        let confirmed = Confirmations::parse(&String::from_utf8_lossy(&bytes))
            .map_err(|why| stored(&version.id, &why))?;
        self.confirmed.insert(regime, confirmed);
        Ok(())
    }

    /// The list of a law or regime.
    pub fn of(&self, regime: ListRegime) -> Option<&Arc<ControlList>> {
        self.lists.iter().find(|list| list.regime() == regime)
    }

    /// The confirmed predicates of a list.
    pub fn confirmed(&self, regime: ListRegime) -> Confirmations {
        self.confirmed.get(&regime).cloned().unwrap_or_default()
    }

    /// An index over all of them; building it takes a part of a second.
    pub fn search(&self) -> Search {
        Search::build(self.lists.clone(), &self.confirmed)
    }
}

/// Loads one stored version.
pub async fn load_control_list(store: &Store, id: &str) -> Result<ControlList, GateError> {
    let bytes = store.reference_bytes(id).await?;
    let list = ControlList::from_bytes(&bytes).map_err(|error| stored(id, &error))?;
    Ok(list)
}

/// A predicate that a person confirms for the text in use.
#[derive(Clone, Debug)]
pub struct Confirming {
    /// The list.
    pub regime: ListRegime,
    /// Code of the paragraph, in any spelling.
    pub code: String,
    /// The predicate, where it is not the draft.
    pub predicate: Option<portcullis_controls::predicate::Predicate>,
    /// Why it differs from the draft.
    pub note: String,
}

/// Records that a person confirmed a predicate against the text in use.
/// Errors: there is no such paragraph, it states no condition, or its draft
/// leaves something unread and no predicate is given.
pub async fn confirm_predicate(
    store: &Store,
    asked: &Confirming,
    actor: &str,
    now: Timestamp,
) -> Result<Confirmed, GateError> {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let lists = ControlLists::load(store, today, now).await?;
    let missing = |what: String| ControlListProblem::NotThere(what);
    let regime = asked.regime.as_str();
    let list = lists
        .of(asked.regime)
        .ok_or_else(|| missing(format!("no version of {regime} is in use today")))?;
    let code = normal_code(asked.regime, &asked.code);
    let at = list
        .find(&code)
        .ok_or_else(|| missing(format!("{regime} has no paragraph {code}")))?;
    let entry = list
        .entry(at)
        .ok_or_else(|| missing(format!("{regime} has no paragraph {code}")))?;
    let draft = list.draft(at).filter(|draft| draft.complete);
    let drafted = draft.and_then(|draft| draft.predicate);
    let predicate = asked.predicate.clone().or(drafted).ok_or_else(|| {
        missing(format!(
            "the draft of {code} is not complete; give the predicate with --predicate"
        ))
    })?;
    let confirmed = Confirmed {
        code,
        predicate,
        text_sha256: entry.digest(),
        by: actor.to_owned(),
        at: now.to_string(),
        note: asked.note.clone(),
    };
    let mut all = lists.confirmed(asked.regime);
    all.add(confirmed.clone());
    let bytes = all.to_lines().into_bytes();
    let new = NewReference {
        kind: ReferenceKind::ControlList,
        name: confirmations_name(asked.regime),
        label: now.to_string(),
        in_force: Period::default(),
        published: None,
        citation: format!("predicates confirmed for {regime}"),
        source_sha256: hex_sha256(&bytes),
        records: all.len() as u64,
        issues: 0,
        bytes,
    };
    store.put_reference(&new, true, actor, now).await?;
    Ok(confirmed)
}
