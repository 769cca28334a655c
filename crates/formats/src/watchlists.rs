//! Watchlists: who is designated, by whom, since when, and for what.
//!
//! [`read`] takes the files of one call, tells each format **from the content,
//! never from the name**, puts together what belongs together (the primary,
//! alias, address and comment files of OFAC) and yields one
//! [`SourceSnapshot`] or one [`SourceError`] a source.
//!
//! A *broken record* becomes an issue with file, line and field, and never
//! stops a file. A *broken file* (empty, cut off, of another format, mostly
//! unreadable) yields an error and no snapshot for its source, so that it can
//! never replace a good one.
//!
//! | format | told by | source | lists |
//! |---|---|---|---|
//! | OFAC SDN.CSV, ALT.CSV, ADD.CSV, SDN_COMMENTS.CSV | columns and numbers (no header) | `us-ofac-sdn` | `us-sdn` |
//! | OFAC CONS_PRIM.CSV, CONS_ALT.CSV, CONS_ADD.CSV | the same; the programmes tell the set | `us-ofac-cons` | `us-ssi`, `us-cmic`, `us-fse`, `us-capta`, `us-mbs`, `us-plc` |
//! | OFAC SDN.XML, CONSOLIDATED.XML | root `sdnList`; the programmes tell the set | as above | as above |
//! | US Consolidated Screening List, JSON and CSV | `results`; 28 columns | `us-csl` | all `us-…` |
//! | BIS Denied Persons List, tab-separated | header | `us-dpl` | `us-dpl` |
//! | UN Security Council consolidated list, XML | root `CONSOLIDATED_LIST` | `un-sc` | `un-sc` |
//! | Canada SEMA consolidated list, XML | root `data-set` with records | `ca-sema` | `ca-sema` |
//! | EU consolidated financial sanctions list, XML and CSV (FSF 1.1) | root `export`; header | `eu-fsf` | `eu-fsf` |
//! | UK Sanctions List, CSV and XML | header; root `Designations` | `uk-sl` | `uk-sl` |
//! | OFSI consolidated list (until January 2026), CSV | header | `uk-ofsi` | `uk-sl` |
//! | Switzerland SECO list, XML | root `swiss-sanctions-list` | `ch-seco` | `ch-seco` |
//! | Australia DFAT Consolidated List, XLSX or CSV | header | `au-dfat` | `au-dfat` |
//! | Japan METI End User List, XLSX or CSV | header | `jp-meti` | `jp-meti` |
//! | OFAC SDN_ADVANCED.XML, CONS_ADVANCED.XML | root `Sanctions` with parties | as OFAC's other files | as OFAC's other files |
//! | OpenSanctions `targets.simple.csv` | header | `opensanctions` | the titles of the datasets |
//! | Senzing JSON, lines or array | `RECORD_ID` and `DATA_SOURCE` | `senzing-<data source>` | the data sources |
//! | any table with a mapping file (TOML) in the same call | a mapping has `[columns]` | as the mapping says | as the mapping says |
//! | FollowTheMoney entities, JSON lines | `schema` and `properties` | `ftm-<dataset>` | the datasets |

mod aliases;
mod build;
mod csl;
mod csl_csv;
mod csl_json;
mod dates;
mod detect;
mod dfat;
mod dpl;
mod error;
mod eu;
mod eu_csv;
mod eu_xml;
mod ftm;
mod group;
mod labels;
mod languages;
mod mapping;
mod meti;
mod numbers;
mod ofac;
mod ofac_advanced;
mod ofac_csv;
mod ofac_xml;
mod places;
mod remarks;
mod rows;
mod seco;
mod sema;
mod senzing;
mod table;
mod targets;
mod text;
mod uk;
mod uk_csv;
mod uk_xml;
mod un;
mod xlsx;

pub use detect::Format;
pub use error::{ReadError, SourceError};
/// Parties and entities in the FollowTheMoney shape: asked, and on the way out.
pub use ftm::{ask as ftm_ask, write as ftm_write};
pub use mapping::is_mapping;

use portcullis_domain::{Date, Entity, Issue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file as it came.
#[derive(Clone, Copy, Debug)]
pub struct ListFile<'a> {
    /// The name, for messages only.
    pub name: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// How much is read before a file is refused or an issue says that no more
/// was kept. JSON is nested at most 128 deep; a name keeps its first 2,048 bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one file. A larger one is refused unread: callers should ask
    /// the file system first.
    pub max_file_bytes: u64,
    /// Records of one file.
    pub max_records: u64,
    /// Issues kept for one source; the number of those beyond it is one last issue.
    pub max_issues: usize,
    /// Bytes of one line of delimited text.
    pub max_line_bytes: usize,
    /// Bytes that a workbook may unpack to, and of the text that is made of it.
    pub max_unpacked_bytes: u64,
    /// Bounds of the XML reader, its `max_bytes` apart.
    pub xml: crate::xml::Limits,
}

impl Default for Limits {
    /// 1 GiB a file, 5,000,000 records, 100,000 issues, 1 MiB a line, 256 MiB
    /// of an unpacked workbook.
    fn default() -> Limits {
        Limits {
            max_file_bytes: 1 << 30,
            max_records: 5_000_000,
            max_issues: 100_000,
            max_line_bytes: 1 << 20,
            max_unpacked_bytes: 256 << 20,
            xml: crate::xml::Limits::default(),
        }
    }
}

/// Digest of one file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// Name as given.
    pub name: String,
    /// What the content turned out to be.
    pub format: Format,
    /// Lower-case hex SHA-256 of the bytes.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// One reading of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSnapshot {
    /// Source code, for example `us-ofac-sdn`, or the override.
    pub source: String,
    /// Day of publication: from the file, else as given, else unknown.
    pub published: Option<Date>,
    /// The entities, in file order. Rows of one entity are one entity.
    pub entities: Vec<Entity>,
    /// Records read in the primary file, the unreadable ones not counted.
    pub records: u64,
    /// Names of all kinds over all entities.
    pub names: u64,
    /// Entities standing on each list code. Their sum exceeds the number of
    /// entities where one stands on several lists.
    pub counts: BTreeMap<String, u64>,
    /// What could not be taken as it stood. Where a source has several files,
    /// the field begins with the name of the file: `ALT.CSV: ent_num`.
    pub issues: Vec<Issue>,
    /// The files read.
    pub files: Vec<FileDigest>,
    /// SHA-256 over the sorted digests of the files: the same files in any
    /// order and under any names are the same snapshot.
    pub sha256: String,
}

/// Reads the files of one call with the default [`Limits`].
///
/// A mapping file ([`is_mapping`]) among the files says how every other one is
/// read; it is a file of the snapshot like them.
///
/// `source` overrides the source code that the content gives; of the two OFAC
/// sets, `us-ofac-sdn` and `us-ofac-cons` also say which one it is.
/// `published` is used where the file itself has no date. Errors of
/// files that could not be told stand first, then the sources in the order of
/// their first files; every file given is accounted for in a snapshot or an
/// error.
pub fn read(
    files: &[ListFile<'_>],
    source: Option<&str>,
    published: Option<Date>,
) -> Vec<Result<SourceSnapshot, SourceError>> {
    read_with(files, source, published, &Limits::default())
}

/// [`read`] with other bounds.
pub fn read_with(
    files: &[ListFile<'_>],
    source: Option<&str>,
    published: Option<Date>,
    limits: &Limits,
) -> Vec<Result<SourceSnapshot, SourceError>> {
    group::read(files, source, published, limits)
}
