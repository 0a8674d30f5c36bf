-- Delivery by the merchant's own program: a hook of a deck that is delivered by hand (src/shop/digital, docs/hooks.md).
ALTER TABLE code_decks ADD COLUMN has_hook BIGINT NOT NULL DEFAULT 0 CHECK (has_hook IN (0, 1));
CREATE TABLE code_hooks (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    url        TEXT   NOT NULL,
    secret     BYTEA  NOT NULL,                                 -- sealed
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, variant_id)
);
-- The last calls of each hook; older ones are forgotten.
CREATE TABLE hook_calls (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    call_id    BIGINT NOT NULL,
    order_no   TEXT   NOT NULL,                                 -- '' = a test
    line_no    BIGINT NOT NULL,
    outcome    TEXT   NOT NULL,                                 -- slug: delivered, pending, http-status, outbound-…
    status     BIGINT NOT NULL,                                 -- HTTP, or 0
    took       BIGINT NOT NULL,                                 -- ms
    at         BIGINT NOT NULL,
    PRIMARY KEY (shop_id, variant_id, call_id)
);
-- Who saw codes is kept for a while, not for ever.
CREATE INDEX code_views_by_hour ON code_views (shop_id, hour);
