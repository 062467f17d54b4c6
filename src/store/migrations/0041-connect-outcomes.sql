-- How attempts to connect ended that put no connection to use. Browsers repeat, abort and reload: whoever comes back with a
-- state that is spent is shown the same page again, and nothing is done twice.
CREATE TABLE connect_outcome (
  state_hash bytea PRIMARY KEY,
  session_hash bytea NOT NULL,
  user_id text NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('rest', 'mcp', 'internal')),
  target_workspace_id text REFERENCES workspace (id) ON DELETE CASCADE,
  -- The connection that it had made and that was given up. Its row may be gone.
  made_connection_id text,
  problem text NOT NULL,
  ended_at timestamptz NOT NULL
);
CREATE INDEX connect_outcome_by_user ON connect_outcome (user_id, ended_at);
CREATE INDEX connect_outcome_by_connection ON connect_outcome (made_connection_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON connect_outcome TO portcullis_system;
