-- The media library: what a picture is called, what it looks like, where it is used; video files; focal points.
ALTER TABLE pictures ADD COLUMN file_name TEXT NOT NULL DEFAULT '';          -- as it was called when it came
ALTER TABLE pictures ADD COLUMN name_key TEXT NOT NULL DEFAULT '';           -- the same in small ASCII letters, for search
ALTER TABLE pictures ADD COLUMN alt TEXT NOT NULL DEFAULT '';                -- what a product gets that takes it
ALTER TABLE pictures ADD COLUMN look BIGINT;                                 -- 64-bit difference hash; NULL = not compared
ALTER TABLE pictures ADD COLUMN look_1 BIGINT;                               -- its four bands of 16 bits, highest first
ALTER TABLE pictures ADD COLUMN look_2 BIGINT;
ALTER TABLE pictures ADD COLUMN look_3 BIGINT;
ALTER TABLE pictures ADD COLUMN look_4 BIGINT;
ALTER TABLE pictures ADD COLUMN alike_id TEXT;                               -- an older picture that looks the same
ALTER TABLE pictures ADD COLUMN use_count BIGINT NOT NULL DEFAULT 0 CHECK (use_count >= 0);
CREATE INDEX pictures_by_age ON pictures (shop_id, created_at, id);
CREATE INDEX pictures_by_name ON pictures (shop_id, name_key, id);
CREATE INDEX pictures_unused ON pictures (shop_id, created_at, id) WHERE use_count = 0;
CREATE INDEX pictures_alike ON pictures (shop_id, created_at, id) WHERE alike_id IS NOT NULL;
CREATE INDEX pictures_by_alike ON pictures (shop_id, alike_id) WHERE alike_id IS NOT NULL;
CREATE INDEX pictures_by_look_1 ON pictures (shop_id, look_1) WHERE look IS NOT NULL;
CREATE INDEX pictures_by_look_2 ON pictures (shop_id, look_2) WHERE look IS NOT NULL;
CREATE INDEX pictures_by_look_3 ON pictures (shop_id, look_3) WHERE look IS NOT NULL;
CREATE INDEX pictures_by_look_4 ON pictures (shop_id, look_4) WHERE look IS NOT NULL;
-- Shops that took the same bytes share one file: it goes when no shop has a row for it.
CREATE INDEX pictures_by_file ON pictures (id);
-- The key that product_pictures refers by: a picture that is removed is looked for here.
CREATE INDEX product_pictures_by_picture ON product_pictures (shop_id, picture_id);

-- Who shows a picture: told by the modules that do, kept here, so that nobody has to look into their tables.
CREATE TABLE picture_uses (
    shop_id    BIGINT NOT NULL,
    kind       BIGINT NOT NULL CHECK (kind IN (1, 2, 3, 4)), -- enum picture_use_kind
    owner_id   BIGINT NOT NULL,
    picture_id TEXT   NOT NULL,
    PRIMARY KEY (shop_id, kind, owner_id, picture_id),
    FOREIGN KEY (shop_id, picture_id) REFERENCES pictures (shop_id, id)
);
CREATE INDEX picture_uses_by_picture ON picture_uses (shop_id, picture_id, kind, owner_id);
INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)
    SELECT DISTINCT shop_id, 1, product_id, picture_id FROM product_pictures;
INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)
    SELECT c.shop_id, 2, c.id, c.picture_id FROM categories c
    JOIN pictures p ON p.shop_id = c.shop_id AND p.id = c.picture_id;
INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)
    SELECT v.shop_id, 3, v.id, v.picture_id FROM variants v
    JOIN pictures p ON p.shop_id = v.shop_id AND p.id = v.picture_id;
INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)
    SELECT DISTINCT p.shop_id, 4, p.shop_id, p.id FROM pictures p JOIN shops s ON s.shop_id = p.shop_id
    WHERE p.id IN (s.logo_id, s.licence_picture_id)
    OR p.id IN (SELECT l.picture_id FROM shop_licences l WHERE l.shop_id = p.shop_id);
UPDATE pictures SET use_count = (
    SELECT count(*) FROM picture_uses u WHERE u.shop_id = pictures.shop_id AND u.picture_id = pictures.id);

CREATE TABLE videos (
    shop_id    BIGINT NOT NULL,
    id         TEXT   NOT NULL,                              -- first 128 bits of SHA-256, hex
    format     TEXT   NOT NULL CHECK (format IN ('mp4', 'webm')),
    bytes      BIGINT NOT NULL CHECK (bytes > 0),
    file_name  TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX videos_by_age ON videos (shop_id, created_at, id);
CREATE INDEX videos_by_file ON videos (id);

-- The point of a picture that stays in sight where it is cut to a square, in percent from the left and the top.
ALTER TABLE product_pictures ADD COLUMN focus_x BIGINT NOT NULL DEFAULT 50 CHECK (focus_x BETWEEN 0 AND 100);
ALTER TABLE product_pictures ADD COLUMN focus_y BIGINT NOT NULL DEFAULT 50 CHECK (focus_y BETWEEN 0 AND 100);
ALTER TABLE products ADD COLUMN picture_focus_x BIGINT NOT NULL DEFAULT 50;  -- of the first picture
ALTER TABLE products ADD COLUMN picture_focus_y BIGINT NOT NULL DEFAULT 50;
ALTER TABLE products ADD COLUMN video_id TEXT;
CREATE INDEX products_by_video ON products (shop_id, video_id) WHERE video_id IS NOT NULL;
