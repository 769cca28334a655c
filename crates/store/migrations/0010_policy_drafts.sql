-- Drafts of policy on the desk of an officer: what differs from the policy they
-- were begun from, and what their last replay over history gave. Sealed in the
-- row, since a replay names parties; replaced as a whole. version is raised by
-- each change, so that two windows cannot write over each other. Nothing here
-- acts: a draft is proposed as a version, and adopted by another person.
CREATE TABLE policy_drafts (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    proposed_as TEXT REFERENCES policy_versions (id),
    ciphertext BYTEA NOT NULL,
    wrapped BYTEA NOT NULL
);
CREATE INDEX policy_drafts_changed ON policy_drafts (changed_at, id);
CREATE INDEX policy_drafts_proposed ON policy_drafts (proposed_as);
