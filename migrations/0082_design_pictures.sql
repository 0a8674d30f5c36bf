-- Pictures of a design (src/shop/design/design_pictures.c) count as used: kind 7 of picture_uses, the owner is 1 for the draft and 2 for
-- what buyers see. A document is text, in which the 32 digits of a picture stand as they are.
INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)
    SELECT p.shop_id, 7, 2, p.id FROM pictures p
    JOIN shops s ON s.shop_id = p.shop_id
    JOIN designs d ON d.shop_id = p.shop_id AND d.version = s.design_version AND d.version > 0
    WHERE d.document LIKE '%' || p.id || '%';
INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)
    SELECT p.shop_id, 7, 1, p.id FROM pictures p
    JOIN designs d ON d.shop_id = p.shop_id AND d.version = 0
    WHERE d.document LIKE '%' || p.id || '%' OR d.former LIKE '%' || p.id || '%';
UPDATE pictures SET use_count = (
    SELECT count(*) FROM picture_uses u WHERE u.shop_id = pictures.shop_id AND u.picture_id = pictures.id)
    WHERE EXISTS (SELECT 1 FROM picture_uses u WHERE u.shop_id = pictures.shop_id AND u.kind = 7 AND u.picture_id = pictures.id);
