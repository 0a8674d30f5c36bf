-- When the movements of a shop were last added up by night (src/shop/inventory).
CREATE TABLE stock_marks (
    shop_id    BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id)
);

-- One alarm for each variant that differs, however often it is seen.
CREATE UNIQUE INDEX alarms_standing_stock ON alarms (shop_id, kind, subject) WHERE resolved_at IS NULL AND kind = 'stock-mismatch';

-- Entries that staff posted to make a mistake good (src/shop/ledger/ledger_correct.h); their transfer stands in ledger_entries.
CREATE TABLE ledger_corrections (
    shop_id   BIGINT NOT NULL,
    id        BIGINT NOT NULL,                    -- of the entry
    amount    BIGINT NOT NULL CHECK (amount > 0),
    reason    TEXT   NOT NULL,
    reference TEXT   NOT NULL,                    -- number of a receipt, a statement, a case
    request   TEXT   NOT NULL,                    -- the same word twice is one correction
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX ledger_corrections_by_request ON ledger_corrections (shop_id, request);

-- Of a variant that is watched: nothing was left, and it is not back yet; more is promised than there is.
ALTER TABLE stock_watches ADD COLUMN is_out BIGINT NOT NULL DEFAULT 0 CHECK (is_out IN (0, 1));
ALTER TABLE stock_watches ADD COLUMN is_over BIGINT NOT NULL DEFAULT 0 CHECK (is_over IN (0, 1));
