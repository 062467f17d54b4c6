-- A pasted token of a workspace that nobody knows waits to be confirmed, as consent does.
ALTER TABLE connect_attempt
  DROP CONSTRAINT connect_attempt_kind_check,
  ADD CONSTRAINT connect_attempt_kind_check CHECK (kind IN ('rest', 'mcp', 'internal'));
