-- Idempotency-Keys of checkouts, kept for a day (src/shop/checkout).
CREATE TABLE checkout_keys (
    shop_id      BIGINT NOT NULL,
    key_hash     BYTEA  NOT NULL,
    request_hash BYTEA  NOT NULL,
    order_id     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, key_hash)
);
CREATE INDEX checkout_keys_by_age ON checkout_keys (shop_id, created_at);
