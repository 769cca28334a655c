-- The day of publication of a snapshot that was stored without one, learnt
-- later. A row of its own, since a snapshot's own row never changes, and with
-- its own time, so that an answer given before it can be given again.
CREATE TABLE snapshot_dates (
    snapshot_id TEXT PRIMARY KEY REFERENCES snapshots (id),
    published TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);
