-- Gift cards (src/shop/gift/gift.h, docs/decisions/0070): a balance that is a guarded counter, and its movements.

CREATE TABLE gift_card_batches (
    shop_id       BIGINT NOT NULL,
    id            BIGINT NOT NULL,                                  -- of its entry in the ledger too
    origin        BIGINT NOT NULL CHECK (origin IN (1, 2)),         -- enum gift_card_origin
    is_registered BIGINT NOT NULL CHECK (is_registered IN (0, 1)),
    value         BIGINT NOT NULL CHECK (value > 0),                -- minor units, of each card
    currency      TEXT   NOT NULL,
    count         BIGINT NOT NULL CHECK (count BETWEEN 1 AND 500),
    valid_until   BIGINT NOT NULL CHECK (valid_until >= 0),         -- ms since 1970, 0 = for ever
    note          TEXT   NOT NULL,
    request       TEXT   NOT NULL,                                  -- the same word twice is one batch
    is_shown      BIGINT NOT NULL DEFAULT 0 CHECK (is_shown IN (0, 1)), -- its codes were shown, once
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id),
    UNIQUE (shop_id, request)
);

-- `balance` is the counter: never below 0, never above what the card was issued with.
CREATE TABLE gift_cards (
    shop_id       BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    batch_id      BIGINT NOT NULL,
    blind         BYTEA  NOT NULL,                                  -- keyed hash of the code
    sealed        BYTEA  NOT NULL,
    last4         TEXT   NOT NULL,
    is_registered BIGINT NOT NULL CHECK (is_registered IN (0, 1)),
    currency      TEXT   NOT NULL,
    value         BIGINT NOT NULL CHECK (value > 0),
    balance       BIGINT NOT NULL,
    expired       BIGINT NOT NULL DEFAULT 0 CHECK (expired >= 0),   -- what was left when its time was over
    status        BIGINT NOT NULL CHECK (status BETWEEN 1 AND 3),   -- enum gift_card_status
    valid_until   BIGINT NOT NULL CHECK (valid_until >= 0),
    customer_id   BIGINT NOT NULL DEFAULT 0,                        -- the account that keeps it
    moves         BIGINT NOT NULL DEFAULT 0,                        -- number of its last movement
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id),
    UNIQUE (shop_id, blind),
    CHECK (balance BETWEEN 0 AND value)
);
CREATE INDEX gift_cards_by_batch ON gift_cards (shop_id, batch_id, id);
CREATE INDEX gift_cards_by_end ON gift_cards (shop_id, last4, id);
CREATE INDEX gift_cards_by_status ON gift_cards (shop_id, status, id);
CREATE INDEX gift_cards_of_customer ON gift_cards (shop_id, customer_id, id) WHERE customer_id <> 0;
CREATE INDEX gift_cards_by_time ON gift_cards (shop_id, valid_until) WHERE status <> 3 AND valid_until > 0;

-- Every change of a balance, append-only.
CREATE TABLE gift_card_movements (
    shop_id  BIGINT NOT NULL,
    card_id  BIGINT NOT NULL,
    move_no  BIGINT NOT NULL,
    kind     BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 7),          -- enum gift_card_move
    amount   BIGINT NOT NULL,                                       -- signed
    balance  BIGINT NOT NULL CHECK (balance >= 0),                  -- after it
    order_id BIGINT NOT NULL,                                       -- 0 = none
    entry_id BIGINT NOT NULL,                                       -- of the ledger; 0 = none, for nothing left the shop's debt
    actor    BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (shop_id, card_id, move_no)
);

-- What an order takes of a card: held until it is paid whole, then spent; or free again.
CREATE TABLE gift_card_holds (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    card_id    BIGINT NOT NULL,
    attempt_id BIGINT NOT NULL,                                     -- of payment_attempts, once it is spent
    amount     BIGINT NOT NULL CHECK (amount > 0),
    spent      BIGINT NOT NULL DEFAULT 0,
    status     BIGINT NOT NULL CHECK (status BETWEEN 1 AND 3),      -- enum gift_card_hold_status
    PRIMARY KEY (shop_id, order_id, card_id),
    CHECK (spent BETWEEN 0 AND amount)
);
CREATE INDEX gift_card_holds_by_card ON gift_card_holds (shop_id, card_id) WHERE status = 1;
CREATE INDEX gift_card_holds_by_attempt ON gift_card_holds (shop_id, attempt_id);

ALTER TABLE shops ADD COLUMN has_gift_cards BIGINT NOT NULL DEFAULT 0 CHECK (has_gift_cards IN (0, 1));
-- What cards hold for the order; the rest of the total is due. Stays as it was when the order ends.
ALTER TABLE orders ADD COLUMN card_held BIGINT NOT NULL DEFAULT 0 CHECK (card_held >= 0 AND card_held <= total);
