import type { Config } from '../../config.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import type { Database } from '../../store/database.ts';
import { createKnownRootKeys } from '../../store/root-keys.ts';
import type { Schema } from '../../store/schema.ts';
import { createWrappedKeys } from '../../store/workspace-keys.ts';
import { openKeyRing } from '../../vault/root/key-ring.ts';
import { openRootKey } from '../../vault/root/open-root-key.ts';
import { createWorkspaceKeys, type WorkspaceKeys } from '../../vault/workspace-keys.ts';
import { type Finding, fail, look, ok } from './finding.ts';

const todo = 'Restore the root key that is named, or name it in PORTCULLIS_ROOT_KEYS.';

/** The root keys open, and open the key of every workspace. Answers with the keys, for whoever opens tokens with them. */
export async function lookAtKeys(
  config: Pick<Config, 'rootKeys' | 'keyServices'>,
  database: Database<Schema>,
): Promise<{ findings: Finding[]; keys: WorkspaceKeys | null }> {
  let keys: WorkspaceKeys | null = null;
  const findings = await look('keys', todo, async () => {
    const known = createKnownRootKeys(database);
    if ((await known.all()).length === 0) return ok('keys', 'none is stored yet');
    const opened = await Promise.all(config.rootKeys.map(name => openRootKey(name, config.keyServices)));
    keys = createWorkspaceKeys({ root: await openKeyRing(opened, known), store: createWrappedKeys(database) });
    return unwrapAll(keys, database);
  });
  return { findings, keys };
}

async function unwrapAll(keys: WorkspaceKeys, { system }: Database<Schema>): Promise<Finding> {
  const stored = await system
    .selectFrom('workspace_key')
    .select(['workspace_id', 'kid', 'root_kid'])
    .where('wrapped', 'is not', null)
    .execute();
  const shut = new Set<string>();
  for (const { workspace_id: workspaceId, kid, root_kid: rootKid } of stored) {
    const opens = await keys
      .use(workspaceId, kid, async () => true)
      .catch(error => {
        if (error instanceof UnopenableError) return false;
        throw error;
      });
    if (!opens) shut.add(`${kid} (under ${rootKid})`);
  }
  if (shut.size === 0) return ok('keys', `all ${stored.length} workspace keys open`);
  const [first] = shut;
  return fail('keys', `${shut.size} of ${stored.length} workspace keys do not open, such as ${first}`, todo);
}
