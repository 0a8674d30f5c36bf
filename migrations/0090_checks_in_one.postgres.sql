-- PostgreSQL reads every CHECK of a table anew from its text in each statement that writes a row: what the tables of a
-- sale promised cost more than writing them (decision 0090). One short CHECK a table keeps what guards money and stock;
-- ranges of states are kept by the code's tables and looked over by `yundian check`. SQLite keeps the long ones.
ALTER TABLE orders
    DROP CONSTRAINT IF EXISTS orders_waits_for_group_check, DROP CONSTRAINT IF EXISTS orders_has_answers_check,
    DROP CONSTRAINT IF EXISTS orders_is_rationed_check, DROP CONSTRAINT IF EXISTS orders_order_status_check,
    DROP CONSTRAINT IF EXISTS orders_fulfillment_status_check, DROP CONSTRAINT IF EXISTS orders_payment_status_check,
    DROP CONSTRAINT IF EXISTS orders_aftersale_status_check, DROP CONSTRAINT IF EXISTS orders_stage_wide_check,
    DROP CONSTRAINT IF EXISTS orders_review_status_check, DROP CONSTRAINT IF EXISTS orders_check,
    DROP CONSTRAINT IF EXISTS orders_check1, DROP CONSTRAINT IF EXISTS orders_check2,
    DROP CONSTRAINT IF EXISTS orders_check3, DROP CONSTRAINT IF EXISTS orders_currency_check,
    DROP CONSTRAINT IF EXISTS orders_total_check, DROP CONSTRAINT IF EXISTS orders_paid_check,
    DROP CONSTRAINT IF EXISTS orders_freight_discount_check, DROP CONSTRAINT IF EXISTS orders_discount_check,
    DROP CONSTRAINT IF EXISTS orders_packs_from_check, DROP CONSTRAINT IF EXISTS orders_ships_by_check,
    DROP CONSTRAINT IF EXISTS orders_rounding_check, DROP CONSTRAINT IF EXISTS orders_freight_check,
    ADD CONSTRAINT orders_money CHECK (LEAST(refunded, paid - refunded, total - paid, discount, freight, freight_discount,
        rounding, deposit, total - deposit, card_held, total - card_held, points_off, points_back, points - points_back) >= 0);
ALTER TABLE order_lines
    DROP CONSTRAINT IF EXISTS order_lines_check, DROP CONSTRAINT IF EXISTS order_lines_check1,
    DROP CONSTRAINT IF EXISTS order_lines_check2, DROP CONSTRAINT IF EXISTS order_lines_check3,
    DROP CONSTRAINT IF EXISTS order_lines_role_check, DROP CONSTRAINT IF EXISTS order_lines_total_check,
    DROP CONSTRAINT IF EXISTS order_lines_unit_price_check, DROP CONSTRAINT IF EXISTS order_lines_quantity_check,
    DROP CONSTRAINT IF EXISTS order_lines_discount_check, DROP CONSTRAINT IF EXISTS order_lines_list_price_check,
    ADD CONSTRAINT order_lines_pieces CHECK (LEAST(total, discount, returned, fulfilled - returned, withdrawn,
        quantity - fulfilled - withdrawn, quantity - refunded, refunded - returned - withdrawn, quantity - 1, points) >= 0);
ALTER TABLE payment_attempts
    DROP CONSTRAINT IF EXISTS payment_attempts_status_check, DROP CONSTRAINT IF EXISTS payment_attempts_part_check,
    DROP CONSTRAINT IF EXISTS payment_attempts_check, DROP CONSTRAINT IF EXISTS payment_attempts_currency_check,
    DROP CONSTRAINT IF EXISTS payment_attempts_amount_check,
    ADD CONSTRAINT payment_attempts_money CHECK (LEAST(refunded, amount - refunded, amount - 1) >= 0);
ALTER TABLE payment_facts DROP CONSTRAINT IF EXISTS payment_facts_kind_check;
ALTER TABLE deals
    DROP CONSTRAINT IF EXISTS deals_quantity_check, DROP CONSTRAINT IF EXISTS deals_revenue_check,
    DROP CONSTRAINT IF EXISTS deals_price_check,
    ADD CONSTRAINT deals_money CHECK (LEAST(price, revenue, quantity - 1) >= 0);
ALTER TABLE ledger_entries
    DROP CONSTRAINT IF EXISTS ledger_entries_kind_check, DROP CONSTRAINT IF EXISTS ledger_entries_line_no_check,
    DROP CONSTRAINT IF EXISTS ledger_entries_credit_check, DROP CONSTRAINT IF EXISTS ledger_entries_debit_check,
    DROP CONSTRAINT IF EXISTS ledger_entries_currency_check, DROP CONSTRAINT IF EXISTS ledger_entries_amount_check,
    DROP CONSTRAINT IF EXISTS ledger_entries_check,
    ADD CONSTRAINT ledger_entries_money CHECK (amount > 0 AND debit <> credit);
ALTER TABLE cart_lines
    DROP CONSTRAINT IF EXISTS cart_lines_asked_quantity_check, DROP CONSTRAINT IF EXISTS cart_lines_asked_seen_price_check,
    ADD CONSTRAINT cart_lines_quantity CHECK (quantity >= 1 AND quantity <= 999);
ALTER TABLE stock
    DROP CONSTRAINT IF EXISTS stock_levels_allows_backorder_check, DROP CONSTRAINT IF EXISTS stock_levels_incoming_check,
    DROP CONSTRAINT IF EXISTS stock_levels_reserved_check, DROP CONSTRAINT IF EXISTS stock_levels_backorder_check,
    DROP CONSTRAINT IF EXISTS stock_levels_safety_check, DROP CONSTRAINT IF EXISTS stock_levels_qc_check,
    DROP CONSTRAINT IF EXISTS stock_levels_damaged_check, DROP CONSTRAINT IF EXISTS stock_levels_on_hand_check,
    DROP CONSTRAINT IF EXISTS stock_levels_check,
    ADD CONSTRAINT stock_states CHECK (LEAST(on_hand, reserved, damaged, qc, safety, incoming, backorder,
        CASE WHEN allows_backorder = 1 THEN 0 ELSE on_hand - reserved - damaged - qc - safety END) >= 0
        AND GREATEST(on_hand, reserved, incoming) <= 1000000000000 AND backorder <= 1000000);
