//! Triggers that refuse to change what was recorded. Trigger SQL is the one
//! place where the two databases share no words, so each has its own.

use crate::StoreError;
use crate::open::Backend;
use crate::sql::failed;
use sqlx::{AnyConnection, AssertSqlSafe, Executor};

/// Tables of which no row is ever changed or deleted.
const APPEND_ONLY: [&str; 15] = [
    "events",
    "ledger_hashes",
    "checkpoints",
    "snapshots",
    "snapshot_files",
    "snapshot_issues",
    "snapshot_dates",
    "activations",
    "reference_versions",
    "reference_bytes",
    "reference_activations",
    "policy_bundles",
    "policy_remarks",
    "shadow_decisions",
    "bulletins",
];

/// A leaf may only be given its place, once.
const LEAF_CHANGED: &str = "OLD.seq IS NOT NULL OR NEW.seq IS NULL \
     OR NEW.command_id <> OLD.command_id OR NEW.subject <> OLD.subject \
     OR NEW.kind <> OLD.kind OR NEW.recorded_at <> OLD.recorded_at OR NEW.entry <> OLD.entry \
     OR COALESCE(NEW.salt, '') <> COALESCE(OLD.salt, '')";

/// What was proposed stays as it was proposed, and what was adopted stays adopted
/// by whom and when it was.
const VERSION_CHANGED: &str = "OLD.id <> NEW.id OR OLD.digest <> NEW.digest \
     OR COALESCE(OLD.base, '') <> COALESCE(NEW.base, '') OR OLD.title <> NEW.title \
     OR OLD.cases <> NEW.cases OR OLD.proposed_by <> NEW.proposed_by \
     OR OLD.proposed_at <> NEW.proposed_at \
     OR (OLD.adopted_by IS NOT NULL AND (COALESCE(NEW.adopted_by, '') <> OLD.adopted_by \
         OR COALESCE(NEW.adopted_at, 0) <> OLD.adopted_at \
         OR NEW.progress NOT IN ('adopted', 'suspended'))) \
     OR (OLD.ended_by IS NOT NULL AND (COALESCE(NEW.ended_by, '') <> OLD.ended_by \
         OR NEW.progress <> OLD.progress))";

/// Tables whose rows change in some ways only: name of the guard, and what it refuses.
const IN_PART: [(&str, &str, &str); 2] = [
    ("leaves", "only_seq", LEAF_CHANGED),
    ("policy_versions", "kept", VERSION_CHANGED),
];

/// Raised when what the guards are changes, so that they are made anew.
const VERSION: &str = "4";

/// Installs the guards unless these very ones are there.
pub(crate) async fn install(
    connection: &mut AnyConnection,
    backend: Backend,
) -> Result<(), StoreError> {
    let installed = sqlx::query(
        "INSERT INTO installation (name, value) VALUES ('guards', $1) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value \
         WHERE installation.value <> excluded.value",
    )
    .bind(VERSION)
    .execute(&mut *connection)
    .await
    .map_err(failed("install its guards"))?;
    if installed.rows_affected() == 0 {
        return Ok(());
    }
    for statement in statements(backend) {
        connection
            .execute(AssertSqlSafe(statement))
            .await
            .map_err(failed("install its guards"))?;
    }
    Ok(())
}

fn statements(backend: Backend) -> Vec<String> {
    match backend {
        Backend::Sqlite => sqlite(),
        Backend::Postgres => postgres(),
    }
}

fn sqlite() -> Vec<String> {
    let refuse = |table: &str| format!("SELECT RAISE(ABORT, '{table}: rows are never changed')");
    let mut all = Vec::new();
    for table in APPEND_ONLY {
        for action in ["UPDATE", "DELETE"] {
            let refuse = refuse(table);
            all.push(format!(
                "CREATE TRIGGER IF NOT EXISTS {table}_no_{action} BEFORE {action} ON {table} \
                 BEGIN {refuse}; END"
            ));
        }
    }
    for (table, guard, changed) in IN_PART {
        let refuse = refuse(table);
        all.push(format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} \
             BEGIN {refuse}; END"
        ));
        all.push(format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_{guard} BEFORE UPDATE ON {table} \
             WHEN {changed} BEGIN {refuse}; END"
        ));
    }
    all
}

fn postgres() -> Vec<String> {
    let mut all = vec![
        "CREATE OR REPLACE FUNCTION portcullis_refuse() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION '%: rows are never changed', TG_TABLE_NAME; END $$"
            .to_owned(),
    ];
    let call = "EXECUTE FUNCTION portcullis_refuse()";
    for table in APPEND_ONLY {
        all.push(format!(
            "CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} \
             FOR EACH ROW {call}"
        ));
    }
    for table in APPEND_ONLY
        .into_iter()
        .chain(IN_PART.map(|(table, _, _)| table))
    {
        all.push(format!(
            "CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} \
             FOR EACH STATEMENT {call}"
        ));
    }
    for (table, guard, changed) in IN_PART {
        all.push(format!(
            "CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON {table} \
             FOR EACH ROW {call}"
        ));
        all.push(format!(
            "CREATE OR REPLACE TRIGGER {table}_{guard} BEFORE UPDATE ON {table} FOR EACH ROW \
             WHEN ({changed}) {call}"
        ));
    }
    all
}
