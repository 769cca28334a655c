-- What people do about matches: screening records, judgements, the customer
-- book, rescreening, alerts, and what is told to other systems.

-- Every screening, clear ones too. Who was asked about, and the hits, are sealed
-- in contents under the id. One event and one leaf vouch for a batch: the event
-- holds a digest over (id, digest) of its rows. digest is salted with a secret
-- in the contents; code is the beginning of it, for people to type.
CREATE TABLE screenings (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    batch_id TEXT NOT NULL REFERENCES events (command_id),
    position BIGINT NOT NULL,
    agency_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    lists TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    weak INTEGER NOT NULL,
    engine TEXT NOT NULL,
    result TEXT NOT NULL,
    hits BIGINT NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX screenings_batch ON screenings (batch_id, position);
CREATE INDEX screenings_recorded ON screenings (recorded_at, id);

-- Judgements on a match. The sides as they were, and the reasons, are sealed in
-- contents. book and customer_id are null for parties of transactions.
CREATE TABLE dispositions (
    id TEXT PRIMARY KEY REFERENCES contents (id),
    agency_id TEXT NOT NULL,
    book TEXT,
    customer_id TEXT,
    entity_id TEXT NOT NULL,
    rests_on TEXT,
    verdict TEXT NOT NULL,
    progress TEXT NOT NULL,
    second_needed INTEGER NOT NULL,
    expires_on TEXT NOT NULL,
    engine_major BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    confirmed_by TEXT,
    confirmed_at BIGINT,
    ended_by TEXT,
    ended_at BIGINT,
    CHECK (confirmed_by IS NULL OR LOWER(confirmed_by) <> LOWER(proposed_by)),
    CHECK (progress <> 'decided' OR second_needed = 0 OR confirmed_by IS NOT NULL)
);
CREATE INDEX dispositions_entity ON dispositions (entity_id);
CREATE INDEX dispositions_customer ON dispositions (book, customer_id);
CREATE INDEX dispositions_progress ON dispositions (progress, proposed_at);

-- lookup is a keyed hash of a name, identifier or customer number.
CREATE TABLE disposition_keys (
    lookup TEXT NOT NULL,
    disposition_id TEXT NOT NULL REFERENCES dispositions (id),
    PRIMARY KEY (lookup, disposition_id)
);
CREATE INDEX disposition_keys_of ON disposition_keys (disposition_id);

-- A book of customers. version is raised by every transaction that changes it;
-- import is the version at which the last import began.
CREATE TABLE customer_books (
    book TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    import BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- One customer, sealed in its own row: a book has millions, and each is replaced
-- as a whole. digest is a keyed hash of it; version is that of the book when the
-- customer came or changed; seen is the import that last named it.
CREATE TABLE customers (
    book TEXT NOT NULL REFERENCES customer_books (book),
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    version BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    ciphertext BYTEA NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX customers_version ON customers (book, version);

-- A rescreening of a book against a list set. What it has to do is fixed when it
-- starts; its parts are done one by one, so that it goes on after a kill.
CREATE TABLE monitor_runs (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    book TEXT NOT NULL REFERENCES customer_books (book),
    book_version BIGINT NOT NULL,
    customers BIGINT NOT NULL,
    customers_digest TEXT NOT NULL,
    lists TEXT NOT NULL,
    since TEXT REFERENCES monitor_runs (id),
    engine TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    weak INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    customers_to_screen BIGINT NOT NULL,
    entities_to_screen BIGINT NOT NULL,
    entities_digest TEXT NOT NULL,
    parts BIGINT NOT NULL,
    state TEXT NOT NULL,
    started_by TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX monitor_runs_book ON monitor_runs (book, started_at);
CREATE UNIQUE INDEX monitor_runs_running ON monitor_runs (book) WHERE state = 'running';

-- A part that is done: up to which customer or entity it went, what it met, how
-- many could be screened in part only or not at all, and a digest over all of it.
CREATE TABLE monitor_parts (
    run_id TEXT NOT NULL REFERENCES monitor_runs (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    upto TEXT NOT NULL,
    customers BIGINT NOT NULL,
    entities BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    unscreened BIGINT NOT NULL,
    digest TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    PRIMARY KEY (run_id, position)
);

-- A customer who meets an entity. evidence is the content in which both sides
-- and the reasons are sealed; seen_run is the last run in which they met.
CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL,
    book TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    state TEXT NOT NULL,
    strong INTEGER NOT NULL,
    score BIGINT NOT NULL,
    millibits BIGINT NOT NULL,
    evidence TEXT NOT NULL REFERENCES contents (id),
    evidence_digest TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    raised_run TEXT NOT NULL REFERENCES monitor_runs (id),
    changed_at BIGINT NOT NULL,
    seen_run TEXT NOT NULL REFERENCES monitor_runs (id),
    disposition_id TEXT,
    cleared_until TEXT,
    UNIQUE (book, customer_id, entity_id)
);
CREATE INDEX alerts_order ON alerts (state, strong, score, millibits);
CREATE INDEX alerts_entity ON alerts (entity_id);

-- Who is told, and what has to be delivered. The secret that signs is sealed in
-- contents under the id of the webhook. The id of a delivery is its idempotency
-- key: it stays the same through all attempts.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY REFERENCES contents (id),
    agency_id TEXT NOT NULL,
    url TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_at BIGINT,
    last_error TEXT
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
