-- Orders that are paid in two parts, a deposit and the balance (docs/decisions/0067).

-- 0 = paid whole at once. The balance is the rest of the total and is due between the two moments.
ALTER TABLE orders ADD COLUMN deposit BIGINT NOT NULL DEFAULT 0 CHECK (deposit >= 0 AND deposit <= total);
ALTER TABLE orders ADD COLUMN balance_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN balance_until BIGINT NOT NULL DEFAULT 0;
-- The entry of the ledger by which a deposit became the shop's own, when nobody paid the balance.
ALTER TABLE orders ADD COLUMN kept_entry_id BIGINT NOT NULL DEFAULT 0;

ALTER TABLE payment_attempts ADD COLUMN part BIGINT NOT NULL DEFAULT 1 CHECK (part BETWEEN 1 AND 3); -- enum payment_part

-- The rest of a refund that one payment could not bear stands in a refund of its own beside it.
ALTER TABLE refunds ADD COLUMN beside_id BIGINT NOT NULL DEFAULT 0;
