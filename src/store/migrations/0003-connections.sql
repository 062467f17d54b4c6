-- Connections to Notion, their sealed tokens, and the attempts to make them.
CREATE TABLE connection (
  id text NOT NULL UNIQUE CHECK (id LIKE 'con\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  kind text NOT NULL CHECK (kind IN ('rest', 'mcp', 'internal')),
  -- The origin that issued the token; the token is sent nowhere else (rule 3).
  origin text NOT NULL,
  oauth_client_id text,
  bot_id uuid NOT NULL,
  -- The person at Notion who gave consent; null for a connection that the workspace owns.
  notion_owner_id uuid,
  notion_owner_name text,
  -- Who may use it: every member, or only the member who connected it (rule 2).
  audience text NOT NULL CHECK (audience IN ('members', 'owner')),
  connected_by text NOT NULL REFERENCES user_account (id),
  status text NOT NULL CHECK (status IN
    ('pending', 'active', 'refreshing', 'suspect', 'needs_reauth', 'needs_reregister', 'undecryptable', 'revoking', 'revoked')),
  status_reason text,
  status_changed_at timestamptz NOT NULL DEFAULT now(),
  generation bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  authorized_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
-- One stored connection for each installation; a tombstone does not stand in the way of connecting again.
CREATE UNIQUE INDEX connection_installation ON connection (origin, bot_id, kind) WHERE status <> 'revoked';
ALTER TABLE connection ENABLE ROW LEVEL SECURITY;
ALTER TABLE connection FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON connection TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON connection TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON connection TO portcullis_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON connection TO portcullis_system;

-- Which connections can serve is part of what was decided on. Bookkeeping (last_used_at, generation) is not.
CREATE TRIGGER connection_moves_policy AFTER INSERT OR DELETE OR UPDATE OF status, audience ON connection
  FOR EACH ROW EXECUTE FUNCTION move_policy_revision();

-- Per-workspace keys, wrapped by the root key. A destroyed key keeps its row, without the key.
CREATE TABLE workspace_key (
  workspace_id text NOT NULL REFERENCES workspace (id),
  version integer NOT NULL,
  kid text NOT NULL UNIQUE,
  wrapped text,
  root_kid text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'decrypt_only', 'destroyed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, version),
  UNIQUE (workspace_id, kid),
  CHECK ((state = 'destroyed') = (wrapped IS NULL))
);
CREATE UNIQUE INDEX workspace_key_active ON workspace_key (workspace_id) WHERE state = 'active';
ALTER TABLE workspace_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspace_key FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON workspace_key TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON workspace_key TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON workspace_key TO portcullis_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON workspace_key TO portcullis_system;

-- The tokens in use are those of connection.generation. A higher generation waits to be confirmed beside them.
CREATE TABLE connection_secret (
  workspace_id text NOT NULL,
  connection_id text NOT NULL,
  field text NOT NULL CHECK (field IN ('access_token', 'refresh_token')),
  generation bigint NOT NULL,
  -- Compact JWE, bound to the four columns above.
  sealed text NOT NULL,
  kid text NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, generation, field),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id),
  FOREIGN KEY (workspace_id, kid) REFERENCES workspace_key (workspace_id, kid)
);
ALTER TABLE connection_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE connection_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON connection_secret TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON connection_secret TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON connection_secret TO portcullis_app, portcullis_system;

-- One row per press of a Connect button. The state itself is only in the browser; here is its hash.
CREATE TABLE connect_attempt (
  state_hash bytea PRIMARY KEY,
  session_hash bytea NOT NULL,
  user_id text NOT NULL REFERENCES user_account (id),
  kind text NOT NULL CHECK (kind IN ('rest', 'mcp')),
  -- The workspace that this attempt reconnects; null for a new one (rule 1).
  target_workspace_id text REFERENCES workspace (id),
  redirect_uri text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  -- What the callback made, waiting to be confirmed by the same browser session.
  made_workspace_id text,
  made_connection_id text,
  made_generation bigint,
  confirmed_at timestamptz,
  CHECK (num_nulls(made_workspace_id, made_connection_id, made_generation) IN (0, 3)),
  FOREIGN KEY (made_workspace_id, made_connection_id) REFERENCES connection (workspace_id, id)
);
CREATE INDEX connect_attempt_by_user ON connect_attempt (user_id);
-- Nothing waits twice: of two attempts on one connection only the later can be confirmed.
CREATE UNIQUE INDEX connect_attempt_waiting ON connect_attempt (made_connection_id) WHERE confirmed_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON connect_attempt TO portcullis_system;

-- Work that must happen although the process may die: revoking at Notion, for one.
CREATE TABLE job (
  id text PRIMARY KEY CHECK (id LIKE 'job\_%'),
  workspace_id text REFERENCES workspace (id),
  kind text NOT NULL,
  payload jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL,
  done_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX job_due ON job (run_at) WHERE done_at IS NULL;
ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON job TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON job TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON job TO portcullis_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO portcullis_system;

-- Objects that belong to whoever made them through this gate: file uploads, async tasks, view queries, comments.
CREATE TABLE object_owner (
  workspace_id text NOT NULL REFERENCES workspace (id),
  kind text NOT NULL,
  notion_id text NOT NULL,
  principal_id text NOT NULL REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, kind, notion_id)
);
ALTER TABLE object_owner ENABLE ROW LEVEL SECURITY;
ALTER TABLE object_owner FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON object_owner TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON object_owner TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON object_owner TO portcullis_app, portcullis_system;
