-- What is known of objects at Notion, of connections' capabilities and limits, and of links to files. No content.

-- Objects that belong to the principal that made them through this gate: file uploads, async tasks, view queries, comments.
CREATE TABLE object_owner (
  workspace_id text NOT NULL REFERENCES workspace (id),
  kind text NOT NULL,
  notion_id text NOT NULL,
  principal_id text NOT NULL REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, kind, notion_id)
);

-- Objects that were moved, deleted or brought back. Anything remembered of an object, or of anything in it, from before
-- `changed_at` (this server's clock) is not to be believed. One row for each object, so events may come in any order.
CREATE TABLE page_change (
  workspace_id text NOT NULL REFERENCES workspace (id),
  kind text NOT NULL CHECK (kind IN ('page', 'database', 'data_source')),
  notion_id uuid NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, kind, notion_id)
);
CREATE INDEX page_change_by_time ON page_change (workspace_id, changed_at);

-- Where objects stand: what each one stands in, as Notion showed it. Nothing of this is believed for longer than the
-- workspace allows, nor if `doubted_at` or a row of `page_change` is as young as `learned_at`. All times are this server's.
CREATE TABLE page_index (
  workspace_id text NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  notion_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('page', 'database', 'data_source', 'block', 'comment', 'discussion', 'view')),
  -- Null: nobody has been shown the object.
  parent_kind text CHECK (parent_kind IN ('workspace', 'page', 'database', 'data_source', 'block')),
  -- Null: the object stands in the workspace itself, or see above.
  parent_id uuid,
  title text CHECK (length(title) <= 200),
  in_trash boolean,
  -- Of blocks.
  has_children boolean,
  -- Of pages: the properties that conditions of grants tested when they were read; null for one that the page does not have.
  properties jsonb,
  properties_at timestamptz,
  -- When the request was sent whose answer showed this; of a write, when it was answered.
  learned_at timestamptz,
  doubted_at timestamptz,
  -- Notion did not show the object then to this connection.
  missing_at timestamptz,
  missing_to text,
  PRIMARY KEY (workspace_id, notion_id),
  CHECK ((parent_kind = 'workspace' OR parent_kind IS NULL) = (parent_id IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX page_index_by_parent ON page_index (workspace_id, parent_id);

-- What a connection was seen to be able to do, or was refused. What is missing is not known.
CREATE TABLE connection_capability (
  workspace_id text NOT NULL,
  connection_id text NOT NULL,
  capability text NOT NULL,
  held boolean NOT NULL,
  -- The operation whose answer showed it.
  shown_by text NOT NULL,
  learned_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, capability),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE
);

-- In which order Notion checks: an operation is here if it was refused for lack of a capability although what it named
-- cannot exist. Then "not found" for the same thing means that the connection has the capability. One row for each
-- operation of a Notion (origin), whichever connection showed it; nothing of a workspace is in it.
CREATE TABLE capability_checked_first (
  origin text NOT NULL,
  operation text NOT NULL,
  shown_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (origin, operation)
);

-- What Notion's rate limits were seen to be, and what was taken from them in the last minute, by all gateways together.
-- Unlogged: it changes every second and is worth nothing after a crash of the database; limits are learned again.
CREATE UNLOGGED TABLE rate_ledger (
  workspace_id text NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  -- `workspace`, or the id of a connection.
  scope text NOT NULL,
  -- Moved by every change: a change is stored only if no other came first.
  version bigint NOT NULL DEFAULT 1,
  ledger jsonb NOT NULL,
  PRIMARY KEY (workspace_id, scope)
);

-- Tickets for files that Notion hosts. One row for a few files of one answer to one caller, for an hour.
-- No foreign keys: they would lock the rows of the workspace and of the connection at every answer with a picture in it.
-- Whose ticket it is, and of what, is looked up again at each fetch, and what is gone opens nothing.
CREATE TABLE file_ticket (
  -- Of what these tickets begin with, keyed. The tickets themselves are only in the links.
  hash bytea PRIMARY KEY,
  workspace_id text NOT NULL,
  -- The key or session whose answer held the file. The link ends with it.
  credential_id text NOT NULL CHECK (credential_id LIKE 'key\_%' OR credential_id LIKE 'ses\_%' OR credential_id LIKE 'cns\_%'),
  -- Compact JWE of everything else, bound to the columns above: Notion's signed URL opens the file for anybody.
  -- External storage: what is sealed does not get smaller, and trying costs as much as all the rest.
  sealed text STORAGE EXTERNAL NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX file_ticket_by_expiry ON file_ticket (expires_at);
