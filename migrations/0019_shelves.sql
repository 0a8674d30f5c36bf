-- The tree of categories: a category may stand below another one (src/shop/catalog/catalog_tree.c).
ALTER TABLE categories ADD COLUMN parent_id BIGINT;              -- NULL = at the top

-- Each category with all that it stands below, and with itself: kept with the tree.
CREATE TABLE category_ancestors (
    shop_id     BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    ancestor_id BIGINT NOT NULL,
    PRIMARY KEY (shop_id, category_id, ancestor_id),
    FOREIGN KEY (shop_id, category_id) REFERENCES categories (shop_id, id),
    FOREIGN KEY (shop_id, ancestor_id) REFERENCES categories (shop_id, id)
);
CREATE INDEX category_ancestors_by_ancestor ON category_ancestors (shop_id, ancestor_id, category_id);

-- Which products stand on which shelf, with what lists ask for and sort by: every list pages through an index of this
-- table. A shelf is the whole shop (0), a category with all below it, a tag or a collection; ids are unique among them.
CREATE TABLE shelf_products (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    shelf_id   BIGINT NOT NULL,
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 0 AND 3),     -- enum shelf_kind
    status     BIGINT NOT NULL,                                  -- of the product
    price_min  BIGINT NOT NULL,                                  -- of the product
    place      BIGINT,                                           -- where people put it by hand, else NULL
    PRIMARY KEY (shop_id, product_id, shelf_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE INDEX shelf_products_by_newest ON shelf_products (shop_id, shelf_id, status, product_id);
CREATE INDEX shelf_products_by_price ON shelf_products (shop_id, shelf_id, status, price_min, product_id);
CREATE INDEX shelf_products_by_place ON shelf_products (shop_id, shelf_id, place, product_id) WHERE place IS NOT NULL;

-- How many products stand on each shelf, kept with the products: a page never counts.
CREATE TABLE shelf_counts (
    shop_id  BIGINT NOT NULL,
    shelf_id BIGINT NOT NULL,
    status   BIGINT NOT NULL,
    count    BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (shop_id, shelf_id, status)
);

INSERT INTO category_ancestors (shop_id, category_id, ancestor_id) SELECT shop_id, id, id FROM categories;
INSERT INTO shelf_products (shop_id, product_id, shelf_id, kind, status, price_min)
    SELECT shop_id, id, 0, 0, status, price_min FROM products;
INSERT INTO shelf_products (shop_id, product_id, shelf_id, kind, status, price_min)
    SELECT shop_id, id, category_id, 1, status, price_min FROM products;
INSERT INTO shelf_products (shop_id, product_id, shelf_id, kind, status, price_min)
    SELECT p.shop_id, p.id, t.tag_id, 2, p.status, p.price_min
    FROM products p JOIN product_tags t ON t.shop_id = p.shop_id AND t.product_id = p.id;
INSERT INTO shelf_counts (shop_id, shelf_id, status, count)
    SELECT shop_id, shelf_id, status, count(*) FROM shelf_products GROUP BY shop_id, shelf_id, status;

DROP TABLE product_counts;
DROP INDEX products_by_status;
DROP INDEX products_by_price;
DROP INDEX products_by_category;
DROP INDEX products_by_category_price;
CREATE INDEX products_of_category ON products (shop_id, category_id);

-- Products gathered under a name of their own (src/shop/catalog/catalog_collection.c): by hand, or by a rule that
-- src/shop/rule reads. The products stand in shelf_products.
CREATE TABLE collections (
    shop_id         BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    handle          TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    name_en         TEXT   NOT NULL DEFAULT '',
    summary         TEXT   NOT NULL DEFAULT '',
    summary_en      TEXT   NOT NULL DEFAULT '',
    seo_title       TEXT   NOT NULL DEFAULT '',
    seo_description TEXT   NOT NULL DEFAULT '',
    is_smart        BIGINT NOT NULL CHECK (is_smart IN (0, 1)),
    rule            TEXT   NOT NULL DEFAULT '',                  -- JSON, docs/views.md; '' = by hand
    rule_at         BIGINT NOT NULL,                             -- when the rule was saved
    is_shown        BIGINT NOT NULL CHECK (is_shown IN (0, 1)),  -- strangers see it
    position        BIGINT NOT NULL,
    seen_count      BIGINT,                                      -- products that were compared with a new rule; NULL = all
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX collections_by_handle ON collections (shop_id, handle);

-- Pieces of each product in paid orders that were not refunded as a whole (src/shop/rule).
CREATE TABLE product_sales (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    sold       BIGINT NOT NULL,
    PRIMARY KEY (shop_id, product_id)
);
INSERT INTO product_sales (shop_id, product_id, sold)
    SELECT l.shop_id, l.product_id, CAST(SUM(l.quantity) AS BIGINT)
    FROM order_lines l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
    WHERE o.payment_status IN (4, 5) GROUP BY l.shop_id, l.product_id;

-- What happens to products without stock: the first of these whose rule fits decides (src/shop/rule).
CREATE TABLE stock_rules (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    rule       TEXT   NOT NULL DEFAULT '',                       -- JSON as in collections; '' = all products
    action     BIGINT NOT NULL CHECK (action IN (1, 2)),         -- enum stock_action
    is_back    BIGINT NOT NULL CHECK (is_back IN (0, 1)),        -- on the shelf again when there is stock again
    rule_at    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);

-- Products that such a rule took off the shelf and will put back, unless somebody changes them meanwhile.
CREATE TABLE stock_absences (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    version    BIGINT NOT NULL,                                  -- of the product, when it was taken off
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
