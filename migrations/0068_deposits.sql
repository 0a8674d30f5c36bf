-- Orders that are paid in two parts, a deposit and the balance (docs/decisions/0067).

-- 0 = paid whole at once. The balance is the rest of the total and is due between the two moments.
ALTER TABLE orders ADD COLUMN deposit BIGINT NOT NULL DEFAULT 0 CHECK (deposit >= 0 AND deposit <= total);
ALTER TABLE orders ADD COLUMN balance_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN balance_until BIGINT NOT NULL DEFAULT 0;
-- The entry of the ledger by which a deposit became the shop's own, when nobody paid the balance.
ALTER TABLE orders ADD COLUMN kept_entry_id BIGINT NOT NULL DEFAULT 0;

-- A wider range needs a new column, for SQLite cannot change a CHECK.
ALTER TABLE orders ADD COLUMN stage_now BIGINT NOT NULL DEFAULT 1 CHECK (stage_now BETWEEN 1 AND 20);
UPDATE orders SET stage_now = stage;
DROP INDEX orders_by_stage;
ALTER TABLE orders DROP COLUMN stage;
ALTER TABLE orders RENAME COLUMN stage_now TO stage;
CREATE INDEX orders_by_stage ON orders (shop_id, stage, id);

ALTER TABLE payment_attempts ADD COLUMN part BIGINT NOT NULL DEFAULT 1 CHECK (part BETWEEN 1 AND 3); -- enum payment_part

-- The rest of a refund that one payment could not bear stands in a refund of its own beside it.
ALTER TABLE refunds ADD COLUMN beside_id BIGINT NOT NULL DEFAULT 0;
