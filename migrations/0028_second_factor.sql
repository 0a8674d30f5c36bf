-- The second step of logging in (src/shop/staff): an authenticator app (RFC 6238), and codes for the day it is lost.
CREATE TABLE staff_factors (
    shop_id     BIGINT NOT NULL,
    staff_id    BIGINT NOT NULL,
    secret      BYTEA,                                       -- sealed; NULL = not in use
    draft       BYTEA,                                       -- sealed; being set up, in force once a code of it was typed
    enrolled_at BIGINT NOT NULL DEFAULT 0,
    last_step   BIGINT NOT NULL DEFAULT 0,                   -- the newest code that was used: none of it or before it counts again
    tries       BIGINT NOT NULL DEFAULT 0,                   -- since a code was right
    tried_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, staff_id),
    FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id)
);

-- Each opens once and is gone then.
CREATE TABLE staff_recovery_codes (
    shop_id    BIGINT NOT NULL,
    staff_id   BIGINT NOT NULL,
    code_index BYTEA  NOT NULL,                              -- keyed hash
    PRIMARY KEY (shop_id, staff_id, code_index),
    FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id)
);

-- What the owner asks of everybody.
CREATE TABLE staff_rules (
    shop_id            BIGINT NOT NULL REFERENCES shops (shop_id),
    is_factor_required BIGINT NOT NULL CHECK (is_factor_required IN (0, 1)),
    PRIMARY KEY (shop_id)
);
