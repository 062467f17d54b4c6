-- The log. Rows are inserted and read, never changed: neither role may UPDATE or DELETE.
-- `entry` is the canonical JSON (RFC 8785) of the entry, and the only thing that counts; the columns are for looking up.
CREATE TABLE audit_entry (
  id text PRIMARY KEY CHECK (id LIKE 'evt\_%'),
  -- No foreign key: the insert itself joins the workspace, and a second lock on it for each entry is what it would cost.
  workspace_id text,
  kind text NOT NULL CHECK (kind IN ('intent', 'denial', 'outcome', 'event', 'summary')),
  -- The intent that an outcome closes.
  intent_id text,
  instance_id text NOT NULL,
  at timestamptz NOT NULL,
  principal_id text,
  operation text NOT NULL,
  result text,
  entry text NOT NULL
);
CREATE INDEX audit_entry_by_workspace ON audit_entry (workspace_id, id);
-- An intent has at most one closing entry, whoever writes first: its own instance, or the sweeper.
CREATE UNIQUE INDEX audit_entry_outcome ON audit_entry (intent_id) WHERE kind = 'outcome';
-- What the sweeper looks for: intents of one instance.
CREATE INDEX audit_entry_intents ON audit_entry (instance_id, id) WHERE kind = 'intent';
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY read_in_workspace ON audit_entry FOR SELECT TO portcullis_app USING (workspace_id = current_workspace());
CREATE POLICY write_in_workspace ON audit_entry FOR INSERT TO portcullis_app WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON audit_entry TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON audit_entry TO portcullis_app, portcullis_system;
