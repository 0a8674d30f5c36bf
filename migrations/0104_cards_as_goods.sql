-- Gift cards as goods (decision 0104): a variant whose delivery is a new gift card.
ALTER TABLE variants ADD COLUMN card_value BIGINT NOT NULL DEFAULT 0 CHECK (card_value BETWEEN 0 AND 100000); -- minor units on each card; 0 = no gift card
ALTER TABLE variants ADD COLUMN card_years BIGINT NOT NULL DEFAULT 0 CHECK (card_years BETWEEN 0 AND 30);     -- good for so many; 0 = for ever
CREATE INDEX variants_of_cards ON variants (shop_id, product_id) WHERE card_value > 0;
ALTER TABLE order_lines ADD COLUMN card_value BIGINT NOT NULL DEFAULT 0;                                      -- promised when it was ordered
-- Of cards that an order line got; 0 = issued by staff.
ALTER TABLE gift_card_batches ADD COLUMN order_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gift_card_batches ADD COLUMN line_no BIGINT NOT NULL DEFAULT 0;
CREATE INDEX gift_card_batches_of_order ON gift_card_batches (shop_id, order_id, line_no) WHERE order_id <> 0;

-- One more way to deliver (4).
CREATE TABLE code_decks_wider (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL DEFAULT 0,
    mode       BIGINT NOT NULL DEFAULT 1 CHECK (mode BETWEEN 1 AND 4),           -- enum deck_mode
    loaded     BIGINT NOT NULL CHECK (loaded >= 0),
    dealt      BIGINT NOT NULL CHECK (dealt >= 0),
    owed       BIGINT NOT NULL DEFAULT 0 CHECK (owed >= 0),
    text_no    BIGINT NOT NULL DEFAULT 0 CHECK (text_no >= 0),                   -- of the shared code
    rounds     BIGINT NOT NULL DEFAULT 0 CHECK (rounds >= 0),                    -- times codes were put aside
    expired    BIGINT NOT NULL DEFAULT 0 CHECK (expired >= 0),                   -- codes that expired unsold
    expires_at BIGINT,                                                           -- nothing is dealt from here on
    low_at     BIGINT NOT NULL DEFAULT 0 CHECK (low_at >= 0),                    -- 0 = no alarm
    low_alarm  TEXT,                                                             -- subject of the alarm that stands
    has_hook   BIGINT NOT NULL DEFAULT 0 CHECK (has_hook IN (0, 1)),
    PRIMARY KEY (shop_id, variant_id),
    CHECK (dealt <= loaded)
);
INSERT INTO code_decks_wider (shop_id, variant_id, product_id, mode, loaded, dealt, owed, text_no, rounds, expired, expires_at, low_at, low_alarm, has_hook)
    SELECT shop_id, variant_id, product_id, mode, loaded, dealt, owed, text_no, rounds, expired, expires_at, low_at, low_alarm, has_hook FROM code_decks;
DROP TABLE code_decks;
ALTER TABLE code_decks_wider RENAME TO code_decks;
CREATE INDEX code_decks_owed ON code_decks (shop_id, variant_id) WHERE owed > 0;
CREATE INDEX code_decks_by_product ON code_decks (shop_id, product_id, variant_id);
CREATE INDEX code_decks_low ON code_decks (shop_id, variant_id) WHERE low_alarm IS NOT NULL;
CREATE INDEX code_decks_expired ON code_decks (shop_id, variant_id) WHERE expired > 0;

CREATE TABLE deliveries_wider (
    shop_id      BIGINT NOT NULL,
    order_id     BIGINT NOT NULL,
    line_no      BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    first_seq    BIGINT NOT NULL,
    quantity     BIGINT NOT NULL CHECK (quantity > 0),
    delivered_at BIGINT NOT NULL,
    mode         BIGINT NOT NULL DEFAULT 1 CHECK (mode BETWEEN 1 AND 4),
    text_no      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, order_id, line_no)
);
INSERT INTO deliveries_wider (shop_id, order_id, line_no, variant_id, first_seq, quantity, delivered_at, mode, text_no)
    SELECT shop_id, order_id, line_no, variant_id, first_seq, quantity, delivered_at, mode, text_no FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_wider RENAME TO deliveries;

-- One more kind of movements (8).
CREATE TABLE gift_card_movements_wider (
    shop_id  BIGINT NOT NULL,
    card_id  BIGINT NOT NULL,
    move_no  BIGINT NOT NULL,
    kind     BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 8),                       -- enum gift_card_move
    amount   BIGINT NOT NULL,                                                    -- signed
    balance  BIGINT NOT NULL CHECK (balance >= 0),                               -- after it
    order_id BIGINT NOT NULL,                                                    -- 0 = none
    entry_id BIGINT NOT NULL,                                                    -- of the ledger; 0 = none, for nothing left the shop's debt
    actor    BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (shop_id, card_id, move_no)
);
INSERT INTO gift_card_movements_wider (shop_id, card_id, move_no, kind, amount, balance, order_id, entry_id, actor, at)
    SELECT shop_id, card_id, move_no, kind, amount, balance, order_id, entry_id, actor, at FROM gift_card_movements;
DROP TABLE gift_card_movements;
ALTER TABLE gift_card_movements_wider RENAME TO gift_card_movements;
