-- What members keep (收藏, src/shop/customer/customer_favourite.c); guests keep theirs in the browser.
CREATE TABLE customer_favourites (
    shop_id     BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    product_id  BIGINT NOT NULL,
    price       BIGINT NOT NULL CHECK (price >= 0),          -- minor units, as its card said when it was kept
    kept_at     BIGINT NOT NULL,
    PRIMARY KEY (shop_id, customer_id, product_id),
    FOREIGN KEY (shop_id, customer_id) REFERENCES customers (shop_id, id)
);
