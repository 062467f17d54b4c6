import { type Selectable, sql, type Transaction } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { DraftFlip, DraftStore, StoredDraft } from '../policy/draft-store.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { placesOf } from './log-archive.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** Kinds of different calls that are listed of one draft. Those beyond are counted, and not listed. */
const flipsMax = 10_000;

/** Drafts in PostgreSQL. */
export function createDraftStore(
  { inWorkspace, system }: Pick<Database<Schema>, 'inWorkspace' | 'system'>,
  entries: EventEntries,
): DraftStore {
  return {
    read: workspaceId => inWorkspace(workspaceId, tx => read(tx, workspaceId)),

    set: (workspaceId, { document, madeOn, author, setAt }, event) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          await tx.deleteFrom('policy_draft_flip').where('workspace_id', '=', workspaceId).execute();
          const values = {
            document: JSON.stringify(document),
            made_on: madeOn,
            author,
            set_at: setAt,
            watched: await sizeOf(tx, workspaceId),
            ...nothingCounted,
          };
          await tx
            .insertInto('policy_draft')
            .values({ workspace_id: workspaceId, revision: 1, ...values })
            .onConflict(conflict =>
              conflict
                .column('workspace_id')
                .doUpdateSet({ ...values, revision: sql<number>`policy_draft.revision + 1` }),
            )
            .execute();
          await append([event]);
          const made = await read(tx, workspaceId);
          if (made === null) throw new Error('a draft that was just set is not there');
          return made;
        },
      ),

    remove: (workspaceId, event) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          const removed = await dropDraft(tx, workspaceId, null);
          if (removed) await append([event]);
          return removed;
        },
      ),

    async behind() {
      const { rows } = await sql<{ id: WorkspaceId }>`
        SELECT workspace_id AS id FROM policy_draft d
         WHERE document IS NOT NULL AND watched < (SELECT max(size) FROM audit_batch WHERE log = d.workspace_id)
         ORDER BY workspace_id`.execute(system);
      return rows.map(({ id }) => id);
    },

    entries: (workspaceId, from, max) =>
      inWorkspace(workspaceId, async tx => {
        const size = await sizeOf(tx, workspaceId);
        const next = Math.min(from + max, size);
        if (next <= from) return { entries: [], next: from, size };
        const { rows } = await placesOf(workspaceId, from, next).execute(tx);
        return { entries: rows.flatMap(({ entry }) => entry ?? []), next, size };
      }),

    add: (workspaceId, { revision, from, next, flips, ...counts }) =>
      inWorkspace(workspaceId, async tx => {
        const { numUpdatedRows } = await tx
          .updateTable('policy_draft')
          .where('workspace_id', '=', workspaceId)
          .where('revision', '=', revision)
          .where('watched', '=', from)
          .where('document', 'is not', null)
          .set(eb => ({
            watched: next,
            calls: eb('calls', '+', counts.calls),
            skipped: eb('skipped', '+', counts.skipped),
            lost: eb('lost', '+', counts.lost),
            gained: eb('gained', '+', counts.gained),
          }))
          .executeTakeFirst();
        if (numUpdatedRows > 0n && flips.length > 0) await addFlips(tx, workspaceId, flips);
      }),

    flips: (workspaceId, max) =>
      inWorkspace(workspaceId, async tx => {
        const rows = await tx
          .selectFrom('policy_draft_flip')
          .where('workspace_id', '=', workspaceId)
          .selectAll()
          .orderBy('calls', 'desc')
          .orderBy('last_at', 'desc')
          .limit(max)
          .execute();
        return rows.map(toFlip);
      }),
  };
}

const nothingCounted = { calls: 0, skipped: 0, lost: 0, gained: 0 };

/** @param revision the revision to drop; null: any. Returns false if there is no such draft */
export async function dropDraft(tx: Tx, workspaceId: WorkspaceId, revision: number | null): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('policy_draft')
    .where('workspace_id', '=', workspaceId)
    .where('document', 'is not', null)
    .$if(revision !== null, query => query.where('revision', '=', revision ?? 0))
    .set({ document: null, ...nothingCounted })
    .executeTakeFirst();
  await tx.deleteFrom('policy_draft_flip').where('workspace_id', '=', workspaceId).execute();
  return numUpdatedRows > 0n;
}

async function read(tx: Tx, workspaceId: WorkspaceId): Promise<StoredDraft | null> {
  const row = await tx
    .selectFrom('policy_draft')
    .where('workspace_id', '=', workspaceId)
    .where('document', 'is not', null)
    .selectAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  const { revision, document, made_on: madeOn, author, set_at: setAt, watched, calls, skipped, lost, gained } = row;
  return { revision, document, madeOn, author, setAt, watched, counts: { calls, skipped, lost, gained } };
}

async function sizeOf(tx: Tx, workspaceId: WorkspaceId): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    SELECT coalesce(max(size), 0) AS size FROM audit_batch WHERE log = ${workspaceId}`.execute(tx);
  return rows[0]?.size ?? 0;
}

/** If there are many kinds already, only known ones are counted further. */
async function addFlips(tx: Tx, workspaceId: WorkspaceId, flips: readonly DraftFlip[]): Promise<void> {
  const { listed } = await tx
    .selectFrom('policy_draft_flip')
    .where('workspace_id', '=', workspaceId)
    .select(({ fn }) => fn.countAll<number>().as('listed'))
    .executeTakeFirstOrThrow();
  const rows = JSON.stringify(flips.map(fromFlip));
  await sql`
    INSERT INTO policy_draft_flip AS known
      (workspace_id, principal_id, operation, object_kind, object_id, action, becomes, because, calls, first_at, last_at, last_decision)
    SELECT ${workspaceId}, f.*
      FROM jsonb_to_recordset(${rows}::jsonb) AS f(principal_id text, operation text, object_kind text, object_id text, action text,
             becomes text, because text, calls bigint, first_at timestamptz, last_at timestamptz, last_decision text)
     WHERE ${listed < flipsMax} OR EXISTS (
             SELECT FROM policy_draft_flip k
              WHERE k.workspace_id = ${workspaceId} AND k.principal_id = f.principal_id AND k.operation = f.operation
                AND k.object_kind = f.object_kind AND k.object_id = f.object_id AND k.action = f.action
                AND k.becomes = f.becomes AND k.because = f.because)
    ON CONFLICT (workspace_id, principal_id, operation, object_kind, object_id, action, becomes, because) DO UPDATE
       SET calls = known.calls + excluded.calls, last_at = excluded.last_at, last_decision = excluded.last_decision`.execute(
    tx,
  );
}

function fromFlip({ principal, operation, object, action, becomes, because, calls, first, last, decision }: DraftFlip) {
  return {
    ...{ principal_id: principal, operation, object_kind: object.kind, object_id: object.id ?? '', action },
    ...{ becomes, because, calls, first_at: first, last_at: last, last_decision: decision },
  };
}

function toFlip(row: Selectable<Schema['policy_draft_flip']>): DraftFlip {
  const { principal_id: principal, operation, action, becomes, because, calls } = row;
  return {
    ...{ principal, operation, action, becomes, because, calls },
    object: { kind: row.object_kind, id: row.object_id === '' ? null : row.object_id },
    first: row.first_at,
    last: row.last_at,
    decision: row.last_decision,
  };
}
