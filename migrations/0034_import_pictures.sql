-- A product file may come in a ZIP with its pictures (src/shop/transfer). The ZIP stands beside the table that was taken out of it.
ALTER TABLE imports ADD COLUMN table_name TEXT NOT NULL DEFAULT '';            -- of the table in the ZIP, "" = the file is the table
ALTER TABLE imports ADD COLUMN picture_count BIGINT NOT NULL DEFAULT 0 CHECK (picture_count >= 0); -- other files of the ZIP
ALTER TABLE import_problems ADD COLUMN is_warning BIGINT NOT NULL DEFAULT 0 CHECK (is_warning IN (0, 1));

-- Which product gets which file of the ZIP. Written with the product, worked at after the import was applied.
CREATE TABLE import_pictures (
    shop_id    BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,                                 -- in the order of the cells
    name       TEXT   NOT NULL,                                 -- as it stands in the ZIP
    bytes      BIGINT NOT NULL,                                 -- unpacked
    line       BIGINT NOT NULL,                                 -- whose cell names it
    state      BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),   -- enum import_picture_state
    picture_id TEXT,
    is_added   BIGINT NOT NULL DEFAULT 0 CHECK (is_added IN (0, 1)), -- the product did not show it before
    PRIMARY KEY (shop_id, import_id, product_id, seq),
    FOREIGN KEY (shop_id, import_id) REFERENCES imports (shop_id, id)
);
CREATE INDEX import_pictures_by_name ON import_pictures (shop_id, import_id, state, name);
CREATE INDEX import_pictures_by_product ON import_pictures (shop_id, product_id);
