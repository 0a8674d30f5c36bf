-- What buyers say of what they bought (src/shop/review). Each review is proved by a line of an order, and no
-- statement deletes one or changes a buyer's words.
CREATE TABLE reviews (
    shop_id       BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    product_id    BIGINT NOT NULL,
    order_id      BIGINT NOT NULL,
    line_no       BIGINT NOT NULL,
    variant_title TEXT   NOT NULL,                             -- as it was bought
    stars         BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
    body          TEXT   NOT NULL,                             -- '' = stars alone
    author        TEXT   NOT NULL,                             -- masked; '' = nobody is named
    created_at    BIGINT NOT NULL,
    follow_body   TEXT   NOT NULL DEFAULT '',                  -- what was added later, once
    followed_at   BIGINT,
    weight        BIGINT NOT NULL CHECK (weight BETWEEN 0 AND 3), -- how much there is to read; 0 = nothing
    reply_no      BIGINT NOT NULL DEFAULT 0,                   -- the reply that counts; 0 = none
    reported_at   BIGINT,                                      -- the shop asked the platform to look, open
    hidden_reason BIGINT NOT NULL DEFAULT 0 CHECK (hidden_reason BETWEEN 0 AND 5), -- enum review_reason
    PRIMARY KEY (shop_id, id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id),
    FOREIGN KEY (shop_id, order_id, line_no) REFERENCES order_lines (shop_id, order_id, line_no)
);
CREATE UNIQUE INDEX reviews_by_line ON reviews (shop_id, order_id, line_no);
CREATE INDEX reviews_by_product ON reviews (shop_id, product_id, id);
CREATE INDEX reviews_by_weight ON reviews (shop_id, product_id, weight, id);
CREATE INDEX reviews_by_product_stars ON reviews (shop_id, product_id, stars, id);
CREATE INDEX reviews_by_stars ON reviews (shop_id, stars, id);
CREATE INDEX reviews_unanswered ON reviews (shop_id, id) WHERE reply_no = 0 AND hidden_reason = 0;
CREATE INDEX reviews_reported ON reviews (shop_id, id) WHERE reported_at IS NOT NULL;
CREATE INDEX reviews_hidden ON reviews (shop_id, id) WHERE hidden_reason > 0;

-- What the shop answers: each text that ever stood there, append-only.
CREATE TABLE review_replies (
    shop_id   BIGINT NOT NULL,
    review_id BIGINT NOT NULL,
    reply_no  BIGINT NOT NULL CHECK (reply_no > 0),
    body      TEXT   NOT NULL,
    staff_id  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (shop_id, review_id, reply_no),
    FOREIGN KEY (shop_id, review_id) REFERENCES reviews (shop_id, id)
);

-- The log that the E-Commerce Law asks for: who reported, hid or showed a review, when and on what ground.
-- Append-only, never swept.
CREATE TABLE review_acts (
    shop_id   BIGINT NOT NULL,
    review_id BIGINT NOT NULL,
    act_no    BIGINT NOT NULL CHECK (act_no > 0),
    kind      BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),    -- enum review_act_kind
    reason    BIGINT NOT NULL CHECK (reason BETWEEN 0 AND 5),  -- enum review_reason
    note      TEXT   NOT NULL,
    who       TEXT   NOT NULL,                                 -- as they are called
    actor     BIGINT NOT NULL,                                 -- enum actor_kind
    at        BIGINT NOT NULL,
    PRIMARY KEY (shop_id, review_id, act_no),
    FOREIGN KEY (shop_id, review_id) REFERENCES reviews (shop_id, id)
);

-- What the reviews of a product come to, changed with each of them in one transaction.
CREATE TABLE product_reviews (
    shop_id    BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    stars_1    BIGINT NOT NULL CHECK (stars_1 >= 0),
    stars_2    BIGINT NOT NULL CHECK (stars_2 >= 0),
    stars_3    BIGINT NOT NULL CHECK (stars_3 >= 0),
    stars_4    BIGINT NOT NULL CHECK (stars_4 >= 0),
    stars_5    BIGINT NOT NULL CHECK (stars_5 >= 0),
    worded     BIGINT NOT NULL CHECK (worded >= 0),            -- with something to read
    hidden     BIGINT NOT NULL CHECK (hidden >= 0),
    PRIMARY KEY (shop_id, product_id),
    FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
