-- Keys of programs. Only the hash of a secret is kept; the row says whose the
-- calls are. Quotas are counted by day (UTC) in the transaction that lets an
-- answer go, so that a revoked key or a spent quota never gets one more.
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    agency_id TEXT NOT NULL,
    owner_id TEXT REFERENCES users (id),
    per_day BIGINT,
    per_minute BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
);

CREATE TABLE api_usage (
    token_id TEXT NOT NULL REFERENCES api_tokens (id),
    day TEXT NOT NULL,
    requests BIGINT NOT NULL,
    queries BIGINT NOT NULL,
    PRIMARY KEY (token_id, day)
);
