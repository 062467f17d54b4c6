import { type LogKeyRotation, rotateLogKey } from '../audit/sequence/log-keys.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import type { KeysConfig } from '../config/config.ts';
import { createKeyLog } from '../operator/key-log.ts';
import { openOperatorDatabase } from '../operator/operator-database.ts';
import { openPool } from '../store/database.ts';
import { createSequencing } from '../store/sequencing.ts';
import { createStores } from '../store/stores.ts';
import { logSeeds } from './open-log.ts';
import { openRootKeys } from './root-keys.ts';

/**
 * Replaces the key that signs the logs, while gateways run: their next checkpoint has both signatures, until the
 * overlap ends. It is logged. Throws StoreError, RootKeyError.
 */
export async function rotateKeyOfLogs(
  config: KeysConfig,
  overlapMs: number,
  warn: (message: string) => void,
): Promise<LogKeyRotation> {
  const { database, recordEvent, operator, close } = await openOperatorDatabase(config.database, warn);
  const pool = openPool(database.logins.system, { poolSize: 1 });
  try {
    const { deriveKey } = await openRootKeys(config, createStores(database, { compile: compilePolicy }));
    const task = { name: 'log_key.rotated', detail: { overlapMs } } as const;
    const rotate = () => rotateLogKey(createSequencing(pool), { seedOf: logSeeds(deriveKey), overlapMs });
    return await createKeyLog(recordEvent, operator).around(task, rotate, ({ kind }) =>
      kind === 'rotated' ? null : kind,
    );
  } finally {
    await pool.end();
    await close();
  }
}
