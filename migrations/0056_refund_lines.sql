-- Money back for pieces of lines (src/shop/payment/payment_goods.h), and what became of the pieces.
-- Pieces of each line, of all refunds together; refund_share says how much money they are.
ALTER TABLE order_lines ADD COLUMN refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= quantity);
ALTER TABLE order_lines ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0 CHECK (withdrawn >= 0 AND withdrawn <= refunded AND withdrawn + fulfilled <= quantity);
ALTER TABLE order_lines ADD COLUMN returned BIGINT NOT NULL DEFAULT 0 CHECK (returned >= 0 AND returned <= fulfilled AND returned + withdrawn <= refunded);

-- What of a refund is for which line; the rest of its amount was free.
CREATE TABLE refund_lines (
    shop_id     BIGINT NOT NULL,
    refund_id   BIGINT NOT NULL,
    line_no     BIGINT NOT NULL,
    order_id    BIGINT NOT NULL,
    quantity    BIGINT NOT NULL CHECK (quantity > 0),
    amount      BIGINT NOT NULL CHECK (amount >= 0),
    withdrawn   BIGINT NOT NULL CHECK (withdrawn BETWEEN 0 AND quantity), -- had not left, and will not
    returned    BIGINT NOT NULL CHECK (returned >= 0 AND returned + withdrawn <= quantity),
    back        BIGINT NOT NULL CHECK (back BETWEEN 0 AND 3),             -- enum goods_back
    location_id BIGINT NOT NULL,                                          -- 0 = nothing came back
    PRIMARY KEY (shop_id, refund_id, line_no)
);
CREATE INDEX refund_lines_by_order ON refund_lines (shop_id, order_id);

-- The same request twice is one refund.
ALTER TABLE refunds ADD COLUMN request TEXT;
CREATE UNIQUE INDEX refunds_by_request ON refunds (shop_id, order_id, request) WHERE request IS NOT NULL;
