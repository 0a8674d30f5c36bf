-- Group buying (src/shop/pricing/group_buy.h): a price that holds when enough people buy in time.

CREATE TABLE group_buys (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    version    BIGINT NOT NULL CHECK (version > 0),
    status     BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),        -- enum promotion_status
    name       TEXT   NOT NULL,
    starts_at  BIGINT NOT NULL,                                       -- ms since 1970
    ends_at    BIGINT NOT NULL CHECK (ends_at > starts_at),
    size       BIGINT NOT NULL CHECK (size BETWEEN 2 AND 100),        -- people in a group
    hours      BIGINT NOT NULL CHECK (hours BETWEEN 1 AND 72),        -- to fill it
    is_listed  BIGINT NOT NULL CHECK (is_listed IN (0, 1)),           -- groups of strangers stand on the product's page
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX group_buys_active ON group_buys (shop_id, ends_at) WHERE status = 2;

-- `sold` is the counter: pieces of orders that live. It is never above `stock`.
CREATE TABLE group_buy_entries (
    shop_id      BIGINT NOT NULL,
    group_buy_id BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    product_id   BIGINT NOT NULL,
    line_no      BIGINT NOT NULL,
    price        BIGINT NOT NULL CHECK (price > 0),                   -- minor units
    stock        BIGINT NOT NULL CHECK (stock > 0),
    person_most  BIGINT NOT NULL CHECK (person_most >= 0),            -- pieces, 0 = no bound
    sold         BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, group_buy_id, variant_id),
    CHECK (sold BETWEEN 0 AND stock)
);
CREATE INDEX group_buy_entries_by_variant ON group_buy_entries (shop_id, variant_id);
CREATE INDEX group_buy_entries_by_product ON group_buy_entries (shop_id, product_id);

-- Size and price are those of the moment in which its first order was placed.
CREATE TABLE buy_groups (
    shop_id      BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    token        TEXT   NOT NULL,
    group_buy_id BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    product_id   BIGINT NOT NULL,
    state        BIGINT NOT NULL CHECK (state BETWEEN 1 AND 5),       -- enum buy_group_state
    size         BIGINT NOT NULL CHECK (size BETWEEN 2 AND 100),
    hours        BIGINT NOT NULL CHECK (hours BETWEEN 1 AND 72),
    price        BIGINT NOT NULL CHECK (price > 0),
    taken        BIGINT NOT NULL,                                     -- seats that are reserved or paid
    paid         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    opened_at    BIGINT,                                              -- its first order was paid
    ends_at      BIGINT,
    ended_at     BIGINT,
    PRIMARY KEY (shop_id, id),
    CHECK (taken BETWEEN 0 AND size),
    CHECK (paid BETWEEN 0 AND taken)
);
CREATE UNIQUE INDEX buy_groups_by_token ON buy_groups (shop_id, token);
CREATE INDEX buy_groups_by_buy ON buy_groups (shop_id, group_buy_id, state, ends_at);

-- One order has one seat.
CREATE TABLE group_seats (
    shop_id      BIGINT NOT NULL,
    order_id     BIGINT NOT NULL,
    group_id     BIGINT NOT NULL,
    group_buy_id BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    quantity     BIGINT NOT NULL CHECK (quantity > 0),
    state        BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),       -- enum seat_state
    mask         TEXT   NOT NULL,                                     -- as much of a name as others may see
    taken_at     BIGINT NOT NULL,
    paid_at      BIGINT,
    PRIMARY KEY (shop_id, order_id)
);
CREATE INDEX group_seats_by_group ON group_seats (shop_id, group_id, order_id);
CREATE INDEX group_seats_by_buy ON group_seats (shop_id, group_buy_id, order_id);

-- Who sits there, by phone, e-mail and account: nobody twice in one group.
CREATE TABLE group_persons (
    shop_id  BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    buyer    BYTEA  NOT NULL,                                         -- keyed hash
    group_id BIGINT NOT NULL,
    is_live  BIGINT NOT NULL CHECK (is_live IN (0, 1)),
    PRIMARY KEY (shop_id, order_id, buyer)
);
CREATE UNIQUE INDEX group_persons_once ON group_persons (shop_id, group_id, buyer) WHERE is_live = 1;

-- Pieces of one person over all groups of an activity.
CREATE TABLE group_buyers (
    shop_id      BIGINT NOT NULL,
    buyer        BYTEA  NOT NULL,
    group_buy_id BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    quantity     BIGINT NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (shop_id, buyer, group_buy_id, variant_id)
);

ALTER TABLE shops ADD COLUMN has_group_buys BIGINT NOT NULL DEFAULT 0 CHECK (has_group_buys IN (0, 1));

-- A cart of a group holds one line and is not changed; group_id 0 = it begins a new group.
ALTER TABLE carts ADD COLUMN group_buy_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE carts ADD COLUMN group_id BIGINT NOT NULL DEFAULT 0;
