import { openRootKeys } from '../compose/root-keys.ts';
import type { Config } from '../config/config.ts';
import { UnopenableError } from '../domain/unopenable-error.ts';
import type { Database } from '../store/database.ts';
import { newestWrappedKeys } from '../store/doctor/wrapped-keys.ts';
import { createKeyStores } from '../store/key-stores.ts';
import type { Schema } from '../store/schema.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import { createWorkspaceKeys, type WorkspaceKeys } from '../vault/workspace-keys.ts';
import { type Finding, fail, look, ok } from './finding.ts';

const todo = 'Restore the root key that is named, or name it in PORTCULLIS_ROOT_KEYS.';

export interface OpenedKeys {
  readonly keys: WorkspaceKeys;
  readonly deriveKey: DeriveKey;
}

/**
 * Checks that the root keys open, and that they open the key of every workspace. Returns the keys, for the checks that
 * open tokens.
 */
export async function lookAtKeys(
  config: Pick<Config, 'rootKeys' | 'keyServices'>,
  database: Database<Schema>,
): Promise<{ findings: Finding[]; opened: OpenedKeys | null }> {
  const stores = createKeyStores(database);
  let opened: OpenedKeys | null = null;
  const findings = await look('keys', todo, async () => {
    if ((await stores.rootKeys.all()).length === 0) return ok('keys', 'none is stored yet');
    const { root, deriveKey } = await openRootKeys(config, stores);
    const keys = createWorkspaceKeys({ root, store: stores.wrappedKeys });
    opened = { keys, deriveKey };
    return unwrap(keys, database);
  });
  return { findings, opened };
}

/** More than that would take long, and a key service counts and charges for each. `portcullis keys verify` opens all. */
const unwrappedMax = 500;

async function unwrap(keys: WorkspaceKeys, database: Database<Schema>): Promise<Finding> {
  const stored = await newestWrappedKeys(database, unwrappedMax);
  const shut = new Set<string>();
  for (const { workspaceId, kid, rootKid } of stored) {
    const opens = await keys
      .use(workspaceId, kid, async () => true)
      .catch(error => {
        if (error instanceof UnopenableError) return false;
        throw error;
      });
    if (!opens) shut.add(`${kid} (under ${rootKid})`);
  }
  const all = stored.length < unwrappedMax ? 'all' : 'the newest';
  if (shut.size === 0) return ok('keys', `${all} ${stored.length} workspace keys open`);
  const [first] = shut;
  return fail('keys', `${shut.size} of ${stored.length} workspace keys do not open, such as ${first}`, todo);
}
