import type { Config, DatabaseConfig } from '../config/config.ts';
import type { RecordEvent } from '../domain/event.ts';
import { openOperatorDatabase } from '../operator/operator-database.ts';
import { createKeyStores } from '../store/key-stores.ts';
import type { CustodyMarks, Restoration } from '../vault/restore/custody-marks.ts';
import { createHighWaterFile } from '../vault/restore/high-water-file.ts';
import { type RestoreWatch, watchRestore } from '../vault/restore/watch-restore.ts';

/** Watches for a database that was put back (rule 20), and says so in the log. */
export async function openRestoreWatch(
  { highWaterFile }: Pick<Config, 'highWaterFile'>,
  marks: CustodyMarks,
  report: { recordEvent: RecordEvent; warn: (message: string) => void; onTrouble: (error: unknown) => void },
): Promise<RestoreWatch> {
  return watchRestore({
    marks,
    highWater: createHighWaterFile(highWaterFile),
    onTrouble: report.onTrouble,
    async onRestored({ databaseMark, knownMark }) {
      report.warn(
        'The database was put back to an earlier state. Nothing is refreshed until an operator runs: portcullis db acknowledge-restore',
      );
      const detail = { databaseMark, knownMark };
      await report.recordEvent({
        name: 'db.restored',
        workspaceId: null,
        principalId: null,
        result: 'error',
        detail,
      });
    },
  });
}

/**
 * Acknowledges, in a logged entry, that the database was restored from a backup. Null: there is nothing to acknowledge.
 */
export async function acknowledgeRestore(
  config: DatabaseConfig,
  warn: (message: string) => void,
): Promise<Restoration | null> {
  const { database, recordEvent, operator, close } = await openOperatorDatabase(config, warn);
  try {
    const { custodyMarks: marks } = createKeyStores(database);
    const open = await marks.openRestoration();
    if (open === null) return null;
    const { databaseMark, knownMark } = open;
    await recordEvent({
      name: 'db.restore_acknowledged',
      workspaceId: null,
      principalId: null,
      result: 'success',
      detail: { databaseMark, knownMark, by: operator },
    });
    return await marks.acknowledge(operator);
  } finally {
    await close();
  }
}
