-- Coupons that are claimed instead of typed (src/shop/pricing/coupon.h). A promotion with a row here counts for who claimed it,
-- and its code counts no more.
CREATE TABLE coupon_offers (
    shop_id      BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    is_offered   BIGINT NOT NULL CHECK (is_offered IN (0, 1)),            -- 0 = no more are issued; those out there count on
    audience     BIGINT NOT NULL CHECK (audience BETWEEN 1 AND 3),        -- enum coupon_audience
    group_id     BIGINT NOT NULL,                                         -- of members, 0 = not for one
    issue_most   BIGINT NOT NULL CHECK (issue_most >= 0),                 -- 0 = no bound
    holder_most  BIGINT NOT NULL CHECK (holder_most > 0),                 -- that one person may claim
    days         BIGINT NOT NULL CHECK (days >= 0),                       -- good so many days from the claim; 0 = as long as the promotion
    issued       BIGINT NOT NULL DEFAULT 0 CHECK (issued >= 0 AND (issue_most = 0 OR issued <= issue_most)),
    used         BIGINT NOT NULL DEFAULT 0 CHECK (used >= 0 AND used <= issued),
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, promotion_id)
);

-- How many one person claimed.
CREATE TABLE coupon_holders (
    shop_id      BIGINT NOT NULL,
    customer_id  BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    claims       BIGINT NOT NULL CHECK (claims > 0),
    PRIMARY KEY (shop_id, customer_id, promotion_id)
);

CREATE TABLE coupon_claims (
    shop_id      BIGINT NOT NULL,
    customer_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    claimed_at   BIGINT NOT NULL,
    valid_until  BIGINT NOT NULL,                                         -- ms, not itself; 0 = as long as the promotion
    order_id     BIGINT NOT NULL DEFAULT 0,                               -- that used it; 0 = none
    given_by     BIGINT NOT NULL DEFAULT 0,                               -- of staff; 0 = the buyer claimed it
    PRIMARY KEY (shop_id, customer_id, id)
);
CREATE INDEX coupon_claims_by_promotion ON coupon_claims (shop_id, promotion_id, id);

-- What orders used. `is_live`: it is used up for that order now.
CREATE TABLE coupon_uses (
    shop_id      BIGINT NOT NULL,
    order_id     BIGINT NOT NULL,
    claim_id     BIGINT NOT NULL,
    customer_id  BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    is_live      BIGINT NOT NULL DEFAULT 1 CHECK (is_live IN (0, 1)),
    PRIMARY KEY (shop_id, order_id, claim_id)
);
