-- Stock in one place or several, with the states that goods can be in (src/shop/inventory/inventory_level.h).
-- available = on_hand - reserved - damaged - qc - safety, and never below 0 unless the variant may be ordered ahead.
CREATE TABLE stock_levels (
    shop_id          BIGINT NOT NULL,
    variant_id       BIGINT NOT NULL,
    location_id      BIGINT NOT NULL DEFAULT 1, -- 1: the place that every shop has
    product_id       BIGINT NOT NULL,
    on_hand          BIGINT NOT NULL CHECK (on_hand BETWEEN 0 AND 1000000000000),
    reserved         BIGINT NOT NULL CHECK (reserved BETWEEN 0 AND 1000000000000), -- promised, paid or not
    damaged          BIGINT NOT NULL DEFAULT 0 CHECK (damaged BETWEEN 0 AND 1000000000000),
    qc               BIGINT NOT NULL DEFAULT 0 CHECK (qc BETWEEN 0 AND 1000000000000),
    safety           BIGINT NOT NULL DEFAULT 0 CHECK (safety BETWEEN 0 AND 1000000000000),
    incoming         BIGINT NOT NULL DEFAULT 0 CHECK (incoming BETWEEN 0 AND 1000000000000),
    backorder        BIGINT NOT NULL DEFAULT 0 CHECK (backorder BETWEEN 0 AND 1000000), -- how far below 0 orders may go
    allows_backorder BIGINT NOT NULL DEFAULT 0 CHECK (allows_backorder IN (0, 1)),      -- available may be below 0
    PRIMARY KEY (shop_id, variant_id, location_id),
    CHECK (allows_backorder = 1 OR reserved + damaged + qc + safety <= on_hand)
);
INSERT INTO stock_levels (shop_id, variant_id, product_id, on_hand, reserved)
SELECT shop_id, variant_id, product_id, on_hand, reserved FROM stock;
DROP TABLE stock;
ALTER TABLE stock_levels RENAME TO stock;
CREATE INDEX stock_by_product ON stock (shop_id, product_id);

-- Every change of stock, append-only: the sums of all six columns are the row in stock.
CREATE TABLE movements (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    location_id BIGINT NOT NULL DEFAULT 1,
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 31), -- enum movement_kind
    on_hand     BIGINT NOT NULL,                               -- changes
    reserved    BIGINT NOT NULL,
    damaged     BIGINT NOT NULL DEFAULT 0,
    qc          BIGINT NOT NULL DEFAULT 0,
    safety      BIGINT NOT NULL DEFAULT 0,
    incoming    BIGINT NOT NULL DEFAULT 0,
    order_id    BIGINT,
    reason      TEXT   NOT NULL DEFAULT '',
    actor       BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL DEFAULT 0,
    at          BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
INSERT INTO movements (shop_id, id, variant_id, kind, on_hand, reserved, order_id, reason, actor, actor_id, at)
SELECT shop_id, id, variant_id, kind, on_hand, reserved, order_id, reason, actor, actor_id, at FROM stock_movements;
DROP TABLE stock_movements;
ALTER TABLE movements RENAME TO stock_movements;

-- Where goods are, of shops that keep them in more than one place. Others have no row here.
CREATE TABLE stock_locations (
    shop_id   BIGINT NOT NULL,
    id        BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    address   TEXT   NOT NULL DEFAULT '',
    priority  BIGINT NOT NULL CHECK (priority BETWEEN 1 AND 1000), -- the least is asked first
    is_active BIGINT NOT NULL CHECK (is_active IN (0, 1)),         -- goods may be put there
    PRIMARY KEY (shop_id, id)
);
ALTER TABLE shops ADD COLUMN has_locations BIGINT NOT NULL DEFAULT 0;

-- What of an order is promised elsewhere than in the place that every shop has; the rest of it is promised there.
CREATE TABLE stock_promises (
    shop_id     BIGINT NOT NULL,
    order_id    BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    quantity    BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 1000000000000),
    PRIMARY KEY (shop_id, order_id, variant_id, location_id)
);

-- What a shop says of when goods come that may be ordered ahead: 12 月 5 日. No row: nothing.
CREATE TABLE stock_restocks (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    text       TEXT   NOT NULL,
    PRIMARY KEY (shop_id, variant_id)
);

-- Variants of which staff want to hear when little is left.
CREATE TABLE stock_watches (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    low_at     BIGINT NOT NULL CHECK (low_at BETWEEN 1 AND 20),
    alarm      TEXT, -- the subject of the alarm that stands
    PRIMARY KEY (shop_id, product_id, variant_id)
);
ALTER TABLE shops ADD COLUMN watches_stock BIGINT NOT NULL DEFAULT 0;
