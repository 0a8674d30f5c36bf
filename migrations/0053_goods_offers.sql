-- Offers that give goods: bundles, gifts, add-ons and vouchers (src/shop/pricing/quote_goods.h).
ALTER TABLE promotions ADD COLUMN kind_now BIGINT NOT NULL DEFAULT 1 CHECK (kind_now BETWEEN 1 AND 99); -- enum discount_kind
UPDATE promotions SET kind_now = kind;
ALTER TABLE promotions DROP COLUMN kind;
ALTER TABLE promotions RENAME COLUMN kind_now TO kind;

-- What a gift would have cost stands as its amount, and that may be nothing.
ALTER TABLE promotion_uses ADD COLUMN amount_now BIGINT NOT NULL DEFAULT 0 CHECK (amount_now >= 0);
UPDATE promotion_uses SET amount_now = amount;
ALTER TABLE promotion_uses DROP COLUMN amount;
ALTER TABLE promotion_uses RENAME COLUMN amount_now TO amount;
ALTER TABLE promotion_uses ADD COLUMN is_gift BIGINT NOT NULL DEFAULT 0 CHECK (is_gift IN (0, 1)); -- pieces were given, nothing came off

ALTER TABLE carts ADD COLUMN gifts TEXT NOT NULL DEFAULT '';                -- which of several gifts was chosen: OFFER:VARIANT,…
ALTER TABLE cart_lines ADD COLUMN promotion_id BIGINT NOT NULL DEFAULT 0;   -- put in at the special price of this offer

ALTER TABLE order_lines ADD COLUMN role BIGINT NOT NULL DEFAULT 0 CHECK (role BETWEEN 0 AND 9);    -- enum line_role
ALTER TABLE order_lines ADD COLUMN promotion_id BIGINT NOT NULL DEFAULT 0;                         -- of a gift or an add-on
ALTER TABLE order_lines ADD COLUMN list_price BIGINT NOT NULL DEFAULT 0 CHECK (list_price >= 0);   -- of a gift: what one costs
