-- Versions of reference documents: nomenclatures, control lists, precedents.
-- Rows never change. The id is a digest over all that the row says and the
-- bytes, so that neither can be exchanged; keyed where the document is private.
CREATE TABLE reference_versions (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    in_force_from TEXT,
    in_force_until TEXT,
    published TEXT,
    citation TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    is_private INTEGER NOT NULL,
    records BIGINT NOT NULL,
    issues BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);
CREATE INDEX reference_versions_name ON reference_versions (kind, name);

-- The prepared form of a public document. That of a private one is sealed in
-- contents, under the version's id.
CREATE TABLE reference_bytes (
    version_id TEXT PRIMARY KEY REFERENCES reference_versions (id),
    bytes BYTEA NOT NULL
);

CREATE TABLE reference_activations (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    version_id TEXT NOT NULL REFERENCES reference_versions (id),
    activated_at BIGINT NOT NULL,
    activated_by TEXT NOT NULL,
    explicit INTEGER NOT NULL,
    PRIMARY KEY (kind, name, position)
);
