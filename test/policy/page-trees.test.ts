/** The tree of pages that questions about policies share: one for all that ask, and never older than the question. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type RawBuilder, sql } from 'kysely';
import type { PageTree } from '../../src/authorize/tree/page-tree.ts';
import { createPageTrees } from '../../src/compose/page-trees.ts';
import { openPolicyAnalysis } from '../../src/compose/policy-analysis.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createPageTreeRows } from '../../src/store/page-tree-rows.ts';
import type { Schema } from '../../src/store/schema.ts';
import { freshDatabase } from '../postgres.ts';

const [here, elsewhere] = [newId('wsp'), newId('wsp')];
const [a, b, c, block] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const [ann, bob] = [newId('usr'), newId('usr')];

describe('the tree of pages', () => {
  let database: Database<Schema>;
  let pageTreeRows: ReturnType<typeof createPageTreeRows>;
  before(async () => {
    database = openDatabase<Schema>((await freshDatabase({ migrated: true })).connection);
    pageTreeRows = createPageTreeRows(database);
    const workspaces = [here, elsewhere].map(id => ({ id, notion_workspace_id: randomUUID(), name: id }));
    await database.system.insertInto('workspace').values(workspaces).execute();
    await learn(here, 'page', a, null);
    await learn(here, 'page', b, null);
    await learn(here, 'page', c, a);
    await learn(elsewhere, 'page', a, null);
  });
  after(() => database.close());

  const run = (query: RawBuilder<unknown>) => query.execute(database.system);
  const learn = (workspace: WorkspaceId, kind: string, id: string, parent: string | null, parentKind = 'page') =>
    run(sql`INSERT INTO page_index (workspace_id, kind, notion_id, parent_kind, parent_id, title, in_trash, learned_at)
            VALUES (${workspace}, ${kind}, ${id}, ${parent === null ? 'workspace' : parentKind}, ${parent}, '', false, now())`);
  const above = (tree: PageTree, id: string) => (tree.pathOf(tree.find(id)) ?? []).map(({ id: at }) => at);

  it('is shared while nothing changes, also while it is planted, and is each workspace its own', async () => {
    const treeOf = createPageTrees({ pageTreeRows });
    const [one, other] = await Promise.all([treeOf(here), treeOf(here)]);
    assert.equal(one, other);
    await run(sql`UPDATE page_index SET learned_at = now(), title = 'seen again' WHERE workspace_id = ${here}`);
    assert.equal(await treeOf(here), one);
    assert.deepEqual([one.size, above(one, c)], [3, [c, a]]);
    assert.equal((await treeOf(elsewhere)).size, 1);
  });

  it('follows everything that any process learns: moves, blocks between pages, the trash, what comes and goes', async () => {
    const treeOf = createPageTrees({ pageTreeRows });
    const before = await treeOf(here);
    await run(sql`UPDATE page_index SET parent_id = ${b} WHERE workspace_id = ${here} AND notion_id = ${c}`);
    assert.deepEqual(above(await treeOf(here), c), [c, b]);
    assert.deepEqual(above(before, c), [c, a], 'who still asks the old one is not disturbed');
    await learn(here, 'block', block, a);
    await run(
      sql`UPDATE page_index SET parent_kind = 'block', parent_id = ${block} WHERE workspace_id = ${here} AND notion_id = ${c}`,
    );
    assert.deepEqual(above(await treeOf(here), c), [c, a]);
    await run(sql`UPDATE page_index SET parent_id = ${b} WHERE workspace_id = ${here} AND notion_id = ${block}`);
    assert.deepEqual(above(await treeOf(here), c), [c, b], 'the block was moved, and the page with it');
    await run(sql`UPDATE page_index SET in_trash = true WHERE workspace_id = ${here} AND notion_id = ${c}`);
    assert.equal((await treeOf(here)).find(c), -1);
    const more = randomUUID();
    await learn(here, 'database', more, a);
    assert.equal((await treeOf(here)).kindOf(more), 'database');
    await run(sql`DELETE FROM page_index WHERE workspace_id = ${here} AND notion_id = ${more}`);
    await run(
      sql`UPDATE page_index SET in_trash = false, parent_kind = 'page', parent_id = ${a} WHERE workspace_id = ${here} AND notion_id = ${c}`,
    );
    assert.deepEqual(above(await treeOf(here), c), [c, a]);
  });

  it('keeps nothing of what was asked about pages that nobody has seen', async () => {
    const analysis = openPolicyAnalysis({ pageTreeRows });
    const at = new Date();
    const aGrant = (on: string, action: Action): Grant => ({
      ...{ id: newId('grt'), effect: 'allow', subject: { kind: 'principal', id: bob }, actions: [action] },
      ...{
        scopes: [{ kind: 'page', id: on }],
        when: null,
        properties: null,
        reason: '',
        createdBy: null,
        createdAt: at,
      },
    });
    const members = new Map([
      [ann, 'viewer'],
      [bob, 'guest'],
    ]);
    const policy: Policy = { revision: 1, roles: new Map(), groups: new Map(), members, grants: [] };
    const reached = async () =>
      (await analysis.lay(here, policy, [], at)).reach({ principal: ann, action: 'read', limit: 10 })?.always;
    assert.equal(await reached(), 3);
    const unseen = randomUUID();
    const after = { ...policy, grants: [aGrant(unseen, 'read'), aGrant(a, 'update')] };
    const { gains, losses } = await analysis.compare(here, policy, after, at);
    const told = gains.map(({ principal, actions, on, pages }) => [principal, actions.join(), on, pages]);
    assert.deepEqual([told.length, losses], [2, []]);
    assert.ok(
      told.some(gain => JSON.stringify(gain) === JSON.stringify([bob, 'read', [{ kind: 'page', id: unseen }], 1])),
    );
    assert.ok(
      told.some(gain => JSON.stringify(gain) === JSON.stringify([bob, 'update', [{ kind: 'page', id: a }], 2])),
    );
    assert.equal(await reached(), 3);
    assert.deepEqual(await analysis.compare(here, policy, after, at), { gains, losses }, 'the same again');
    const idle = await analysis.idle(here, after, at);
    assert.deepEqual(
      idle.map(({ because }) => because),
      ['nowhere'],
    );
  });
});
