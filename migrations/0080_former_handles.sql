-- Addresses that products, categories and collections had before: whoever has one is led on (src/shop/catalog/catalog_moved.h).
CREATE TABLE former_handles (
    shop_id    BIGINT NOT NULL,
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 3), -- enum moved_kind
    handle     TEXT   NOT NULL,
    subject_id BIGINT NOT NULL,                              -- the product, category or collection
    PRIMARY KEY (shop_id, kind, handle)
);
