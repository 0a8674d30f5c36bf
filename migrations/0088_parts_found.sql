-- Accounts by a part of their name (src/shop/customer/customer_find.h), and orders by what is in them
-- (src/shop/order/order_find.h). Both are side tables: a sale writes neither (decision 0088).
CREATE TABLE customer_parts (
    shop_id     BIGINT NOT NULL,
    key         BYTEA  NOT NULL,                                          -- keyed hash of a part of the name
    customer_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, key, customer_id)
);
CREATE INDEX customer_parts_of_customer ON customer_parts (shop_id, customer_id);
UPDATE customers SET is_keyed = 0 WHERE deleted_at IS NULL AND name IS NOT NULL;

CREATE TABLE order_goods (
    shop_id  BIGINT NOT NULL,
    good_id  BIGINT NOT NULL,                                             -- a product or a variant: ids are of one series
    order_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, good_id, order_id)
);
-- The job goes through all orders again; the keys of whole names stay where they are meanwhile.
DELETE FROM order_key_marks;
