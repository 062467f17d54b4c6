-- A webhook subscription at Notion belongs to an integration, and that of a public integration tells of every workspace in
-- which it is installed. So a subscription belongs to one workspace, or to the deployment: then its workspace is null, and
-- no tenant sees it.
ALTER TABLE webhook_event DROP CONSTRAINT webhook_event_workspace_id_subscription_id_fkey;
ALTER TABLE webhook_subscription
  DROP CONSTRAINT webhook_subscription_pkey,
  DROP CONSTRAINT webhook_subscription_id_key,
  ADD PRIMARY KEY (id),
  ALTER COLUMN workspace_id DROP NOT NULL,
  -- Null: an operator, who works on the database itself.
  ALTER COLUMN created_by DROP NOT NULL,
  -- A token of the deployment is sealed under a key that derives from the deployment secret, and no other is.
  ADD CHECK (kid IS NULL OR (workspace_id IS NULL) = (kid = 'deployment'));
CREATE INDEX webhook_subscription_by_workspace ON webhook_subscription (workspace_id, id);

-- An event belongs to the workspace that it tells of, whoever its subscription belongs to: tenants share no event, and the
-- same one may be taken once in each.
ALTER TABLE webhook_event
  ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id),
  ADD FOREIGN KEY (subscription_id) REFERENCES webhook_subscription (id) ON DELETE CASCADE;
CREATE INDEX webhook_event_kept_aside ON webhook_event (subscription_id, received_at) WHERE unknown_type IS NOT NULL;
-- What was kept aside is given up when there is too much of it; that the event was taken is not forgotten with it.
GRANT UPDATE (unknown_type, entity_kind, entity_id) ON webhook_event TO portcullis_app, portcullis_system;
