-- What stands on the desk of an officer beside the alerts of the customer book,
-- and how fast programs ask.

-- A party of assessed transactions that met a listed entity, once for party and
-- entity: id is a keyed hash of both. Both sides stand in the contents of the
-- newest assessment (decision_id); known is the day of knowledge of the newest
-- one, since an assessment as of an earlier knowledge says nothing about how
-- the pair stands judged now. Assessments recorded before this table came are
-- in it once they are assessed again.
CREATE TABLE met_parties (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    decision_id TEXT NOT NULL REFERENCES decisions (decision_id),
    known TEXT NOT NULL,
    state TEXT NOT NULL,
    strong INTEGER NOT NULL,
    score BIGINT NOT NULL,
    millibits BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    disposition_id TEXT,
    cleared_until TEXT
);
CREATE INDEX met_parties_order ON met_parties (state, strong, score, millibits);
CREATE INDEX met_parties_decision ON met_parties (decision_id);

-- Every assessment in which they met.
CREATE TABLE met_in (
    met_id TEXT NOT NULL REFERENCES met_parties (id),
    decision_id TEXT NOT NULL REFERENCES decisions (decision_id),
    PRIMARY KEY (met_id, decision_id)
);
CREATE INDEX met_in_decision ON met_in (decision_id);

-- Queries that a key may ask at this moment, in millionths, as of a time: it
-- fills at an even pace, and every server on this database draws from it.
CREATE TABLE api_buckets (
    token_id TEXT PRIMARY KEY REFERENCES api_tokens (id),
    level BIGINT NOT NULL,
    at BIGINT NOT NULL
);
