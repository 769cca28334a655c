-- One text for SQLite and PostgreSQL. Times are microseconds since 1970 in
-- BIGINT, days ISO text, flags 0 or 1. BYTEA is PostgreSQL's own word; SQLite
-- gives a column with an unknown type name NUMERIC affinity, which leaves blobs
-- as they are.

-- What this installation is: which keys belong to it.
CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE events (
    stream_id TEXT NOT NULL,
    stream_seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    kind_version INTEGER NOT NULL,
    agency_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    command_id TEXT NOT NULL UNIQUE,
    recorded_at BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (stream_id, stream_seq)
);

-- One leaf for each event. seq is its place in the ledger, null while it waits;
-- salt is null where it lies with erasable content.
CREATE TABLE leaves (
    command_id TEXT PRIMARY KEY REFERENCES events (command_id),
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    salt TEXT,
    seq BIGINT
);
CREATE UNIQUE INDEX leaves_seq ON leaves (seq);
CREATE INDEX leaves_pending ON leaves (command_id) WHERE seq IS NULL;

CREATE TABLE ledger_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL
);
INSERT INTO ledger_head (id, size) VALUES (1, 0);

CREATE TABLE ledger_hashes (
    idx BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL
);

CREATE TABLE checkpoints (
    size BIGINT PRIMARY KEY,
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    signed_at BIGINT NOT NULL
);

CREATE TABLE contents (
    id TEXT PRIMARY KEY,
    class TEXT NOT NULL,
    subject TEXT NOT NULL,
    retain_until TEXT,
    legal_hold INTEGER NOT NULL DEFAULT 0,
    ciphertext BYTEA NOT NULL
);
CREATE INDEX contents_subject ON contents (subject);

-- The key of each content, wrapped by the master key. Erasure deletes the row.
CREATE TABLE content_keys (
    content_id TEXT PRIMARY KEY REFERENCES contents (id),
    wrapped BYTEA NOT NULL
);

CREATE TABLE snapshots (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    published TEXT,
    sha256 TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    entities BIGINT NOT NULL,
    names BIGINT NOT NULL,
    counts TEXT NOT NULL,
    issues BIGINT NOT NULL,
    staged INTEGER NOT NULL,
    segment TEXT NOT NULL
);
CREATE INDEX snapshots_source ON snapshots (source);

CREATE TABLE snapshot_files (
    snapshot_id TEXT NOT NULL REFERENCES snapshots (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, position)
);

CREATE TABLE snapshot_issues (
    snapshot_id TEXT NOT NULL REFERENCES snapshots (id),
    position BIGINT NOT NULL,
    line BIGINT,
    field TEXT,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, position)
);

CREATE TABLE activations (
    source TEXT NOT NULL,
    position BIGINT NOT NULL,
    snapshot_id TEXT NOT NULL REFERENCES snapshots (id),
    activated_at BIGINT NOT NULL,
    activated_by TEXT NOT NULL,
    explicit INTEGER NOT NULL,
    PRIMARY KEY (source, position)
);

CREATE TABLE list_sets (
    id TEXT PRIMARY KEY,
    members TEXT NOT NULL
);

-- lookup is a keyed hash of the normalised identifier.
CREATE TABLE party_book (
    lookup TEXT NOT NULL,
    scheme TEXT NOT NULL,
    party_id TEXT NOT NULL REFERENCES contents (id),
    PRIMARY KEY (lookup, scheme)
);

-- digest and file are emptied by erasure.
CREATE TABLE decisions (
    decision_id TEXT PRIMARY KEY REFERENCES events (command_id),
    recorded_at BIGINT NOT NULL,
    agency_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    reference TEXT,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    movement TEXT NOT NULL,
    destination TEXT,
    risk_millibits BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    lists TEXT NOT NULL,
    policy TEXT NOT NULL,
    engine TEXT NOT NULL,
    digest TEXT NOT NULL,
    file TEXT NOT NULL,
    idx BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    questions BIGINT NOT NULL,
    erased_at BIGINT
);
CREATE INDEX decisions_recorded ON decisions (recorded_at, decision_id);
CREATE INDEX decisions_outcome ON decisions (outcome, risk_millibits, recorded_at);

CREATE TABLE transactions (
    reference TEXT NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT,
    kind TEXT NOT NULL,
    message_digest TEXT NOT NULL,
    decision_id TEXT NOT NULL REFERENCES decisions (decision_id),
    PRIMARY KEY (reference, position)
);
CREATE INDEX transactions_decision ON transactions (decision_id);

CREATE TABLE customs_references (
    customs_reference TEXT NOT NULL,
    reference TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (customs_reference, reference)
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

-- Failures by keyed hash of the name typed in, whether or not it exists.
CREATE TABLE login_failures (
    name_key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);
