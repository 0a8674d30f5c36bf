-- What the shop promises for a product after the sale (src/shop/catalog). 0 = nothing said.
-- return_rule is enum return_rule: 消费者权益保护法 25 gives seven days without a reason; 2 to 6 are its exceptions.
ALTER TABLE product_details ADD COLUMN return_rule BIGINT NOT NULL DEFAULT 0 CHECK (return_rule BETWEEN 0 AND 6);
ALTER TABLE product_details ADD COLUMN return_days BIGINT NOT NULL DEFAULT 0 CHECK (return_days BETWEEN 0 AND 365);
ALTER TABLE product_details ADD COLUMN exchange_days BIGINT NOT NULL DEFAULT 0 CHECK (exchange_days BETWEEN 0 AND 365);
ALTER TABLE product_details ADD COLUMN warranty_months BIGINT NOT NULL DEFAULT 0 CHECK (warranty_months BETWEEN 0 AND 600);
-- 假一赔N: 消费者权益保护法 55 gives three times the price anyway.
ALTER TABLE product_details ADD COLUMN fake_multiple BIGINT NOT NULL DEFAULT 0 CHECK (fake_multiple BETWEEN 0 AND 100);

-- The sales record of a product reads its newest lines.
CREATE INDEX order_lines_by_product ON order_lines (shop_id, product_id, order_id);
