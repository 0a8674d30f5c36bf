-- People who run a shop (src/shop/staff).
CREATE TABLE staff (
    shop_id       BIGINT NOT NULL REFERENCES shops (shop_id),
    id            BIGINT NOT NULL,
    login         TEXT   NOT NULL,                           -- lower case
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,                           -- Argon2id
    role          BIGINT NOT NULL CHECK (role BETWEEN 1 AND 9), -- enum staff_role
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX staff_by_login ON staff (shop_id, login);

CREATE TABLE staff_sessions (
    shop_id    BIGINT NOT NULL,
    token_hash BYTEA  NOT NULL,                              -- SHA-256 of the cookie
    staff_id   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, token_hash),
    FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id)
);
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (shop_id, expires_at);

-- What a person must look at: money that does not fit, work that gave up.
CREATE TABLE alarms (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    subject     TEXT   NOT NULL,                             -- order number, job
    detail      TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    resolved_at BIGINT,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX alarms_open ON alarms (shop_id, id) WHERE resolved_at IS NULL;
