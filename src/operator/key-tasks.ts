import type { KeysConfig } from '../config/config.ts';
import { newId, type WorkspaceId } from '../domain/ids.ts';
import type { RootKeyName } from '../domain/root-key-name.ts';
import { createKeyStores } from '../store/key-stores.ts';
import { countUnderRootKeys, countWorkspaceKeys, type RootKeyCount } from '../store/rotation/key-counts.ts';
import { createRotationStores } from '../store/rotation/rotation-stores.ts';
import { openKeyRing } from '../vault/root/key-ring.ts';
import { openRootKey } from '../vault/root/open-root-key.ts';
import { type AtMoment, type OnProgress, passThrough } from '../vault/rotation/moments.ts';
import { type RetireResult, retireKeys } from '../vault/rotation/retire.ts';
import {
  type PromoteResult,
  promoteRootKey,
  type RewrapResult,
  rewrapUnderRoot,
  type StageResult,
  stageRootKey,
} from '../vault/rotation/rotate-root-key.ts';
import { type RotationResult, rotateWorkspaceKeys } from '../vault/rotation/rotate-workspace-keys.ts';
import { type DeploymentVerified, verifyDeployment } from '../vault/rotation/verify-deployment.ts';
import { type VerifyResult, verifyKeys } from '../vault/rotation/verify-keys.ts';
import { createWorkspaceKeys } from '../vault/workspace-keys.ts';
import { createKeyLog } from './key-log.ts';
import { openOperatorDatabase } from './operator-database.ts';

/** What operators do with keys, while gateways run. Every change is logged. */
export interface KeyTasks {
  status(): Promise<KeyStatus>;
  stage(name: RootKeyName): Promise<StageResult>;
  withdraw(): Promise<boolean>;
  promote(): Promise<PromoteResult>;
  rewrap(onProgress: OnProgress): Promise<RewrapResult>;
  rotate(workspaceId: WorkspaceId | null, onProgress: OnProgress): Promise<RotationResult>;
  retire(retainMs: number): Promise<RetireResult>;
  verify(onProgress: OnProgress): Promise<VerifyResult & { readonly deployment: DeploymentVerified }>;
  destroyWorkspace(workspaceId: WorkspaceId): Promise<number>;
  /** A root key by its id, with its name in the settings if it has one: `root_… (file:/etc/portcullis/root.key)`. */
  describeRootKey(kid: string): string;
  close(): Promise<void>;
}

export interface KeyStatus {
  readonly roots: readonly RootKeyCount[];
  /** Running instances that have not proved a staged key. */
  readonly unproven: readonly string[];
  readonly workspaceKeys: readonly { readonly state: string; readonly count: number }[];
  /**
   * Workspaces whose key is to be replaced, and values under a superseded key. More than 0: a rotation is under way.
   */
  readonly wanted: number;
  readonly stale: readonly { readonly table: string; readonly count: number }[];
}

/** Opens the database and every root key. Throws StoreError, RootKeyError. */
export async function openKeyTasks(
  config: KeysConfig,
  options: { warn: (message: string) => void; atMoment?: AtMoment; batchSize?: number },
): Promise<KeyTasks> {
  const opened = await openOperatorDatabase(config.database, options.warn);
  const { database } = opened;
  const instance = newId('ins');
  const entries = { instance: () => instance, now: () => new Date() };
  const { rootKeys, deploymentSecret: secret, wrappedKeys } = createKeyStores(database);
  const { changes, endings, undecryptable, tables, replacements, values } = createRotationStores(database, entries);
  const { atMoment = passThrough, batchSize } = options;
  const sized = batchSize === undefined ? {} : { batchSize };
  const names = new Map<string, string>();
  const openNamed = async (name: RootKeyName) => {
    const key = await openRootKey(name, config.keyServices);
    names.set(key.kid, `${name.provider}:${name.key}`);
    return key;
  };
  const root = await Promise.all(config.rootKeys.map(openNamed))
    .then(keys => openKeyRing(keys, rootKeys))
    .catch(async error => {
      await opened.close();
      throw error;
    });
  const keys = createWorkspaceKeys({ root, store: wrappedKeys });
  const log = createKeyLog(opened.recordEvent, opened.operator);

  return {
    close: opened.close,
    describeRootKey: kid => (names.has(kid) ? `${kid} (${names.get(kid)})` : kid),
    async status() {
      const roots = await countUnderRootKeys(database);
      const staged = roots.some(({ state }) => state === 'staged');
      return {
        roots,
        unproven: staged ? await changes.unproven() : [],
        workspaceKeys: await countWorkspaceKeys(database),
        wanted: await replacements.countWanted(),
        stale: await Promise.all(tables.map(async table => ({ table: table.name, count: await table.countStale() }))),
      };
    },
    async stage(name) {
      const key = await openRootKey(name, config.keyServices);
      const refusal = (result: StageResult) => (result === 'staged' ? null : result);
      return log.around({ name: 'keys.stage', detail: { kid: key.kid } }, () => stageRootKey(changes, key), refusal);
    },
    withdraw: () => log.around({ name: 'keys.withdraw' }, changes.withdraw, done => (done ? null : 'nothing_staged')),
    promote() {
      const refusal = ({ kind }: PromoteResult) => (kind === 'promoted' ? null : kind);
      return log.around({ name: 'keys.promote' }, () => promoteRootKey(changes, atMoment), refusal);
    },
    rewrap(onProgress) {
      const parts = { root, changes, secret, atMoment, onProgress };
      return log.around({ name: 'keys.rewrap', detail: { kid: root.kid } }, () => rewrapUnderRoot(parts));
    },
    rotate(workspaceId, onProgress) {
      const parts = { keys, replacements, tables, undecryptable, atMoment, onProgress, ...sized };
      return log.around({ name: 'keys.rotate', workspaceId }, () => rotateWorkspaceKeys(parts, workspaceId));
    },
    retire: retainMs => log.around({ name: 'keys.retire', detail: { retainMs } }, () => retireKeys(endings, retainMs)),
    async verify(onProgress) {
      const ofWorkspaces = await log.around({ name: 'keys.verify' }, () =>
        verifyKeys({ keys, tables, endings, undecryptable, onProgress }),
      );
      const deployment = await verifyDeployment({ root, secret, keys, values });
      // What belongs to a connection is said, and shut, with that connection.
      for (const { table, row } of ofWorkspaces.unopenable)
        if (table !== 'connection_secret') await log.alarm(row, row.workspaceId);
      for (const found of deployment.unopenable) await log.alarm(found, null);
      return { ...ofWorkspaces, deployment };
    },
    destroyWorkspace: workspaceId =>
      log.around({ name: 'keys.destroy', workspaceId }, () => endings.destroyWorkspace(workspaceId)),
  };
}
