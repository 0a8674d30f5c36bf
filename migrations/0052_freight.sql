-- Freight: what carrying goods costs, by template and region (src/shop/freight).

CREATE TABLE freight_templates (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    version    BIGINT NOT NULL CHECK (version > 0),
    name       TEXT   NOT NULL,
    way        BIGINT NOT NULL CHECK (way BETWEEN 1 AND 3),               -- enum freight_way
    is_default BIGINT NOT NULL CHECK (is_default IN (0, 1)),              -- of products that chose none
    terms      TEXT   NOT NULL,                                           -- JSON: rates, where not, free from
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);

-- Which template a product has; without a row the default one.
CREATE TABLE freight_products (
    shop_id     BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,
    template_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, product_id)
);
CREATE INDEX freight_products_by_template ON freight_products (shop_id, template_id);

ALTER TABLE shops ADD COLUMN has_freight BIGINT NOT NULL DEFAULT 0 CHECK (has_freight IN (0, 1));
ALTER TABLE carts ADD COLUMN region BIGINT NOT NULL DEFAULT 0;            -- province (GB/T 2260), 0 = not said
ALTER TABLE orders ADD COLUMN freight BIGINT NOT NULL DEFAULT 0 CHECK (freight >= 0);
ALTER TABLE orders ADD COLUMN freight_discount BIGINT NOT NULL DEFAULT 0 CHECK (freight_discount >= 0);

-- Offers of further kinds: the bound of the kind goes.
CREATE TABLE promotions_next (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0),
    status      BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),           -- enum promotion_status
    kind        BIGINT NOT NULL CHECK (kind > 0),                         -- enum discount_kind
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
INSERT INTO promotions_next (shop_id, id, version, status, kind, name, code, starts_at, ends_at, terms, uses_most,
    person_most, money_most, uses, money, created_at, updated_at)
    SELECT shop_id, id, version, status, kind, name, code, starts_at, ends_at, terms, uses_most, person_most,
    money_most, uses, money, created_at, updated_at FROM promotions;
DROP TABLE promotions;
ALTER TABLE promotions_next RENAME TO promotions;
CREATE UNIQUE INDEX promotions_by_code ON promotions (shop_id, code) WHERE code IS NOT NULL;
CREATE INDEX promotions_active ON promotions (shop_id, ends_at) WHERE status = 2;
