-- Key codes are dealt like cards: codes of a variant are numbered from 1, and the deck remembers how many were
-- dealt. Dealing moves one counter, so no code can be found twice (src/shop/digital).
CREATE TABLE code_decks (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    loaded     BIGINT NOT NULL CHECK (loaded >= 0),
    dealt      BIGINT NOT NULL CHECK (dealt >= 0),
    PRIMARY KEY (shop_id, variant_id),
    CHECK (dealt <= loaded)
);

CREATE TABLE codes (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL CHECK (seq > 0),
    sealed     BYTEA  NOT NULL,
    blind      BYTEA  NOT NULL,                              -- keyed hash, finds duplicates
    loaded_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, variant_id, seq)
);
CREATE UNIQUE INDEX codes_by_blind ON codes (shop_id, variant_id, blind);

-- Which order line got which codes: first_seq … first_seq + quantity - 1. One row for a line, ever.
CREATE TABLE deliveries (
    shop_id      BIGINT NOT NULL,
    order_id     BIGINT NOT NULL,
    line_no      BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    first_seq    BIGINT NOT NULL,
    quantity     BIGINT NOT NULL CHECK (quantity > 0),
    delivered_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, order_id, line_no)
);
