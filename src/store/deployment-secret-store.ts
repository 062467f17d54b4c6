import type { DeploymentSecretStore } from '../vault/deployment-secret.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The wrapped deployment secret, in PostgreSQL. */
export function createDeploymentSecretStore({ system }: Pick<Database<Schema>, 'system'>): DeploymentSecretStore {
  const find = async () => {
    const query = system.selectFrom('deployment_secret').select(['wrapped', 'root_kid as rootKid']);
    return (await query.executeTakeFirst()) ?? null;
  };
  return {
    find,
    async add({ wrapped, rootKid }) {
      await system
        .insertInto('deployment_secret')
        .values({ wrapped, root_kid: rootKid })
        .onConflict(conflict => conflict.doNothing())
        .execute();
      const stored = await find();
      if (stored === null) throw new Error('The deployment secret is gone.');
      return stored;
    },
  };
}
