-- Where addresses lead that nothing answers any more, as the merchant says (src/shop/redirect/redirect.h).
CREATE TABLE redirects (
    shop_id    BIGINT NOT NULL,
    source     TEXT   NOT NULL, -- path, perhaps with its query; decoded, without a slash at its end
    id         BIGINT NOT NULL,
    target     TEXT   NOT NULL, -- page of this shop, never the source of another row
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, source)
);
CREATE UNIQUE INDEX redirects_by_id ON redirects (shop_id, id);

-- Two people who change redirects at once would make a chain or a ring that neither sees: the second is refused.
CREATE TABLE redirect_versions (
    shop_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (shop_id)
);

-- More kinds of things are put into the trash.
CREATE TABLE removed_things_wider (
    shop_id     BIGINT NOT NULL,
    id          BIGINT NOT NULL,                               -- in time order
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 99), -- enum trash_kind
    title       TEXT   NOT NULL,
    data        TEXT   NOT NULL,                               -- JSON: what its module needs to bring it back
    actor       BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    removed_at  BIGINT NOT NULL,
    PRIMARY KEY (shop_id, id)
);
INSERT INTO removed_things_wider (shop_id, id, kind, title, data, actor, actor_id, removed_at)
    SELECT shop_id, id, kind, title, data, actor, actor_id, removed_at FROM removed_things;
DROP TABLE removed_things;
ALTER TABLE removed_things_wider RENAME TO removed_things;
CREATE INDEX removed_things_by_kind ON removed_things (shop_id, kind, id);
