import { createCustodyMarks } from './custody/custody-marks.ts';
import type { Database } from './database.ts';
import { createDeploymentSecretStore } from './deployment-secret-store.ts';
import { createKnownRootKeys } from './known-root-keys.ts';
import type { Schema } from './schema.ts';
import { createWrappedKeys } from './wrapped-keys.ts';

export type KeyStores = ReturnType<typeof createKeyStores>;

/** The stores of keys, and the mark that shows whether the database was put back. Operators need no other stores. */
export function createKeyStores(database: Pick<Database<Schema>, 'system' | 'inWorkspace'>) {
  return {
    rootKeys: createKnownRootKeys(database),
    deploymentSecret: createDeploymentSecretStore(database),
    wrappedKeys: createWrappedKeys(database),
    custodyMarks: createCustodyMarks(database),
  };
}
