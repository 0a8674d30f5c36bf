-- The five states of an order (src/shop/order): two more of them, the stage "to review", and in each event where it came from.
ALTER TABLE orders ADD COLUMN aftersale_status BIGINT NOT NULL DEFAULT 0 CHECK (aftersale_status BETWEEN 0 AND 2);
ALTER TABLE orders ADD COLUMN review_status BIGINT NOT NULL DEFAULT 0 CHECK (review_status BETWEEN 0 AND 2);
-- A wider range needs a new column, for SQLite cannot change a CHECK.
ALTER TABLE orders ADD COLUMN stage_now BIGINT NOT NULL DEFAULT 1 CHECK (stage_now BETWEEN 1 AND 9);
UPDATE orders SET stage_now = stage;
DROP INDEX orders_by_stage;
ALTER TABLE orders DROP COLUMN stage;
ALTER TABLE orders RENAME COLUMN stage_now TO stage;
CREATE INDEX orders_by_stage ON orders (shop_id, stage, id);

ALTER TABLE order_events ADD COLUMN aftersale_status BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_events ADD COLUMN review_status BIGINT NOT NULL DEFAULT 0;
-- One decimal digit for each of the five states before the event, in the order of the columns; 0 = there was no order.
ALTER TABLE order_events ADD COLUMN states_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_events ADD COLUMN reason TEXT NOT NULL DEFAULT '';      -- a code, where the act needs one
UPDATE order_events SET states_before = COALESCE((SELECT p.order_status * 10000 + p.payment_status * 1000
    + p.fulfillment_status * 100 FROM order_events p WHERE p.shop_id = order_events.shop_id
    AND p.order_id = order_events.order_id AND p.event_no = order_events.event_no - 1), 0) WHERE event_no > 1;

-- Paid orders that the shop cancelled, by the shop's day; a day without one has no row.
CREATE TABLE order_cancel_days (
    shop_id   BIGINT NOT NULL,
    day       BIGINT NOT NULL,                               -- days since 1970 in the shop's zone
    cancelled BIGINT NOT NULL CHECK (cancelled > 0),
    at_fault  BIGINT NOT NULL CHECK (at_fault >= 0 AND at_fault <= cancelled), -- the buyer did not ask for it
    PRIMARY KEY (shop_id, day)
);

-- How long an order waits (src/shop/tenant): minutes until nobody pays any more, 0 = as the platform says; days after
-- shipping and after signing until it counts as received; days after that in which the buyer may complain.
ALTER TABLE shops ADD COLUMN unpaid_minutes BIGINT NOT NULL DEFAULT 0 CHECK (unpaid_minutes BETWEEN 0 AND 10080);
ALTER TABLE shops ADD COLUMN confirm_days BIGINT NOT NULL DEFAULT 10 CHECK (confirm_days BETWEEN 1 AND 60);
ALTER TABLE shops ADD COLUMN signed_days BIGINT NOT NULL DEFAULT 7 CHECK (signed_days BETWEEN 1 AND 60);
ALTER TABLE shops ADD COLUMN aftersale_days BIGINT NOT NULL DEFAULT 15 CHECK (aftersale_days BETWEEN 7 AND 365);

-- Orders that are on their way already count as received in time, too.
INSERT INTO jobs (shop_id, kind, subject_id, due_at, payload)
SELECT o.shop_id, 'order.confirm', o.id, MAX(s.shipped_at) + 864000000, '{}' FROM orders o
JOIN shipments s ON s.shop_id = o.shop_id AND s.order_id = o.id
WHERE o.order_status = 2 AND o.payment_status IN (4, 5) AND o.fulfillment_status IN (2, 3) GROUP BY o.shop_id, o.id;
