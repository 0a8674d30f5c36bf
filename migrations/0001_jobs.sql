-- What happened and has not been told to every listener yet (src/job).
CREATE TABLE outbox (
    shop_id      BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    topic        TEXT   NOT NULL,
    aggregate_id BIGINT NOT NULL,
    payload      TEXT   NOT NULL,            -- JSON
    at           BIGINT NOT NULL,
    attempt      BIGINT NOT NULL DEFAULT 0,  -- times that a listener failed
    due_at       BIGINT NOT NULL DEFAULT 0,  -- of the next attempt, when one failed
    PRIMARY KEY (shop_id, id)
);
-- Ids grow with time, so both ends of this index stay in memory.
CREATE INDEX outbox_fresh ON outbox (id) WHERE attempt = 0;
-- A failed event holds back the later ones of its aggregate.
CREATE INDEX outbox_failed ON outbox (shop_id, aggregate_id, id) WHERE attempt > 0;

-- Work with a due time. One row for each shop, kind and subject.
CREATE TABLE jobs (
    shop_id     BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    subject_id  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    fence       BIGINT NOT NULL DEFAULT 0,  -- made anew by each lease: only its holder may finish the job
    revision    BIGINT NOT NULL DEFAULT 0,  -- counts schedulings: one made during a run outlives the run
    attempt     BIGINT NOT NULL DEFAULT 0,  -- counts leases since it was scheduled
    dead_at     BIGINT,                     -- set when it gave up
    error       TEXT,
    payload     TEXT   NOT NULL,            -- JSON
    PRIMARY KEY (shop_id, kind, subject_id)
);
CREATE INDEX jobs_by_due ON jobs (due_at) WHERE dead_at IS NULL;
CREATE INDEX jobs_dead ON jobs (shop_id, dead_at) WHERE dead_at IS NOT NULL;

-- Recurring work of the platform: which node runs it now, and when it is due again. Not a shop's table.
-- The row "outbox" is the lease of the one dispatcher.
CREATE TABLE job_recurring (
    name        TEXT   NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    fence       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (name)
);
