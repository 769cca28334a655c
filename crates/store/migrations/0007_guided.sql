-- The guided way: cases that people answer question by question, and what they
-- were told in the end.

-- A case on its way. What was answered is sealed in the row itself, since it is
-- replaced as a whole with each answer; the lookup is a keyed hash of the code
-- with which its owner comes back. version is raised by each change, so that two
-- windows cannot answer over each other.
CREATE TABLE guided_cases (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    lookup TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    ciphertext BYTEA NOT NULL,
    wrapped BYTEA NOT NULL
);
CREATE INDEX guided_cases_actor ON guided_cases (actor_id, changed_at);

-- What a case came to: the page as it was shown, sealed in contents under the
-- id. One event and one leaf vouch for it; digest is salted with a secret in the
-- contents, and code is its beginning, for people to type.
CREATE TABLE guided_results (
    id TEXT PRIMARY KEY REFERENCES contents (id),
    code TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL REFERENCES guided_cases (id),
    agency_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    lists TEXT NOT NULL,
    policy TEXT NOT NULL,
    engine TEXT NOT NULL,
    result TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX guided_results_case ON guided_results (case_id, recorded_at);
