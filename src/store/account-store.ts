import type { AccountStore } from '../accounts/account-store.ts';
import type { Database } from './database.ts';
import { deploymentAccounts } from './deployment-accounts.ts';
import type { Schema } from './schema.ts';
import { workspaceAccounts } from './workspace-accounts.ts';

/**
 * Accounts in PostgreSQL. Work in a workspace runs as `portcullis_app` under row-level security; work on people runs as
 * `portcullis_system`, because people belong to no workspace.
 */
export function createAccountStore(database: Database<Schema>): AccountStore {
  return {
    inWorkspace: (workspaceId, work) =>
      database.inWorkspace(workspaceId, tx => work(workspaceAccounts(tx, workspaceId))),
    inDeployment: work => database.system.transaction().execute(tx => work(deploymentAccounts(tx))),
  };
}
