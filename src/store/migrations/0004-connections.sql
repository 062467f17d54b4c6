-- Our OAuth clients, connections to Notion with their sealed tokens, and the attempts to make them.

-- A client of ours at an authorization server. Each connection has its own client. A client without a connection is
-- used by the same person's next attempt, so that pressing Connect again registers nothing new. An unused client is
-- removed.
CREATE TABLE client_registration (
  id text PRIMARY KEY CHECK (id LIKE 'reg\_%'),
  user_id text NOT NULL REFERENCES user_account (id),
  issuer text NOT NULL,
  source text NOT NULL CHECK (source IN ('pre_registered', 'metadata_document', 'dynamic')),
  client_id text NOT NULL,
  auth_method text NOT NULL CHECK (auth_method IN ('client_secret_basic', 'client_secret_post', 'none')),
  -- Sealed under a key that derives from the deployment's secret. The secret of a pre-registered client is in the settings.
  sealed_secret text,
  secret_expires_at timestamptz,
  redirect_uri text NOT NULL,
  resource text NOT NULL,
  -- The scopes of the last request; a step up adds to them.
  scope text,
  -- Since when the server does not know it (any more).
  refused_at timestamptz,
  -- When an attempt last began with it.
  used_at timestamptz NOT NULL DEFAULT now(),
  -- The URL at its server for deleting it, and the token for that, sealed like its secret (RFC 7592).
  management_uri text,
  sealed_management_token text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((sealed_secret IS NULL) = (auth_method = 'none' OR source = 'pre_registered')),
  CHECK ((management_uri IS NULL) = (sealed_management_token IS NULL))
);
CREATE INDEX client_registration_by_user ON client_registration (user_id, issuer);
CREATE INDEX client_registration_used ON client_registration (used_at);

CREATE TABLE connection (
  id text NOT NULL UNIQUE CHECK (id LIKE 'con\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  kind text NOT NULL CHECK (kind IN ('rest', 'mcp', 'internal')),
  -- The origin that issued the token; the token is sent nowhere else (rule 3).
  origin text NOT NULL,
  oauth_client_id text,
  registration_id text REFERENCES client_registration (id),
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
  -- The highest generation ever given out. Each requested pair of tokens has a number of its own, used or not.
  last_generation bigint NOT NULL DEFAULT 1,
  -- Refreshing: the attempt that spends the refresh token, fenced by the token's generation. While the fate of an
  -- attempt is unknown (`suspect`), its owner may still bring its answer until the lease ends. All times are this
  -- server's (rule 24).
  attempt_id text CHECK (attempt_id LIKE 'att\_%'),
  lease_until timestamptz,
  -- After transient trouble no refresh begins before this.
  refresh_after timestamptz,
  -- Failed refreshes in a row.
  refresh_failures integer NOT NULL DEFAULT 0,
  -- How often the refresh token of this generation was sent without an answer coming back.
  unanswered integer NOT NULL DEFAULT 0,
  -- When this generation was refreshed into being; null for one that a person agreed to.
  refreshed_at timestamptz,
  -- When Notion is next asked whether the connection still exists.
  check_after timestamptz NOT NULL DEFAULT now() + interval '1 hour',
  created_at timestamptz NOT NULL DEFAULT now(),
  authorized_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
-- One stored connection for each installation; a tombstone does not prevent connecting again.
CREATE UNIQUE INDEX connection_installation ON connection (origin, bot_id, kind) WHERE status <> 'revoked';
CREATE UNIQUE INDEX connection_registration ON connection (registration_id) WHERE status <> 'revoked';
-- Of one member, for one account at Notion, there is one in a workspace.
CREATE UNIQUE INDEX connection_mcp ON connection (workspace_id, connected_by, notion_owner_id)
  WHERE kind = 'mcp' AND status <> 'revoked';
CREATE INDEX connection_by_registration ON connection (registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX connection_check ON connection (check_after) WHERE status = 'active';
-- Every round looks for leases that ran out. With this index it does not read through the idle connections.
CREATE INDEX connection_lease ON connection (lease_until) WHERE status IN ('refreshing', 'suspect');

-- Whether a connection can serve is part of a decision; bookkeeping (last_used_at, generation) is not. A refresh
-- changes no decision, so running calls need not be decided again because of it.
CREATE FUNCTION serves(status text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN status IN ('active', 'refreshing', 'suspect') THEN 'serving' ELSE status END;
CREATE FUNCTION move_revision_of_connection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  WITH moved AS (UPDATE portcullis.workspace w SET policy_revision = w.policy_revision + 1
                  WHERE w.id = changed.workspace_id RETURNING w.id, w.policy_revision)
  INSERT INTO portcullis.policy_change (workspace_id, revision, kind, key)
  SELECT moved.id, moved.policy_revision, 'connection', changed.id FROM moved;
  RETURN NULL;
END
$$;
CREATE TRIGGER connection_set_moves_policy AFTER INSERT OR DELETE ON connection
  FOR EACH ROW EXECUTE FUNCTION move_revision_of_connection();
CREATE TRIGGER connection_moves_policy AFTER UPDATE OF status, audience ON connection
  FOR EACH ROW WHEN (serves(OLD.status) <> serves(NEW.status) OR OLD.audience <> NEW.audience)
  EXECUTE FUNCTION move_revision_of_connection();
-- At the end of the transaction, so that its one row is locked for as short as a commit takes.
CREATE CONSTRAINT TRIGGER generation_moves_mark AFTER INSERT OR UPDATE OF generation ON connection
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_custody_mark();

-- Work that must happen although the process may die: revoking at Notion, for one.
CREATE TABLE job (
  id text PRIMARY KEY CHECK (id LIKE 'job\_%'),
  workspace_id text REFERENCES workspace (id),
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done')),
  payload jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL,
  done_at timestamptz,
  last_error text,
  -- Jobs of one line are done one after the other, the oldest first. So the notices about a connection come in order.
  line text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((state = 'done') = (done_at IS NOT NULL))
);
-- With this index, a worker for one kind of job does not read past jobs of a kind that has no worker.
CREATE INDEX job_due ON job (kind, run_at) WHERE state <> 'done';
CREATE INDEX job_line ON job (line, created_at) WHERE state <> 'done' AND line IS NOT NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;
-- A client registration is removed only if no job refers to it.
CREATE INDEX job_of_registration ON job ((payload ->> 'registrationId')) WHERE state <> 'done';

-- The tokens in use are those of connection.generation. A higher generation waits to be confirmed beside them.
CREATE TABLE connection_secret (
  workspace_id text NOT NULL,
  connection_id text NOT NULL,
  field text NOT NULL CHECK (field IN ('access_token', 'refresh_token')),
  generation bigint NOT NULL,
  -- Compact JWE, bound to the four columns above.
  sealed text NOT NULL,
  kid text NOT NULL,
  expires_at timestamptz,
  -- The job that revokes it, after the connection has replaced it. It stays sealed in its place until that job is done.
  job_id text REFERENCES job (id) ON DELETE CASCADE,
  PRIMARY KEY (workspace_id, connection_id, generation, field),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id),
  FOREIGN KEY (workspace_id, kid) REFERENCES workspace_key (workspace_id, kid)
);
CREATE INDEX connection_secret_by_key ON connection_secret (workspace_id, kid);
CREATE INDEX connection_secret_job ON connection_secret (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX connection_secret_expiry ON connection_secret (expires_at) WHERE expires_at IS NOT NULL;
CREATE TRIGGER connection_secret_under_living_key BEFORE INSERT OR UPDATE OF kid ON connection_secret
  FOR EACH ROW EXECUTE FUNCTION require_living_workspace_key();

-- One row for each press of a Connect button, and for each pasted token of a workspace that is not known yet. The state
-- itself is only in the browser; here is its hash.
CREATE TABLE connect_attempt (
  state_hash bytea PRIMARY KEY,
  session_hash bytea NOT NULL,
  user_id text NOT NULL REFERENCES user_account (id),
  kind text NOT NULL CHECK (kind IN ('rest', 'mcp', 'internal')),
  state text NOT NULL DEFAULT 'asking' CHECK (state IN ('asking', 'redeeming', 'waiting', 'confirmed')),
  -- The workspace that this attempt reconnects; null for a new one (rule 1).
  target_workspace_id text REFERENCES workspace (id),
  redirect_uri text NOT NULL,
  registration_id text REFERENCES client_registration (id),
  -- The PKCE verifier and the server that was asked, sealed for this attempt. Outside of it, only the hash of the state
  -- is kept.
  sealed text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  -- The connection that the callback made. It waits to be confirmed by the same browser session.
  made_workspace_id text,
  made_connection_id text,
  made_generation bigint,
  CHECK ((state = 'asking') = (used_at IS NULL)),
  CHECK ((state IN ('waiting', 'confirmed')) = (made_connection_id IS NOT NULL)),
  CHECK (num_nulls(made_workspace_id, made_connection_id, made_generation) IN (0, 3)),
  FOREIGN KEY (made_workspace_id, made_connection_id) REFERENCES connection (workspace_id, id)
);
CREATE INDEX connect_attempt_by_user ON connect_attempt (user_id);
CREATE INDEX connect_attempt_registration ON connect_attempt (registration_id) WHERE registration_id IS NOT NULL;
-- A connection waits once: of two attempts on one connection, only the later can be confirmed.
CREATE UNIQUE INDEX connect_attempt_waiting ON connect_attempt (made_connection_id) WHERE state = 'waiting';

-- How attempts to connect ended without putting a connection to use. Browsers repeat, abort and reload: a browser that
-- comes back with a used state sees the same page again, and nothing is done twice.
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

-- What the hosted MCP server of a connection says of its tools, and what of it somebody accepted.
CREATE TABLE tool_pin (
  connection_id text PRIMARY KEY,
  workspace_id text NOT NULL,
  -- When the server was last asked.
  looked_at timestamptz NOT NULL,
  -- A list: tool, accepted and offered definition (JSON in text, or null), changedAt.
  tools jsonb NOT NULL,
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE
);
