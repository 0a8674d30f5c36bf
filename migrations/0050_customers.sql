-- Buyers' accounts (src/shop/customer). Whoever buys needs none.
CREATE TABLE customers (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    email       BYTEA,                                       -- sealed, lower case; NULL once the account is deleted
    email_index BYTEA,                                       -- blind index
    phone       BYTEA,                                       -- sealed; NULL = not given
    phone_index BYTEA,                                       -- blind index of its digits
    name        BYTEA,                                       -- sealed; NULL = not given
    created_at  BIGINT NOT NULL,
    deleted_at  BIGINT,                                      -- NULL = it is there
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX customers_by_email ON customers (shop_id, email_index);
CREATE INDEX customers_by_phone ON customers (shop_id, phone_index) WHERE phone_index IS NOT NULL;

CREATE TABLE customer_addresses (
    shop_id     BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    address     BYTEA  NOT NULL,                             -- sealed JSON: name, phone, region, line
    is_default  BIGINT NOT NULL CHECK (is_default IN (0, 1)),
    PRIMARY KEY (shop_id, customer_id, id),
    FOREIGN KEY (shop_id, customer_id) REFERENCES customers (shop_id, id)
);

CREATE TABLE customer_sessions (
    shop_id     BIGINT NOT NULL,
    token_hash  BYTEA  NOT NULL,                             -- SHA-256 of the cookie
    customer_id BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, token_hash),
    FOREIGN KEY (shop_id, customer_id) REFERENCES customers (shop_id, id)
);
CREATE INDEX customer_sessions_by_customer ON customer_sessions (shop_id, customer_id);
CREATE INDEX customer_sessions_by_expiry ON customer_sessions (shop_id, expires_at);

-- The last code that was asked for with an address, whether it has an account or not.
CREATE TABLE customer_codes (
    shop_id     BIGINT NOT NULL,
    email_index BYTEA  NOT NULL,
    id          BIGINT NOT NULL,
    email       BYTEA  NOT NULL,                             -- sealed
    code        BYTEA  NOT NULL,                             -- sealed; a job sends it
    locale      TEXT   NOT NULL,
    tries       BIGINT NOT NULL CHECK (tries >= 0),
    asked       BIGINT NOT NULL CHECK (asked > 0),           -- codes since asked_since
    asked_since BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,                             -- 0 = it was used
    PRIMARY KEY (shop_id, email_index)
);
CREATE INDEX customer_codes_by_id ON customer_codes (shop_id, id);

-- Who was logged in when it was placed; NULL = nobody.
ALTER TABLE orders ADD COLUMN customer_id BIGINT;
CREATE INDEX orders_by_customer ON orders (shop_id, customer_id, id) WHERE customer_id IS NOT NULL;

-- Levels of members: by hand, or by what somebody spent.
CREATE TABLE customer_groups (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    spend_from BIGINT NOT NULL CHECK (spend_from >= 0),      -- minor units, paid less refunded; 0 = by hand only
    spend_days BIGINT NOT NULL CHECK (spend_days >= 0),      -- within so many days; 0 = ever
    PRIMARY KEY (shop_id, id)
);
ALTER TABLE customers ADD COLUMN name_index BYTEA;           -- blind index of the whole name
ALTER TABLE customers ADD COLUMN note BYTEA;                 -- sealed; what staff wrote
ALTER TABLE customers ADD COLUMN group_id BIGINT;            -- NULL = none
ALTER TABLE customers ADD COLUMN is_group_by_hand BIGINT NOT NULL DEFAULT 0 CHECK (is_group_by_hand IN (0, 1)); -- no rule moves it
CREATE INDEX customers_by_name ON customers (shop_id, name_index) WHERE name_index IS NOT NULL;
CREATE INDEX customers_by_group ON customers (shop_id, group_id, id) WHERE group_id IS NOT NULL;
ALTER TABLE shops ADD COLUMN has_group_rules BIGINT NOT NULL DEFAULT 0 CHECK (has_group_rules IN (0, 1));
