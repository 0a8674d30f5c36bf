-- Counting what is there (src/shop/inventory/inventory_take.h).
CREATE TABLE stock_takes (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    name        TEXT   NOT NULL,
    status      BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4), -- enum take_status
    created_by  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);

-- What one variant was counted as, and what the books said at that moment.
CREATE TABLE stock_take_lines (
    shop_id    BIGINT NOT NULL,
    take_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    counted    BIGINT NOT NULL CHECK (counted BETWEEN 0 AND 1000000000),
    book       BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    counted_by BIGINT NOT NULL,
    state      BIGINT NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- enum take_line_state
    PRIMARY KEY (shop_id, take_id, variant_id)
);
