-- Knowledge about objects at Notion, about the capabilities and limits of connections, and links to files. No content.

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

-- Where objects stand: the parent of each object, as Notion showed it. A row counts for as long as the workspace
-- allows, and not if `doubted_at` or a row of `page_change` is as young as `learned_at`. All times are this server's.
CREATE TABLE page_index (
  workspace_id text NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  notion_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('page', 'database', 'data_source', 'block', 'comment', 'discussion', 'view')),
  -- Null: no connection has seen the object.
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
  -- When the request for this answer was sent; for a write, when it was answered.
  learned_at timestamptz,
  doubted_at timestamptz,
  -- Notion did not show the object then to this connection.
  missing_at timestamptz,
  missing_to text,
  PRIMARY KEY (workspace_id, notion_id),
  CHECK ((parent_kind = 'workspace' OR parent_kind IS NULL) = (parent_id IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX page_index_by_parent ON page_index (workspace_id, parent_id);

-- What a connection was seen to be able to do, or was refused. A missing row means that it is not known.
CREATE TABLE connection_capability (
  workspace_id text NOT NULL,
  connection_id text NOT NULL,
  capability text NOT NULL,
  held boolean NOT NULL,
  -- The operation whose answer showed this.
  shown_by text NOT NULL,
  learned_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, capability),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE
);

-- The order in which Notion checks: an operation is here if it was refused for lack of a capability although the object
-- in its request cannot exist. For such an operation, "not found" means that the connection has the capability. One row
-- for each operation of a Notion (origin), from any connection; it holds nothing of a workspace.
CREATE TABLE capability_checked_first (
  origin text NOT NULL,
  operation text NOT NULL,
  shown_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (origin, operation)
);

-- The observed rate limits of Notion, and what all gateways together used in the last minute. Unlogged: it changes
-- every second and is worth nothing after a crash of the database; limits are learned again.
CREATE UNLOGGED TABLE rate_ledger (
  workspace_id text NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  -- `workspace`, or the id of a connection.
  scope text NOT NULL,
  -- Grows with every change. A change is stored only if no other change came first.
  version bigint NOT NULL DEFAULT 1,
  ledger jsonb NOT NULL,
  PRIMARY KEY (workspace_id, scope)
);

-- Tickets for files that Notion hosts. One row for a few files of one answer to one caller, for an hour. No foreign
-- keys: they would lock the rows of the workspace and of the connection at every answer with a picture in it. Each
-- fetch looks up again whether the holder and the connection of a ticket still exist.
CREATE TABLE file_ticket (
  -- A keyed hash of the handle that these tickets begin with. The tickets themselves are only in the links.
  hash bytea PRIMARY KEY,
  workspace_id text NOT NULL,
  -- The key or session whose answer had the file. The link ends with it.
  credential_id text NOT NULL CHECK (credential_id LIKE 'key\_%' OR credential_id LIKE 'ses\_%' OR credential_id LIKE 'cns\_%'),
  -- Compact JWE of everything else, bound to the columns above: Notion's signed URL alone opens the file. External
  -- storage: sealed data does not compress, and trying costs as much as all the rest.
  sealed text STORAGE EXTERNAL NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX file_ticket_by_expiry ON file_ticket (expires_at);
