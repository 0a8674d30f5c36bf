-- A shop may keep the clocks of a place. '' = the fixed difference in utc_offset, which is also what counts
-- where the name is not known; for a named zone it is what held when the zone was chosen.
ALTER TABLE shops ADD COLUMN zone TEXT NOT NULL DEFAULT '' CHECK (length(zone) <= 40);

-- A channel that refuses messages raises one alarm for each cause, however many messages it refuses.
CREATE UNIQUE INDEX alarms_standing ON alarms (shop_id, kind, subject) WHERE resolved_at IS NULL AND kind = 'message-refused';

-- Pictures of buyers: the ids of up to nine, with blanks between, in the order in which they are shown. Who shows a picture stands in
-- picture_uses as for all others; kind 6 is a review.
ALTER TABLE reviews ADD COLUMN pictures TEXT NOT NULL DEFAULT '' CHECK (length(pictures) <= 296);

CREATE TABLE picture_uses_wider (
    shop_id    BIGINT NOT NULL,
    kind       BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 9), -- enum picture_use_kind
    owner_id   BIGINT NOT NULL,
    picture_id TEXT   NOT NULL,
    PRIMARY KEY (shop_id, kind, owner_id, picture_id),
    FOREIGN KEY (shop_id, picture_id) REFERENCES pictures (shop_id, id)
);
INSERT INTO picture_uses_wider (shop_id, kind, owner_id, picture_id) SELECT shop_id, kind, owner_id, picture_id FROM picture_uses;
DROP TABLE picture_uses;
ALTER TABLE picture_uses_wider RENAME TO picture_uses;
CREATE INDEX picture_uses_by_picture ON picture_uses (shop_id, picture_id, kind, owner_id);
