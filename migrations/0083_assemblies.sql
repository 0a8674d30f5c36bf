-- Variants that are made of others (src/shop/inventory/inventory_assembly.h). Their row of stock holds what can be made
-- of their parts, and no movement ever touches it.
ALTER TABLE stock ADD COLUMN made_of BIGINT NOT NULL DEFAULT 0 CHECK (made_of BETWEEN 0 AND 20); -- parts; 0 = goods of its own
ALTER TABLE shops ADD COLUMN has_assemblies BIGINT NOT NULL DEFAULT 0;

CREATE TABLE assembly_parts (
    shop_id         BIGINT NOT NULL,
    variant_id      BIGINT NOT NULL, -- what is sold
    part_no         BIGINT NOT NULL CHECK (part_no BETWEEN 1 AND 20),
    part_id         BIGINT NOT NULL, -- the variant that it takes
    part_product_id BIGINT NOT NULL,
    pieces          BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 999),
    PRIMARY KEY (shop_id, variant_id, part_no)
);
CREATE UNIQUE INDEX assembly_parts_by_part ON assembly_parts (shop_id, part_id, variant_id);

-- What a line was made of when it was ordered: later changes change nothing for it.
CREATE TABLE order_line_parts (
    shop_id    BIGINT NOT NULL,
    order_id   BIGINT NOT NULL,
    line_no    BIGINT NOT NULL,
    part_no    BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    pieces     BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 999), -- in one piece of the line
    title      TEXT   NOT NULL,
    sku        TEXT   NOT NULL,
    PRIMARY KEY (shop_id, order_id, line_no, part_no)
);
ALTER TABLE order_lines ADD COLUMN made_of BIGINT NOT NULL DEFAULT 0;
