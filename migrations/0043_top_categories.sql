-- Every page shows the categories at the top, and those of a category the ones below it: they are found without reading
-- the whole tree.
CREATE INDEX categories_by_parent ON categories (shop_id, COALESCE(parent_id, 0), position, id);
