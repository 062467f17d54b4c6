-- Tickets for files that Notion hosts. One row for each file and caller, for an hour.

-- No foreign keys: they would lock the rows of the workspace and of the connection at every answer with a picture in it.
-- Whose ticket it is, and of what, is looked up again at each fetch, and what is gone opens nothing.
CREATE TABLE file_ticket (
  -- Of the ticket, keyed. The ticket itself is only in the link.
  hash bytea PRIMARY KEY,
  workspace_id text NOT NULL,
  -- The key or session whose answer held the file. The link ends with it.
  credential_id text NOT NULL CHECK (credential_id LIKE 'key\_%' OR credential_id LIKE 'ses\_%'),
  -- Compact JWE of everything else, bound to the columns above: Notion's signed URL opens the file for anybody.
  sealed text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX file_ticket_by_expiry ON file_ticket (expires_at);
ALTER TABLE file_ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE file_ticket FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON file_ticket TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON file_ticket TO portcullis_system USING (true) WITH CHECK (true);
GRANT INSERT ON file_ticket TO portcullis_app;
GRANT SELECT, DELETE ON file_ticket TO portcullis_system;
