//! Stores to test on, and records to put in them.

use jiff::Timestamp;
use portcullis_domain::{
    About, Citation, Country, Date, Decision, Entity, Finding, Issue, MessageKind, Movement, Name,
    NameKind, Outcome, Party, PartyInRole, PartyKind, Provenance, Question, Role, Strength,
    Transaction, Versions,
};
use portcullis_store::{ImportOptions, NewAssessment, NewSnapshot, RawFile, Store, StoreConfig};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};
use std::collections::BTreeMap;

/// Names that must never be found outside sealed contents.
pub const SECRET_NAME: &str = "Zaphira Quillendorf";
pub const SECRET_TEXT: &str = "carries a red umbrella";

/// A data folder and its database, gone when dropped.
pub struct World {
    pub folder: tempfile::TempDir,
    pub config: StoreConfig,
}

/// Makes a module for each database that runs the cases of the enclosing one.
macro_rules! on_both_databases {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                super::$case($crate::support::World::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                let Some(world) = $crate::support::World::postgres().await else {
                    eprintln!("skipped: PORTCULLIS_TEST_POSTGRES names no server");
                    return;
                };
                super::$case(world).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

impl World {
    pub fn sqlite() -> World {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig {
            data_dir: folder.path().join("data"),
            database_url: None,
            ledger_origin: "test.example/ledger".to_owned(),
        };
        World { folder, config }
    }

    pub async fn postgres() -> Option<World> {
        let server = std::env::var("PORTCULLIS_TEST_POSTGRES").ok()?;
        let server = server.trim_end_matches('/').to_owned();
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&format!("{server}/postgres"))
            .await
            .unwrap();
        let name = format!("store_{}", uuid::Uuid::new_v4().simple());
        let create = format!("CREATE DATABASE {name}");
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        let mut world = World::sqlite();
        world.config.database_url = Some(format!("{server}/{name}"));
        Some(world)
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.config).await.unwrap()
    }

    pub fn is_sqlite(&self) -> bool {
        self.config.database_url.is_none()
    }

    /// A connection past the store, as somebody with access to the database has.
    pub async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let file = self.config.data_dir.join("portcullis.sqlite");
        let of_file = format!("sqlite://{}", file.display());
        let url = self.config.database_url.clone().unwrap_or(of_file);
        AnyConnection::connect(&url).await.unwrap()
    }

    /// Runs a statement past the store.
    pub async fn run(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let mut connection = self.connection().await;
        let done = connection.execute(AssertSqlSafe(sql.to_owned())).await?;
        connection.close().await?;
        Ok(done.rows_affected())
    }

    /// The first column of every row, as text.
    pub async fn column(&self, sql: &str) -> Vec<String> {
        let mut connection = self.connection().await;
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let rows = query.fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.connection().await;
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let row = query.fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        row.get::<i64, _>(0)
    }

    /// Takes the triggers away, as somebody who wants to change the record would.
    pub async fn drop_guards(&self) {
        let sql = if self.is_sqlite() {
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        } else {
            "SELECT CAST(tgname || ' ON ' || CAST(tgrelid AS regclass) AS TEXT) FROM pg_trigger \
             WHERE NOT tgisinternal"
        };
        let triggers = self.column(sql).await;
        assert!(triggers.len() >= 16, "{triggers:?}");
        for trigger in triggers {
            self.run(&format!("DROP TRIGGER {trigger}")).await.unwrap();
        }
    }
}

/// Midday on a day of 2026, in UTC.
pub fn at(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

pub fn now() -> Timestamp {
    at("2026-11-22")
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn party(name: &str) -> Party {
    Party {
        kind: PartyKind::Organisation,
        names: vec![Name::new(NameKind::Primary, name)],
        ..Party::default()
    }
}

pub fn entity(id: &str) -> Entity {
    Entity {
        id: id.to_owned(),
        party: party(&format!("Name of {id}")),
        ..Entity::default()
    }
}

/// A snapshot with these lists and as many entities; its hash follows from them.
pub fn snapshot(source: &str, published: Option<&str>, counts: &[(&str, u64)]) -> NewSnapshot {
    let total: u64 = counts.iter().map(|(_, n)| n).sum();
    let bytes = format!("{source} {published:?} {counts:?}").into_bytes();
    NewSnapshot {
        source: source.to_owned(),
        published: published.map(date),
        sha256: portcullis_domain::hex_sha256(&bytes),
        counts: counts
            .iter()
            .map(|(l, n)| ((*l).to_owned(), *n))
            .collect::<BTreeMap<_, _>>(),
        names: total * 2,
        entities: (0..total)
            .map(|n| entity(&format!("{source}:{n}")))
            .collect(),
        issues: vec![Issue::new("orphan-row", "a row without parent").at_line(7)],
        files: vec![RawFile {
            name: "list.csv".to_owned(),
            bytes,
        }],
    }
}

pub fn plainly() -> ImportOptions {
    ImportOptions {
        activate: true,
        accept: false,
        max_shrink_percent: 20,
    }
}

pub fn transaction(reference: &str) -> Transaction {
    Transaction {
        reference: reference.to_owned(),
        movement: Movement::Export,
        destination: Country::from_alpha2("AE"),
        parties: vec![PartyInRole {
            role: Role::Consignee,
            party: party(SECRET_NAME),
            item: None,
            provenance: Provenance::Declared,
        }],
        remarks: SECRET_TEXT.to_owned(),
        ..Transaction::default()
    }
}

pub fn decision(transaction: &Transaction, outcome: Outcome) -> Decision {
    Decision {
        reference: transaction.reference.clone(),
        movement: transaction.movement,
        destination: transaction.destination,
        transaction_digest: portcullis_domain::digest(transaction).unwrap(),
        outcome,
        determinations: Vec::new(),
        risk_millibits: 4_250,
        findings: vec![Finding {
            about: About::Party(0),
            code: "possible-listed-party".to_owned(),
            text: format!("{SECRET_NAME} resembles a listed party"),
            strength: Strength::Evidence,
            millibits: 4_250,
            outcome: Outcome::Review,
            jurisdiction: None,
            rule: Some("screening".to_owned()),
            citations: vec![Citation("a regulation".to_owned())],
        }],
        questions: vec![Question {
            about: About::Transaction,
            code: "end-user-missing".to_owned(),
            text: format!("Who will use what {SECRET_NAME} receives?"),
            citations: Vec::new(),
        }],
        screened: Vec::new(),
        issues: Vec::new(),
        as_of: date("2026-11-22"),
        known: date("2026-11-22"),
        versions: Versions {
            lists: "ls-0123456789ab".to_owned(),
            policy: "pol-0123456789ab".to_owned(),
            engine: "0.1.0".to_owned(),
        },
    }
}

pub fn assessment(reference: &str, message: &str, outcome: Outcome) -> NewAssessment {
    let transaction = transaction(reference);
    NewAssessment {
        file: "in/declaration.xml".to_owned(),
        index: 0,
        kind: MessageKind::Declaration,
        reference: Some(reference.to_owned()),
        version: Some(1),
        message_digest: portcullis_domain::hex_sha256(message.as_bytes()),
        held: None,
        decision: decision(&transaction, outcome),
        transaction: Some(transaction),
    }
}

/// Records one assessment and returns its id.
pub async fn recorded(store: &Store, reference: &str, outcome: Outcome) -> String {
    let new = vec![assessment(reference, reference, outcome)];
    let recorded = store.record(new, "officer", now()).await.unwrap();
    recorded[0].decision_id.clone()
}
