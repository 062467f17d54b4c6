-- Roles, principals, workspaces, memberships. Row-level security is forced on every table that carries a workspace:
-- portcullis_app sees the rows of the workspace named by `SET LOCAL portcullis.workspace`, and none when it is unset.
-- portcullis_system looks keys up, writes the log and sweeps; it is neither the owner nor BYPASSRLS.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portcullis_app') THEN CREATE ROLE portcullis_app NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portcullis_system') THEN CREATE ROLE portcullis_system NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this cluster was faster
END
$$;
GRANT portcullis_app, portcullis_system TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO portcullis_app, portcullis_system;

CREATE FUNCTION current_workspace() RETURNS text LANGUAGE sql STABLE
  RETURN nullif(current_setting('portcullis.workspace', true), '');

-- What this database is for. The demo refuses any database that is not stamped `demo`, and the other way round.
CREATE TABLE deployment (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  stamp text NOT NULL CHECK (stamp IN ('demo', 'serve')),
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON deployment TO portcullis_system;

-- A running gateway. Its lease tells the sweeper whether an intent without an outcome is still being worked on.
CREATE TABLE instance (
  id text PRIMARY KEY CHECK (id LIKE 'ins\_%'),
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL,
  swept_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON instance TO portcullis_system;

-- The epoch moves whenever anything about the principal's credentials changes; an intent commits only on the current one.
CREATE TABLE principal (
  id text PRIMARY KEY CHECK (id LIKE 'usr\_%' OR id LIKE 'agt\_%'),
  kind text NOT NULL CHECK (kind IN ('user', 'agent')),
  epoch bigint NOT NULL DEFAULT 1,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON principal TO portcullis_system, portcullis_app;

CREATE TABLE workspace (
  id text PRIMARY KEY CHECK (id LIKE 'wsp\_%'),
  notion_workspace_id uuid NOT NULL UNIQUE,
  name text NOT NULL,
  icon text,
  policy_revision bigint NOT NULL DEFAULT 1,
  -- Null until the browser session that connected it has confirmed it.
  confirmed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspace FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON workspace TO portcullis_app
  USING (id = current_workspace()) WITH CHECK (id = current_workspace());
CREATE POLICY everything ON workspace TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON workspace TO portcullis_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON workspace TO portcullis_system;

CREATE TABLE membership (
  workspace_id text NOT NULL REFERENCES workspace (id),
  principal_id text NOT NULL REFERENCES principal (id),
  role text NOT NULL,
  created_by text REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, principal_id)
);
CREATE INDEX membership_by_principal ON membership (principal_id);
ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON membership TO portcullis_app
  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY everything ON membership TO portcullis_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON membership TO portcullis_app, portcullis_system;

-- Whoever changes what a workspace's policy depends on moves its revision, in the same transaction, whether they
-- remember to or not: decisions taken on the old revision then cannot commit their intent (rule 10).
CREATE FUNCTION move_policy_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE workspace SET policy_revision = policy_revision + 1
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.workspace_id ELSE NEW.workspace_id END;
  RETURN NULL;
END
$$;
CREATE TRIGGER membership_moves_policy AFTER INSERT OR UPDATE OR DELETE ON membership
  FOR EACH ROW EXECUTE FUNCTION move_policy_revision();
