-- Batches, expiry, low decks, shared codes, delivery by hand, and who looked (src/shop/digital,
-- docs/decisions/0010).
ALTER TABLE code_decks ADD COLUMN product_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE code_decks ADD COLUMN mode BIGINT NOT NULL DEFAULT 1 CHECK (mode BETWEEN 1 AND 3); -- codes, shared, by hand
ALTER TABLE code_decks ADD COLUMN text_no BIGINT NOT NULL DEFAULT 0 CHECK (text_no >= 0);   -- of the shared code
ALTER TABLE code_decks ADD COLUMN rounds BIGINT NOT NULL DEFAULT 0 CHECK (rounds >= 0);     -- times codes were put aside
ALTER TABLE code_decks ADD COLUMN expired BIGINT NOT NULL DEFAULT 0 CHECK (expired >= 0);   -- codes that expired unsold
ALTER TABLE code_decks ADD COLUMN expires_at BIGINT;                                        -- nothing is dealt from here on
ALTER TABLE code_decks ADD COLUMN low_at BIGINT NOT NULL DEFAULT 0 CHECK (low_at >= 0);     -- 0 = no alarm
ALTER TABLE code_decks ADD COLUMN low_alarm TEXT;                                           -- subject of the alarm that stands
UPDATE code_decks SET product_id = (SELECT v.product_id FROM variants v
    WHERE v.shop_id = code_decks.shop_id AND v.id = code_decks.variant_id)
WHERE EXISTS (SELECT 1 FROM variants v WHERE v.shop_id = code_decks.shop_id AND v.id = code_decks.variant_id);
-- Every digital variant has its deck from now on.
INSERT INTO code_decks (shop_id, variant_id, product_id, loaded, dealt)
SELECT v.shop_id, v.id, v.product_id, 0, 0 FROM variants v
JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id
LEFT JOIN code_decks k ON k.shop_id = v.shop_id AND k.variant_id = v.id
WHERE p.kind = 2 AND k.variant_id IS NULL;
CREATE INDEX code_decks_by_product ON code_decks (shop_id, product_id, variant_id);
CREATE INDEX code_decks_low ON code_decks (shop_id, variant_id) WHERE low_alarm IS NOT NULL;
CREATE INDEX code_decks_expired ON code_decks (shop_id, variant_id) WHERE expired > 0;

CREATE TABLE code_batches (
    shop_id      BIGINT NOT NULL,
    variant_id   BIGINT NOT NULL,
    batch_no     BIGINT NOT NULL CHECK (batch_no > 0),
    loaded_at    BIGINT NOT NULL,
    loaded_by    TEXT   NOT NULL,                            -- name of the person, '' for a program
    note         TEXT   NOT NULL,
    added        BIGINT NOT NULL CHECK (added >= 0),
    duplicates   BIGINT NOT NULL CHECK (duplicates >= 0),
    too_long     BIGINT NOT NULL CHECK (too_long >= 0),
    report       TEXT   NOT NULL,                            -- a letter for each line: a, d, l or e
    expires_at   BIGINT,
    expiry_alarm TEXT,                                       -- subject of the alarm that stands
    is_warned    BIGINT NOT NULL DEFAULT 0 CHECK (is_warned IN (0, 1)),
    withdrawn_at BIGINT,
    expired_at   BIGINT,
    PRIMARY KEY (shop_id, variant_id, batch_no)
);

ALTER TABLE codes ADD COLUMN batch_no BIGINT NOT NULL DEFAULT 1;
CREATE INDEX codes_by_batch ON codes (shop_id, variant_id, batch_no, seq);
INSERT INTO code_batches (shop_id, variant_id, batch_no, loaded_at, loaded_by, note, added, duplicates, too_long, report)
SELECT shop_id, variant_id, 1, MIN(loaded_at), '', '', COUNT(*), 0, 0, '' FROM codes GROUP BY shop_id, variant_id;

-- What a delivery was made of: mode as in code_decks, and which text of a shared code.
ALTER TABLE deliveries ADD COLUMN mode BIGINT NOT NULL DEFAULT 1 CHECK (mode BETWEEN 1 AND 3);
ALTER TABLE deliveries ADD COLUMN text_no BIGINT NOT NULL DEFAULT 0;

CREATE TABLE code_texts (
    shop_id    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    text_no    BIGINT NOT NULL CHECK (text_no > 0),
    sealed     BYTEA  NOT NULL,
    set_at     BIGINT NOT NULL,
    PRIMARY KEY (shop_id, variant_id, text_no)
);

CREATE TABLE hand_texts (
    shop_id  BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    line_no  BIGINT NOT NULL,
    sealed   BYTEA  NOT NULL,
    typed_by TEXT   NOT NULL,
    typed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, order_id, line_no)
);

-- Paid orders that wait for a person, beside those that wait for codes (src/shop/payment).
ALTER TABLE waiting_orders ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1));
CREATE INDEX waiting_orders_by_hand ON waiting_orders (shop_id, order_id) WHERE by_hand = 1;

-- Who saw whole codes: of an order, or one code of a variant. Once an hour for each address.
CREATE TABLE code_views (
    shop_id    BIGINT NOT NULL,
    subject_id BIGINT NOT NULL,                              -- order or variant
    hour       BIGINT NOT NULL,                              -- hours since 1970
    seq        BIGINT NOT NULL,                              -- the one code of a variant, else 0
    actor      BIGINT NOT NULL,
    who        TEXT   NOT NULL,                              -- name of the staff member, else ''
    network    TEXT   NOT NULL,                              -- address, truncated as in the access log
    at         BIGINT NOT NULL,
    PRIMARY KEY (shop_id, subject_id, hour, seq, actor, who, network)
);
