-- The log. Rows are inserted and read, never changed: no role of the application may UPDATE or DELETE.
-- `entry` is the canonical JSON (RFC 8785) of the entry, and the only thing that counts; the columns are for looking up.
CREATE TABLE audit_entry (
  id text PRIMARY KEY CHECK (id LIKE 'evt\_%'),
  -- No foreign key: the insert itself joins the workspace, and a second lock on it for each entry is what it would cost.
  workspace_id text,
  kind text NOT NULL CHECK (kind IN ('intent', 'denial', 'outcome', 'event', 'summary')),
  -- The intent that an outcome closes, or that an event of a stream belongs to.
  intent_id text,
  instance_id text NOT NULL,
  at timestamptz NOT NULL,
  principal_id text,
  operation text NOT NULL,
  result text,
  entry text NOT NULL
);
CREATE INDEX audit_entry_by_workspace ON audit_entry (workspace_id, id);
-- An intent has at most one closing entry: its own instance writes it, or the sweeper.
CREATE UNIQUE INDEX audit_entry_outcome ON audit_entry (intent_id) WHERE kind = 'outcome';
-- A streamed answer has at most one closing event, likewise.
CREATE UNIQUE INDEX audit_entry_stream_closed ON audit_entry (intent_id) WHERE kind = 'event' AND intent_id IS NOT NULL;
-- What the sweeper looks for: intents of one instance, and answers that an instance was streaming.
CREATE INDEX audit_entry_intents ON audit_entry (instance_id, id) WHERE kind = 'intent';
CREATE INDEX audit_entry_streaming ON audit_entry (instance_id, id) WHERE result = 'streaming';
