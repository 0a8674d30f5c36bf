-- Decks that hold less than is promised (src/shop/digital): stock on hand = loaded - dealt + owed.
ALTER TABLE code_decks ADD COLUMN owed BIGINT NOT NULL DEFAULT 0 CHECK (owed >= 0);
CREATE INDEX code_decks_owed ON code_decks (shop_id, variant_id) WHERE owed > 0;

-- Paid orders that wait for codes of a variant (src/shop/payment). A table of its own: a sale never writes it.
CREATE TABLE waiting_orders (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    PRIMARY KEY (shop_id, variant_id, order_id)
);
CREATE INDEX waiting_orders_by_order ON waiting_orders (shop_id, order_id);

-- Those that waited before this table was there (open, paid, digital lines without their codes).
INSERT INTO waiting_orders (shop_id, variant_id, order_id, since)
SELECT DISTINCT l.shop_id, l.variant_id, l.order_id, o.paid_at
FROM orders o JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id
WHERE o.stage IN (2, 3, 4) AND o.payment_status = 4 AND o.paid_at IS NOT NULL AND l.kind = 2 AND l.fulfilled < l.quantity;
