-- Facets: what lists can be narrowed by (src/shop/facet). The merchant chooses which attributes and tags are offered.
ALTER TABLE attributes ADD COLUMN is_facet BIGINT NOT NULL DEFAULT 0 CHECK (is_facet IN (0, 1));
UPDATE attributes SET is_facet = 1 WHERE kind IN (3, 4, 5);
ALTER TABLE tags ADD COLUMN is_facet BIGINT NOT NULL DEFAULT 0 CHECK (is_facet IN (0, 1));
CREATE INDEX tags_that_narrow ON tags (shop_id, name) WHERE is_facet = 1;

-- Products whose place, price or words changed since the facets were settled (src/shop/catalog). The stamp grows with
-- each change, so that one that came meanwhile is not forgotten.
CREATE TABLE touched_products (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    stamp      BIGINT NOT NULL,
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
INSERT INTO touched_products (shop_id, product_id, stamp) SELECT shop_id, id, 1 FROM products;

-- Each product that was ever on the shelf has a spot, counted from 0 within the shop: the bit that stands for it.
CREATE TABLE facet_spots (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    spot       BIGINT NOT NULL,
    price_min  BIGINT NOT NULL,
    holds      TEXT   NOT NULL,                              -- the bits that are set: lines of facet, blank, value
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE UNIQUE INDEX facet_spots_by_spot ON facet_spots (shop_id, spot);

-- The values of a facet that are offered: the first ones that came, up to a limit.
CREATE TABLE facet_values (
    shop_id  BIGINT NOT NULL,
    facet_id BIGINT NOT NULL,                                -- an attribute, or one of enum facet_own
    value    TEXT   NOT NULL,
    PRIMARY KEY (shop_id, facet_id, value)
);

-- Which products have a value, or stand on a shelf: one bit for each spot of a block.
CREATE TABLE facet_blocks (
    shop_id  BIGINT NOT NULL,
    facet_id BIGINT NOT NULL,                                -- an attribute, a shelf, or one of enum facet_own
    value    TEXT   NOT NULL,                                -- '' for a shelf
    block    BIGINT NOT NULL,
    bits     BYTEA  NOT NULL,
    PRIMARY KEY (shop_id, facet_id, value, block)
);

-- The products of a block and their lowest prices: 64-bit numbers, the lowest byte first.
CREATE TABLE facet_numbers (
    shop_id BIGINT NOT NULL,
    block   BIGINT NOT NULL,
    ids     BYTEA  NOT NULL,
    prices  BYTEA  NOT NULL,
    PRIMARY KEY (shop_id, block)
);

-- Counts what was settled: two that settle one shop at once do not both succeed.
CREATE TABLE facet_turns (
    shop_id BIGINT NOT NULL,
    turn    BIGINT NOT NULL,
    PRIMARY KEY (shop_id)
);
