-- Telling people what happened (src/shop/notify): by mail to buyers, by mail and robots to those who run the shop.

-- What the shop wants told, a bit for each enum shop_occasion: read with the shop, so that nobody has to ask.
ALTER TABLE shops ADD COLUMN occasions BIGINT NOT NULL DEFAULT 0;
-- The language in which the order was placed; '' = the shop's own.
ALTER TABLE orders ADD COLUMN locale TEXT NOT NULL DEFAULT '';

-- The shop's own mail server; without a row the platform's is used.
CREATE TABLE mail_servers (
    shop_id      BIGINT NOT NULL REFERENCES shops (shop_id),
    host         TEXT   NOT NULL,
    port         BIGINT NOT NULL CHECK (port BETWEEN 1 AND 65535),
    tls          BIGINT NOT NULL CHECK (tls BETWEEN 1 AND 3),     -- 1 from the start, 2 STARTTLS, 3 none
    login        TEXT   NOT NULL,
    password     BYTEA,                                           -- sealed; NULL = none
    from_name    TEXT   NOT NULL,                                 -- '' = the name of the shop
    from_address TEXT   NOT NULL,
    PRIMARY KEY (shop_id)
);

CREATE TABLE channels (
    shop_id    BIGINT NOT NULL REFERENCES shops (shop_id),
    id         BIGINT NOT NULL,
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 7),
    name       TEXT   NOT NULL,
    target     BYTEA  NOT NULL,                                   -- sealed: address, secret, receivers
    shown      TEXT   NOT NULL,                                   -- as much of the target as may be seen
    occasions  BIGINT NOT NULL,                                   -- a bit for each that it hears
    is_on      BIGINT NOT NULL CHECK (is_on IN (0, 1)),
    sent_at    BIGINT NOT NULL DEFAULT 0,                         -- the last that arrived
    failed_at  BIGINT NOT NULL DEFAULT 0,                         -- the last that did not
    problem    TEXT   NOT NULL DEFAULT '',                        -- why; a slug
    detail     TEXT   NOT NULL DEFAULT '',                        -- what the other side said
    PRIMARY KEY (shop_id, id)
);

-- The ledger. What a message says is made anew from the order each time it is sent.
CREATE TABLE messages (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    dedupe     TEXT   NOT NULL,                                   -- the same thing is told once
    again_key  TEXT   NOT NULL DEFAULT '',                        -- the click that sent it on its way again
    channel_id BIGINT NOT NULL,                                   -- 0 = mail to the buyer
    occasion   BIGINT NOT NULL,
    order_id   BIGINT,
    subject    TEXT   NOT NULL,                                   -- order number, SKU, file name
    facts      TEXT   NOT NULL,                                   -- JSON; nothing personal
    recipient  TEXT   NOT NULL DEFAULT '',                        -- masked
    state      BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),     -- queued, sent, failed (tried again), given up
    attempts   BIGINT NOT NULL DEFAULT 0,
    problem    TEXT   NOT NULL DEFAULT '',
    detail     TEXT   NOT NULL DEFAULT '',
    tried_at   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, id),
    UNIQUE (shop_id, dedupe)
);
CREATE INDEX messages_by_order ON messages (shop_id, order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX messages_by_state ON messages (shop_id, state, id);
