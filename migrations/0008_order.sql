-- A placed order (src/shop/order). Prices and titles are copied at checkout and never change afterwards.
-- The columns of state are told apart in docs/glossary.md; stage is derived from them by one function.
CREATE TABLE orders (
    shop_id            BIGINT NOT NULL,
    id                 BIGINT NOT NULL,
    number             TEXT   NOT NULL,                      -- shown to people
    token              TEXT   NOT NULL,                      -- opens the order page
    stage              BIGINT NOT NULL CHECK (stage BETWEEN 1 AND 8),
    order_status       BIGINT NOT NULL CHECK (order_status BETWEEN 1 AND 4),
    payment_status     BIGINT NOT NULL CHECK (payment_status BETWEEN 1 AND 7),
    fulfillment_status BIGINT NOT NULL CHECK (fulfillment_status BETWEEN 1 AND 4),
    version            BIGINT NOT NULL,                      -- counts transitions
    currency           TEXT   NOT NULL CHECK (length(currency) = 3),
    total              BIGINT NOT NULL CHECK (total >= 0),
    paid               BIGINT NOT NULL DEFAULT 0 CHECK (paid >= 0),
    refunded           BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= paid),
    item_count         BIGINT NOT NULL,
    contact            BYTEA  NOT NULL,                      -- sealed JSON: contact, address
    phone_index        BYTEA,                                -- blind index
    email_index        BYTEA,                                -- blind index
    note               TEXT   NOT NULL DEFAULT '',
    cart_id            BIGINT NOT NULL,
    placed_at          BIGINT NOT NULL,
    closes_at          BIGINT NOT NULL,                      -- when it closes if it stays unpaid
    paid_at            BIGINT,
    closed_at          BIGINT,
    PRIMARY KEY (shop_id, id),
    CHECK (paid <= total)
);
CREATE UNIQUE INDEX orders_by_number ON orders (shop_id, number);
CREATE INDEX orders_by_stage ON orders (shop_id, stage, id);
-- Contacts are few to one hash and most are looked up rarely, so these stand apart and small.
CREATE INDEX orders_by_phone ON orders (shop_id, phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX orders_by_email ON orders (shop_id, email_index) WHERE email_index IS NOT NULL;

CREATE TABLE order_lines (
    shop_id       BIGINT NOT NULL,
    order_id      BIGINT NOT NULL,
    line_no       BIGINT NOT NULL,
    variant_id    BIGINT NOT NULL,
    product_id    BIGINT NOT NULL,
    product_title TEXT   NOT NULL,
    variant_title TEXT   NOT NULL,
    handle        TEXT   NOT NULL,
    sku           TEXT   NOT NULL,
    picture_id    TEXT,
    kind          BIGINT NOT NULL,                           -- enum product_kind
    unit_price    BIGINT NOT NULL CHECK (unit_price >= 0),
    quantity      BIGINT NOT NULL CHECK (quantity > 0),
    total         BIGINT NOT NULL CHECK (total >= 0),
    fulfilled     BIGINT NOT NULL DEFAULT 0 CHECK (fulfilled >= 0 AND fulfilled <= quantity),
    PRIMARY KEY (shop_id, order_id, line_no),
    FOREIGN KEY (shop_id, order_id) REFERENCES orders (shop_id, id)
);

-- Every transition of an order, append-only: replaying them gives the states in orders.
CREATE TABLE order_events (
    shop_id            BIGINT NOT NULL,
    order_id           BIGINT NOT NULL,
    event_no           BIGINT NOT NULL,                      -- the order's version after it
    kind               TEXT   NOT NULL,
    order_status       BIGINT NOT NULL,                      -- after the event
    payment_status     BIGINT NOT NULL,
    fulfillment_status BIGINT NOT NULL,
    actor              BIGINT NOT NULL,
    actor_id           BIGINT NOT NULL DEFAULT 0,
    note               TEXT   NOT NULL DEFAULT '',
    at                 BIGINT NOT NULL,
    PRIMARY KEY (shop_id, order_id, event_no),
    FOREIGN KEY (shop_id, order_id) REFERENCES orders (shop_id, id)
);
