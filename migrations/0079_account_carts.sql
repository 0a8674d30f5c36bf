-- The cart of an account: every device where somebody is logged in sees the same one (src/shop/cart/cart_account.h).
ALTER TABLE carts ADD COLUMN customer_id BIGINT NOT NULL DEFAULT 0;   -- 0 = of a guest
ALTER TABLE carts ADD COLUMN news TEXT NOT NULL DEFAULT '';           -- JSON: what joining two carts did, until the buyer has read it

CREATE TABLE customer_carts (
    shop_id     BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    cart_id     BIGINT NOT NULL,
    PRIMARY KEY (shop_id, customer_id)
);
