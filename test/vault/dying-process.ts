// Runs one task on keys, and kills itself at the given visit of a moment. `rotation-kill.test.ts` starts it.

import type { KeysConfig } from '../../src/config/config.ts';
import type { RootKeyName } from '../../src/domain/root-key-name.ts';
import { Secret } from '../../src/domain/secret.ts';
import { openKeyTasks } from '../../src/operator/key-tasks.ts';
import type { RotationMoment } from '../../src/vault/rotation/moments.ts';

export interface DyingTask {
  readonly databaseUrl: string;
  readonly rootKeys: readonly RootKeyName[];
  readonly task: 'rotate' | 'promote' | 'rewrap';
  /** Values that are sealed anew in one commit. */
  readonly batchSize?: number;
  /** Null: lives to the end. */
  readonly dieAt: { readonly moment: RotationMoment; readonly visit: number } | null;
}

const { databaseUrl, rootKeys, task, dieAt, batchSize } = JSON.parse(process.argv[2] ?? '') as DyingTask;
const config: KeysConfig = {
  database: { kind: 'external', url: new Secret(databaseUrl) },
  rootKeys,
  keyServices: { awsEndpoint: null, gcpEndpoint: '', vault: null, proxy: null },
};
let visits = 0;
const tasks = await openKeyTasks(config, {
  warn: message => console.error(message),
  ...(batchSize !== undefined && { batchSize }),
  atMoment(moment) {
    if (dieAt?.moment !== moment) return;
    visits += 1;
    if (visits === dieAt.visit) process.kill(process.pid, 'SIGKILL');
  },
});
const quiet = () => {};
if (task === 'rotate') await tasks.rotate(null, quiet);
if (task === 'promote') await tasks.promote();
if (task === 'rewrap') await tasks.rewrap(quiet);
await tasks.close();
