-- Points that a refund wanted back and that were gone (decision 0106): what is earned next settles them. What was wanted before stays as it is.
ALTER TABLE point_earnings ADD COLUMN debt BIGINT NOT NULL DEFAULT 0 CHECK (debt >= 0);  -- of what is wanted back; less with every part that is settled
ALTER TABLE point_accounts ADD COLUMN debt BIGINT NOT NULL DEFAULT 0 CHECK (debt >= 0);  -- of all its orders
CREATE INDEX point_earnings_of_debts ON point_earnings (shop_id, customer_id, order_id) WHERE debt > 0;
