-- Notion's webhooks: the addresses that listen, and the events that arrived.

-- One row for each address that Notion sends events to. Knowing the address proves nothing: every event is signed with
-- the verification token, which Notion made and sent in a handshake. A subscription at Notion belongs to an
-- integration. A public integration sends the events of every workspace in which it is installed. So a subscription
-- belongs to one workspace, or to the deployment: then its workspace is null, and no tenant sees it.
CREATE TABLE webhook_subscription (
  id text PRIMARY KEY CHECK (id LIKE 'whs\_%'),
  workspace_id text REFERENCES workspace (id),
  -- The last part of the URL: 256 random bits. A new one after each reset.
  address text NOT NULL UNIQUE,
  -- waiting: for the handshake. offered: a token came, and no admin has it yet. shown: an admin has it, to paste it at
  -- Notion. confirmed: an event came that is signed with it. contested: a second, different token came before that.
  state text NOT NULL CHECK (state IN ('waiting', 'offered', 'shown', 'confirmed', 'contested')),
  -- Counts the addresses of this subscription. Sealed tokens are bound to it.
  generation bigint NOT NULL DEFAULT 1,
  -- Compact JWE of the verification token, bound to workspace, subscription and generation. Only the token of a
  -- deployment's subscription is sealed under a key that derives from the deployment secret.
  sealed text,
  kid text,
  -- Null: an operator made it, on the database itself.
  created_by text REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- No handshake is taken later than this.
  handshake_until timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_event_at timestamptz,
  FOREIGN KEY (workspace_id, kid) REFERENCES workspace_key (workspace_id, kid),
  CHECK (num_nulls(sealed, kid) IN (0, 2)),
  CHECK ((state IN ('waiting', 'contested')) = (sealed IS NULL)),
  CHECK (kid IS NULL OR (workspace_id IS NULL) = (kid = 'deployment'))
);
CREATE INDEX webhook_subscription_by_key ON webhook_subscription (workspace_id, kid);
CREATE INDEX webhook_subscription_by_workspace ON webhook_subscription (workspace_id, id);
CREATE TRIGGER webhook_subscription_under_living_key BEFORE INSERT OR UPDATE OF kid ON webhook_subscription
  FOR EACH ROW WHEN (NEW.kid IS NOT NULL) EXECUTE FUNCTION require_living_workspace_key();

-- Events that were taken, so that none is taken twice: Notion repeats an event that we did not answer, and a stranger
-- can repeat a recorded one. No content: for an unknown kind of event, only the kind and the object are kept. An event
-- belongs to the workspace that it is about, even if its subscription is the deployment's: tenants share no event, and
-- each may take the same event once.
CREATE TABLE webhook_event (
  workspace_id text NOT NULL REFERENCES workspace (id),
  subscription_id text NOT NULL REFERENCES webhook_subscription (id) ON DELETE CASCADE,
  event_id uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  -- Set for an event of an unknown type, until there are too many of them. The row stays, because the event was taken.
  unknown_type text,
  entity_kind text,
  entity_id uuid,
  PRIMARY KEY (workspace_id, subscription_id, event_id)
);
CREATE INDEX webhook_event_age ON webhook_event (workspace_id, subscription_id, received_at);
CREATE INDEX webhook_event_kept_aside ON webhook_event (subscription_id, received_at) WHERE unknown_type IS NOT NULL;
