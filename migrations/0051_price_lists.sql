-- Price lists: for whom goods cost another price than on the shelf (src/shop/pricing).
CREATE TABLE price_lists (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    version    BIGINT NOT NULL CHECK (version > 0),
    status     BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),            -- enum promotion_status
    name       TEXT   NOT NULL,
    audience   BIGINT NOT NULL CHECK (audience BETWEEN 1 AND 3),          -- enum price_audience
    is_shown   BIGINT NOT NULL CHECK (is_shown IN (0, 1)),                -- others read what members pay
    starts_at  BIGINT NOT NULL,                                           -- ms since 1970
    ends_at    BIGINT NOT NULL CHECK (ends_at > starts_at),
    terms      TEXT   NOT NULL,                                           -- JSON: the price and the goods, as of an offer
    group_ids  TEXT   NOT NULL,                                           -- JSON: [ids of customer_groups]
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX price_lists_active ON price_lists (shop_id, ends_at) WHERE status = 2;

-- What a list said at each time.
CREATE TABLE price_list_versions (
    shop_id       BIGINT NOT NULL,
    price_list_id BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    actor_id      BIGINT NOT NULL,
    terms         TEXT   NOT NULL,
    group_ids     TEXT   NOT NULL,
    PRIMARY KEY (shop_id, price_list_id, version)
);
ALTER TABLE shops ADD COLUMN has_price_lists BIGINT NOT NULL DEFAULT 0 CHECK (has_price_lists IN (0, 1));

-- Who has an order at the price of new buyers that may still be paid: nobody has two. One row for phone, e-mail and
-- account; behind its time another order may take it, unless one was paid by then.
CREATE TABLE new_buyer_claims (
    shop_id  BIGINT NOT NULL,
    buyer    BYTEA  NOT NULL,                                             -- keyed hash
    order_id BIGINT NOT NULL,
    until_at BIGINT NOT NULL,                                             -- when the order closes unpaid
    PRIMARY KEY (shop_id, buyer)
);
