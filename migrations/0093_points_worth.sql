-- What the books say that points are worth (src/shop/pricing/points_worth.c, decision 0093): of an account as it was when it last moved, and
-- by how much each movement changed that, in minor units. Accounts of before are valued when they move.
ALTER TABLE point_accounts ADD COLUMN worth BIGINT NOT NULL DEFAULT 0 CHECK (worth >= 0);
ALTER TABLE point_movements ADD COLUMN worth BIGINT NOT NULL DEFAULT 0;
