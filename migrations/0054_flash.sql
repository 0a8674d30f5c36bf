-- Flash sales: some pieces of some variants, for a short time, at a price of their own (src/shop/pricing/flash.h).

CREATE TABLE flash_sales (
    shop_id        BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    version        BIGINT NOT NULL CHECK (version > 0),
    status         BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),        -- enum promotion_status
    name           TEXT   NOT NULL,
    starts_at      BIGINT NOT NULL,                                       -- ms since 1970
    ends_at        BIGINT NOT NULL CHECK (ends_at > starts_at),
    unpaid_minutes BIGINT NOT NULL CHECK (unpaid_minutes BETWEEN 1 AND 60),
    is_beside      BIGINT NOT NULL CHECK (is_beside IN (0, 1)),           -- other offers may meet it on a piece
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX flash_sales_active ON flash_sales (shop_id, ends_at) WHERE status = 2;

-- `sold` is the counter: pieces of orders that live. It is never above `stock`.
CREATE TABLE flash_entries (
    shop_id     BIGINT NOT NULL,
    flash_id    BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,
    line_no     BIGINT NOT NULL,
    price       BIGINT NOT NULL CHECK (price > 0),                        -- minor units
    stock       BIGINT NOT NULL CHECK (stock > 0),
    person_most BIGINT NOT NULL CHECK (person_most >= 0),                 -- pieces, 0 = no bound
    sold        BIGINT NOT NULL DEFAULT 0,
    sold_out_at BIGINT,                                                   -- the first time that all were sold
    refused     BIGINT NOT NULL DEFAULT 0 CHECK (refused >= 0),           -- attempts that came too late
    PRIMARY KEY (shop_id, flash_id, variant_id),
    CHECK (sold BETWEEN 0 AND stock)
);
CREATE INDEX flash_entries_by_variant ON flash_entries (shop_id, variant_id);
CREATE INDEX flash_entries_by_product ON flash_entries (shop_id, product_id);

-- What each order took. `is_live` 0 = it came to nothing, and gave it back.
CREATE TABLE flash_uses (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    flash_id   BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    is_live    BIGINT NOT NULL DEFAULT 1 CHECK (is_live IN (0, 1)),
    PRIMARY KEY (shop_id, order_id, flash_id, variant_id)
);
CREATE INDEX flash_uses_by_sale ON flash_uses (shop_id, flash_id, order_id);

-- Pieces of one person, by phone, e-mail and address, where a sale has a bound for each.
CREATE TABLE flash_buyers (
    shop_id    BIGINT NOT NULL,
    buyer      BYTEA  NOT NULL,                                           -- keyed hash
    flash_id   BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (shop_id, buyer, flash_id, variant_id)
);
CREATE TABLE flash_use_buyers (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    flash_id   BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    buyer      BYTEA  NOT NULL,
    PRIMARY KEY (shop_id, order_id, flash_id, variant_id, buyer)
);

ALTER TABLE shops ADD COLUMN has_flash BIGINT NOT NULL DEFAULT 0 CHECK (has_flash IN (0, 1));
