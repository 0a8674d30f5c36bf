-- From how few pieces on an alarm stands for every variant that has no watch of its own (src/shop/inventory/inventory_watch.h); 0 = none.
ALTER TABLE shops ADD COLUMN watch_low_at BIGINT NOT NULL DEFAULT 0 CHECK (watch_low_at BETWEEN 0 AND 20);
-- 1: low_at is its own; 2: it goes by the shop, the row only keeps its state; 3: it is not watched whatever the shop says.
ALTER TABLE stock_watches ADD COLUMN source BIGINT NOT NULL DEFAULT 1 CHECK (source BETWEEN 1 AND 3);

-- What one piece of a product holds: 1 箱 = 12 瓶.
ALTER TABLE product_details ADD COLUMN base_unit TEXT NOT NULL DEFAULT '';
ALTER TABLE product_details ADD COLUMN base_count BIGINT NOT NULL DEFAULT 0 CHECK (base_count BETWEEN 0 AND 1000000); -- 0 = not said

-- The freight template that products had before an import gave them another (src/shop/transfer/import_freight.c); 0 = that of the shop.
CREATE TABLE import_freights (
    shop_id    BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    before_id  BIGINT NOT NULL,
    after_id   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, import_id, product_id)
);
