-- Who wants to hear that a variant can be bought again (src/shop/customer/customer_wait.c); each is told once.
CREATE TABLE stock_waits (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,
    email_index BYTEA  NOT NULL,                             -- blind index
    email       BYTEA  NOT NULL,                             -- sealed
    locale      TEXT   NOT NULL,                             -- of the page where it was asked
    asked_at    BIGINT NOT NULL,                             -- when the buyer agreed to one mail
    expires_at  BIGINT NOT NULL,
    told_at     BIGINT,                                      -- NULL = still waiting
    PRIMARY KEY (shop_id, id),
    UNIQUE (shop_id, variant_id, email_index)
);
CREATE INDEX stock_waits_by_variant ON stock_waits (shop_id, variant_id, id) WHERE told_at IS NULL;
CREATE INDEX stock_waits_by_product ON stock_waits (shop_id, product_id, variant_id) WHERE told_at IS NULL;
CREATE INDEX stock_waits_by_person ON stock_waits (shop_id, email_index);
CREATE INDEX stock_waits_by_expiry ON stock_waits (shop_id, expires_at);

-- Somebody waited once: read with the shop, so that others pay no statement.
ALTER TABLE shops ADD COLUMN has_stock_waits BIGINT NOT NULL DEFAULT 0 CHECK (has_stock_waits IN (0, 1));
