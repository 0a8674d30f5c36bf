-- Products that the platform keeps off the shelf (src/shop/catalog/catalog_gate.h). Off the shelf means the status 1; what
-- it was before stands here. The log says for ever who blocked what, and why.
CREATE TABLE product_blocks (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    reason     BIGINT NOT NULL CHECK (reason BETWEEN 1 AND 6),  -- enum block_reason
    note       TEXT   NOT NULL,
    who        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    was        BIGINT NOT NULL CHECK (was IN (1, 2, 3)),         -- enum product_status
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE TABLE product_block_acts (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    is_block   BIGINT NOT NULL CHECK (is_block IN (0, 1)),
    reason     BIGINT NOT NULL CHECK (reason BETWEEN 0 AND 6),
    note       TEXT   NOT NULL,
    who        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
-- The licence that products of a category and of those below it need before they go on the shelf; 0 = none.
ALTER TABLE categories ADD COLUMN need BIGINT NOT NULL DEFAULT 0 CHECK (need BETWEEN 0 AND 20); -- enum shop_need
CREATE INDEX categories_by_need ON categories (shop_id, id) WHERE need <> 0;
-- Products that an act was to put on the shelf and could not.
ALTER TABLE product_acts ADD COLUMN refused BIGINT NOT NULL DEFAULT 0 CHECK (refused >= 0);
-- Pictures of collections; kind 5 of picture_uses was kept for them.
ALTER TABLE collections ADD COLUMN picture_id TEXT;
-- Which products an import put in which collections by hand, for undoing it.
CREATE TABLE import_collections (
    shop_id       BIGINT NOT NULL,
    import_id     BIGINT NOT NULL,
    collection_id BIGINT NOT NULL,
    product_id    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, import_id, collection_id, product_id),
    FOREIGN KEY (shop_id, import_id) REFERENCES imports (shop_id, id)
);
