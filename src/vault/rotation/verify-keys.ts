import { openValue, UnopenableError } from '../sealed-value.ts';
import type { WorkspaceKeys } from '../workspace-keys.ts';
import type { OnProgress } from './moments.ts';
import type { KeyEndings } from './retire.ts';
import type { SealedRow, SealedTable } from './sealed-tables.ts';

export interface VerifyResult {
  readonly opened: number;
  /** What does not open: the table, and where in it. */
  readonly unopenable: readonly { readonly table: string; readonly row: SealedRow }[];
  readonly underEndedKeys: number;
}

const batchSize = 500;

/** Opens every sealed value there is, and looks for values under keys that have ended. Changes nothing. */
export async function verifyKeys(parts: {
  keys: Pick<WorkspaceKeys, 'byKid'>;
  tables: readonly SealedTable[];
  endings: Pick<KeyEndings, 'countUnderEnded'>;
  onProgress?: OnProgress;
}): Promise<VerifyResult> {
  const { keys, tables, endings, onProgress } = parts;
  const unopenable: { table: string; row: SealedRow }[] = [];
  let opened = 0;
  for (const table of tables) {
    let last: SealedRow | null = null;
    for (;;) {
      const rows: readonly SealedRow[] = await table.all(last, batchSize);
      last = rows.at(-1) ?? null;
      if (last === null) break;
      const opens = await Promise.all(rows.map(row => canOpen(keys, row)));
      for (const [index, row] of rows.entries()) {
        if (opens[index] === true) opened += 1;
        else unopenable.push({ table: table.name, row });
      }
      onProgress?.(opened, opened + unopenable.length);
    }
  }
  return { opened, unopenable, underEndedKeys: await endings.countUnderEnded() };
}

async function canOpen(keys: Pick<WorkspaceKeys, 'byKid'>, row: SealedRow): Promise<boolean> {
  try {
    await openValue(await keys.byKid(row.workspaceId, row.kid), row.binding, row.sealed);
    return true;
  } catch (error) {
    if (error instanceof UnopenableError) return false;
    throw error;
  }
}
