-- Parcels that left (src/shop/shipping).
CREATE TABLE shipments (
    shop_id         BIGINT NOT NULL,
    order_id        BIGINT NOT NULL,
    shipment_no     BIGINT NOT NULL,
    carrier         TEXT   NOT NULL,
    tracking_number TEXT   NOT NULL,
    shipped_at      BIGINT NOT NULL,
    actor_id        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, order_id, shipment_no),
    FOREIGN KEY (shop_id, order_id) REFERENCES orders (shop_id, id)
);
