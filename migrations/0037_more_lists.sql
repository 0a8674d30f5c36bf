-- Further lists of the back office: an index for each way in which they are narrowed and read. None of these
-- tables is written by a sale, but for alarms, which are rare.
CREATE INDEX alarms_open_by_kind ON alarms (shop_id, kind, id) WHERE resolved_at IS NULL;
CREATE INDEX alarms_settled ON alarms (shop_id, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX alarms_settled_by_kind ON alarms (shop_id, kind, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX imports_by_state ON imports (shop_id, state, id);
CREATE INDEX product_acts_by_kind ON product_acts (shop_id, kind, id);
CREATE INDEX works_by_state ON works (shop_id, state, id);
CREATE INDEX removed_things_by_kind ON removed_things (shop_id, kind, id);
-- Jobs that gave up are read in pages.
DROP INDEX jobs_dead;
CREATE INDEX jobs_dead ON jobs (shop_id, dead_at, kind, subject_id) WHERE dead_at IS NOT NULL;
