-- Root keys: which wraps now, which will, which did. A key itself is never here; `proof` is a known value wrapped under it,
-- so that whoever opens it has the key.
CREATE TABLE root_key (
  kid text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('staged', 'active', 'previous', 'retired')),
  proof text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  state_changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX root_key_active ON root_key (state) WHERE state = 'active';
CREATE UNIQUE INDEX root_key_staged ON root_key (state) WHERE state = 'staged';
GRANT SELECT, INSERT, UPDATE, DELETE ON root_key TO portcullis_system;

-- Which instance has opened the proof of which key. Without everybody's, a staged key is not promoted.
CREATE TABLE root_key_proof (
  kid text NOT NULL REFERENCES root_key (kid) ON DELETE CASCADE,
  instance_id text NOT NULL REFERENCES instance (id),
  proved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kid, instance_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON root_key_proof TO portcullis_system;

-- The one secret from which the keys of all keyed hashes derive. It stays the same when the root key changes.
CREATE TABLE deployment_secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  wrapped text NOT NULL,
  root_kid text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON deployment_secret TO portcullis_system;

-- Nothing new is wrapped under a retired key. The lock makes retiring wait for rows on their way, and rows for it.
CREATE FUNCTION require_living_root_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
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

ALTER TABLE workspace_key
  -- When another version took its place.
  ADD COLUMN superseded_at timestamptz,
  -- Somebody wants another version in its place, which is not made yet.
  ADD COLUMN replacement_wanted_at timestamptz;
CREATE INDEX workspace_key_by_root ON workspace_key (root_kid) WHERE wrapped IS NOT NULL;
CREATE INDEX workspace_key_replacement ON workspace_key (workspace_id) WHERE replacement_wanted_at IS NOT NULL;
CREATE INDEX workspace_key_decrypt_only ON workspace_key (workspace_id, kid) WHERE state = 'decrypt_only';
CREATE INDEX connection_secret_by_key ON connection_secret (workspace_id, kid);

-- For every table with values sealed under a workspace's key (columns workspace_id and kid): none under a destroyed one.
CREATE FUNCTION require_living_workspace_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  SELECT state INTO found FROM workspace_key WHERE workspace_id = NEW.workspace_id AND kid = NEW.kid FOR SHARE;
  IF found = 'destroyed' THEN RAISE EXCEPTION 'key % is destroyed', NEW.kid USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER connection_secret_under_living_key BEFORE INSERT OR UPDATE OF kid ON connection_secret
  FOR EACH ROW EXECUTE FUNCTION require_living_workspace_key();

-- Counts every change of a connection's generation. Instances keep the highest value that they saw outside the database:
-- a database with a lower one was put back to an earlier state (rule 20).
CREATE TABLE custody_mark (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  value bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON custody_mark TO portcullis_system;
CREATE FUNCTION move_custody_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO custody_mark (value) VALUES (1) ON CONFLICT (only_row) DO UPDATE SET value = custody_mark.value + 1;
  RETURN NULL;
END
$$;
-- At the end of the transaction, so that its one row is locked for as short as a commit takes.
CREATE CONSTRAINT TRIGGER generation_moves_mark AFTER INSERT OR UPDATE OF generation ON connection
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_custody_mark();

-- A time at which the database was found to be behind what an instance remembers. While one is not acknowledged, nothing is
-- refreshed and nothing is signed.
CREATE TABLE restoration (
  detected_at timestamptz PRIMARY KEY DEFAULT clock_timestamp(),
  database_mark bigint NOT NULL,
  known_mark bigint NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX restoration_open ON restoration ((true)) WHERE acknowledged_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON restoration TO portcullis_system;
