-- Pictures, by the hash of their bytes (src/shop/media). The files stand in the data directory.
CREATE TABLE pictures (
    shop_id    BIGINT NOT NULL,
    id         TEXT   NOT NULL,                              -- first 128 bits of SHA-256, hex
    format     TEXT   NOT NULL,                              -- jpg, png, webp, gif, svg (our own drawings only)
    width      BIGINT NOT NULL CHECK (width > 0),
    height     BIGINT NOT NULL CHECK (height > 0),
    bytes      BIGINT NOT NULL CHECK (bytes > 0),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);

CREATE TABLE categories (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    handle     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    name_en    TEXT   NOT NULL DEFAULT '',
    summary    TEXT   NOT NULL DEFAULT '',
    summary_en TEXT   NOT NULL DEFAULT '',
    picture_id TEXT,
    position   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX categories_by_handle ON categories (shop_id, handle);

CREATE TABLE products (
    shop_id       BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    handle        TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    subtitle      TEXT   NOT NULL DEFAULT '',
    description   TEXT   NOT NULL DEFAULT '',                -- safe HTML
    brand         TEXT   NOT NULL DEFAULT '',
    kind          BIGINT NOT NULL CHECK (kind IN (1, 2)),    -- enum product_kind
    status        BIGINT NOT NULL CHECK (status IN (1, 2, 3)), -- enum product_status
    category_id   BIGINT NOT NULL,
    options       TEXT   NOT NULL DEFAULT '[]',              -- JSON: [{"name", "values": [text]}]
    price_min     BIGINT NOT NULL CHECK (price_min >= 0),    -- of the active variants
    price_max     BIGINT NOT NULL CHECK (price_max >= price_min),
    variant_count BIGINT NOT NULL,
    picture_id    TEXT,                                      -- the first picture, for lists
    picture_alt   TEXT   NOT NULL DEFAULT '',
    version       BIGINT NOT NULL,                           -- counts saves
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id),
    FOREIGN KEY (shop_id, category_id) REFERENCES categories (shop_id, id)
);
CREATE UNIQUE INDEX products_by_handle ON products (shop_id, handle);
CREATE INDEX products_by_status ON products (shop_id, status, id);
CREATE INDEX products_by_price ON products (shop_id, status, price_min, id);
CREATE INDEX products_by_category ON products (shop_id, category_id, status, id);
CREATE INDEX products_by_category_price ON products (shop_id, category_id, status, price_min, id);
CREATE INDEX products_by_kind ON products (shop_id, status, kind, id);
CREATE INDEX products_by_title ON products (shop_id, title);

-- How many products each category shows, kept with the products: a page never counts.
CREATE TABLE product_counts (
    shop_id     BIGINT NOT NULL,
    category_id BIGINT NOT NULL,                             -- 0 = the whole shop
    status      BIGINT NOT NULL,
    count       BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (shop_id, category_id, status)
);

CREATE TABLE product_pictures (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    position   BIGINT NOT NULL,
    picture_id TEXT   NOT NULL,
    alt        TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (shop_id, product_id, position),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id),
    FOREIGN KEY (shop_id, picture_id) REFERENCES pictures (shop_id, id)
);

-- What is sold. Option values stand in the order of the product's options.
CREATE TABLE variants (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    position   BIGINT NOT NULL,
    sku        TEXT   NOT NULL,
    title      TEXT   NOT NULL,                              -- "月白 / 单只", "" without options
    options    TEXT   NOT NULL DEFAULT '[]',                 -- JSON: [text]
    price      BIGINT NOT NULL CHECK (price BETWEEN 0 AND 9000000000000), -- minor units of the shop's currency
    weight     BIGINT NOT NULL DEFAULT 0 CHECK (weight >= 0), -- grams
    picture_id TEXT,
    is_active  BIGINT NOT NULL CHECK (is_active IN (0, 1)),
    PRIMARY KEY (shop_id, id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE UNIQUE INDEX variants_by_sku ON variants (shop_id, sku);
CREATE INDEX variants_by_product ON variants (shop_id, product_id, position);
