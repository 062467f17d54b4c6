import type { Config } from '../config.ts';
import type { InstanceId } from '../domain/ids.ts';
import { secondMs } from '../domain/units.ts';
import type { Database } from '../store/database.ts';
import { createDeploymentSecretStore } from '../store/deployment-secret.ts';
import { createKnownRootKeys } from '../store/root-keys.ts';
import type { Schema } from '../store/schema.ts';
import { openDeploymentSecret } from '../vault/deployment-secret.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import { assertOutsideDataDirectory } from '../vault/root/file-place.ts';
import { openKeyRing, type RootKeyRing } from '../vault/root/key-ring.ts';
import { openRootKey } from '../vault/root/open-root-key.ts';

/** The keys that everything else is kept under. */
export interface RootParts {
  readonly root: RootKeyRing;
  readonly deriveKey: DeriveKey;
}

/** Opens the root keys and the deployment secret, before anything that needs either. Throws `RootKeyError`. */
export async function openRoot(
  config: Pick<Config, 'mode' | 'dataDir' | 'rootKeys' | 'keyServices'>,
  database: Pick<Database<Schema>, 'system'>,
): Promise<RootParts> {
  for (const { provider, key } of config.rootKeys) {
    if (config.mode !== 'demo' && provider === 'file') await assertOutsideDataDirectory(key, config.dataDir);
  }
  return openRootKeys(config, database);
}

/** The same for operators, who may work on the demo's database too. Throws `RootKeyError`. */
export async function openRootKeys(
  { rootKeys, keyServices }: Pick<Config, 'rootKeys' | 'keyServices'>,
  database: Pick<Database<Schema>, 'system'>,
): Promise<RootParts> {
  const keys = await Promise.all(rootKeys.map(name => openRootKey(name, keyServices)));
  const root = await openKeyRing(keys, createKnownRootKeys(database));
  return { root, deriveKey: await openDeploymentSecret(root, createDeploymentSecretStore(database)) };
}

const refreshEveryMs = 5 * secondMs;

/** Keeps up with what operators do with root keys, and proves on behalf of this instance that it has a staged one. */
export function followRootKeys(
  root: RootKeyRing,
  options: { instance: () => InstanceId; onTrouble: (error: unknown) => void },
): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const refresh = () => {
    running = running.then(() => root.refresh(options.instance())).catch(options.onTrouble);
  };
  refresh();
  const timer = setInterval(refresh, refreshEveryMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
