-- Which set of offers counts: another number after every change, so that a node may remember the set
-- (src/shop/pricing/promotion_cache.h).

CREATE TABLE promotion_sets (
    shop_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL                                               -- never one that was there before
);
INSERT INTO promotion_sets (shop_id, version) SELECT DISTINCT shop_id, 1 FROM promotions;

-- Those whose counters must be read each time.
CREATE INDEX promotions_counted ON promotions (shop_id, id)
    WHERE status = 2 AND code IS NULL AND (uses_most > 0 OR money_most > 0);
