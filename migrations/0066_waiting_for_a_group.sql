-- Orders that wait for their group: nothing of them leaves (src/shop/order/order_change.c), and people read 待成团.
ALTER TABLE orders ADD COLUMN waits_for_group BIGINT NOT NULL DEFAULT 0 CHECK (waits_for_group IN (0, 1));
-- A wider range of stages needs a new column, for SQLite cannot change a CHECK; with room, so that the next one does not.
ALTER TABLE orders ADD COLUMN stage_wide BIGINT NOT NULL DEFAULT 1 CHECK (stage_wide BETWEEN 1 AND 30);
UPDATE orders SET stage_wide = stage;
DROP INDEX orders_by_stage;
ALTER TABLE orders DROP COLUMN stage;
ALTER TABLE orders RENAME COLUMN stage_wide TO stage;
CREATE INDEX orders_by_stage ON orders (shop_id, stage, id);
