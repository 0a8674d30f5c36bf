-- One try to pay an order through a gateway (src/shop/payment). Amount and gateway never change.
CREATE TABLE payment_attempts (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    number     TEXT   NOT NULL,                              -- [0-9A-Za-z], known to the gateway
    order_id   BIGINT NOT NULL,
    gateway    TEXT   NOT NULL,
    currency   TEXT   NOT NULL CHECK (length(currency) = 3),
    amount     BIGINT NOT NULL CHECK (amount > 0),
    status     BIGINT NOT NULL CHECK (status BETWEEN 1 AND 5), -- enum attempt_status
    refunded   BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= amount),
    url        TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    paid_at    BIGINT,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX payment_attempts_by_number ON payment_attempts (shop_id, number);
CREATE INDEX payment_attempts_by_order ON payment_attempts (shop_id, order_id);

-- What a gateway told us, once each, kept also when it does not fit.
CREATE TABLE payment_facts (
    shop_id         BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    gateway         TEXT   NOT NULL,
    provider_number TEXT   NOT NULL,
    kind            BIGINT NOT NULL CHECK (kind IN (1, 2)),  -- enum fact_kind
    attempt_number  TEXT   NOT NULL,
    currency        TEXT   NOT NULL,
    amount          BIGINT NOT NULL,
    at              BIGINT NOT NULL,                         -- as the gateway says
    received_at     BIGINT NOT NULL,
    verdict         TEXT   NOT NULL,                         -- applied, amount-mismatch, late, paid-twice, unknown-attempt
    raw             TEXT   NOT NULL,
    PRIMARY KEY (shop_id, gateway, provider_number, kind)
);

-- Money on its way back. The number is ours and is the same in every retry.
CREATE TABLE refunds (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    number     TEXT   NOT NULL,
    attempt_id BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    currency   TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    status     BIGINT NOT NULL CHECK (status IN (1, 2, 3)),  -- enum refund_status
    reason     TEXT   NOT NULL,
    actor      BIGINT NOT NULL,
    actor_id   BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    done_at    BIGINT,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX refunds_by_number ON refunds (shop_id, number);
CREATE INDEX refunds_by_order ON refunds (shop_id, order_id);
