-- The sandbox gateway's own truth, as if it were another company's (src/adapter/sandbox). Amounts in minor units.
CREATE TABLE sandbox_trades (
    shop_id         BIGINT NOT NULL,
    attempt_number  TEXT   NOT NULL,
    provider_number TEXT   NOT NULL,
    currency        TEXT   NOT NULL,
    amount          BIGINT NOT NULL CHECK (amount > 0),
    state           BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3), -- paid, failed, closed
    at              BIGINT NOT NULL,
    PRIMARY KEY (shop_id, attempt_number)
);

CREATE TABLE sandbox_refunds (
    shop_id         BIGINT NOT NULL,
    refund_number   TEXT   NOT NULL,
    provider_number TEXT   NOT NULL,
    attempt_number  TEXT   NOT NULL,
    amount          BIGINT NOT NULL CHECK (amount > 0),
    at              BIGINT NOT NULL,
    PRIMARY KEY (shop_id, refund_number)
);
