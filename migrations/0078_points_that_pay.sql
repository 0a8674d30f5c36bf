-- Points of members pay a part of the goods (src/shop/pricing/quote_points.h, decision 0078): what they are worth, how many a cart
-- wishes to use, what an order used and what came back of it.
ALTER TABLE shops ADD COLUMN points_pay_rate BIGINT NOT NULL DEFAULT 0 CHECK (points_pay_rate >= 0);                    -- points that pay one unit of the currency; 0 = none do
ALTER TABLE shops ADD COLUMN points_pay_percent BIGINT NOT NULL DEFAULT 0 CHECK (points_pay_percent BETWEEN 0 AND 99);  -- of the goods of an order, at most
ALTER TABLE shops ADD COLUMN points_pay_least BIGINT NOT NULL DEFAULT 0 CHECK (points_pay_least >= 0);                  -- points that one order may use

-- Tables of a sale: their bounds stand in the statements that write them, and `yundian check` looks them over (decision 0090).
ALTER TABLE carts ADD COLUMN points BIGINT NOT NULL DEFAULT 0;            -- wished; 0 = none
ALTER TABLE orders ADD COLUMN points BIGINT NOT NULL DEFAULT 0;           -- used
ALTER TABLE orders ADD COLUMN points_off BIGINT NOT NULL DEFAULT 0;       -- minor units, part of the discount
ALTER TABLE orders ADD COLUMN points_back BIGINT NOT NULL DEFAULT 0;      -- of those used, what came back
ALTER TABLE order_lines ADD COLUMN points BIGINT NOT NULL DEFAULT 0;      -- share of those used; adds up to them

-- More kinds of movements.
CREATE TABLE point_movements_wider (
    shop_id     BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 7),                     -- enum point_kind
    points      BIGINT NOT NULL CHECK (points <> 0),                              -- negative: they went
    order_id    BIGINT NOT NULL,                                                  -- 0 = not of an order
    expires_at  BIGINT NOT NULL,                                                  -- ms, of what came; 0 = never
    reason      TEXT NOT NULL,                                                    -- by staff
    staff_id    BIGINT NOT NULL,                                                  -- 0 = not by staff
    at          BIGINT NOT NULL,
    PRIMARY KEY (shop_id, customer_id, id)
);
INSERT INTO point_movements_wider (shop_id, customer_id, id, kind, points, order_id, expires_at, reason, staff_id, at)
    SELECT shop_id, customer_id, id, kind, points, order_id, expires_at, reason, staff_id, at FROM point_movements;
DROP TABLE point_movements;
ALTER TABLE point_movements_wider RENAME TO point_movements;
