-- The deployment, its instances, principals, workspaces and memberships.
-- Which role may do what with each table stands in ../rights/table-rights.ts, for all tables of all migrations.

-- The workspace that the transaction names. Null when it names none: then no row of a tenant matches.
CREATE FUNCTION current_workspace() RETURNS text LANGUAGE sql STABLE
  RETURN nullif(current_setting('portcullis.workspace', true), '');

-- What this database is for. The demo refuses any database that is not stamped `demo`, and the other way round.
CREATE TABLE deployment (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  stamp text NOT NULL CHECK (stamp IN ('demo', 'serve')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A running gateway. Its lease tells the sweeper whether an intent without an outcome is still being worked on.
CREATE TABLE instance (
  id text PRIMARY KEY CHECK (id LIKE 'ins\_%'),
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL,
  swept_at timestamptz
);

-- The epoch moves whenever anything about the principal's credentials changes; an intent commits only on the current one.
CREATE TABLE principal (
  id text PRIMARY KEY CHECK (id LIKE 'usr\_%' OR id LIKE 'agt\_%'),
  kind text NOT NULL CHECK (kind IN ('user', 'agent')),
  epoch bigint NOT NULL DEFAULT 1,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

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

CREATE TABLE membership (
  workspace_id text NOT NULL REFERENCES workspace (id),
  principal_id text NOT NULL REFERENCES principal (id),
  role text NOT NULL,
  created_by text REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, principal_id)
);
CREATE INDEX membership_by_principal ON membership (principal_id);

-- For triggers on what a workspace's policy depends on. A change moves the revision in the same transaction: decisions
-- that were taken on the old revision can then not commit their intent (rule 10).
CREATE FUNCTION move_policy_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE portcullis.workspace SET policy_revision = policy_revision + 1
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.workspace_id ELSE NEW.workspace_id END;
  RETURN NULL;
END
$$;
CREATE TRIGGER membership_moves_policy AFTER INSERT OR UPDATE OR DELETE ON membership
  FOR EACH ROW EXECUTE FUNCTION move_policy_revision();
