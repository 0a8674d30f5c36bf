-- What the shop compares a price with, and how much is in one piece (src/shop/catalog). What is shown of a comparison
-- is decided from deals when it is shown (docs/decisions/0013).
ALTER TABLE variants ADD COLUMN compare_price BIGINT NOT NULL DEFAULT 0 CHECK (compare_price BETWEEN 0 AND 9000000000000); -- 0 = none
ALTER TABLE variants ADD COLUMN compare_kind BIGINT NOT NULL DEFAULT 1 CHECK (compare_kind IN (1, 2)); -- enum compare_kind
ALTER TABLE variants ADD COLUMN compare_note TEXT NOT NULL DEFAULT '';                    -- of a typed explanation: 厂商建议零售价
ALTER TABLE variants ADD COLUMN content_amount BIGINT NOT NULL DEFAULT 0 CHECK (content_amount BETWEEN 0 AND 1000000); -- 0 = not said
ALTER TABLE variants ADD COLUMN content_unit BIGINT NOT NULL DEFAULT 0 CHECK (content_unit BETWEEN 0 AND 12); -- enum content_unit
ALTER TABLE variants ADD COLUMN content_base BIGINT NOT NULL DEFAULT 0 CHECK (content_base BETWEEN 0 AND 6);  -- enum content_base

-- What a variant cost from when on; written with the variant, append-only.
CREATE TABLE price_changes (
    shop_id       BIGINT NOT NULL,
    product_id    BIGINT NOT NULL,
    variant_id    BIGINT NOT NULL,
    version       BIGINT NOT NULL,                           -- products.version after that save
    at            BIGINT NOT NULL,
    price         BIGINT NOT NULL CHECK (price >= 0),
    compare_price BIGINT NOT NULL CHECK (compare_price >= 0), -- 0 = none
    compare_kind  BIGINT NOT NULL CHECK (compare_kind IN (1, 2)),
    actor         BIGINT NOT NULL,                           -- enum actor_kind
    actor_id      BIGINT NOT NULL,
    PRIMARY KEY (shop_id, product_id, variant_id, version),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
-- Of what is there already only this is known: that it costs this since it was last changed.
INSERT INTO price_changes (shop_id, product_id, variant_id, version, at, price, compare_price, compare_kind, actor, actor_id)
SELECT v.shop_id, v.product_id, v.id, p.version, p.updated_at, v.price, 0, 1, 1, 0
FROM variants v JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id;

-- What was really paid for one piece: one row for a variant in a paid order, taken away when the whole money went back
-- (src/shop/pricing). `yundian check` adds it up again from the orders.
CREATE TABLE deals (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    at         BIGINT NOT NULL,                              -- orders.paid_at
    order_id   BIGINT NOT NULL,
    price      BIGINT NOT NULL CHECK (price >= 0),           -- minor units for one piece, the lowest of the order
    PRIMARY KEY (shop_id, variant_id, at, order_id)
);
INSERT INTO deals (shop_id, variant_id, at, order_id, price)
SELECT l.shop_id, l.variant_id, o.paid_at, o.id, MIN(l.unit_price)
FROM order_lines l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
WHERE o.payment_status IN (4, 5) AND o.order_status IN (2, 3) AND o.paid_at IS NOT NULL
GROUP BY l.shop_id, l.variant_id, o.paid_at, o.id;

-- What the buyer saw when the line was last touched; 0 = not known.
ALTER TABLE cart_lines ADD COLUMN seen_price BIGINT NOT NULL DEFAULT 0 CHECK (seen_price >= 0);
