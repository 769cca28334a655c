-- The files of a policy, as one text: canonical JSON of path → text. Never
-- changes; the digest is what decisions name.
CREATE TABLE policy_bundles (
    digest TEXT PRIMARY KEY,
    files TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);

-- A proposal and what became of it. Two people: who adopts is not who proposed,
-- who agrees to a suspension is not who asked for it.
CREATE TABLE policy_versions (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES policy_bundles (digest),
    base TEXT,
    title TEXT NOT NULL,
    progress TEXT NOT NULL,
    cases BIGINT NOT NULL,
    comments BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    adopted_by TEXT,
    adopted_at BIGINT,
    asked_by TEXT,
    asked_at BIGINT,
    ended_by TEXT,
    ended_at BIGINT,
    CHECK (progress IN ('proposed', 'adopted', 'rejected', 'withdrawn', 'suspended')),
    CHECK (adopted_by IS NULL OR LOWER(TRIM(adopted_by)) <> LOWER(TRIM(proposed_by))),
    CHECK (progress NOT IN ('adopted', 'suspended') OR adopted_by IS NOT NULL),
    CHECK (progress NOT IN ('rejected', 'withdrawn') OR adopted_by IS NULL),
    CHECK (progress <> 'rejected' OR LOWER(TRIM(ended_by)) <> LOWER(TRIM(proposed_by))),
    CHECK (progress <> 'suspended' OR (asked_by IS NOT NULL AND ended_by IS NOT NULL
        AND LOWER(TRIM(ended_by)) <> LOWER(TRIM(asked_by))))
);
CREATE INDEX policy_versions_progress ON policy_versions (progress, adopted_at);

-- What was said of a version: reasons and comments, sealed in contents.
CREATE TABLE policy_remarks (
    content_id TEXT PRIMARY KEY REFERENCES contents (id),
    version_id TEXT NOT NULL REFERENCES policy_versions (id),
    kind TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at BIGINT NOT NULL
);
CREATE INDEX policy_remarks_of ON policy_remarks (version_id, said_at);

-- A draft that runs beside the policy in use. Its decisions never act.
CREATE TABLE shadow_runs (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES policy_bundles (digest),
    title TEXT NOT NULL,
    until TEXT NOT NULL,
    started_by TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    stopped_by TEXT,
    stopped_at BIGINT
);
CREATE UNIQUE INDEX shadow_runs_running ON shadow_runs (agency_id) WHERE stopped_at IS NULL;

-- What the draft would have decided. The decision is sealed under the subject of
-- the decision that acted, and goes with it.
CREATE TABLE shadow_decisions (
    run_id TEXT NOT NULL REFERENCES shadow_runs (id),
    decision_id TEXT NOT NULL REFERENCES decisions (decision_id),
    acted TEXT NOT NULL,
    shadow TEXT NOT NULL,
    content_id TEXT REFERENCES contents (id),
    digest TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (run_id, decision_id)
);
CREATE INDEX shadow_decisions_outcome ON shadow_decisions (run_id, acted, shadow);

-- What changed, for those it touches. Public; never changes.
CREATE TABLE bulletins (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX bulletins_published ON bulletins (published_at, id);
