-- How a shop looks (src/shop/design/design.h): the versions that were published, and the draft that staff edit.

CREATE TABLE designs (
    shop_id  BIGINT NOT NULL,
    version  BIGINT NOT NULL CHECK (version >= 0),                        -- 0 = the draft
    edit     BIGINT NOT NULL,                                             -- of the draft: another one after every change; else 0
    theme    TEXT   NOT NULL,
    document TEXT   NOT NULL,                                             -- JSON
    former   TEXT   NOT NULL,                                             -- of the draft: the document before the last change; '' = none
    note     TEXT   NOT NULL,
    staff_id BIGINT,                                                      -- who published it
    at       BIGINT NOT NULL,                                             -- ms since 1970
    PRIMARY KEY (shop_id, version)
);

-- What buyers see: 0 = the theme as it comes.
ALTER TABLE shops ADD COLUMN design_version BIGINT NOT NULL DEFAULT 0 CHECK (design_version >= 0);
