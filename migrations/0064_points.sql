-- Points of members (src/shop/pricing/points.h): what a shop gives them for, what each member has, and every movement.
ALTER TABLE shops ADD COLUMN points_state BIGINT NOT NULL DEFAULT 0 CHECK (points_state BETWEEN 0 AND 2);   -- enum points_state
ALTER TABLE shops ADD COLUMN points_earned BIGINT NOT NULL DEFAULT 0 CHECK (points_earned >= 0);            -- points for one unit of the currency that was paid
ALTER TABLE shops ADD COLUMN points_months BIGINT NOT NULL DEFAULT 0 CHECK (points_months >= 0);            -- until they expire; 0 = never

CREATE TABLE point_accounts (
    shop_id     BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    total_in    BIGINT NOT NULL CHECK (total_in >= 0),                            -- what ever came
    total_out   BIGINT NOT NULL CHECK (total_out >= 0 AND total_out <= total_in), -- what went
    expires_at  BIGINT NOT NULL,                                                  -- ms: the next time that something may expire; 0 = never
    PRIMARY KEY (shop_id, customer_id)
);
CREATE INDEX point_accounts_by_expiry ON point_accounts (shop_id, expires_at) WHERE expires_at > 0;

-- Never changed and never deleted. What came with an expiry is a lot: those that expire first are used first.
CREATE TABLE point_movements (
    shop_id     BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),                     -- enum point_kind
    points      BIGINT NOT NULL CHECK (points <> 0),                              -- negative: they went
    order_id    BIGINT NOT NULL,                                                  -- 0 = not of an order
    expires_at  BIGINT NOT NULL,                                                  -- ms, of what came; 0 = never
    reason      TEXT NOT NULL,                                                    -- by staff
    staff_id    BIGINT NOT NULL,                                                  -- 0 = not by staff
    at          BIGINT NOT NULL,
    PRIMARY KEY (shop_id, customer_id, id)
);

-- What an order brought: once.
CREATE TABLE point_earnings (
    shop_id     BIGINT NOT NULL,
    order_id    BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    base        BIGINT NOT NULL CHECK (base > 0),                                 -- minor units that were paid for goods
    points      BIGINT NOT NULL CHECK (points > 0),
    wanted_back BIGINT NOT NULL DEFAULT 0 CHECK (wanted_back BETWEEN 0 AND points),  -- because money went back
    taken_back  BIGINT NOT NULL DEFAULT 0 CHECK (taken_back BETWEEN 0 AND wanted_back),  -- of it what was there
    PRIMARY KEY (shop_id, order_id)
);
