-- What Notion's rate limits were seen to be, and what was taken from them in the last minute, by all gateways together.
-- Unlogged: it changes every second and is worth nothing after a crash of the database; limits are learned again.
CREATE UNLOGGED TABLE rate_ledger (
  workspace_id text NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  -- `workspace`, or the id of a connection.
  scope text NOT NULL,
  -- Moved by every change: a change is stored only if nobody was faster.
  version bigint NOT NULL DEFAULT 1,
  ledger jsonb NOT NULL,
  PRIMARY KEY (workspace_id, scope)
);
ALTER TABLE rate_ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE rate_ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON rate_ledger TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON rate_ledger TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT ON rate_ledger TO portcullis_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_ledger TO portcullis_system;
