-- Prices that begin at a time, and perhaps end at one (src/shop/pricing/price_plan.h).
CREATE TABLE price_plans (
    shop_id      BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    product_id   BIGINT NOT NULL,
    status       BIGINT NOT NULL CHECK (status BETWEEN 1 AND 6),          -- enum price_plan_status
    starts_at    BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL CHECK (ends_at = 0 OR ends_at > starts_at), -- 0 = it stays
    compare      BIGINT NOT NULL CHECK (compare BETWEEN 1 AND 4),         -- enum plan_compare
    compare_note TEXT   NOT NULL,
    replaces_id  BIGINT,                                                  -- the plan that it was made of
    made_at      BIGINT NOT NULL,
    actor        BIGINT NOT NULL,                                         -- enum actor_kind
    actor_id     BIGINT NOT NULL,
    turned_at    BIGINT,                                                  -- when its status became what it is
    PRIMARY KEY (shop_id, id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE INDEX price_plans_of_products ON price_plans (shop_id, product_id, starts_at);

-- The former price is written when the plan begins.
CREATE TABLE price_plan_lines (
    shop_id           BIGINT NOT NULL,
    plan_id           BIGINT NOT NULL,
    variant_id        BIGINT NOT NULL,
    price             BIGINT NOT NULL CHECK (price BETWEEN 1 AND 9000000000000),
    compare_price     BIGINT NOT NULL CHECK (compare_price BETWEEN 0 AND 9000000000000), -- 0 = none, or as it is
    was_price         BIGINT CHECK (was_price >= 0),                      -- NULL until it begins
    was_compare_price BIGINT NOT NULL DEFAULT 0,
    was_compare_kind  BIGINT NOT NULL DEFAULT 1,
    was_compare_note  TEXT   NOT NULL DEFAULT '',
    set_compare_price BIGINT NOT NULL DEFAULT 0,                          -- what stood struck through when it had begun
    is_kept           BIGINT NOT NULL DEFAULT 0 CHECK (is_kept IN (0, 1)), -- at the end somebody had changed it by hand
    PRIMARY KEY (shop_id, plan_id, variant_id)
);
