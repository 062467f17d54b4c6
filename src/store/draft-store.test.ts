import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { freshDatabase } from '../../test/postgres.ts';
import { newId, type WorkspaceId } from '../domain/ids.ts';
import type { DraftFlip, DraftStore } from '../policy/draft-store.ts';
import { type Database, openDatabase } from './database.ts';
import { createDraftStore } from './draft-store.ts';
import type { Schema } from './schema.ts';

const here = newId('wsp');
const elsewhere = newId('wsp');
const ann = newId('usr');
const at = new Date('2026-12-01T10:00:00Z');
const draft = { document: { version: 1 }, madeOn: 7, author: ann, setAt: at };
const told = { name: 'policy.draft_set', workspaceId: here, principalId: ann, result: 'success', detail: {} } as const;
const counts = { calls: 2, skipped: 1, lost: 2, gained: 0 };

function aFlip(given: Partial<DraftFlip> = {}): DraftFlip {
  const object = { kind: 'page', id: '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b' };
  const of = { principal: ann, operation: 'pages.retrieve', object, action: 'read' } as const;
  return {
    ...of,
    becomes: 'deny',
    because: 'denied_by_grant',
    calls: 2,
    first: at,
    last: at,
    decision: null,
    ...given,
  };
}

describe('drafts in the store', () => {
  let database: Database<Schema>;
  let drafts: DraftStore;

  before(async () => {
    database = openDatabase<Schema>((await freshDatabase({ migrated: true })).connection);
    drafts = createDraftStore(database, { instance: () => newId('ins'), now: () => at });
    const workspaces = [here, elsewhere].map(id => ({ id, notion_workspace_id: randomUUID(), name: id }));
    await database.system.insertInto('workspace').values(workspaces).execute();
  });
  after(() => database.close());

  /** As the sequencer does it: the log has entries from one place to another now. */
  async function grow(log: WorkspaceId, first: number, size: number): Promise<void> {
    const ids = Array.from({ length: size - first }, () => randomUUID());
    const leaves = Buffer.alloc(32 * ids.length);
    await sql`INSERT INTO audit_batch (log, workspace_id, first, size, entries, leaves, edge, note, root_index, oldest, newest)
              VALUES (${log}, ${log}, ${first}, ${size}, ${ids}, ${leaves}, '', 'a note', ${first + size}, ${at}, ${at})`.execute(
      database.system,
    );
  }

  it('watch from the end of the log, and are behind when it has gone on', async () => {
    assert.equal(await drafts.read(here), null);
    assert.deepEqual(await drafts.behind(), []);
    await grow(here, 0, 5);
    assert.deepEqual(await drafts.behind(), [], 'no draft is there');
    const set = await drafts.set(here, draft, told);
    assert.deepEqual([set.watched, set.madeOn, set.document], [5, 7, draft.document]);
    assert.deepEqual(await drafts.behind(), []);
    await grow(here, 5, 9);
    assert.deepEqual(await drafts.behind(), [here]);
    const { next, size } = await drafts.entries(here, 5, 3);
    assert.deepEqual([next, size], [8, 9]);
  });

  it('are added to once for each place, however many instances look', async () => {
    const { revision } = (await drafts.read(here)) ?? assert.fail();
    const found = { ...counts, revision, from: 5, next: 9 };
    const later = new Date(at.getTime() + 1000);
    await Promise.all([1, 2, 3].map(() => drafts.add(here, { ...found, flips: [aFlip()] })));
    assert.deepEqual((await drafts.read(here))?.counts, counts);
    const again = aFlip({ calls: 1, first: later, last: later, decision: 'dec_later' });
    await drafts.add(here, {
      ...found,
      from: 9,
      next: 10,
      flips: [again, aFlip({ object: { kind: 'workspace', id: null } })],
    });
    assert.deepEqual(await drafts.flips(here, 10), [
      aFlip({ calls: 3, last: later, decision: 'dec_later' }),
      aFlip({ object: { kind: 'workspace', id: null } }),
    ]);
    await drafts.add(here, { ...found, revision: revision + 1, from: 10, next: 11, flips: [aFlip()] });
    assert.equal((await drafts.read(here))?.watched, 10, 'that was another draft');
  });

  it('are seen from their own workspace alone, and begin anew when they are set or given up', async () => {
    assert.equal(await drafts.read(elsewhere), null);
    assert.deepEqual(await drafts.flips(elsewhere, 10), []);
    assert.equal(await drafts.remove(elsewhere, { ...told, workspaceId: elsewhere }), false);
    const before = (await drafts.read(here)) ?? assert.fail();
    const set = await drafts.set(here, draft, told);
    assert.deepEqual([set.revision, set.counts.calls], [before.revision + 1, 0]);
    assert.deepEqual(await drafts.flips(here, 10), []);
    assert.equal(await drafts.remove(here, told), true);
    assert.equal(await drafts.remove(here, told), false);
    assert.deepEqual(await drafts.behind(), []);
    assert.equal((await drafts.set(here, draft, told)).revision, before.revision + 2, 'no revision comes twice');
  });
});
