-- A stock take may be of one category with all below it, and knows what its differences cost.
ALTER TABLE stock_takes ADD COLUMN category_id BIGINT NOT NULL DEFAULT 0;  -- 0 = of everything
ALTER TABLE stock_take_lines ADD COLUMN cost BIGINT;                       -- of one piece when it was counted, in minor units; NULL = nobody had said
