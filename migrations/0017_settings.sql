-- Who stands behind a shop, what it shows of itself, and when it ends (src/shop/tenant).
ALTER TABLE shops ADD COLUMN name_en TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN slogan_en TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN logo_id TEXT NOT NULL DEFAULT '';            -- picture, '' = none
ALTER TABLE shops ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN legal_name TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN credit_code TEXT NOT NULL DEFAULT '';        -- GB 32100-2015
ALTER TABLE shops ADD COLUMN licence_picture_id TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN licence_url TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN icp_number TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN psb_number TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN exemption BIGINT NOT NULL DEFAULT 0 CHECK (exemption BETWEEN 0 AND 9); -- enum shop_exemption
ALTER TABLE shops ADD COLUMN licence_count BIGINT NOT NULL DEFAULT 0 CHECK (licence_count BETWEEN 0 AND 10);
ALTER TABLE shops ADD COLUMN policies BIGINT NOT NULL DEFAULT 0;          -- a bit for each that is public: enum shop_policy
ALTER TABLE shops ADD COLUMN main_host TEXT NOT NULL DEFAULT '';
ALTER TABLE shops ADD COLUMN closes_at BIGINT;

-- Shops that were open before anybody asked stay open. Nobody declared anything for them: 9 says just that, nothing is
-- shown of it to buyers, and the settings ask for a licence or a declaration.
UPDATE shops SET exemption = 9;

-- Licences for certain goods: food, books, medicine.
CREATE TABLE shop_licences (
    shop_id    BIGINT NOT NULL REFERENCES shops (shop_id),
    line_no    BIGINT NOT NULL CHECK (line_no BETWEEN 1 AND 10),
    kind       TEXT   NOT NULL,
    number     TEXT   NOT NULL,
    picture_id TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (shop_id, line_no)
);
CREATE INDEX shop_hosts_by_shop ON shop_hosts (shop_id, host);

-- Accounts that may not log in any more, and what a session looks like to its owner (src/shop/staff).
ALTER TABLE staff ADD COLUMN deactivated_at BIGINT;
ALTER TABLE staff_sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_sessions ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX staff_sessions_by_staff ON staff_sessions (shop_id, staff_id);

-- What a shop promises its buyers in writing (src/shop/content). The newest version counts; none is ever changed.
CREATE TABLE policy_versions (
    shop_id    BIGINT NOT NULL REFERENCES shops (shop_id),
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 0 AND 62),             -- enum shop_policy
    version    BIGINT NOT NULL CHECK (version > 0),
    text       TEXT   NOT NULL,                                           -- '' = not public
    text_en    TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, kind, version)
);
