import { UnopenableError } from '../../domain/unopenable-error.ts';
import { openValue } from '../sealed-value.ts';
import type { WorkspaceKeys } from '../workspace-keys.ts';
import type { OnProgress } from './moments.ts';
import type { KeyEndings } from './retire.ts';
import type { SealedRow, SealedTable } from './sealed-tables.ts';
import type { ShutConnection, UndecryptableConnections, Unopenable } from './undecryptable.ts';
import type { ValueCount } from './verify-deployment.ts';

export interface VerifyResult {
  readonly opened: number;
  /** By table. */
  readonly counts: readonly ValueCount[];
  /** What does not open: the table, and where in it. */
  readonly unopenable: readonly Unopenable[];
  readonly underEndedKeys: number;
  /** Connections that were in use and are `undecryptable` from now on. */
  readonly shut: number;
  /** Connections that were `undecryptable` and are in use again. */
  readonly reopened: number;
}

const batchSize = 500;

/**
 * Opens every value that is sealed under a workspace's key, and looks for values under keys that have ended. Then it
 * updates the connections: those with a value that does not open become `undecryptable`, and those whose values open
 * again are put back to use.
 */
export async function verifyKeys(parts: {
  keys: Pick<WorkspaceKeys, 'use'>;
  tables: readonly SealedTable[];
  endings: Pick<KeyEndings, 'countUnderEnded'>;
  undecryptable: UndecryptableConnections;
  onProgress?: OnProgress;
}): Promise<VerifyResult> {
  const { keys, tables, endings, undecryptable, onProgress } = parts;
  const unopenable: Unopenable[] = [];
  const counts: ValueCount[] = [];
  let opened = 0;
  for (const table of tables) {
    const before = { opened, unopenable: unopenable.length };
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
    counts.push({
      kind: table.name,
      opened: opened - before.opened,
      unopenable: unopenable.length - before.unopenable,
    });
  }
  const shut = await shutAll(undecryptable, unopenable);
  const reopened = await reopenAll(keys, undecryptable);
  return { opened, counts, unopenable, underEndedKeys: await endings.countUnderEnded(), shut, reopened };
}

/** Returns how many connections it took out of use. */
export async function shutAll(
  undecryptable: Pick<UndecryptableConnections, 'shut'>,
  unopenable: readonly Unopenable[],
): Promise<number> {
  let shut = 0;
  for (const found of unopenable) if (await undecryptable.shut(found)) shut += 1;
  return shut;
}

async function reopenAll(keys: Pick<WorkspaceKeys, 'use'>, undecryptable: UndecryptableConnections): Promise<number> {
  let reopened = 0;
  let last: ShutConnection | null = null;
  for (;;) {
    const connections: readonly ShutConnection[] = await undecryptable.list(last, batchSize);
    last = connections.at(-1) ?? null;
    if (last === null) return reopened;
    for (const connection of connections) {
      if ((await isWhole(keys, connection)) && (await undecryptable.reopen(connection))) reopened += 1;
    }
  }
}

async function isWhole(keys: Pick<WorkspaceKeys, 'use'>, { values }: ShutConnection): Promise<boolean> {
  if (!values.some(({ key }) => key.field === 'access_token')) return false;
  return (await Promise.all(values.map(value => canOpen(keys, value)))).every(Boolean);
}

async function canOpen(
  keys: Pick<WorkspaceKeys, 'use'>,
  { workspaceId, kid, binding, sealed }: SealedRow,
): Promise<boolean> {
  try {
    await keys.use(workspaceId, kid, key => openValue(key, binding, sealed));
    return true;
  } catch (error) {
    if (error instanceof UnopenableError) return false;
    throw error;
  }
}
