import { PortcullisError } from '../domain/errors.ts';
import type { WorkspaceAccounts } from './account-store.ts';

/** Holds the workspace until the transaction ends. Throws `not_found` when it does not exist. */
export async function lockWorkspace(accounts: WorkspaceAccounts): Promise<void> {
  if (!(await accounts.lock())) throw new PortcullisError('not_found', 'There is no such workspace.');
}
