-- Long work that staff asked for (src/shop/work): how far it came, and what is left of it.
CREATE TABLE works (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    kind        TEXT   NOT NULL,                              -- also that of its job: work.products …
    subject_id  BIGINT NOT NULL DEFAULT 0,                    -- what it is about: an act, a tag; 0 = nothing
    title       TEXT   NOT NULL DEFAULT '',                   -- the name of that, for people
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4), -- enum work_state
    done        BIGINT NOT NULL DEFAULT 0,
    total       BIGINT NOT NULL DEFAULT 0,                    -- 0 = not known yet
    changed     BIGINT NOT NULL DEFAULT 0,                    -- of those that are done
    failed      BIGINT NOT NULL DEFAULT 0,
    payload     TEXT   NOT NULL DEFAULT '{}',                 -- JSON: what to do
    result      TEXT   NOT NULL DEFAULT '{}',                 -- JSON: what came of it
    url         TEXT   NOT NULL DEFAULT '',                   -- a page below /admin where that is seen
    failure     TEXT   NOT NULL DEFAULT '',                   -- slug
    actor       BIGINT NOT NULL,                              -- enum actor_kind
    actor_id    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX works_running ON works (shop_id, kind, subject_id) WHERE state = 1;

-- What a work has still to do, a transaction's worth a row: it goes with what was done for it.
CREATE TABLE work_parts (
    shop_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    part_no BIGINT NOT NULL,
    ids     TEXT   NOT NULL,                                  -- between commas
    PRIMARY KEY (shop_id, work_id, part_no)
);

-- What was removed and can be brought back for a while (src/shop/trash).
CREATE TABLE removed_things (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,                              -- in time order
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 5), -- enum trash_kind
    title       TEXT   NOT NULL,
    data        TEXT   NOT NULL,                              -- JSON: what its module needs to bring it back
    actor       BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    removed_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);

-- What was done to one product or order.
CREATE INDEX audit_entries_by_subject ON audit_entries (shop_id, subject, id) WHERE subject <> '';
