-- How many of each variant we hold and how many are promised (src/shop/inventory). available = on_hand - reserved.
CREATE TABLE stock (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    on_hand    BIGINT NOT NULL CHECK (on_hand BETWEEN 0 AND 1000000000000),
    reserved   BIGINT NOT NULL CHECK (reserved >= 0),
    PRIMARY KEY (shop_id, variant_id),
    CHECK (reserved <= on_hand)
);

CREATE INDEX stock_by_product ON stock (shop_id, product_id);

-- Variants that came near their end; a candidate leaves when it is found to have enough again. A table of its own,
-- since an index over the numbers would be rewritten with every sale.
CREATE TABLE low_stock (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, variant_id)
);

-- Every change of stock, append-only: the sums of both columns are the row in stock.
CREATE TABLE stock_movements (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 9), -- enum movement_kind
    on_hand    BIGINT NOT NULL,                              -- change of on_hand
    reserved   BIGINT NOT NULL,                              -- change of reserved
    order_id   BIGINT,
    reason     TEXT   NOT NULL DEFAULT '',
    actor      BIGINT NOT NULL,
    actor_id   BIGINT NOT NULL DEFAULT 0,
    at         BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
