import type { Config } from '../config/config.ts';
import type { InstanceId } from '../domain/ids.ts';
import { secondMs } from '../domain/units.ts';
import type { KeyStores } from '../store/key-stores.ts';
import { openDeploymentSecret } from '../vault/deployment-secret.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import { openRootKeyFile } from '../vault/root/file.ts';
import { assertOutsideDataDirectory } from '../vault/root/file-place.ts';
import { openKeyRing, type RootKeyRing } from '../vault/root/key-ring.ts';
import { openRootKey } from '../vault/root/open-root-key.ts';

type RootKeyStores = Pick<KeyStores, 'rootKeys' | 'deploymentSecret'>;

/** The keys that protect everything else. */
export interface RootParts {
  readonly root: RootKeyRing;
  readonly deriveKey: DeriveKey;
}

/**
 * Opens the root keys and the deployment secret, before all parts that need them. The very first start makes missing
 * files. Later a missing file means a lost key, and a new one would open nothing. Throws `RootKeyError`.
 */
export async function openRoot(
  config: Pick<Config, 'mode' | 'dataDir' | 'rootKeys' | 'keyServices'>,
  stores: RootKeyStores,
): Promise<RootParts> {
  const first = (await stores.rootKeys.all()).length === 0;
  for (const { provider, key } of config.rootKeys) {
    if (provider !== 'file') continue;
    if (config.mode !== 'demo') await assertOutsideDataDirectory(key, config.dataDir);
    if (first) await openRootKeyFile(key);
  }
  return openRootKeys(config, stores);
}

/** The same for operators. They may work on the demo's database too, and never make a file. Throws `RootKeyError`. */
export async function openRootKeys(
  { rootKeys, keyServices }: Pick<Config, 'rootKeys' | 'keyServices'>,
  stores: RootKeyStores,
): Promise<RootParts> {
  const keys = await Promise.all(rootKeys.map(name => openRootKey(name, keyServices)));
  const root = await openKeyRing(keys, stores.rootKeys);
  return { root, deriveKey: await openDeploymentSecret(root, stores.deploymentSecret) };
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
