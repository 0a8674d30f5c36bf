-- Who paid at the sandbox, when the one who tries it says so: other gateways name the payer with each payment.
ALTER TABLE sandbox_trades ADD COLUMN payer TEXT NOT NULL DEFAULT '';

-- What asks for a look at an order stands on the page of the order.
CREATE INDEX alarms_open_by_subject ON alarms (shop_id, subject) WHERE resolved_at IS NULL;
