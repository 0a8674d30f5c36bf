-- Programs that share a database (src/job/echo.c). Not tables of a shop.
CREATE TABLE job_nodes (
    id      BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);
-- Events that the dispatcher told on its own node and the others still have to hear, for what they keep in memory.
CREATE TABLE event_echoes (
    seq          BIGINT NOT NULL,            -- in the order of telling
    shop_id      BIGINT NOT NULL,
    event_id     BIGINT NOT NULL,
    topic        TEXT   NOT NULL,
    aggregate_id BIGINT NOT NULL,
    payload      TEXT   NOT NULL,            -- JSON
    at           BIGINT NOT NULL,
    told_at      BIGINT NOT NULL,
    PRIMARY KEY (seq)
);
