-- Presales: goods that are sold before they are there (src/shop/pricing/presale.h).

CREATE TABLE presales (
    shop_id       BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    swell_id      BIGINT NOT NULL,                                       -- what its deposits count more is an offer of its own in proofs
    version       BIGINT NOT NULL CHECK (version > 0),
    status        BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),        -- enum promotion_status
    kind          BIGINT NOT NULL CHECK (kind IN (1, 2)),                -- enum presale_kind
    name          TEXT   NOT NULL,
    starts_at     BIGINT NOT NULL,                                       -- ms since 1970
    ends_at       BIGINT NOT NULL CHECK (ends_at > starts_at),
    balance_from  BIGINT NOT NULL,                                       -- 0 of those that are paid whole
    balance_until BIGINT NOT NULL CHECK (balance_until = 0 OR balance_until > balance_from),
    ships_by      BIGINT NOT NULL,
    ahead_days    BIGINT NOT NULL CHECK (ahead_days BETWEEN 0 AND 60),   -- orders are to be packed so long before
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX presales_active ON presales (shop_id, ends_at) WHERE status = 2;

-- `sold` is the counter: pieces of orders that live. It is never above `stock`.
CREATE TABLE presale_entries (
    shop_id     BIGINT NOT NULL,
    presale_id  BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,
    line_no     BIGINT NOT NULL,
    price       BIGINT NOT NULL CHECK (price >= 0),                      -- minor units, 0 = that of the list
    deposit     BIGINT NOT NULL CHECK (deposit >= 0 AND deposit * 5 <= price), -- of one piece
    worth       BIGINT NOT NULL CHECK (worth = 0 OR worth >= deposit),   -- what the deposit counts, 0 = what it is
    stock       BIGINT NOT NULL CHECK (stock > 0),
    person_most BIGINT NOT NULL CHECK (person_most >= 0),                -- pieces, 0 = no bound
    sold        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, presale_id, variant_id),
    CHECK (sold BETWEEN 0 AND stock)
);
CREATE INDEX presale_entries_by_variant ON presale_entries (shop_id, variant_id);
CREATE INDEX presale_entries_by_product ON presale_entries (shop_id, product_id);

-- What each order took. `is_live` 0 = it came to nothing, and gave it back.
CREATE TABLE presale_uses (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    presale_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    is_live    BIGINT NOT NULL DEFAULT 1 CHECK (is_live IN (0, 1)),
    PRIMARY KEY (shop_id, order_id, presale_id, variant_id)
);
CREATE INDEX presale_uses_by_sale ON presale_uses (shop_id, presale_id, order_id);

-- Pieces of one person, by phone, e-mail and address, where a presale has a bound for each.
CREATE TABLE presale_buyers (
    shop_id    BIGINT NOT NULL,
    buyer      BYTEA  NOT NULL,                                          -- keyed hash
    presale_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (shop_id, buyer, presale_id, variant_id)
);
CREATE TABLE presale_use_buyers (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    presale_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    buyer      BYTEA  NOT NULL,
    PRIMARY KEY (shop_id, order_id, presale_id, variant_id, buyer)
);

ALTER TABLE shops ADD COLUMN has_presales BIGINT NOT NULL DEFAULT 0 CHECK (has_presales IN (0, 1));

-- What the seller promised: sent by then, and from when on the order is one of those to be packed. 0 = an ordinary order.
ALTER TABLE orders ADD COLUMN ships_by BIGINT NOT NULL DEFAULT 0 CHECK (ships_by >= 0);
ALTER TABLE orders ADD COLUMN packs_from BIGINT NOT NULL DEFAULT 0 CHECK (packs_from >= 0);
