-- Points may pay all of the goods (decision 0105).
ALTER TABLE shops ADD COLUMN points_pay_part BIGINT NOT NULL DEFAULT 0 CHECK (points_pay_part BETWEEN 0 AND 100);  -- percent of the goods of an order, at most
UPDATE shops SET points_pay_part = points_pay_percent;
ALTER TABLE shops DROP COLUMN points_pay_percent;

-- Pieces that points alone paid go back without money: a refund of nothing says so.
CREATE TABLE refunds_wider (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    number     TEXT   NOT NULL,
    attempt_id BIGINT NOT NULL,                              -- 0 = of nothing
    order_id   BIGINT NOT NULL,
    currency   TEXT   NOT NULL,
    amount     BIGINT NOT NULL,
    status     BIGINT NOT NULL CHECK (status IN (1, 2, 3)),  -- enum refund_status
    reason     TEXT   NOT NULL,
    actor      BIGINT NOT NULL,
    actor_id   BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    done_at    BIGINT,
    fact_id    BIGINT,
    request    TEXT,
    beside_id  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, id),
    CHECK (amount > 0 OR (amount = 0 AND attempt_id = 0 AND status = 2))
);
INSERT INTO refunds_wider (shop_id, id, number, attempt_id, order_id, currency, amount, status, reason, actor, actor_id, created_at, done_at, fact_id, request, beside_id)
    SELECT shop_id, id, number, attempt_id, order_id, currency, amount, status, reason, actor, actor_id, created_at, done_at, fact_id, request, beside_id FROM refunds;
DROP TABLE refunds;
ALTER TABLE refunds_wider RENAME TO refunds;
CREATE UNIQUE INDEX refunds_by_number ON refunds (shop_id, number);
CREATE INDEX refunds_by_order ON refunds (shop_id, order_id);
CREATE UNIQUE INDEX refunds_by_request ON refunds (shop_id, order_id, request) WHERE request IS NOT NULL;
