import { createCustodyMarks } from './custody/custody-marks.ts';
import type { Database } from './database.ts';
import { createDeploymentSecretStore } from './deployment-secret-store.ts';
import { createKnownRootKeys } from './known-root-keys.ts';
import type { Schema } from './schema.ts';
import { createWrappedKeys } from './wrapped-keys.ts';

export type KeyStores = ReturnType<typeof createKeyStores>;

/** What keys are kept in, and the mark that tells whether the database was put back. Operators need no more of the store. */
export function createKeyStores(database: Pick<Database<Schema>, 'system' | 'inWorkspace'>) {
  return {
    rootKeys: createKnownRootKeys(database),
    deploymentSecret: createDeploymentSecretStore(database),
    wrappedKeys: createWrappedKeys(database),
    custodyMarks: createCustodyMarks(database),
  };
}
