-- An address that nobody proved is no identity. A workspace invites an address; whoever holds the link of that invitation
-- may accept it, with an account of their own, and only then is anybody a member.
CREATE TABLE invitation (
  id text PRIMARY KEY CHECK (id LIKE 'inv\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  email text NOT NULL CHECK (email = lower(email)),
  role text NOT NULL,
  -- Only a keyed hash of the link's secret is kept.
  hash bytea NOT NULL UNIQUE,
  -- Whether the link went to the address by mail: then following it proves the address.
  mailed boolean NOT NULL,
  created_by text REFERENCES principal (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  accepted_by text REFERENCES user_account (id),
  withdrawn_at timestamptz,
  CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
  CHECK (accepted_at IS NULL OR withdrawn_at IS NULL)
);
CREATE UNIQUE INDEX invitation_pending ON invitation (workspace_id, email)
  WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON invitation TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON invitation TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON invitation TO portcullis_app, portcullis_system;

-- When the owner of the address followed a link that was mailed to it.
ALTER TABLE user_account ADD COLUMN email_proven_at timestamptz;

-- A link that was mailed to the person's address proves that address when it is used.
ALTER TABLE sign_in_link ADD COLUMN mailed boolean NOT NULL DEFAULT false;

-- Workspaces make no accounts any more.
REVOKE INSERT (id, email, name) ON user_account FROM portcullis_app;
