-- Product files on their way into the shop (src/shop/transfer). The file itself stands in the data directory.
CREATE TABLE imports (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    actor       BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    file_name   TEXT   NOT NULL,
    bytes       BIGINT NOT NULL CHECK (bytes >= 0),
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 8),   -- enum import_state
    choices     TEXT   NOT NULL DEFAULT '{}',                    -- JSON: how it is read, docs/views.md
    position    BIGINT NOT NULL DEFAULT 0,                       -- the line up to which the file is done; undoing: the product
    progress    BIGINT NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    counts      TEXT   NOT NULL DEFAULT '{}',                    -- JSON: what was found or done
    act_id      BIGINT,                                          -- the act that applied it
    finished_at BIGINT,
    failure     TEXT   NOT NULL DEFAULT '',                      -- why the file cannot be used
    PRIMARY KEY (shop_id, id)
);

-- What is wrong with rows of a file.
CREATE TABLE import_problems (
    shop_id     BIGINT NOT NULL,
    import_id   BIGINT NOT NULL,
    problem_no  BIGINT NOT NULL,
    line        BIGINT NOT NULL,
    column_name TEXT   NOT NULL,                                 -- as the file calls it, "" = the whole row
    code        TEXT   NOT NULL,
    value       TEXT   NOT NULL,                                 -- what stands in the cell, shortened
    fix         TEXT   NOT NULL,                                 -- what to put there, when it is known
    message     TEXT   NOT NULL,                                 -- English
    PRIMARY KEY (shop_id, import_id, problem_no),
    FOREIGN KEY (shop_id, import_id) REFERENCES imports (shop_id, id)
);
CREATE INDEX import_problems_by_code ON import_problems (shop_id, import_id, code, problem_no);

-- What a file would make of products: new ones, and those that change, cell by cell.
CREATE TABLE import_items (
    shop_id    BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    outcome    BIGINT NOT NULL,                                  -- enum import_outcome
    line       BIGINT NOT NULL,
    product_id BIGINT,                                           -- NULL = it will be new
    title      TEXT   NOT NULL,
    changes    TEXT   NOT NULL,                                  -- JSON: [{"field", "of", "before", "after"}]
    PRIMARY KEY (shop_id, import_id, outcome, line),
    FOREIGN KEY (shop_id, import_id) REFERENCES imports (shop_id, id)
);

-- Pieces that an import added to what was on hand, so that undoing takes them away again.
CREATE TABLE import_stock_changes (
    shop_id    BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    PRIMARY KEY (shop_id, import_id, variant_id),
    FOREIGN KEY (shop_id, import_id) REFERENCES imports (shop_id, id)
);

-- How the columns of a file were understood last time, by the hash of its first line.
CREATE TABLE import_mappings (
    shop_id     BIGINT NOT NULL,
    fingerprint TEXT   NOT NULL,
    choices     TEXT   NOT NULL,                                 -- JSON, as in imports
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (shop_id, fingerprint)
);

-- An import is an act over many products, too.
CREATE TABLE product_acts_wider (
    shop_id   BIGINT NOT NULL,
    id        BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     BIGINT NOT NULL,
    actor_id  BIGINT NOT NULL,
    kind      BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 100),    -- enum act_kind
    value     TEXT   NOT NULL,                                   -- the status, the tag, or the file
    count     BIGINT NOT NULL,                                   -- products that it changed
    undone_at BIGINT,
    PRIMARY KEY (shop_id, id)
);
INSERT INTO product_acts_wider SELECT shop_id, id, at, actor, actor_id, kind, value, count, undone_at FROM product_acts;
DROP TABLE product_acts;
ALTER TABLE product_acts_wider RENAME TO product_acts;
