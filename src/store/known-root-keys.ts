import type { KnownRootKeys } from '../vault/root/key-ring.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The known root keys, in PostgreSQL. */
export function createKnownRootKeys({ system }: Pick<Database<Schema>, 'system'>): KnownRootKeys {
  return {
    all: () => system.selectFrom('root_key').select(['kid', 'state', 'proof']).orderBy('created_at').execute(),
    async inUse() {
      const ofWorkspaces = system
        .selectFrom('workspace_key')
        .select('root_kid as kid')
        .where('wrapped', 'is not', null);
      const rows = await ofWorkspaces.union(system.selectFrom('deployment_secret').select('root_kid as kid')).execute();
      return rows.map(row => row.kid);
    },
    async begin(kid, proof) {
      const row = { kid, proof, state: 'active' } as const;
      await system
        .insertInto('root_key')
        .values(row)
        .onConflict(conflict => conflict.doNothing())
        .execute();
    },
    async prove(kid, instance) {
      await system
        .insertInto('root_key_proof')
        .values({ kid, instance_id: instance })
        .onConflict(conflict => conflict.doNothing())
        .execute();
    },
  };
}
