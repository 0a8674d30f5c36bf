-- Domains that a shop claims (src/shop/tenant). Only when it proved that one is its own does it stand in shop_hosts, where requests
-- look: what stood there before counts as proved.
ALTER TABLE shop_hosts ADD COLUMN proved_at BIGINT;                          -- NULL: from before proofs, or given by who runs the platform

CREATE TABLE shop_host_claims (
    shop_id      BIGINT NOT NULL REFERENCES shops (shop_id),
    host         TEXT   NOT NULL,                                            -- ASCII, lower case
    claim_id     BIGINT NOT NULL,                                            -- subject of its job
    token        TEXT   NOT NULL,                                            -- in the address of the file and in the TXT record
    state        BIGINT NOT NULL CHECK (state BETWEEN 0 AND 2),              -- enum claim_state
    problem      TEXT   NOT NULL DEFAULT '',                                 -- slug: why the last look was in vain
    looks        BIGINT NOT NULL DEFAULT 0 CHECK (looks >= 0),
    claimed_at   BIGINT NOT NULL,
    looked_at    BIGINT,
    next_look_at BIGINT,                                                     -- NULL: no more
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, host)
);
CREATE UNIQUE INDEX shop_host_claims_by_id ON shop_host_claims (shop_id, claim_id);
-- Who else wants a name, and whose file an address asks for: the questions of the platform's own directory.
CREATE INDEX shop_host_claims_by_host ON shop_host_claims (host, expires_at);

-- Other currencies in which buyers may see about what a price is. They pay in the shop's.
ALTER TABLE shops ADD COLUMN shown_currency_count BIGINT NOT NULL DEFAULT 0 CHECK (shown_currency_count BETWEEN 0 AND 8);
CREATE TABLE shop_shown_currencies (
    shop_id    BIGINT NOT NULL REFERENCES shops (shop_id),
    currency   TEXT   NOT NULL CHECK (length(currency) = 3),
    rate       BIGINT NOT NULL CHECK (rate BETWEEN 1 AND 1000000000000000),  -- of the shop's currency for one of this, in 1/100,000,000
    rounding   BIGINT NOT NULL CHECK (rounding BETWEEN 0 AND 1),             -- enum shown_rounding
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, currency)
);
