-- Buyers say that a review was useful (src/shop/review): once for an account or a device, which is known by a keyed hash only.
CREATE TABLE review_votes (
    shop_id   BIGINT NOT NULL,
    review_id BIGINT NOT NULL,
    voter     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (shop_id, review_id, voter),
    FOREIGN KEY (shop_id, review_id) REFERENCES reviews (shop_id, id)
);
ALTER TABLE reviews ADD COLUMN votes BIGINT NOT NULL DEFAULT 0 CHECK (votes >= 0); -- of them; 0 while its words are hidden
DROP INDEX reviews_by_weight;
CREATE INDEX reviews_by_votes ON reviews (shop_id, product_id, votes, weight, id);
