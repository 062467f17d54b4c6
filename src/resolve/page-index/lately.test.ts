import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { aCaller } from '../../../test/fixtures.ts';
import { freshDatabase } from '../../../test/postgres.ts';
import { newId } from '../../domain/ids.ts';
import type { LearnedObject, NotionRef } from '../../domain/page-index.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createPageIndexStore } from '../../store/page-index-store.ts';
import type { Schema } from '../../store/schema.ts';
import type { Look } from './looks.ts';
import { createPageIndex } from './page-index.ts';

const workspaceId = newId('wsp');

describe('what an instance has lately learned', () => {
  let database: Database<Schema>;
  let nowMs = 0;

  before(async () => {
    database = openDatabase<Schema>((await freshDatabase({ migrated: true })).connection);
    const workspace = { id: workspaceId, notion_workspace_id: randomUUID(), name: 'Acme' };
    await database.system.insertInto('workspace').values(workspace).execute();
  });
  after(() => database.close());

  /** An instance, and how often it wrote. */
  function anInstance(look: Look = async () => ({ trouble: 'upstream_unavailable' })) {
    const store = createPageIndexStore(database);
    const seen = { writes: 0 };
    const counting: typeof store = {
      ...store,
      learn(...learned) {
        seen.writes++;
        return store.learn(...learned);
      },
    };
    return { ...createPageIndex({ store: counting, look, monotonicMs: () => nowMs }), seen };
  }

  const showing = () => ({ sentAtMs: nowMs, write: false, tested: new Set<string>() });
  const aPage = (): NotionRef => ({ kind: 'page', id: randomUUID() });
  const shown = (page: NotionRef, parent: LearnedObject['parent']): LearnedObject => ({ ...page, parent });
  const asker = {
    workspaceId,
    connectionId: newId('con'),
    caller: aCaller(),
    clientAddress: '192.0.2.1',
    requestId: 'r',
  };
  const parentOf = async ({ id }: NotionRef) =>
    (await database.system.selectFrom('page_index').where('notion_id', '=', id).select('parent_id').executeTakeFirst())
      ?.parent_id;

  it('is not written again with every answer that shows it as it was', async () => {
    const instance = anInstance();
    const [page, parent] = [aPage(), aPage()];
    const answers = Array.from({ length: 5 }, () => instance.learn(workspaceId, [shown(page, parent)], showing()));
    await Promise.all(answers);
    await instance.learn(workspaceId, [shown(page, parent)], showing());
    assert.equal(instance.seen.writes, 1);
    assert.equal(await parentOf(page), parent.id);
    nowMs += 5_000;
    await instance.learn(workspaceId, [shown(page, parent)], showing());
    assert.equal(instance.seen.writes, 2);
  });

  it('is written as soon as an answer shows anything else', async () => {
    const instance = anInstance();
    const [page, parent, next] = [aPage(), aPage(), aPage()];
    await instance.learn(workspaceId, [shown(page, parent)], showing());
    await instance.learn(workspaceId, [shown(page, next)], showing());
    assert.equal(await parentOf(page), next.id);
    await instance.learn(workspaceId, [{ ...shown(page, next), title: 'Plan' }], showing());
    assert.equal(instance.seen.writes, 3);
  });

  it('rule 18: is written again where another instance has learned something else, and a decision stood on that', async () => {
    const [one, other] = [anInstance(), anInstance()];
    const [page, parent, elsewhere] = [aPage(), aPage(), aPage()];
    await one.learn(workspaceId, [shown(page, parent)], showing());
    await other.learn(workspaceId, [shown(page, elsewhere)], showing());
    await one.find(asker, [page], { mayAsk: 0 });
    await one.learn(workspaceId, [shown(page, parent)], showing());
    assert.equal(await parentOf(page), parent.id);
  });

  it('is written again once it is doubted, here or by another instance', async () => {
    const [one, other] = [anInstance(), anInstance()];
    const page = aPage();
    await one.learn(workspaceId, [shown(page, 'workspace')], showing());
    await one.doubt(workspaceId, [page]);
    await one.learn(workspaceId, [shown(page, 'workspace')], showing());
    assert.deepEqual(
      await one.find(asker, [page], { mayAsk: 0 }),
      new Map([[`page:${page.id}`, { state: 'known', path: [page] }]]),
    );
    await other.doubt(workspaceId, [page]);
    assert.equal(
      (await one.find(asker, [page], { mayAsk: 0, maxAgeMs: 5_000 })).get(`page:${page.id}`)?.state,
      'stale',
    );
    await one.learn(workspaceId, [shown(page, 'workspace')], showing());
    assert.equal(
      (await one.find(asker, [page], { mayAsk: 0, maxAgeMs: 5_000 })).get(`page:${page.id}`)?.state,
      'known',
    );
  });

  it('is not believed to be written where the write failed', async () => {
    const store = createPageIndexStore(database);
    let broken = true;
    const index = createPageIndex({
      store: {
        ...store,
        async learn(...learned) {
          if (broken) throw new Error('the database is away');
          await store.learn(...learned);
        },
      },
      look: async () => ({ trouble: 'upstream_unavailable' }),
      monotonicMs: () => nowMs,
    });
    const page = aPage();
    await assert.rejects(index.learn(workspaceId, [shown(page, 'workspace')], showing()));
    broken = false;
    await index.learn(workspaceId, [shown(page, 'workspace')], showing());
    assert.equal(await parentOf(page), null);
  });
});
