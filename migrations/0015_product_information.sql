-- What a product page and the law want to know besides name and price (src/shop/catalog). A product without a row
-- here has the empty values.
CREATE TABLE product_details (
    shop_id         BIGINT NOT NULL,
    product_id      BIGINT NOT NULL,
    model           TEXT   NOT NULL DEFAULT '',
    origin          TEXT   NOT NULL DEFAULT '',                  -- 产地
    tax_code        TEXT   NOT NULL DEFAULT '',                  -- 税收分类编码, 19 digits
    unit            TEXT   NOT NULL DEFAULT '',                  -- what one piece is called: 件, 瓶, 双
    shelf_life_days BIGINT NOT NULL DEFAULT 0 CHECK (shelf_life_days BETWEEN 0 AND 36500),
    seo_title       TEXT   NOT NULL DEFAULT '',
    seo_description TEXT   NOT NULL DEFAULT '',
    specs           TEXT   NOT NULL DEFAULT '[]',                -- JSON: [{"name", "value"}]
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);

ALTER TABLE variants ADD COLUMN barcode TEXT NOT NULL DEFAULT '';    -- GTIN-8, 12, 13 or 14
ALTER TABLE variants ADD COLUMN cost BIGINT CHECK (cost BETWEEN 0 AND 9000000000000); -- minor units; NULL = not known
ALTER TABLE variants ADD COLUMN volume BIGINT NOT NULL DEFAULT 0 CHECK (volume BETWEEN 0 AND 1000000000); -- cm³
CREATE INDEX variants_by_barcode ON variants (shop_id, barcode) WHERE barcode <> '';

-- What products of a category have in common: 季节, 材质, 容量. A category's attributes are its template.
CREATE TABLE attributes (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    name        TEXT   NOT NULL,
    name_en     TEXT   NOT NULL DEFAULT '',
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 6),    -- enum attribute_kind
    unit        TEXT   NOT NULL DEFAULT '',                      -- of a number: ml, cm
    choices     TEXT   NOT NULL DEFAULT '[]',                    -- JSON: [text]
    is_required BIGINT NOT NULL CHECK (is_required IN (0, 1)),
    position    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX attributes_by_name ON attributes (shop_id, name);

CREATE TABLE category_attributes (
    shop_id      BIGINT NOT NULL,
    category_id  BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, category_id, attribute_id),
    FOREIGN KEY (shop_id, category_id) REFERENCES categories (shop_id, id),
    FOREIGN KEY (shop_id, attribute_id) REFERENCES attributes (shop_id, id)
);

CREATE TABLE product_attributes (
    shop_id      BIGINT NOT NULL,
    product_id   BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    value        TEXT   NOT NULL,                                -- a choice may have several rows
    PRIMARY KEY (shop_id, product_id, attribute_id, value),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id),
    FOREIGN KEY (shop_id, attribute_id) REFERENCES attributes (shop_id, id)
);
CREATE INDEX product_attributes_by_attribute ON product_attributes (shop_id, attribute_id, value);

CREATE TABLE tags (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX tags_by_name ON tags (shop_id, name);

CREATE TABLE product_tags (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    tag_id     BIGINT NOT NULL,
    PRIMARY KEY (shop_id, product_id, tag_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id),
    FOREIGN KEY (shop_id, tag_id) REFERENCES tags (shop_id, id)
);
CREATE INDEX product_tags_by_tag ON product_tags (shop_id, tag_id, product_id);

-- Every change of a product, so that each state can be shown and restored: whole, or as what was replaced in the
-- state before it.
CREATE TABLE product_versions (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    version    BIGINT NOT NULL,                                  -- products.version after that save
    at         BIGINT NOT NULL,
    actor      BIGINT NOT NULL,                                  -- enum actor_kind
    actor_id   BIGINT NOT NULL,
    cause      TEXT   NOT NULL,                                  -- created, found, saved, status, tags, restored
    is_whole   BIGINT NOT NULL CHECK (is_whole IN (0, 1)),
    sheet      TEXT   NOT NULL,                                  -- JSON, docs/views.md; of a part: the members that changed
    changes    TEXT   NOT NULL,                                  -- JSON: [{"field", "of", "before", "after"}]
    act_id     BIGINT,
    PRIMARY KEY (shop_id, product_id, version),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE INDEX product_versions_by_act ON product_versions (shop_id, act_id, product_id) WHERE act_id IS NOT NULL;

-- One act over many products, which can be undone as one.
CREATE TABLE product_acts (
    shop_id   BIGINT NOT NULL,
    id        BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     BIGINT NOT NULL,
    actor_id  BIGINT NOT NULL,
    kind      BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 3),      -- enum act_kind
    value     TEXT   NOT NULL,                                   -- the status or the tag
    count     BIGINT NOT NULL,                                   -- products that it changed
    undone_at BIGINT,
    PRIMARY KEY (shop_id, id)
);

-- When a product goes on or off the shelf by itself. The jobs product.publish and product.unpublish do it.
CREATE TABLE product_schedules (
    shop_id      BIGINT NOT NULL,
    product_id   BIGINT NOT NULL,
    publish_at   BIGINT,
    unpublish_at BIGINT,
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id),
    CHECK (unpublish_at > publish_at)
);

-- Tags that got another name, or became one with another: old versions of products mean the new one.
CREATE TABLE tag_changes (
    shop_id  BIGINT NOT NULL,
    id       BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    old_name TEXT   NOT NULL,
    new_name TEXT   NOT NULL,
    PRIMARY KEY (shop_id, id)
);
