-- How shops look (src/shop/design): versions that were published, and the one draft that staff edit.

CREATE TABLE designs (
    shop_id  BIGINT NOT NULL,
    version  BIGINT NOT NULL CHECK (version > 0),
    document TEXT   NOT NULL,                                             -- JSON, checked against the theme
    note     TEXT   NOT NULL,
    author   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (shop_id, version)
);

CREATE TABLE design_drafts (
    shop_id  BIGINT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL CHECK (revision > 0),                        -- another after every change: its id
    document TEXT   NOT NULL,
    previous TEXT   NOT NULL,                                             -- before the last change; '' = it was undone
    author   TEXT   NOT NULL,
    at       BIGINT NOT NULL
);

-- The version that counts; 0 = the theme `general` as it comes.
ALTER TABLE shops ADD COLUMN design_version BIGINT NOT NULL DEFAULT 0;
