-- A cart (src/shop/cart). Its token is the id and a secret; it is ordered at most once.
CREATE TABLE carts (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    secret     TEXT   NOT NULL,
    version    BIGINT NOT NULL,                              -- counts changes
    order_id   BIGINT,                                       -- set when it was ordered
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);

CREATE TABLE cart_lines (
    shop_id    BIGINT NOT NULL,
    cart_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    added_at   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, cart_id, variant_id),
    FOREIGN KEY (shop_id, cart_id) REFERENCES carts (shop_id, id)
);
