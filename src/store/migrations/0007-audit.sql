-- The log. Rows are inserted and read, never changed: no role of the application may UPDATE or DELETE.
-- `entry` is the canonical JSON (RFC 8785) of the entry, and the only thing that counts; the columns are for looking up.
CREATE TABLE audit_entry (
  id text PRIMARY KEY CHECK (id LIKE 'evt\_%'),
  -- No foreign key: the insert itself joins the workspace, and a foreign key would cost a second lock on it for each
  -- entry.
  workspace_id text,
  kind text NOT NULL CHECK (kind IN ('intent', 'denial', 'outcome', 'event', 'summary')),
  -- The intent that an outcome closes, or that an event of a stream belongs to.
  intent_id text,
  instance_id text NOT NULL,
  at timestamptz NOT NULL,
  principal_id text,
  operation text NOT NULL,
  result text,
  entry text NOT NULL
);
CREATE INDEX audit_entry_by_workspace ON audit_entry (workspace_id, id);
-- An intent has at most one closing entry: its own instance writes it, or the sweeper.
CREATE UNIQUE INDEX audit_entry_outcome ON audit_entry (intent_id) WHERE kind = 'outcome';
-- A streamed answer has at most one closing event, likewise.
CREATE UNIQUE INDEX audit_entry_stream_closed ON audit_entry (intent_id) WHERE kind = 'event' AND intent_id IS NOT NULL;
-- What the sweeper looks for: intents of one instance, and answers that an instance was streaming.
CREATE INDEX audit_entry_intents ON audit_entry (instance_id, id) WHERE kind = 'intent';
CREATE INDEX audit_entry_streaming ON audit_entry (instance_id, id) WHERE result = 'streaming';

-- Entries that are in no log yet: a row for each commit with entries. Code that writes entries writes this row with
-- them. An entry in `audit_entry` that is in neither of the two tables here was written past the log.
CREATE TABLE audit_waiting (
  -- The first of the entries.
  id text PRIMARY KEY,
  entries text[] NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The public keys of the logs, and their name. The newest one signs; the one before it signs too until `overlap_until`. The
-- private keys derive from the deployment secret.
CREATE TABLE audit_key (
  number integer PRIMARY KEY,
  -- The name of the root log, with which the names of all logs begin. Another name is another family of logs.
  name text NOT NULL,
  public_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  overlap_until timestamptz NOT NULL
);

-- The logs: the place of each entry, with a row for the entries that one checkpoint added. Rows are inserted and read,
-- never changed. `log` is the id of a workspace, `deployment`, or `root`: the log of the checkpoints of all others,
-- which has no entries.
CREATE TABLE audit_batch (
  log text NOT NULL,
  workspace_id text,
  -- Entries from index `first` to before `size`.
  first bigint NOT NULL CHECK (first >= 0),
  size bigint NOT NULL CHECK (size > first),
  -- The place that it continues from: no gap, and no second row in one place.
  continues bigint GENERATED ALWAYS AS (NULLIF(first, 0)) STORED,
  entries uuid[] NOT NULL,
  -- Hashes of the tree, 32 bytes each: of the leaves that came, and of the complete subtrees that there are now.
  leaves bytea NOT NULL CHECK (length(leaves) = 32 * (size - first)),
  edge bytea NOT NULL CHECK (length(edge) % 32 = 0),
  -- The signed checkpoint of this size.
  note text NOT NULL,
  -- Where that checkpoint is in the root log.
  root_index bigint UNIQUE,
  -- The times of its first call or event, and of the last one in the log up to here: a search by time skips the other
  -- rows. A call counts at the time of its decision, even if the row has the entry that closed it.
  oldest timestamptz,
  newest timestamptz,
  -- Only in the root log, and only while it is inserted: the rows of `audit_waiting` whose entries have their place
  -- now.
  taken text[] CHECK (taken IS NULL),
  PRIMARY KEY (log, first),
  UNIQUE (log, size),
  FOREIGN KEY (log, continues) REFERENCES audit_batch (log, size),
  CHECK ((log = 'root') = (root_index IS NULL)),
  CHECK ((log = 'root') = (oldest IS NULL) AND (log = 'root') = (newest IS NULL)),
  CHECK ((log = 'root') = (cardinality(entries) = 0)),
  CHECK (log = 'root' OR cardinality(entries) = size - first),
  CHECK (workspace_id IS NULL AND log IN ('root', 'deployment') OR workspace_id = log)
);
-- Hashes do not compress.
ALTER TABLE audit_batch ALTER leaves SET STORAGE EXTERNAL, ALTER edge SET STORAGE EXTERNAL;

-- Entries stop waiting only when they get a place: exactly as many as the logs have received. Works as the owner of the
-- tables, because no role of the application may delete waiting rows.
CREATE FUNCTION take_waiting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = portcullis, pg_temp AS $$
DECLARE
  waited bigint;
  placed bigint;
BEGIN
  WITH gone AS (DELETE FROM audit_waiting WHERE id = ANY(NEW.taken) RETURNING entries)
    SELECT coalesce(sum(cardinality(entries)), 0) INTO waited FROM gone;
  SELECT coalesce(sum(b.size - b.first), 0) INTO placed
    FROM audit_batch b WHERE b.root_index >= NEW.first AND b.root_index < NEW.size;
  IF waited <> placed THEN
    RAISE EXCEPTION '% entries were waiting, and % have a place', waited, placed USING ERRCODE = 'check_violation';
  END IF;
  NEW.taken := NULL;
  RETURN NEW;
END
$$;
CREATE TRIGGER audit_batch_takes_waiting BEFORE INSERT ON audit_batch
  FOR EACH ROW WHEN (NEW.log = 'root') EXECUTE FUNCTION take_waiting();
