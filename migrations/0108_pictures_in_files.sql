-- A product file says the words of pictures and which picture a variant has (src/shop/transfer, decision 0108).

-- Words that came with an address; NULL = those of the library, or the title.
ALTER TABLE picture_addresses ADD COLUMN alt TEXT;
-- Variants that get the picture of an address when it is there; the row goes then.
CREATE TABLE variant_picture_addresses (
    shop_id     BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    address_key TEXT   NOT NULL,                                -- of picture_addresses
    PRIMARY KEY (shop_id, product_id, variant_id)
);

ALTER TABLE import_pictures ADD COLUMN alt TEXT;
-- Which variant gets which file of the ZIP.
CREATE TABLE import_variant_files (
    shop_id    BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    name       TEXT   NOT NULL,                                 -- as in import_pictures
    PRIMARY KEY (shop_id, import_id, product_id, variant_id)
);

-- What undoing gives back: words (variant_id 0), or the picture of a variant (picture_id '').
CREATE TABLE import_looks (
    shop_id      BIGINT NOT NULL,
    import_id    BIGINT NOT NULL,
    product_id   BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    picture_id   TEXT   NOT NULL,
    before_value TEXT   NOT NULL,                               -- words, or the id of a picture, '' = none
    after_value  TEXT   NOT NULL,
    PRIMARY KEY (shop_id, import_id, product_id, variant_id, picture_id)
);
