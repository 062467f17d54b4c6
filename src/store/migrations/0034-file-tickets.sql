-- Tickets for files that Notion hosts. One row for a few files of one answer to one caller, for an hour.

-- No foreign keys: they would lock the rows of the workspace and of the connection at every answer with a picture in it.
-- Whose ticket it is, and of what, is looked up again at each fetch, and what is gone opens nothing.
CREATE TABLE file_ticket (
  -- Of what these tickets begin with, keyed. The tickets themselves are only in the links.
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
-- Only the system reads and writes them: before a ticket is known, so is not the workspace, and writing is one statement.
CREATE POLICY everything ON file_ticket TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON file_ticket TO portcullis_system;
-- What is sealed does not get smaller; trying costs as much as all the rest.
ALTER TABLE file_ticket ALTER COLUMN sealed SET STORAGE EXTERNAL;
