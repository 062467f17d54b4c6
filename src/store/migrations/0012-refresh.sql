-- Refreshing tokens: who may spend a refresh token now, and when tokens end. All times are this server's (rule 24).
ALTER TABLE connection
  -- The highest generation ever given out. Each pair of tokens that is asked for has a number of its own, used or not.
  ADD COLUMN last_generation bigint NOT NULL DEFAULT 1,
  -- Who spends the refresh token, fenced by the generation that it belongs to. While the fate of an attempt is unknown
  -- (`suspect`) the lease is the time in which its owner may still bring what it got.
  ADD COLUMN attempt_id text CHECK (attempt_id LIKE 'att\_%'),
  ADD COLUMN lease_until timestamptz,
  -- After transient trouble no refresh begins before this.
  ADD COLUMN refresh_after timestamptz,
  -- Refreshes in a row that came to nothing.
  ADD COLUMN refresh_failures integer NOT NULL DEFAULT 0,
  -- How often the refresh token of this generation was sent without an answer coming back.
  ADD COLUMN unanswered integer NOT NULL DEFAULT 0,
  -- When this generation was refreshed into being; null for one that a person agreed to.
  ADD COLUMN refreshed_at timestamptz,
  -- When Notion is next asked whether the connection still exists.
  ADD COLUMN check_after timestamptz NOT NULL DEFAULT now() + interval '1 hour';
CREATE INDEX connection_check ON connection (check_after) WHERE status = 'active';

-- For an access token: when it ends. Null where Notion does not say.
ALTER TABLE connection_secret ADD COLUMN expires_at timestamptz;
CREATE INDEX connection_secret_expiry ON connection_secret (expires_at) WHERE expires_at IS NOT NULL;

-- A refresh changes no decision: calls under way need not be decided again because of it.
CREATE FUNCTION serves(status text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN status IN ('active', 'refreshing', 'suspect') THEN 'serving' ELSE status END;
DROP TRIGGER connection_moves_policy ON connection;
CREATE TRIGGER connection_set_moves_policy AFTER INSERT OR DELETE ON connection
  FOR EACH ROW EXECUTE FUNCTION move_policy_revision();
CREATE TRIGGER connection_moves_policy AFTER UPDATE OF status, audience ON connection
  FOR EACH ROW WHEN (serves(OLD.status) <> serves(NEW.status) OR OLD.audience <> NEW.audience)
  EXECUTE FUNCTION move_policy_revision();

-- Row-level security is forced on the owner too; the system may see every workspace's rows.
SET LOCAL ROLE portcullis_system;
UPDATE connection SET last_generation = greatest(generation,
  (SELECT max(s.generation) FROM connection_secret s WHERE s.connection_id = connection.id));
RESET ROLE;
