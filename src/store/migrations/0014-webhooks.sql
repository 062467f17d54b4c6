-- Notion's webhooks: the addresses that listen, what arrived, and what it made doubtful; what connections can do.

-- One row for each address that Notion was told to send events to. Knowing the address proves nothing: every event is
-- signed with the verification token, which Notion made up and sent in a handshake.
CREATE TABLE webhook_subscription (
  id text NOT NULL UNIQUE CHECK (id LIKE 'whs\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  -- The last part of the URL: 256 random bits. Another one after each reset.
  address text NOT NULL UNIQUE,
  -- waiting: for the handshake. offered: a token came, and no admin has it yet. shown: an admin has it, to paste it at
  -- Notion. confirmed: an event came that is signed with it. contested: a second, different token came before that.
  state text NOT NULL CHECK (state IN ('waiting', 'offered', 'shown', 'confirmed', 'contested')),
  -- Counts the addresses that this subscription has had. Sealed tokens are bound to it.
  generation bigint NOT NULL DEFAULT 1,
  -- Compact JWE of the verification token, bound to workspace, subscription and generation.
  sealed text,
  kid text,
  created_by text NOT NULL REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- No handshake is taken later than this.
  handshake_until timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_event_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, kid) REFERENCES workspace_key (workspace_id, kid),
  CHECK (num_nulls(sealed, kid) IN (0, 2)),
  CHECK ((state IN ('waiting', 'contested')) = (sealed IS NULL))
);
CREATE INDEX webhook_subscription_by_key ON webhook_subscription (workspace_id, kid);
ALTER TABLE webhook_subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_subscription FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON webhook_subscription TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON webhook_subscription TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_subscription TO portcullis_app, portcullis_system;
CREATE TRIGGER webhook_subscription_under_living_key BEFORE INSERT OR UPDATE OF kid ON webhook_subscription
  FOR EACH ROW WHEN (NEW.kid IS NOT NULL) EXECUTE FUNCTION require_living_workspace_key();

-- Events that were taken, so that none is taken twice: Notion repeats what it got no answer to, and anybody can repeat
-- what they recorded. No content: of an event of a kind that is not known its kind and its object are kept.
CREATE TABLE webhook_event (
  workspace_id text NOT NULL,
  subscription_id text NOT NULL,
  event_id uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  -- Set for an event that nothing here understands.
  unknown_type text,
  entity_kind text,
  entity_id uuid,
  PRIMARY KEY (workspace_id, subscription_id, event_id),
  FOREIGN KEY (workspace_id, subscription_id) REFERENCES webhook_subscription (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_event_age ON webhook_event (workspace_id, subscription_id, received_at);
ALTER TABLE webhook_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_event FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON webhook_event TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON webhook_event TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON webhook_event TO portcullis_app, portcullis_system;

-- Objects that were moved, deleted or brought back. What anybody remembers of an object, or of anything in it, from before
-- `changed_at` (this server's clock) is not to be believed. One row for each object, so events may come in any order.
CREATE TABLE page_change (
  workspace_id text NOT NULL REFERENCES workspace (id),
  kind text NOT NULL CHECK (kind IN ('page', 'database', 'data_source')),
  notion_id uuid NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, kind, notion_id)
);
CREATE INDEX page_change_by_time ON page_change (workspace_id, changed_at);
ALTER TABLE page_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE page_change FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON page_change TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON page_change TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON page_change TO portcullis_app, portcullis_system;

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
ALTER TABLE connection_capability ENABLE ROW LEVEL SECURITY;
ALTER TABLE connection_capability FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON connection_capability TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON connection_capability TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON connection_capability TO portcullis_app, portcullis_system;
