-- Themes that merchants bring (src/shop/design/own_theme.h): every version is a folder of files that was found good.

CREATE TABLE themes (
    shop_id      BIGINT NOT NULL,
    version      BIGINT NOT NULL CHECK (version > 0),                     -- never used again, also when it was removed
    name         TEXT   NOT NULL CHECK (length(name) <= 100),             -- of the ZIP file
    files        BIGINT NOT NULL CHECK (files BETWEEN 1 AND 300),
    bytes        BIGINT NOT NULL CHECK (bytes BETWEEN 0 AND 8388608),
    staff_id     BIGINT,                                                  -- who brought it
    at           BIGINT NOT NULL,                                         -- ms since 1970
    published_at BIGINT,                                                  -- the last time; NULL = never
    PRIMARY KEY (shop_id, version)
);

CREATE TABLE theme_files (
    shop_id  BIGINT NOT NULL,
    version  BIGINT NOT NULL,
    path     TEXT   NOT NULL CHECK (length(path) BETWEEN 3 AND 100),      -- "sections/hero.liquid"
    is_asset BIGINT NOT NULL CHECK (is_asset IN (0, 1)),
    bytes    BYTEA  NOT NULL,
    PRIMARY KEY (shop_id, version, path)
);

-- What buyers see: 0 = the theme of the program. theme_last is the highest version there ever was.
ALTER TABLE shops ADD COLUMN theme_version BIGINT NOT NULL DEFAULT 0 CHECK (theme_version >= 0);
ALTER TABLE shops ADD COLUMN theme_last BIGINT NOT NULL DEFAULT 0 CHECK (theme_last >= 0);

-- A file that fails before buyers stands before the staff once, however many pages it would have been on.
CREATE UNIQUE INDEX alarms_standing_theme ON alarms (shop_id, kind, subject) WHERE resolved_at IS NULL AND kind = 'theme-broken';
