-- OAuth clients of ours come to an end: what is used by nothing is removed, at its server too where that is possible.
ALTER TABLE client_registration
  -- When an attempt last began with it.
  ADD COLUMN used_at timestamptz NOT NULL DEFAULT now(),
  -- Where it can be deleted at its server, and the token for that, sealed like its secret (RFC 7592).
  ADD COLUMN management_uri text,
  ADD COLUMN sealed_management_token text,
  ADD CONSTRAINT client_registration_management CHECK ((management_uri IS NULL) = (sealed_management_token IS NULL));
CREATE INDEX client_registration_used ON client_registration (used_at);
-- To remove one is to look for what stands on it.
CREATE INDEX connect_attempt_registration ON connect_attempt (registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX connection_by_registration ON connection (registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX job_of_registration ON job ((payload ->> 'registrationId')) WHERE done_at IS NULL;
