-- From how few pieces on an alarm stands for every variant that has no watch of its own (src/shop/inventory/inventory_watch.h); 0 = none.
ALTER TABLE shops ADD COLUMN watch_low_at BIGINT NOT NULL DEFAULT 0 CHECK (watch_low_at BETWEEN 0 AND 20);
-- 1: low_at is its own; 2: it goes by the shop, the row only keeps its state; 3: it is not watched whatever the shop says.
ALTER TABLE stock_watches ADD COLUMN source BIGINT NOT NULL DEFAULT 1 CHECK (source BETWEEN 1 AND 3);
