-- A shop of the platform (src/shop/tenant). The directory tables shops and shop_hosts are the platform's own.
CREATE TABLE shops (
    shop_id    BIGINT NOT NULL,
    handle     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    slogan     TEXT   NOT NULL DEFAULT '',
    currency   TEXT   NOT NULL CHECK (length(currency) = 3),
    locale     TEXT   NOT NULL,
    utc_offset BIGINT NOT NULL CHECK (utc_offset BETWEEN -840 AND 840), -- minutes
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id)
);
CREATE UNIQUE INDEX shops_by_handle ON shops (handle);

-- The host names of a shop, lower case, without port.
CREATE TABLE shop_hosts (
    host    TEXT   NOT NULL,
    shop_id BIGINT NOT NULL REFERENCES shops (shop_id),
    PRIMARY KEY (host)
);
