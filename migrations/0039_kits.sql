-- Tags can stand in a named group, "" = in none; the storefront narrows by each group on its own.
ALTER TABLE tags ADD COLUMN group_name TEXT NOT NULL DEFAULT '';
CREATE INDEX tags_in_groups ON tags (shop_id, group_name, name) WHERE group_name <> '';

-- What a kit (src/shop/catalog/catalog_kit.h) brought to a category, so that it can be taken back: 1 = an attribute that
-- it made, 2 = a tag that it made, 3 = that an attribute is asked at the category.
CREATE TABLE category_kits (
    shop_id     BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    kit         TEXT NOT NULL,
    brought     BIGINT NOT NULL CHECK (brought BETWEEN 1 AND 3),
    brought_id  BIGINT NOT NULL,                             -- attribute or tag; it may be gone by now
    PRIMARY KEY (shop_id, category_id, kit, brought, brought_id)
);
