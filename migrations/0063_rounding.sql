-- Sums without small coins (src/shop/pricing/quote_round.h): what a shop leaves off, and what an order was spared by it.
ALTER TABLE shops ADD COLUMN rounding BIGINT NOT NULL DEFAULT 0 CHECK (rounding BETWEEN 0 AND 2);   -- enum rounding
ALTER TABLE orders ADD COLUMN rounding BIGINT NOT NULL DEFAULT 0 CHECK (rounding >= 0);             -- minor units, part of the discount
