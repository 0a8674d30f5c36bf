-- Pictures that are fetched from addresses (src/shop/catalog): what was asked for, what became of it. A row stays
-- when its picture is there, so that the same address does nothing again.
CREATE TABLE picture_addresses (
    shop_id     BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,                                -- 0 = for the library alone
    address_key TEXT   NOT NULL,                                -- first 128 bits of SHA-256 of the address, hex
    seq         BIGINT NOT NULL,                                -- order in which they were given
    address     TEXT   NOT NULL,
    state       BIGINT NOT NULL CHECK (state IN (1, 2, 3)),     -- waiting, there, given up
    attempts    BIGINT NOT NULL CHECK (attempts >= 0),
    next_at     BIGINT NOT NULL,
    reason      TEXT   NOT NULL,                                -- slug of why the last attempt failed, else ''
    status      BIGINT NOT NULL,                                -- HTTP status of the last attempt, else 0
    picture_id  TEXT,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, product_id, address_key)
);
CREATE INDEX picture_addresses_due ON picture_addresses (shop_id, next_at, seq) WHERE state = 1;
CREATE INDEX picture_addresses_open ON picture_addresses (shop_id, product_id, seq) WHERE state <> 2;
