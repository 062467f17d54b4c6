-- People, agents, keys, sessions, links and invitations.

CREATE TABLE user_account (
  id text PRIMARY KEY REFERENCES principal (id) CHECK (id LIKE 'usr\_%'),
  email text NOT NULL CHECK (email = lower(email)),
  -- When the owner of the address opened a link that was mailed to it.
  email_proven_at timestamptz,
  name text NOT NULL,
  -- argon2id in PHC string format; null until the person has chosen a password.
  password_hash text,
  -- Actions on the deployment as a whole: connect (new workspaces), members (people), audit (the deployment log).
  deployment_rights text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
-- An unproved address is only a label, which several accounts may have. An account is found by its address and its
-- password together (the salt comes from the address, so equal passwords of one address have equal hashes). An address
-- that a mail proved belongs to one account.
CREATE UNIQUE INDEX user_account_sign_in ON user_account (email, password_hash);
CREATE UNIQUE INDEX user_account_proven ON user_account (email) WHERE email_proven_at IS NOT NULL;

CREATE TABLE agent (
  id text PRIMARY KEY REFERENCES principal (id) CHECK (id LIKE 'agt\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  name text NOT NULL,
  owner_id text NOT NULL REFERENCES user_account (id),
  -- An agent whose owner was disabled or left does nothing until another person takes responsibility for it (rule 11).
  suspended_at timestamptz,
  suspended_because text CHECK (suspended_because IN ('owner_gone', 'by_hand')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, id),
  CHECK ((suspended_at IS NULL) = (suspended_because IS NULL))
);
CREATE INDEX agent_by_owner ON agent (owner_id);

-- Only a keyed hash of the key is kept. `ceiling` null means: everything that the principal may do.
CREATE TABLE api_key (
  id text PRIMARY KEY CHECK (id LIKE 'key\_%'),
  workspace_id text NOT NULL,
  principal_id text NOT NULL,
  name text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  -- Last characters of the key, by which people tell keys apart on a screen. Not secret: they belong to the checksum.
  ending text NOT NULL,
  ceiling text[],
  -- Pages and databases of Notion: content lies under one of them, or the key does not reach it. Null: no such limit.
  under uuid[] CHECK (cardinality(under) > 0),
  created_by text NOT NULL REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  FOREIGN KEY (workspace_id, principal_id) REFERENCES membership (workspace_id, principal_id) ON DELETE CASCADE
);
CREATE INDEX api_key_by_principal ON api_key (principal_id);

-- A browser session. The cookie holds 256 random bits; only their hash is here. The id is for lists and the log.
CREATE TABLE session (
  id text PRIMARY KEY CHECK (id LIKE 'ses\_%'),
  hash bytea NOT NULL UNIQUE,
  user_id text NOT NULL REFERENCES user_account (id),
  -- How the person proved who they are. A session opened by a link may choose a new password without the old one.
  opened_by text NOT NULL CHECK (opened_by IN ('password', 'link')),
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  idle_expires_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  client_address text NOT NULL,
  user_agent text NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);

-- One-time links: the first run, a forgotten password, the demo. Used by POST, once, within 15 minutes (rule 27).
CREATE TABLE sign_in_link (
  hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES user_account (id),
  purpose text NOT NULL CHECK (purpose IN ('first_run', 'invitation', 'recovery', 'demo')),
  -- A link that was mailed to the person's address proves that address when it is used.
  mailed boolean NOT NULL DEFAULT false,
  created_by text REFERENCES principal (id),
  -- What a key made ends with the key. No reference: keys go with memberships.
  made_with_key text CHECK (made_with_key LIKE 'key\_%'),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX sign_in_link_by_user ON sign_in_link (user_id);

-- Failed sign-ins, counted by address and by account, in windows; the limit survives a restart and is shared by all
-- instances. The account is a keyed hash: what people type into that field is not always an address.
CREATE TABLE sign_in_failure (
  subject text NOT NULL,
  window_start timestamptz NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (subject, window_start)
);

-- An unproved address is no identity. A workspace invites an address. The holder of the invitation's link may accept it
-- with an account of their own, and only then becomes a member.
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
  -- As above.
  made_with_key text CHECK (made_with_key LIKE 'key\_%'),
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

-- A change that ends or weakens a credential moves its principal's epoch in the same transaction (rule 10).
CREATE FUNCTION move_epoch_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE portcullis.principal SET epoch = epoch + 1 WHERE id = OLD.principal_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER key_end_moves_epoch AFTER UPDATE OF revoked_at, expires_at, ceiling, under OR DELETE ON api_key
  FOR EACH ROW EXECUTE FUNCTION move_epoch_of_key();

CREATE FUNCTION move_epoch_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE portcullis.principal SET epoch = epoch + 1 WHERE id = OLD.user_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER session_end_moves_epoch AFTER UPDATE OF ended_at OR DELETE ON session
  FOR EACH ROW EXECUTE FUNCTION move_epoch_of_session();

CREATE FUNCTION move_epoch_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE portcullis.principal SET epoch = epoch + 1 WHERE id = OLD.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER account_change_moves_epoch AFTER UPDATE OF deployment_rights, password_hash ON user_account
  FOR EACH ROW EXECUTE FUNCTION move_epoch_of_account();
CREATE TRIGGER agent_change_moves_epoch AFTER UPDATE OF suspended_at, owner_id ON agent
  FOR EACH ROW EXECUTE FUNCTION move_epoch_of_account();

CREATE FUNCTION move_own_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.epoch := OLD.epoch + 1;
  RETURN NEW;
END
$$;
CREATE TRIGGER disabling_moves_epoch BEFORE UPDATE OF disabled_at ON principal
  FOR EACH ROW EXECUTE FUNCTION move_own_epoch();
