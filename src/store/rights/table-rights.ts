import type { Schema } from '../schema.ts';

export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** A privilege on a whole table, or on some of its columns. */
export type Right = Privilege | { readonly privilege: Privilege; readonly columns: readonly string[] };

/**
 * Who may do what with one table. Row-level security is forced on each table, so that without a policy no row is
 * visible.
 */
export interface TableRights {
  /** The column with the workspace of a row. `app` sees the rows of its workspace only; without it, every row. */
  readonly workspace?: string;
  readonly app?: readonly Right[];
  readonly system: readonly Right[];
  /** For triggers that work as the owner of the table, and for migrations. */
  readonly owner?: true;
}

const add = ['SELECT', 'INSERT'] as const;
const change = [...add, 'UPDATE'] as const;
const remove = [...change, 'DELETE'] as const;
const workspace = 'workspace_id';

/** The table in which `migrate` records what it applied. */
export const bookkeeping = 'schema_migration';

/**
 * Every table. `portcullis db migrate` and the start of a gateway bring the database to this. A change here comes with a
 * migration, an empty one if need be: then an older Portcullis refuses the database instead of putting its rights back.
 */
export const tableRights: Readonly<Record<keyof Schema | typeof bookkeeping, TableRights>> = {
  schema_migration: { system: ['SELECT'], owner: true },
  deployment: { system: add },
  instance: { system: change },
  principal: { app: change, system: change },
  workspace: { workspace: 'id', app: ['SELECT', 'UPDATE'], system: remove },
  membership: { workspace, app: remove, system: remove },
  policy_change: { workspace, app: ['INSERT', 'SELECT', 'DELETE'], system: ['INSERT', 'SELECT', 'DELETE'] },
  policy_role: { workspace, app: remove, system: remove },
  policy_group: { workspace, app: remove, system: remove },
  policy_group_member: { workspace, app: ['SELECT', 'INSERT', 'DELETE'], system: ['SELECT', 'INSERT', 'DELETE'] },
  policy_checks: { workspace, app: change, system: remove },
  policy_draft: { workspace, app: change, system: remove },
  policy_draft_flip: { workspace, app: remove, system: remove },
  policy_grant: { workspace, app: remove, system: remove },

  // A workspace may read the names of people. It can neither read password hashes nor give rights in the deployment.
  user_account: {
    app: [{ privilege: 'SELECT', columns: ['id', 'email', 'name', 'created_at'] }],
    system: change,
  },
  agent: { workspace, app: change, system: change },
  api_key: { workspace, app: remove, system: remove },
  session: { system: remove },
  sign_in_link: { system: remove },
  sign_in_failure: { system: remove },
  invitation: { workspace, app: change, system: change },

  root_key: { system: remove, owner: true },
  root_key_proof: { system: remove },
  deployment_secret: { system: change },
  workspace_key: { workspace, app: change, system: remove },
  custody_mark: { system: change, owner: true },
  restoration: { system: change },

  client_registration: { system: remove },
  connection: { workspace, app: change, system: remove },
  connection_secret: { workspace, app: remove, system: remove },
  tool_pin: { workspace, app: change, system: change },
  connect_attempt: { system: remove },
  connect_outcome: { system: remove },
  job: { workspace, app: add, system: remove },

  object_owner: { workspace, app: add, system: add },
  page_change: { workspace, app: remove, system: remove },
  page_index: { workspace, app: remove, system: remove },
  connection_capability: { workspace, app: remove, system: remove },
  capability_checked_first: { system: add },
  rate_ledger: { workspace, app: ['SELECT'], system: remove },
  // Before a ticket is known, so is not the workspace; and writing one is a single statement.
  file_ticket: { system: ['SELECT', 'INSERT', 'DELETE'] },

  consent: { workspace, app: remove, system: remove },
  // Before a code or token is known, so is not the workspace.
  oauth_record: { system: remove },

  webhook_subscription: { workspace, app: remove, system: remove },
  webhook_event: { workspace, ...eventRights() },

  sink: { workspace, app: remove, system: remove },
  sink_dead_letter: { workspace, app: remove, system: remove },
  alert_watch: { workspace, app: change, system: change },
  alert_memory: { workspace, app: remove, system: remove },

  // An entry is never changed, and neither is its place. What waits for a place is taken away by a trigger alone.
  audit_entry: { workspace, app: add, system: add },
  audit_waiting: { app: ['INSERT'], system: add, owner: true },
  audit_batch: { workspace, app: ['SELECT'], system: add, owner: true },
  audit_key: { app: ['SELECT'], system: add },
};

/** If too many events are kept aside, the content of the oldest is given up. The fact that an event was taken stays. */
function eventRights() {
  const giveUp = { privilege: 'UPDATE', columns: ['unknown_type', 'entity_kind', 'entity_id'] } as const;
  const rights = [...add, 'DELETE', giveUp] as const;
  return { app: rights, system: rights };
}

/** Functions that policies and conditions of triggers call, as the role at work. All others run as triggers alone. */
export const calledFunctions = ['current_workspace()', 'serves(text)'] as const;
