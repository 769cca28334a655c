//! **What do the goods' nomenclatures say?** Importing them as reference
//! documents, and loading those that answer for a day.

mod classify;

pub use classify::{Classifying, LearnedFrom, goods_words, learn, load_classifying};

use jiff::Timestamp;
use portcullis_controls::nomenclature::{
    self, CodeFinding, Concordance, Editions, Nomenclature, PreparedError,
};
use portcullis_domain::{Date, Issue, Period, hex_sha256};
use portcullis_formats::nomenclature::{Content, Limits, Publication, read};
use portcullis_policy::{PolicyFiles, Problem};
use portcullis_store::{
    NewReference, PutReference, ReferenceKind, ReferenceVersion, Store, StoreError,
};

/// Names of the documents that are no edition of the Harmonized System.
const CN: &str = "eu-cn";
const HTS: &str = "us-hts";
const CONCORDANCE: &str = "hs-concordance";

/// Why goods' references cannot be imported or used. What was in use stays in use.
#[derive(Debug, thiserror::Error)]
pub enum GoodsError {
    /// The file is no nomenclature, or holds nothing that can be taken.
    #[error("{file}: {}{}", line_of(issue), issue.text)]
    Unreadable {
        /// Name of the file.
        file: String,
        /// What is wrong with it.
        issue: Issue,
    },
    /// Its codes fit no edition and none was named.
    #[error(
        "{0}: its codes fit no edition of the Harmonized System; name it with --name (for example hs2017)"
    )]
    NoEdition(String),
    /// It has far fewer lines than the one in use.
    #[error(
        "{file}: {new} lines, {old} in the version in use: more than {percent} % fewer; \
         the version in use stays in use; --accept takes it as it is"
    )]
    Shrank {
        /// Name of the file.
        file: String,
        /// Lines in use.
        old: u64,
        /// Lines now.
        new: u64,
        /// What policy allows.
        percent: u32,
    },
    /// Nothing to look codes up in.
    #[error(
        "no nomenclature that covers {0} is imported; import one with: portcullis nomenclature import FILE..."
    )]
    NoNomenclature(Date),
    /// A stored document cannot be read by this version.
    #[error("{id}: {source}")]
    Prepared {
        /// Id of the version.
        id: String,
        /// What is wrong.
        #[source]
        source: PreparedError,
    },
    /// A stored control list cannot be read by this version.
    #[error("{id} cannot be used: {why}")]
    List {
        /// Id of the version.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// Learning ended before it was done.
    #[error("learning stopped: {0}")]
    Stopped(String),
    /// The editions cannot be read from policy.
    #[error("the policy cannot be used: {0}")]
    Policy(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// "line 7: ", if known.
fn line_of(issue: &Issue) -> String {
    issue
        .line
        .map_or(String::new(), |line| format!("line {line}: "))
}

/// What the operator says of a file; what is left out comes from the file and
/// from policy.
#[derive(Clone, Debug, Default)]
pub struct ImportAs {
    /// Name of the document.
    pub name: Option<String>,
    /// What the version calls itself.
    pub label: Option<String>,
    /// First and last day on which it is the law.
    pub in_force: Period,
    /// Day of publication.
    pub published: Option<Date>,
    /// Where it comes from.
    pub citation: Option<String>,
    /// Take it even if it has far fewer lines than the one in use.
    pub accept: bool,
    /// Put it in use.
    pub activate: bool,
    /// By how many percent it may have fewer lines; comes from policy.
    pub max_shrink_percent: u32,
}

/// A nomenclature that was imported.
#[derive(Clone, Debug)]
pub struct ImportedGoods {
    /// Which version, and whether it is in use.
    pub put: PutReference,
    /// Name of the document.
    pub name: String,
    /// Lines, or pairs of a concordance.
    pub records: u64,
    /// What could not be read.
    pub issues: Vec<Issue>,
}

/// Reads the editions.
///
/// # Errors
///
/// [`GoodsError::Policy`].
pub fn editions(files: &PolicyFiles) -> Result<Editions, GoodsError> {
    let shown = |problems: Vec<Problem>| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        GoodsError::Policy(shown.join("; "))
    };
    Editions::load(files).map_err(shown)
}

/// Imports one file. On any error the version in use stays in use.
///
/// # Errors
///
/// [`GoodsError`] says what is wrong with the file, or that the store failed.
pub async fn import_nomenclature(
    store: &Store,
    editions: &Editions,
    (file, bytes): (&str, &[u8]),
    given: &ImportAs,
    (actor, now): (&str, Timestamp),
) -> Result<ImportedGoods, GoodsError> {
    let unreadable = |issue| GoodsError::Unreadable {
        file: file.to_owned(),
        issue,
    };
    let reading = read(bytes, &editions.years(), &Limits::default()).map_err(unreadable)?;
    let (name, prepared, records) = match &reading.content {
        Content::Lines(lines) => {
            let table = Nomenclature::new(lines.clone());
            let name = name_of(file, reading.publication, &table, editions, given)?;
            (name, table.to_bytes(), lines.len() as u64)
        }
        Content::Changes(changes) => {
            let name = given.name.clone().unwrap_or(CONCORDANCE.to_owned());
            let prepared = Concordance::new(changes).to_bytes();
            (name, prepared, changes.len() as u64)
        }
    };
    if !given.accept {
        not_shrunk(store, file, &name, records, given, now).await?;
    }
    let new = described(
        &name,
        editions,
        given,
        bytes,
        records,
        &reading.issues,
        prepared,
    );
    let put = store
        .put_reference(&new, given.activate, actor, now)
        .await?;
    Ok(ImportedGoods {
        put,
        name,
        records,
        issues: reading.issues,
    })
}

fn name_of(
    file: &str,
    publication: Publication,
    table: &Nomenclature,
    editions: &Editions,
    given: &ImportAs,
) -> Result<String, GoodsError> {
    if let Some(name) = &given.name {
        return Ok(name.clone());
    }
    match publication {
        Publication::CombinedNomenclature => Ok(CN.to_owned()),
        Publication::UsHts => Ok(HTS.to_owned()),
        Publication::Concordance => Ok(CONCORDANCE.to_owned()),
        Publication::HarmonizedSystem => editions
            .recognise(table)
            .map(|e| e.head.id.clone())
            .ok_or_else(|| GoodsError::NoEdition(file.to_owned())),
    }
}

async fn not_shrunk(
    store: &Store,
    file: &str,
    name: &str,
    records: u64,
    given: &ImportAs,
    now: Timestamp,
) -> Result<(), GoodsError> {
    let versions = store
        .reference_versions(ReferenceKind::Nomenclature)
        .await?;
    let of_name = versions.iter().filter(|v| v.name == name);
    let in_use = of_name
        .filter(|v| v.activated_at.is_some_and(|at| at <= now))
        .max_by_key(|v| v.activated_at);
    let Some(in_use) = in_use else { return Ok(()) };
    let kept = u64::from(100_u32.saturating_sub(given.max_shrink_percent));
    if records * 100 < in_use.records * kept {
        return Err(GoodsError::Shrank {
            file: file.to_owned(),
            old: in_use.records,
            new: records,
            percent: given.max_shrink_percent,
        });
    }
    Ok(())
}

fn described(
    name: &str,
    editions: &Editions,
    given: &ImportAs,
    source: &[u8],
    records: u64,
    issues: &[Issue],
    bytes: Vec<u8>,
) -> NewReference {
    let edition = editions.by_id(name);
    let by_policy = edition.map(|e| e.head.in_force).unwrap_or_default();
    let named = edition.map(|e| e.head.citation.clone());
    let citation = given.citation.clone().or(named);
    let citation = citation.or(editions.source(name).map(str::to_owned));
    let source_sha256 = hex_sha256(source);
    let short = source_sha256.get(..12).unwrap_or_default().to_owned();
    NewReference {
        kind: ReferenceKind::Nomenclature,
        name: name.to_owned(),
        label: given.label.clone().unwrap_or(short),
        in_force: Period {
            from: given.in_force.from.or(by_policy.from),
            until: given.in_force.until.or(by_policy.until),
        },
        published: given.published,
        citation: citation.unwrap_or_else(|| format!("file given by the operator as {name}")),
        source_sha256,
        records,
        issues: issues.len() as u64,
        bytes,
    }
}

/// A nomenclature that answers, with the version it is.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The version.
    pub version: ReferenceVersion,
    /// What it says.
    pub table: Nomenclature,
}

/// The nomenclatures that answer for a day.
#[derive(Clone, Debug)]
pub struct Nomenclatures {
    /// The Harmonized System in force: its own document, or else the six-digit
    /// level of the first longer one.
    pub hs: Nomenclature,
    /// Year of its edition.
    pub year: Option<u16>,
    /// Every document, the Harmonized System first.
    pub documents: Vec<Answering>,
    /// Changes between editions, if imported.
    pub concordance: Option<Concordance>,
}

impl Nomenclatures {
    /// Holds a declared code against them.
    pub fn check(&self, declared: &str) -> CodeFinding {
        let longer: Vec<&Nomenclature> = self.documents.iter().map(|d| &d.table).collect();
        let changes = self.concordance.as_ref().zip(self.year);
        nomenclature::check(declared, &self.hs, &longer, changes)
    }
}

/// Loads what answers for the day `as_of` with what was known at `known`.
///
/// # Errors
///
/// [`GoodsError::NoNomenclature`] if no nomenclature covers the day; others if
/// what is stored cannot be read.
pub async fn load_nomenclatures(
    store: &Store,
    editions: &Editions,
    as_of: Date,
    known: Timestamp,
) -> Result<Nomenclatures, GoodsError> {
    let edition = editions.in_force(as_of);
    let mut names: Vec<&str> = edition.map(|e| e.head.id.as_str()).into_iter().collect();
    names.extend([CN, HTS]);
    let mut documents = Vec::new();
    for name in &names {
        if let Some((version, bytes)) = active(store, name, as_of, known).await? {
            let table =
                Nomenclature::from_bytes(&bytes).map_err(|source| GoodsError::Prepared {
                    id: version.id.clone(),
                    source,
                })?;
            documents.push(Answering { version, table });
        }
    }
    let first = documents.first().ok_or(GoodsError::NoNomenclature(as_of))?;
    let is_hs = edition.is_some_and(|e| e.head.id == first.version.name);
    let hs = if is_hs {
        first.table.clone()
    } else {
        first.table.six_digits()
    };
    Ok(Nomenclatures {
        hs,
        year: edition.map(|e| e.year),
        documents,
        concordance: load_concordance(store, as_of, known).await?,
    })
}

/// Loads the concordance between editions, if one is imported.
///
/// # Errors
///
/// If what is stored cannot be read.
pub async fn load_concordance(
    store: &Store,
    as_of: Date,
    known: Timestamp,
) -> Result<Option<Concordance>, GoodsError> {
    let Some((version, bytes)) = active(store, CONCORDANCE, as_of, known).await? else {
        return Ok(None);
    };
    let read = Concordance::from_bytes(&bytes).map_err(|source| GoodsError::Prepared {
        id: version.id,
        source,
    })?;
    Ok(Some(read))
}

async fn active(
    store: &Store,
    name: &str,
    as_of: Date,
    known: Timestamp,
) -> Result<Option<(ReferenceVersion, Vec<u8>)>, GoodsError> {
    let kind = ReferenceKind::Nomenclature;
    let Some(version) = store.active_reference(kind, name, as_of, known).await? else {
        return Ok(None);
    };
    let bytes = store.reference_bytes(&version.id).await?;
    Ok(Some((version, bytes)))
}
