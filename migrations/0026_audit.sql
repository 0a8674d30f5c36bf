-- What people of a shop did (src/shop/staff), append-only, kept for AUDIT_KEPT_MS.
CREATE TABLE audit_entries (
    shop_id  BIGINT NOT NULL,
    id       BIGINT NOT NULL,                                -- in time order
    at       BIGINT NOT NULL,
    actor    BIGINT NOT NULL,                                -- enum actor_kind
    actor_id BIGINT NOT NULL,                                -- of staff; 0 = nobody's account
    kind     TEXT   NOT NULL,                                -- product.on, order.shipped, login …
    subject  TEXT   NOT NULL,                                -- page below /admin that shows it, or ''
    title    TEXT   NOT NULL,                                -- what it was called then
    before   TEXT   NOT NULL,
    after    TEXT   NOT NULL,
    PRIMARY KEY (shop_id, id)
);
CREATE INDEX audit_entries_by_kind ON audit_entries (shop_id, kind, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (shop_id, actor_id, id);
CREATE INDEX audit_entries_by_actor_kind ON audit_entries (shop_id, actor_id, kind, id);
