-- Words of the weekly to-do of searches that need nothing done (src/shop/search/search_todo.h).
CREATE TABLE search_passes (
    shop_id   BIGINT NOT NULL,
    word      TEXT   NOT NULL,
    searches  BIGINT NOT NULL CHECK (searches >= 0),                      -- of the seven days until then
    staff_id  BIGINT NOT NULL,
    passed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, word)
);
