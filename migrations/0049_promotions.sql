-- Offers: what comes off the price, of which goods, when and how often (src/shop/pricing).

CREATE TABLE promotions (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0),
    status      BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),           -- enum promotion_status
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 5),             -- enum rule_kind
    name        TEXT   NOT NULL,
    code        TEXT,                                                     -- NULL = for everybody
    starts_at   BIGINT NOT NULL,                                          -- ms since 1970
    ends_at     BIGINT NOT NULL CHECK (ends_at > starts_at),
    terms       TEXT   NOT NULL,                                          -- JSON: steps, scope, whom it stands beside
    uses_most   BIGINT NOT NULL CHECK (uses_most >= 0),                   -- 0 = no bound
    person_most BIGINT NOT NULL CHECK (person_most >= 0),
    money_most  BIGINT NOT NULL CHECK (money_most >= 0),                  -- minor units
    uses        BIGINT NOT NULL DEFAULT 0 CHECK (uses >= 0),              -- counted only with a bound
    money       BIGINT NOT NULL DEFAULT 0 CHECK (money >= 0),
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX promotions_by_code ON promotions (shop_id, code) WHERE code IS NOT NULL;
CREATE INDEX promotions_active ON promotions (shop_id, ends_at) WHERE status = 2;

-- What an offer said at each time.
CREATE TABLE promotion_versions (
    shop_id      BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    actor_id     BIGINT NOT NULL,
    terms        TEXT   NOT NULL,
    PRIMARY KEY (shop_id, promotion_id, version)
);

-- What each order got by an offer. `is_counted`: it stands in the counters of the offer and of the buyer.
CREATE TABLE promotion_uses (
    shop_id      BIGINT NOT NULL,
    order_id     BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    code         TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount > 0),
    is_counted   BIGINT NOT NULL CHECK (is_counted IN (0, 1)),
    is_live      BIGINT NOT NULL DEFAULT 1 CHECK (is_live IN (0, 1)),     -- 0 = the order came to nothing
    PRIMARY KEY (shop_id, order_id, promotion_id)
);
CREATE INDEX promotion_uses_by_promotion ON promotion_uses (shop_id, promotion_id, order_id);

-- How often one person used an offer that has a bound for each. One row for phone, e-mail and address.
CREATE TABLE promotion_buyers (
    shop_id      BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    buyer        BYTEA  NOT NULL,                                         -- keyed hash
    uses         BIGINT NOT NULL CHECK (uses >= 0),
    PRIMARY KEY (shop_id, buyer, promotion_id)
);
CREATE TABLE promotion_use_buyers (
    shop_id      BIGINT NOT NULL,
    order_id     BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    buyer        BYTEA  NOT NULL,
    PRIMARY KEY (shop_id, order_id, promotion_id, buyer)
);

-- From what the sum of an order was made, so that it can be made again.
CREATE TABLE price_proofs (
    shop_id  BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    proof    TEXT   NOT NULL,                                             -- JSON
    PRIMARY KEY (shop_id, order_id)
);

ALTER TABLE shops ADD COLUMN has_promotions BIGINT NOT NULL DEFAULT 0 CHECK (has_promotions IN (0, 1));
ALTER TABLE carts ADD COLUMN coupon TEXT NOT NULL DEFAULT '';             -- the code as it was typed, in capitals
ALTER TABLE orders ADD COLUMN discount BIGINT NOT NULL DEFAULT 0 CHECK (discount >= 0);       -- of all lines
ALTER TABLE order_lines ADD COLUMN discount BIGINT NOT NULL DEFAULT 0 CHECK (discount >= 0);  -- unit_price * quantity = total + discount
