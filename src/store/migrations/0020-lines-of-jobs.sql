-- Jobs of one line are done one after the other, the oldest first: so what somebody is told of a connection comes in order.
ALTER TABLE job ADD COLUMN line text;
CREATE INDEX job_line ON job (line, created_at) WHERE done_at IS NULL AND line IS NOT NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;
-- Whoever does jobs of one kind need not look past those of another that nobody does.
DROP INDEX job_due;
CREATE INDEX job_due ON job (kind, run_at) WHERE done_at IS NULL;
