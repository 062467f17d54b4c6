-- Root keys, the keys of workspaces that they wrap, the deployment secret, and the progress of custody.

-- Which root key wraps now, which will, which did. A key itself is never here; `proof` is a known value wrapped under it:
-- opening the proof shows that an instance has the key.
CREATE TABLE root_key (
  kid text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('staged', 'active', 'previous', 'retired')),
  proof text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  state_changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX root_key_active ON root_key (state) WHERE state = 'active';
CREATE UNIQUE INDEX root_key_staged ON root_key (state) WHERE state = 'staged';

-- Which instance has opened the proof of which key. A staged key is promoted only after every instance has done so.
CREATE TABLE root_key_proof (
  kid text NOT NULL REFERENCES root_key (kid) ON DELETE CASCADE,
  instance_id text NOT NULL REFERENCES instance (id),
  proved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kid, instance_id)
);

-- The one secret from which the keys of all keyed hashes derive. It stays the same when the root key changes.
CREATE TABLE deployment_secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  wrapped text NOT NULL,
  root_kid text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Per-workspace keys, wrapped by the root key. A destroyed key keeps its row, without the key.
CREATE TABLE workspace_key (
  workspace_id text NOT NULL REFERENCES workspace (id),
  version integer NOT NULL,
  kid text NOT NULL UNIQUE,
  wrapped text,
  root_kid text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'decrypt_only', 'destroyed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When another version took its place.
  superseded_at timestamptz,
  -- Another version is wanted in its place, and is not made yet.
  replacement_wanted_at timestamptz,
  PRIMARY KEY (workspace_id, version),
  UNIQUE (workspace_id, kid),
  CHECK ((state = 'destroyed') = (wrapped IS NULL))
);
CREATE UNIQUE INDEX workspace_key_active ON workspace_key (workspace_id) WHERE state = 'active';
CREATE INDEX workspace_key_by_root ON workspace_key (root_kid) WHERE wrapped IS NOT NULL;
CREATE INDEX workspace_key_replacement ON workspace_key (workspace_id) WHERE replacement_wanted_at IS NOT NULL;
CREATE INDEX workspace_key_decrypt_only ON workspace_key (workspace_id, kid) WHERE state = 'decrypt_only';

-- Nothing new is wrapped under a retired key. The lock makes retiring wait for uncommitted rows, and new rows wait for
-- retiring. Works as the owner of the table, whom row-level security lets see it (table-rights.ts).
CREATE FUNCTION require_living_root_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = portcullis, pg_temp AS $$
DECLARE
  found text;
BEGIN
  SELECT state INTO found FROM root_key WHERE kid = NEW.root_kid FOR SHARE;
  IF found = 'retired' THEN RAISE EXCEPTION 'root key % is retired', NEW.root_kid USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER workspace_key_under_living_root BEFORE INSERT OR UPDATE OF root_kid ON workspace_key
  FOR EACH ROW EXECUTE FUNCTION require_living_root_key();
CREATE TRIGGER deployment_secret_under_living_root BEFORE INSERT OR UPDATE OF root_kid ON deployment_secret
  FOR EACH ROW EXECUTE FUNCTION require_living_root_key();

-- For every table with values sealed under a workspace's key (columns workspace_id and kid): refuses a destroyed key.
CREATE FUNCTION require_living_workspace_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  SELECT state INTO found FROM portcullis.workspace_key
   WHERE workspace_id = NEW.workspace_id AND kid = NEW.kid FOR SHARE;
  IF found = 'destroyed' THEN RAISE EXCEPTION 'key % is destroyed', NEW.kid USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END
$$;

-- Counts every change of a connection's generation. Instances keep the highest value that they saw outside the database:
-- a database with a lower one was put back to an earlier state (rule 20).
CREATE TABLE custody_mark (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  value bigint NOT NULL
);
-- Works as the owner of the table, as above.
CREATE FUNCTION move_custody_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = portcullis, pg_temp AS $$
BEGIN
  INSERT INTO custody_mark (value) VALUES (1) ON CONFLICT (only_row) DO UPDATE SET value = custody_mark.value + 1;
  RETURN NULL;
END
$$;

-- A time at which the database was found to be older than what an instance remembers. Until it is acknowledged, nothing
-- is refreshed and nothing is signed.
CREATE TABLE restoration (
  detected_at timestamptz PRIMARY KEY DEFAULT clock_timestamp(),
  database_mark bigint NOT NULL,
  known_mark bigint NOT NULL,
  -- The known size of the root log, if the database had a smaller one, or another.
  known_log bigint NOT NULL DEFAULT 0,
  acknowledged_at timestamptz,
  acknowledged_by text,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX restoration_open ON restoration ((true)) WHERE acknowledged_at IS NULL;
