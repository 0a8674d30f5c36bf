-- Deals are kept by day and price (src/shop/pricing): the lowest of a week is eight looks into the key, however much was
-- sold. Each knows its product, pieces and money, so that the sales of a product follow from them and the lines of orders
-- need no index by product.
DROP INDEX order_lines_by_product;
DROP TABLE deals;
CREATE TABLE deals (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    day        BIGINT NOT NULL,                              -- at / 86400000
    price      BIGINT NOT NULL CHECK (price >= 0),           -- minor units for one piece, the lowest of the order
    at         BIGINT NOT NULL,                              -- orders.paid_at
    order_id   BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    revenue    BIGINT NOT NULL CHECK (revenue >= 0),
    PRIMARY KEY (shop_id, variant_id, day, price, at, order_id)
);
INSERT INTO deals (shop_id, variant_id, day, price, at, order_id, product_id, quantity, revenue)
SELECT l.shop_id, l.variant_id, o.paid_at / 86400000, MIN(l.unit_price), o.paid_at, o.id, MIN(l.product_id),
    CAST(SUM(l.quantity) AS BIGINT), CAST(SUM(l.total) AS BIGINT)
FROM order_lines l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
WHERE o.payment_status IN (4, 5) AND o.order_status IN (2, 3) AND o.paid_at IS NOT NULL
GROUP BY l.shop_id, l.variant_id, o.paid_at, o.id;

-- What the deals of each product add up to (src/shop/pricing).
DROP TABLE product_sales;
CREATE TABLE product_sales (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    sold       BIGINT NOT NULL,                              -- pieces
    revenue    BIGINT NOT NULL,
    refunds    BIGINT NOT NULL DEFAULT 0,                    -- deals that were undone
    last_at    BIGINT NOT NULL,                              -- when it was last paid for
    PRIMARY KEY (shop_id, product_id)
);
INSERT INTO product_sales (shop_id, product_id, sold, revenue, last_at)
SELECT shop_id, product_id, CAST(SUM(quantity) AS BIGINT), CAST(SUM(revenue) AS BIGINT), MAX(at)
FROM deals GROUP BY shop_id, product_id;
