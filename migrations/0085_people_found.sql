-- Words by which staff find people (src/shop/customer/customer_find.h), as keyed hashes: the names stay sealed.

ALTER TABLE customers ADD COLUMN plain_key BYTEA;                         -- of the name without blanks
ALTER TABLE customers ADD COLUMN pinyin_key BYTEA;
ALTER TABLE customers ADD COLUMN initials_key BYTEA;
ALTER TABLE customers ADD COLUMN tail_key BYTEA;                          -- of the last digits of the phone
ALTER TABLE customers ADD COLUMN is_keyed BIGINT NOT NULL DEFAULT 1 CHECK (is_keyed IN (0, 1)); -- 0 = of earlier days: a job fills the keys
UPDATE customers SET is_keyed = 0 WHERE deleted_at IS NULL AND (name IS NOT NULL OR phone IS NOT NULL);
CREATE INDEX customers_by_plain_key ON customers (shop_id, plain_key, id) WHERE plain_key IS NOT NULL;
CREATE INDEX customers_by_pinyin_key ON customers (shop_id, pinyin_key, id) WHERE pinyin_key IS NOT NULL;
CREATE INDEX customers_by_initials_key ON customers (shop_id, initials_key, id) WHERE initials_key IS NOT NULL;
CREATE INDEX customers_by_tail_key ON customers (shop_id, tail_key, id) WHERE tail_key IS NOT NULL;
CREATE INDEX customers_without_keys ON customers (shop_id, id) WHERE is_keyed = 0;

-- The same for the receivers and contacts of orders (src/shop/order/order_find.h). Filled behind the sale, by a job.
CREATE TABLE order_keys (
    shop_id  BIGINT NOT NULL,
    key      BYTEA  NOT NULL,
    order_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, key, order_id)
);
-- The orders up to this one have their keys.
CREATE TABLE order_key_marks (
    shop_id  BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id)
);

CREATE INDEX shipments_by_tracking ON shipments (shop_id, tracking_number, order_id);
