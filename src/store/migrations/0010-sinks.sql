-- Sinks: other receivers of the log. Each reads one log by its indexes, and acknowledges how far it has come.

CREATE TABLE sink (
  id text PRIMARY KEY CHECK (id LIKE 'snk\_%'),
  -- Null: the deployment's log, which no tenant sees.
  workspace_id text REFERENCES workspace (id),
  kind text NOT NULL,
  name text NOT NULL,
  -- api: an admin made it. settings: the settings of the deployment ask for it, for every log.
  origin text NOT NULL CHECK (origin IN ('api', 'settings')),
  -- The address and the selection of entries, by kind of sink. No secrets.
  settings jsonb NOT NULL,
  -- Counts the changes of settings and secret. Sealed secrets are bound to it.
  generation bigint NOT NULL DEFAULT 1,
  -- Compact JWE of the secret, bound to workspace, sink and generation.
  sealed text,
  kid text,
  state text NOT NULL CHECK (state IN ('active', 'retrying', 'blocked', 'paused')),
  -- Why the last attempt failed: one of our codes.
  problem text,
  -- Failed attempts in a row, and entries in a row that were refused for their content.
  failures integer NOT NULL DEFAULT 0,
  refusals integer NOT NULL DEFAULT 0,
  -- Index of the first entry that is not acknowledged.
  cursor bigint NOT NULL CHECK (cursor >= 0),
  -- Index of an entry that was being sent when the contact was lost: the receiver may have it already.
  doubtful bigint,
  -- No attempt before this.
  run_at timestamptz NOT NULL,
  -- The process that is delivering, and until when no other may. If the process dies, the sink is free after that.
  lease uuid,
  lease_until timestamptz,
  created_by text REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  FOREIGN KEY (workspace_id, kid) REFERENCES workspace_key (workspace_id, kid),
  UNIQUE (workspace_id, id),
  CHECK (num_nulls(sealed, kid) IN (0, 2)),
  CHECK (num_nulls(lease, lease_until) IN (0, 2)),
  CHECK (origin = 'settings' OR workspace_id IS NOT NULL)
);
CREATE INDEX sink_by_key ON sink (workspace_id, kid);
CREATE UNIQUE INDEX sink_of_settings ON sink (coalesce(workspace_id, ''), name) WHERE origin = 'settings';
CREATE TRIGGER sink_under_living_key BEFORE INSERT OR UPDATE OF kid ON sink
  FOR EACH ROW WHEN (NEW.kid IS NOT NULL) EXECUTE FUNCTION require_living_workspace_key();

-- Entries that a receiver refused for their content, while it accepts others. The log has the content.
CREATE TABLE sink_dead_letter (
  workspace_id text REFERENCES workspace (id),
  sink_id text NOT NULL,
  index bigint NOT NULL,
  entry_id text NOT NULL,
  problem text NOT NULL,
  at timestamptz NOT NULL,
  -- An admin wants it to be tried once more.
  wanted boolean NOT NULL DEFAULT false,
  PRIMARY KEY (sink_id, index),
  FOREIGN KEY (workspace_id, sink_id) REFERENCES sink (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX sink_dead_letter_wanted ON sink_dead_letter (sink_id, index) WHERE wanted;

-- The alerts that a workspace wants, and how far its log was judged by them.
CREATE TABLE alert_watch (
  workspace_id text PRIMARY KEY REFERENCES workspace (id),
  rules jsonb NOT NULL,
  judged bigint NOT NULL DEFAULT 0
);

-- The memory of rules between entries: counts, the addresses of keys, pages that were read lately, and subjects that
-- had an alert.
CREATE TABLE alert_memory (
  workspace_id text NOT NULL REFERENCES workspace (id),
  rule text NOT NULL,
  -- A principal or a key.
  subject text NOT NULL,
  value text NOT NULL,
  count bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, rule, subject, value)
);
