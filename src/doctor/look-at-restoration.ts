import type { Config } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { createKeyStores } from '../store/key-stores.ts';
import type { Schema } from '../store/schema.ts';
import { createHighWaterFile } from '../vault/restore/high-water-file.ts';
import { type Finding, fail, look, ok } from './finding.ts';

/**
 * Whether the database was restored from a backup: then nothing is refreshed until a person has acknowledged it (rule
 * 20).
 */
export function lookAtRestoration(
  { highWaterFile }: Pick<Config, 'highWaterFile'>,
  database: Database<Schema>,
): Promise<Finding[]> {
  const about = 'restoration';
  return look(
    about,
    `Repair ${highWaterFile} (PORTCULLIS_HIGH_WATER_FILE), or remove it if this is the right database.`,
    async () => {
      const { custodyMarks: marks } = createKeyStores(database);
      const behind = (await marks.current()) < (await createHighWaterFile(highWaterFile).read());
      if (!behind && (await marks.openRestoration()) === null) return ok(about, 'the database was not put back');
      return fail(
        about,
        'the database was put back to an earlier state: nothing is refreshed, and tokens end one by one',
        'If it is meant to be this one: portcullis db acknowledge-restore. Else put the right one in place.',
      );
    },
  );
}
