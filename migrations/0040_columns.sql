-- What files know a variant by elsewhere, and how many pieces one buyer may have over several orders.

ALTER TABLE variants ADD COLUMN external_id TEXT NOT NULL DEFAULT '';     -- its name in another program: an ERP, a marketplace
CREATE INDEX variants_by_external_id ON variants (shop_id, external_id) WHERE external_id <> '';

-- Pieces of a product that one buyer may have (src/shop/catalog), and in how many days, counted from the first; 0 = any, ever.
ALTER TABLE products ADD COLUMN person_quantity BIGINT NOT NULL DEFAULT 0 CHECK (person_quantity BETWEEN 0 AND 999);
ALTER TABLE products ADD COLUMN person_days BIGINT NOT NULL DEFAULT 0 CHECK (person_days BETWEEN 0 AND 3650);

-- Whether an order holds such products (src/shop/order): others never look at the two tables below.
ALTER TABLE orders ADD COLUMN is_rationed BIGINT NOT NULL DEFAULT 0 CHECK (is_rationed IN (0, 1));

-- How many pieces a buyer has of a product with such a limit. One row for each phone and each e-mail.
CREATE TABLE buyer_rations (
    shop_id    BIGINT NOT NULL,
    buyer      BYTEA  NOT NULL,                                           -- keyed hash of the contact
    product_id BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity >= 0),                     -- in the period that runs
    since      BIGINT NOT NULL,                                           -- its begin, ms since 1970
    PRIMARY KEY (shop_id, buyer, product_id)
);

-- What each order took of them, to give it back when it comes to nothing.
CREATE TABLE order_rations (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    buyer      BYTEA  NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity >= 0),                     -- what it still holds
    at         BIGINT NOT NULL,                                           -- when it was taken
    PRIMARY KEY (shop_id, order_id, product_id, buyer)
);
CREATE INDEX order_rations_by_product ON order_rations (shop_id, product_id, buyer);
