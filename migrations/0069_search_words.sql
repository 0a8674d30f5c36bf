-- What people search, and what the merchant says about words (src/shop/search).

-- Searches by day and word; the word '' stands for all above the limit of a day.
CREATE TABLE search_days (
    shop_id  BIGINT NOT NULL,
    day      BIGINT NOT NULL,                                             -- since 1970, on the shop's calendar
    word     TEXT   NOT NULL,                                             -- as search_plain writes it
    searches BIGINT NOT NULL CHECK (searches >= 0),
    missed  BIGINT NOT NULL CHECK (missed >= 0),                        -- of them: no product had it
    clicks   BIGINT NOT NULL CHECK (clicks >= 0),
    hits     BIGINT NOT NULL CHECK (hits >= 0),                           -- of the last search
    PRIMARY KEY (shop_id, day, word)
);
CREATE INDEX search_days_by_word ON search_days (shop_id, word, day);

-- The same of all words together: `yundian check` re-adds it.
CREATE TABLE search_totals (
    shop_id  BIGINT NOT NULL,
    day      BIGINT NOT NULL,
    searches BIGINT NOT NULL,
    missed  BIGINT NOT NULL,
    clicks   BIGINT NOT NULL,
    PRIMARY KEY (shop_id, day)
);

-- Who typed a word, so that only words of many are shown to others: some of them, by a keyed hash.
CREATE TABLE search_buyers (
    shop_id BIGINT NOT NULL,
    word    TEXT   NOT NULL,
    buyer   TEXT   NOT NULL,                                              -- hex
    day     BIGINT NOT NULL,                                              -- the last one
    PRIMARY KEY (shop_id, word, buyer)
);
CREATE INDEX search_buyers_by_day ON search_buyers (shop_id, day);

-- What was opened from the answer to a word.
CREATE TABLE search_clicks (
    shop_id    BIGINT NOT NULL,
    word       TEXT   NOT NULL,
    product_id BIGINT NOT NULL,
    clicks     BIGINT NOT NULL CHECK (clicks > 0),
    day        BIGINT NOT NULL,                                           -- the last one
    PRIMARY KEY (shop_id, word, product_id)
);
CREATE INDEX search_clicks_by_day ON search_clicks (shop_id, day);

-- What the merchant says about a word, and the figures of that word until then.
CREATE TABLE search_words (
    shop_id         BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    kind            BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),         -- enum search_word_kind
    word            TEXT   NOT NULL,                                      -- that was worked on, plain
    words           TEXT   NOT NULL,                                      -- of a synonym: all of the group, a line each
    target          TEXT   NOT NULL,                                      -- a path of the shop, or the name of a tag
    staff_id        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    day             BIGINT NOT NULL,                                      -- of the change
    before_searches BIGINT NOT NULL,                                      -- of 28 days
    before_missed  BIGINT NOT NULL,
    before_clicks   BIGINT NOT NULL,
    day_searches    BIGINT NOT NULL,                                      -- of them on the day of the change
    day_missed     BIGINT NOT NULL,
    day_clicks      BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE UNIQUE INDEX search_words_once ON search_words (shop_id, kind, word);
