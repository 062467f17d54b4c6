-- The deployment, its instances, principals, workspaces and memberships. For all tables of all migrations,
-- ../rights/table-rights.ts says which role may do what.

-- The workspace that the transaction names. Null if it names none: then no row of a tenant matches.
CREATE FUNCTION current_workspace() RETURNS text LANGUAGE sql STABLE
  RETURN nullif(current_setting('portcullis.workspace', true), '');

-- The use of this database. The demo refuses any database that is not stamped `demo`, and the gateway refuses one that
-- is.
CREATE TABLE deployment (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  stamp text NOT NULL CHECK (stamp IN ('demo', 'serve')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A running gateway. Its lease shows the sweeper whether an intent without an outcome is still being worked on.
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
  -- If a decision depends on where objects stand, that knowledge may be at most this old.
  page_freshness_seconds integer NOT NULL DEFAULT 300 CHECK (page_freshness_seconds BETWEEN 5 AND 86400),
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

-- What each revision of a policy changed: an instance that knows an earlier revision reads again only that. The latest
-- revisions are kept; an instance that knows an older one reads everything.
CREATE TABLE policy_change (
  workspace_id text NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
  revision bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('member', 'role', 'group', 'grant', 'connection')),
  key text NOT NULL,
  PRIMARY KEY (workspace_id, revision, kind, key)
);

-- For triggers on the data that a workspace's policy depends on. A change moves the revision in the same transaction,
-- once for each statement. Decisions on the old revision can then not commit their intent (rule 10). The transition
-- table is named `changed`; the arguments are the kind of the changed thing and the column of its key.
CREATE FUNCTION move_policy_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'WITH touched AS (SELECT DISTINCT workspace_id, %1$I::text AS key FROM changed),
          moved AS (UPDATE portcullis.workspace SET policy_revision = policy_revision + 1
                     WHERE id IN (SELECT workspace_id FROM touched) RETURNING id, policy_revision)
     INSERT INTO portcullis.policy_change (workspace_id, revision, kind, key)
     SELECT moved.id, moved.policy_revision, %2$L, touched.key
       FROM touched JOIN moved ON moved.id = touched.workspace_id', TG_ARGV[1], TG_ARGV[0]);
  DELETE FROM portcullis.policy_change c USING (SELECT DISTINCT workspace_id FROM changed) t, portcullis.workspace w
   WHERE c.workspace_id = t.workspace_id AND w.id = t.workspace_id AND c.revision <= w.policy_revision - 1000;
  RETURN NULL;
END
$$;
CREATE TRIGGER member_added AFTER INSERT ON membership
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('member', 'principal_id');
CREATE TRIGGER member_changed AFTER UPDATE ON membership
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('member', 'principal_id');
CREATE TRIGGER member_removed AFTER DELETE ON membership
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('member', 'principal_id');
