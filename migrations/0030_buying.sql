-- What a buyer is asked, how many may be bought, what many cost, and the word that finds an order again.

-- Of a product (src/shop/catalog): pieces in one order, bulk prices of all its variants, and the questions to the buyer.
ALTER TABLE products ADD COLUMN min_quantity BIGINT NOT NULL DEFAULT 1 CHECK (min_quantity BETWEEN 1 AND 999);
ALTER TABLE products ADD COLUMN max_quantity BIGINT NOT NULL DEFAULT 0 CHECK (max_quantity BETWEEN 0 AND 999); -- 0 = any
ALTER TABLE products ADD COLUMN price_tiers TEXT NOT NULL DEFAULT '';     -- "10:900 50:800": from how many pieces, minor units
ALTER TABLE products ADD COLUMN questions TEXT NOT NULL DEFAULT '';       -- JSON, '' = none
ALTER TABLE variants ADD COLUMN price_tiers TEXT NOT NULL DEFAULT '';     -- its own, in place of those of the product

-- A cart holds a variant once for each set of answers (src/shop/cart).
CREATE TABLE cart_lines_asked (
    shop_id     BIGINT NOT NULL,
    cart_id     BIGINT NOT NULL,
    variant_id  BIGINT NOT NULL,
    answers_key TEXT   NOT NULL DEFAULT '',                  -- keyed hash of the answers, '' = none
    quantity    BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    added_at    BIGINT NOT NULL,
    seen_price  BIGINT NOT NULL DEFAULT 0 CHECK (seen_price >= 0),
    answers     BYTEA,                                       -- sealed JSON
    PRIMARY KEY (shop_id, cart_id, variant_id, answers_key),
    FOREIGN KEY (shop_id, cart_id) REFERENCES carts (shop_id, id)
);
INSERT INTO cart_lines_asked (shop_id, cart_id, variant_id, quantity, added_at, seen_price)
SELECT shop_id, cart_id, variant_id, quantity, added_at, seen_price FROM cart_lines;
DROP TABLE cart_lines;
ALTER TABLE cart_lines_asked RENAME TO cart_lines;

-- What the buyer answered (src/shop/order), and the passcode that finds the order, as a keyed hash with its number.
ALTER TABLE order_lines ADD COLUMN answers BYTEA;                         -- sealed JSON
ALTER TABLE orders ADD COLUMN has_answers BIGINT NOT NULL DEFAULT 0 CHECK (has_answers IN (0, 1)); -- any line has
ALTER TABLE orders ADD COLUMN passcode BYTEA;

-- Whether the checkout offers a passcode (src/shop/tenant).
ALTER TABLE shops ADD COLUMN has_passcode BIGINT NOT NULL DEFAULT 0 CHECK (has_passcode IN (0, 1));
