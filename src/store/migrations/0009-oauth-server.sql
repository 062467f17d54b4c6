-- The authorization server for MCP clients: what people allowed, and what the protocol has to remember.

-- What a person allowed one client to do in one workspace. Every token of the client points to it, and ends with it.
CREATE TABLE consent (
  id text PRIMARY KEY CHECK (id LIKE 'cns\_%'),
  workspace_id text NOT NULL,
  -- The principal that the client acts as: the person, or one of their agents.
  principal_id text NOT NULL,
  user_id text NOT NULL REFERENCES user_account (id),
  client_id text NOT NULL,
  client_name text NOT NULL,
  -- The address that the client may present its tokens at (RFC 8707).
  resource text NOT NULL,
  ceiling text[] NOT NULL CHECK (cardinality(ceiling) > 0),
  -- Pages and databases of Notion: content lies under one of them, or the client does not reach it. Null: no such limit.
  under uuid[] CHECK (cardinality(under) > 0),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  FOREIGN KEY (workspace_id, principal_id) REFERENCES membership (workspace_id, principal_id) ON DELETE CASCADE
);
CREATE INDEX consent_by_principal ON consent (principal_id);
CREATE INDEX consent_by_user ON consent (user_id);

-- Codes, tokens, interactions and registered clients, as oidc-provider keeps them. Secrets are known by their keyed hash.
CREATE TABLE oauth_record (
  kind text NOT NULL,
  hash bytea NOT NULL,
  payload jsonb NOT NULL,
  consent_id text REFERENCES consent (id) ON DELETE CASCADE,
  -- The protocol's own name for a grant. It gives no access.
  grant_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  PRIMARY KEY (kind, hash)
);
CREATE INDEX oauth_record_by_grant ON oauth_record (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX oauth_record_by_consent ON oauth_record (consent_id) WHERE consent_id IS NOT NULL;
CREATE INDEX oauth_record_by_end ON oauth_record (expires_at);

-- A consent that ends or shrinks moves the epoch of the principal that its client acts as (rule 10).
CREATE TRIGGER consent_end_moves_epoch AFTER UPDATE OF revoked_at, expires_at, ceiling, under OR DELETE ON consent
  FOR EACH ROW EXECUTE FUNCTION move_epoch_of_key();
