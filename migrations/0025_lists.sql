-- Lists of the back office: an index for each order in which they can be read, and what staff keep of them
-- (src/shop/backoffice). A list of every status is read as three ranges of these and merged.
CREATE INDEX products_by_status_updated ON products (shop_id, status, updated_at, id);
CREATE INDEX products_by_status_title ON products (shop_id, status, title, id);
DROP INDEX products_by_title;

CREATE INDEX orders_by_total ON orders (shop_id, total, id);
-- The last four digits of a number are what people say on the telephone.
CREATE INDEX orders_by_tail ON orders (shop_id, substr(number, 17), id);

-- A list as somebody wants to see it again: what narrows it, its order, its columns.
CREATE TABLE list_views (
    shop_id    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    list       TEXT   NOT NULL,                              -- products, orders
    staff_id   BIGINT NOT NULL,                              -- whose it is
    is_shared  BIGINT NOT NULL CHECK (is_shared IN (0, 1)),  -- everybody of the shop sees it
    name       TEXT   NOT NULL,
    query      TEXT   NOT NULL,                              -- of the address, without its question mark
    columns    TEXT   NOT NULL,                              -- names between commas
    created_at BIGINT NOT NULL,
    removed_at BIGINT,                                       -- kept a while, so that removing can be undone
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX list_views_by_list ON list_views (shop_id, list, id);

CREATE TABLE list_columns (
    shop_id  BIGINT NOT NULL,
    staff_id BIGINT NOT NULL,
    list     TEXT   NOT NULL,
    columns  TEXT   NOT NULL,                                -- names between commas
    PRIMARY KEY (shop_id, staff_id, list)
);
