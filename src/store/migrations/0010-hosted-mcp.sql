-- Connections to Notion's hosted MCP server: the OAuth clients that they stand on, and what an attempt must remember.

-- A client of ours at an authorization server. A connection has one of its own; one without a connection is used by the
-- same person's next attempt, so that pressing Connect again registers nothing new.
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
  -- What was asked for last: stepping up adds to it.
  scope text,
  -- Since when the server does not know it (any more).
  refused_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((sealed_secret IS NULL) = (auth_method = 'none' OR source = 'pre_registered'))
);
CREATE INDEX client_registration_by_user ON client_registration (user_id, issuer);
GRANT SELECT, INSERT, UPDATE, DELETE ON client_registration TO portcullis_system;

ALTER TABLE connection ADD COLUMN registration_id text REFERENCES client_registration (id);
CREATE UNIQUE INDEX connection_registration ON connection (registration_id) WHERE status <> 'revoked';
-- Of one member, for one account at Notion, there is one in a workspace.
CREATE UNIQUE INDEX connection_mcp ON connection (workspace_id, connected_by, notion_owner_id)
  WHERE kind = 'mcp' AND status <> 'revoked';

ALTER TABLE connect_attempt
  ADD COLUMN registration_id text REFERENCES client_registration (id),
  -- The PKCE verifier and who was asked, sealed for this attempt: only the hash of the state is beside it.
  ADD COLUMN sealed text;
