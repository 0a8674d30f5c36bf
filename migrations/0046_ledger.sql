-- The double-entry ledger of a shop (src/shop/ledger, decision 0046). Rows are only added, never changed.

-- A row takes an amount out of one account and puts it into another, so that debits are credits by construction. `id` is the
-- id of what it was written for (a fact of a gateway, a refund): it is the reference, it is written once, and it stands in time.
CREATE TABLE ledger_entries (
    shop_id      BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    line_no      BIGINT NOT NULL CHECK (line_no BETWEEN 1 AND 20),
    kind         BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 99),    -- enum ledger_kind
    debit        BIGINT NOT NULL CHECK (debit BETWEEN 1 AND 99),   -- enum ledger_account
    credit       BIGINT NOT NULL CHECK (credit BETWEEN 1 AND 99),
    amount       BIGINT NOT NULL CHECK (amount > 0),               -- minor units of currency
    currency     TEXT   NOT NULL CHECK (length(currency) = 3),
    gateway      TEXT   NOT NULL,
    reference_id BIGINT NOT NULL,                                  -- payment attempt or refund; 0 = none of ours
    order_id     BIGINT NOT NULL,                                  -- 0 = none
    PRIMARY KEY (shop_id, id, line_no),
    CHECK (debit <> credit)
);

-- What the entries of a day add up to. A day is the ids made in it: [from_id, until_id).
CREATE TABLE ledger_days (
    shop_id  BIGINT NOT NULL,
    from_id  BIGINT NOT NULL,
    account  BIGINT NOT NULL,
    gateway  TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    until_id BIGINT NOT NULL,
    debits   BIGINT NOT NULL CHECK (debits >= 0),
    credits  BIGINT NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (shop_id, from_id, account, gateway, currency),
    CHECK (from_id < until_id)
);

-- How far the entries are added up, and by the clocks of which zone.
CREATE TABLE ledger_marks (
    shop_id    BIGINT NOT NULL,
    rolled_id  BIGINT NOT NULL,
    zone       TEXT   NOT NULL,
    checked_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id)
);

-- One alarm for each difference, however often it is seen.
CREATE UNIQUE INDEX alarms_standing_ledger ON alarms (shop_id, kind, subject) WHERE resolved_at IS NULL AND kind = 'ledger-break';

-- The fact that paid an attempt, or finished a refund: leads from them to their entries.
ALTER TABLE payment_attempts ADD COLUMN fact_id BIGINT;
ALTER TABLE refunds ADD COLUMN fact_id BIGINT;

UPDATE payment_attempts SET fact_id = f.id FROM payment_facts f WHERE f.shop_id = payment_attempts.shop_id
    AND f.attempt_number = payment_attempts.number AND f.kind = 1
    AND f.verdict IN ('applied', 'reopened', 'late', 'paid-twice') AND payment_attempts.status IN (2, 5);
-- Facts did not say of which refund they are: among those of one amount they are told apart by their order in time.
UPDATE refunds SET fact_id = p.fact_id FROM (
    SELECT r.shop_id, r.id, f.id AS fact_id FROM (
        SELECT x.shop_id, x.id, a.number, x.amount,
            ROW_NUMBER() OVER (PARTITION BY x.shop_id, a.number, x.amount ORDER BY x.done_at, x.id) AS place
        FROM refunds x JOIN payment_attempts a ON a.shop_id = x.shop_id AND a.id = x.attempt_id WHERE x.status = 2
    ) r JOIN (
        SELECT y.shop_id, y.id, y.attempt_number, y.amount,
            ROW_NUMBER() OVER (PARTITION BY y.shop_id, y.attempt_number, y.amount ORDER BY y.received_at, y.id) AS place
        FROM payment_facts y WHERE y.kind = 2
    ) f ON f.shop_id = r.shop_id AND f.attempt_number = r.number AND f.amount = r.amount AND f.place = r.place
) p WHERE p.shop_id = refunds.shop_id AND p.id = refunds.id;

-- What was paid and refunded before there was a ledger.
INSERT INTO ledger_entries (shop_id, id, line_no, kind, debit, credit, amount, currency, gateway, reference_id, order_id)
SELECT a.shop_id, a.fact_id, 1, CASE WHEN a.status = 5 THEN 3 WHEN f.verdict = 'late' THEN 2 ELSE 1 END, 2,
    CASE WHEN a.status = 5 OR f.verdict = 'late' THEN 12 ELSE 3 END, a.amount, a.currency, a.gateway, a.id, a.order_id
FROM payment_facts f JOIN payment_attempts a ON a.shop_id = f.shop_id AND a.number = f.attempt_number AND a.fact_id = f.id
WHERE f.kind = 1;
-- Money that fits nothing is held, when it is money at all.
INSERT INTO ledger_entries (shop_id, id, line_no, kind, debit, credit, amount, currency, gateway, reference_id, order_id)
SELECT f.shop_id, f.id, 1, 4, 2, 12, f.amount, f.currency, f.gateway, COALESCE(a.id, 0), COALESCE(a.order_id, 0)
FROM payment_facts f LEFT JOIN payment_attempts a ON a.shop_id = f.shop_id AND a.number = f.attempt_number
WHERE f.kind = 1 AND f.verdict IN ('amount-mismatch', 'unknown-attempt', 'settled-before') AND f.amount > 0
    AND length(f.currency) = 3;
INSERT INTO ledger_entries (shop_id, id, line_no, kind, debit, credit, amount, currency, gateway, reference_id, order_id)
SELECT r.shop_id, r.id, 1, CASE WHEN a.status = 5 THEN 7 ELSE 5 END, CASE WHEN a.status = 5 OR e.kind = 2 THEN 12 ELSE 6 END, 5,
    r.amount, r.currency, a.gateway, r.id, r.order_id
FROM refunds r JOIN payment_attempts a ON a.shop_id = r.shop_id AND a.id = r.attempt_id
LEFT JOIN ledger_entries e ON e.shop_id = a.shop_id AND e.id = a.fact_id AND e.line_no = 1 WHERE r.status IN (1, 2);
INSERT INTO ledger_entries (shop_id, id, line_no, kind, debit, credit, amount, currency, gateway, reference_id, order_id)
SELECT r.shop_id, r.fact_id, 1, CASE WHEN a.status = 5 THEN 8 ELSE 6 END, 5, 2, r.amount, r.currency, a.gateway, r.id, r.order_id
FROM refunds r JOIN payment_attempts a ON a.shop_id = r.shop_id AND a.id = r.attempt_id
WHERE r.status = 2 AND r.fact_id IS NOT NULL;
