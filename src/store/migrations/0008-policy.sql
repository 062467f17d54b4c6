-- The policy of a workspace: custom roles, groups and grants. Every change moves the workspace's revision, once for
-- each statement, and names the changed thing, so that an instance has to read only that again.

CREATE TABLE policy_role (
  workspace_id text NOT NULL REFERENCES workspace (id),
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$' AND name NOT IN ('admin', 'editor', 'viewer', 'guest')),
  actions text[] NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

CREATE TABLE policy_group (
  id text NOT NULL UNIQUE CHECK (id LIKE 'grp\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name)
);

-- A member of the workspace in a group, or a group in a group. Members who leave the workspace leave its groups.
CREATE TABLE policy_group_member (
  workspace_id text NOT NULL,
  group_id text NOT NULL,
  principal_id text,
  inner_group_id text,
  FOREIGN KEY (workspace_id, group_id) REFERENCES policy_group (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, principal_id) REFERENCES membership (workspace_id, principal_id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, inner_group_id) REFERENCES policy_group (workspace_id, id) ON DELETE CASCADE,
  CHECK ((principal_id IS NULL) <> (inner_group_id IS NULL)),
  CHECK (group_id <> inner_group_id)
);
CREATE UNIQUE INDEX policy_group_member_principal ON policy_group_member (workspace_id, group_id, principal_id)
  WHERE principal_id IS NOT NULL;
CREATE UNIQUE INDEX policy_group_member_group ON policy_group_member (workspace_id, group_id, inner_group_id)
  WHERE inner_group_id IS NOT NULL;
CREATE INDEX policy_group_member_by_principal ON policy_group_member (workspace_id, principal_id);

-- What a subject may do, may not do, or may do only in some places. The grants of a member who leaves are deleted with
-- the membership.
CREATE TABLE policy_grant (
  id text NOT NULL UNIQUE CHECK (id LIKE 'grt\_%'),
  workspace_id text NOT NULL REFERENCES workspace (id),
  effect text NOT NULL CHECK (effect IN ('allow', 'deny', 'limit')),
  -- Neither of the two: everyone, which is every member.
  principal_id text,
  group_id text,
  actions text[],
  role text,
  -- [{"kind": "workspace"}] or [{"kind": "page", "id": …}, …]
  scopes jsonb NOT NULL CHECK (jsonb_typeof(scopes) = 'array' AND jsonb_array_length(scopes) > 0),
  conditions jsonb,
  properties text[] CHECK (properties IS NULL OR (effect = 'deny' AND cardinality(properties) > 0)),
  reason text NOT NULL,
  created_by text REFERENCES principal (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, principal_id) REFERENCES membership (workspace_id, principal_id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, group_id) REFERENCES policy_group (workspace_id, id) ON DELETE CASCADE,
  CHECK (principal_id IS NULL OR group_id IS NULL),
  CHECK ((actions IS NULL) <> (role IS NULL))
);
CREATE INDEX policy_grant_by_principal ON policy_grant (workspace_id, principal_id) WHERE principal_id IS NOT NULL;
CREATE INDEX policy_grant_by_group ON policy_grant (workspace_id, group_id) WHERE group_id IS NOT NULL;

-- The checks of every change of a workspace's policy: things that must never be allowed, and cases with their results.
CREATE TABLE policy_checks (
  workspace_id text PRIMARY KEY REFERENCES workspace (id),
  invariants jsonb NOT NULL,
  tests jsonb NOT NULL
);

-- A policy that is tried beside the real one. It decides nothing, so it moves no revision except its own, which
-- continues when another draft replaces it. `watched`: the log entries before that place have been judged under it too,
-- or are older.
CREATE TABLE policy_draft (
  workspace_id text PRIMARY KEY REFERENCES workspace (id),
  revision bigint NOT NULL,
  -- Null: there is none now.
  document jsonb,
  -- The revision of the policy that it was made on.
  made_on bigint NOT NULL,
  author text,
  set_at timestamptz NOT NULL,
  watched bigint NOT NULL,
  calls bigint NOT NULL DEFAULT 0,
  skipped bigint NOT NULL DEFAULT 0,
  lost bigint NOT NULL DEFAULT 0,
  gained bigint NOT NULL DEFAULT 0
);

-- Calls that a draft would have decided differently: those of one principal that differ in nothing but their moment.
CREATE TABLE policy_draft_flip (
  workspace_id text NOT NULL REFERENCES policy_draft (workspace_id) ON DELETE CASCADE,
  principal_id text NOT NULL,
  operation text NOT NULL,
  object_kind text NOT NULL,
  -- Empty: the workspace itself.
  object_id text NOT NULL,
  action text NOT NULL,
  becomes text NOT NULL CHECK (becomes IN ('allow', 'deny')),
  because text NOT NULL,
  calls bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  last_decision text,
  PRIMARY KEY (workspace_id, principal_id, operation, object_kind, object_id, action, becomes, because)
);

CREATE TRIGGER role_added AFTER INSERT ON policy_role
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('role', 'name');
CREATE TRIGGER role_changed AFTER UPDATE ON policy_role
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('role', 'name');
CREATE TRIGGER role_removed AFTER DELETE ON policy_role
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('role', 'name');
CREATE TRIGGER group_added AFTER INSERT ON policy_group
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('group', 'id');
CREATE TRIGGER group_changed AFTER UPDATE ON policy_group
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('group', 'id');
CREATE TRIGGER group_removed AFTER DELETE ON policy_group
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('group', 'id');
CREATE TRIGGER group_joined AFTER INSERT ON policy_group_member
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('group', 'group_id');
CREATE TRIGGER group_left AFTER DELETE ON policy_group_member
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('group', 'group_id');
CREATE TRIGGER grant_added AFTER INSERT ON policy_grant
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('grant', 'id');
CREATE TRIGGER grant_changed AFTER UPDATE ON policy_grant
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('grant', 'id');
CREATE TRIGGER grant_removed AFTER DELETE ON policy_grant
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION move_policy_revision('grant', 'id');
