-- What devices did to a cart while they were without network (src/shop/cart/cart_sync.h).

CREATE TABLE cart_ops (
    shop_id    BIGINT NOT NULL,
    cart_id    BIGINT NOT NULL,
    op_id      TEXT   NOT NULL,                                 -- made by the device: counted once
    device_id  TEXT   NOT NULL,
    lamport    BIGINT NOT NULL CHECK (lamport >= 0),
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 0 AND 2),    -- enum cart_op_kind
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, cart_id, op_id)
);

-- How many pieces the log last gave a line: what differs from it was done on a page since.
CREATE TABLE cart_op_lines (
    shop_id    BIGINT NOT NULL,
    cart_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, cart_id, variant_id)
);
