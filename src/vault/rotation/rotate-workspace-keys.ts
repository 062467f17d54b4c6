import { setTimeout as delay } from 'node:timers/promises';
import type { WrappedKey } from '../../domain/connection.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import { openValue, sealValue } from '../sealed-value.ts';
import type { WorkspaceKeys } from '../workspace-keys.ts';
import { type AtMoment, type OnProgress, passThrough } from './moments.ts';
import type { ResealedRow, SealedRow, SealedTable, StaleRow } from './sealed-tables.ts';
import type { UndecryptableConnections, Unopenable } from './undecryptable.ts';
import { shutAll } from './verify-keys.ts';

/** How far the keys of workspaces are exchanged. */
export interface KeyReplacements {
  /** Marks the active key of one workspace, or of all (null), for replacement. */
  want(workspaceId: WorkspaceId | null): Promise<void>;
  countWanted(): Promise<number>;
  /** Some workspaces whose active key is to be replaced, each with the version of its next key. */
  wanted(limit: number): Promise<readonly { workspaceId: WorkspaceId; version: number }[]>;
  /**
   * Makes this key the active one. The key before still opens values, and seals no more. False: another process was
   * faster.
   */
  supersede(key: WrappedKey): Promise<boolean>;
}

export interface WorkspaceRotation {
  readonly keys: Pick<WorkspaceKeys, 'make' | 'use'>;
  readonly replacements: KeyReplacements;
  readonly tables: readonly SealedTable[];
  readonly undecryptable: Pick<UndecryptableConnections, 'shut'>;
  readonly batchSize?: number;
  readonly atMoment?: AtMoment;
  readonly onProgress?: OnProgress;
}

/** What a rotation did. */
export interface RotationResult {
  readonly keys: number;
  readonly values: number;
  /** Values that do not open. They stay unchanged, and so does their key. */
  readonly unopenable: readonly Unopenable[];
  /** Connections that are `undecryptable` from now on because of them. */
  readonly shut: number;
}

const batchSizeDefault = 500;
/** The wait after a pass that changed nothing, because other processes were working on the rows. */
const waitMs = 50;

/**
 * Gives one workspace, or all (null), a new version of its key and seals every value again under it, while the gateway
 * works. It continues an interrupted rotation instead of starting another. For both tokens of a connection, one
 * statement always changes value and key name together.
 */
export async function rotateWorkspaceKeys(
  rotation: WorkspaceRotation,
  workspaceId: WorkspaceId | null,
): Promise<RotationResult> {
  const { replacements, tables, atMoment = passThrough } = rotation;
  if ((await replacements.countWanted()) === 0 && (await countStale(tables)) === 0) {
    await replacements.want(workspaceId);
  }
  await atMoment('wanted');
  const keys = await replaceKeys(rotation);
  return { keys, ...(await resealAll(rotation)) };
}

async function replaceKeys(rotation: WorkspaceRotation): Promise<number> {
  const { keys, replacements, batchSize = batchSizeDefault, atMoment = passThrough } = rotation;
  let replaced = 0;
  for (;;) {
    const wanted = await replacements.wanted(batchSize);
    if (wanted.length === 0) return replaced;
    for (const { workspaceId, version } of wanted) {
      if (await replacements.supersede(await keys.make(workspaceId, version))) replaced += 1;
      await atMoment('superseded');
    }
  }
}

/** Seals every stale value anew, in passes, until only values are left that do not open. */
async function resealAll(rotation: WorkspaceRotation): Promise<Omit<RotationResult, 'keys'>> {
  const total = await countStale(rotation.tables);
  let values = 0;
  for (;;) {
    const pass = await resealPass(rotation, replaced => {
      values += replaced;
      rotation.onProgress?.(values, Math.max(values, total));
    });
    // A pass leaves two kinds of rows: rows that other processes were working on, and rows that they sealed meanwhile
    // under the old key.
    if ((await countStale(rotation.tables)) <= pass.unopenable.length) {
      return { values, unopenable: pass.unopenable, shut: await shutAll(rotation.undecryptable, pass.unopenable) };
    }
    if (!pass.moved) await delay(waitMs);
  }
}

async function resealPass(
  rotation: WorkspaceRotation,
  onReplaced: (count: number) => void,
): Promise<{ moved: boolean; unopenable: Unopenable[] }> {
  const { tables, batchSize = batchSizeDefault } = rotation;
  const unopenable: Unopenable[] = [];
  let moved = false;
  for (const table of tables) {
    let last: SealedRow | null = null;
    for (;;) {
      const rows: readonly StaleRow[] = await table.stale(last, batchSize);
      last = rows.at(-1) ?? null;
      if (last === null) break;
      const replaced = await resealBatch(rotation, table, rows, unopenable);
      if (replaced > 0) moved = true;
      onReplaced(replaced);
    }
  }
  return { moved, unopenable };
}

async function resealBatch(
  { keys, atMoment = passThrough }: WorkspaceRotation,
  table: SealedTable,
  rows: readonly StaleRow[],
  unopenable: Unopenable[],
): Promise<number> {
  await atMoment('batch read');
  const resealed = await Promise.all(rows.map(row => reseal(keys, row).catch(error => refused(error, row))));
  await atMoment('batch resealed');
  for (const row of resealed) if (!('row' in row)) unopenable.push({ table: table.name, row });
  const replaced = await table.replace(resealed.filter(row => 'row' in row));
  await atMoment('batch replaced');
  return replaced;
}

async function reseal(keys: Pick<WorkspaceKeys, 'use'>, row: StaleRow): Promise<ResealedRow> {
  const { workspaceId, binding } = row;
  const opened = await keys.use(workspaceId, row.kid, key => openValue(key, binding, row.sealed));
  return { row, sealed: await keys.use(workspaceId, row.activeKid, key => sealValue(key, binding, opened)) };
}

function refused(error: unknown, row: StaleRow): StaleRow {
  if (error instanceof UnopenableError) return row;
  throw error;
}

async function countStale(tables: readonly SealedTable[]): Promise<number> {
  const counts = await Promise.all(tables.map(table => table.countStale()));
  return counts.reduce((sum, count) => sum + count, 0);
}
