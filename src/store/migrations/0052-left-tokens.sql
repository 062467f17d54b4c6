-- Tokens that a connection left behind stay sealed where they are until the job that revokes them is done with them.
ALTER TABLE connection_secret ADD COLUMN job_id text REFERENCES job (id) ON DELETE CASCADE;
CREATE INDEX connection_secret_job ON connection_secret (job_id) WHERE job_id IS NOT NULL;
