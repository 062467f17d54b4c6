import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Client, isNotionClientError } from '@notionhq/client';
import { sql } from 'kysely';
import { type Indexed, openIndexed, text, titled } from './indexed.ts';

/** The workspace's limit, unless an admin sets another. */
const freshnessMs = 300_000;

describe('the page index', () => {
  let gate: Indexed;
  let scout: Client;
  before(async () => {
    gate = await openIndexed();
    scout = gate.as('agent');
  });
  beforeEach(() => gate.asked());
  after(() => gate.close());

  const outcome = (call: Promise<unknown>) =>
    call.then(
      () => 'allowed',
      error => (isNotionClientError(error) ? error.code : assert.fail(String(error))),
    );
  const read = (page_id: string, who = scout) => outcome(who.pages.retrieve({ page_id }));
  const forgetAll = () => sql`DELETE FROM page_index`.execute(gate.database.system);

  async function aPage(parent: string, title = 'A page'): Promise<string> {
    return (await gate.direct.pages.create({ parent: { page_id: parent }, properties: titled(title) })).id;
  }

  async function aBlock(parent: string): Promise<string> {
    const children = [{ type: 'toggle' as const, toggle: { rich_text: text('A block') } }];
    const { results } = await gate.direct.blocks.children.append({ block_id: parent, children });
    return results[0]?.id ?? '';
  }

  async function aDatabase(parent: string) {
    const database = await gate.direct.databases.create({
      parent: { type: 'page_id', page_id: parent },
      title: text('A database'),
      initial_data_source: { properties: { Name: { title: {} }, Status: { select: { options: [{ name: 'Done' }] } } } },
    });
    assert.ok('data_sources' in database);
    return { database: database.id, source: database.data_sources[0]?.id ?? '' };
  }

  /** Entries of the log that name an object. */
  async function entries(id: string): Promise<string[]> {
    const query = gate.database.system.selectFrom('audit_entry').select('entry').where('entry', 'like', `%${id}%`);
    return (await query.execute()).map(({ entry }) => entry);
  }

  /** Blocks in blocks in a page. */
  async function aDeepBlock(page: string, depth: number): Promise<string> {
    let block = page;
    for (let level = 0; level < depth; level++) block = await aBlock(block);
    return block;
  }

  describe('asks Notion for what it does not know', () => {
    it('of a deep block at most as often as it is deep, and the second time never', async () => {
      const page = await aPage(gate.ready.pages.public);
      const block = await aDeepBlock(page, 4);
      await forgetAll();
      await gate.pass(10_000);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
      // Four blocks, their page, the public page, the root; and the call itself.
      const first = await gate.asked();
      assert.equal(first.length, 7 + 1, first.join('\n'));
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
      assert.equal((await gate.asked()).length, 1);
      await gate.pass(60_000);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
      assert.equal((await gate.asked()).length, 1, 'nor after a while');
    });

    it('and denies what stands outside at the same cost', async () => {
      const page = await aPage(gate.ready.pages.restricted);
      const block = await aDeepBlock(page, 3);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'object_not_found');
      assert.ok((await gate.asked()).length <= 3 + 3);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'object_not_found');
      assert.deepEqual(await gate.asked(), []);
    });

    it('whatever an object stands in: rows, data sources, databases in blocks, pages in blocks, views, comments', async () => {
      for (const [top, expected] of [
        [gate.ready.pages.public, 'allowed'],
        [gate.ready.pages.restricted, 'object_not_found'],
      ] as const) {
        const page = await aPage(top);
        const { database, source } = await aDatabase(page);
        const parent = { data_source_id: source };
        const row = (await gate.direct.pages.create({ parent, properties: { Name: { title: text('A row') } } })).id;
        const below = await aPage(row);
        const block = await aBlock(below);
        const comment = await gate.direct.comments.create({ parent: { block_id: block }, rich_text: text('Hm') });
        const { results } = await gate.direct.views.list({ database_id: database });
        await forgetAll();
        await gate.pass(10_000);
        const calls = [
          () => scout.blocks.retrieve({ block_id: block }),
          () => scout.comments.retrieve({ comment_id: comment.id }),
          () => scout.pages.retrieve({ page_id: row }),
          () => scout.dataSources.retrieve({ data_source_id: source }),
          () => scout.databases.retrieve({ database_id: database }),
          () => scout.views.retrieve({ view_id: results[0]?.id ?? '' }),
          // A page is a block, too, and a block's id stands where a page's does.
          () => scout.blocks.retrieve({ block_id: row }),
          () => scout.blocks.retrieve({ block_id: database }),
          () => scout.comments.list({ block_id: below }),
        ];
        for (const call of calls) assert.equal(await outcome(call()), expected, String(call));
      }
    });

    it('once for many callers at once, in their name', async () => {
      const page = await aPage(gate.ready.pages.public);
      const block = await aDeepBlock(page, 3);
      await forgetAll();
      await gate.pass(10_000);
      const calls = Array.from({ length: 12 }, () => outcome(scout.blocks.retrieve({ block_id: block })));
      assert.deepEqual([...new Set(await Promise.all(calls))], ['allowed']);
      assert.equal((await gate.asked()).length, 6 + 12);
      const looks = await entries(page);
      assert.ok(
        looks.some(entry => /"kind":"system"/.test(entry) && /page_index/.test(entry)),
        looks.join('\n'),
      );
    });

    it('rule 29: and remembers for a few seconds that Notion does not show it', async () => {
      const missing = '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f';
      assert.equal(await read(missing), 'object_not_found');
      assert.ok((await gate.asked()).length <= 2);
      assert.equal(await read(missing), 'object_not_found');
      assert.deepEqual(await gate.asked(), []);
      const { rows } = await sql`SELECT FROM page_index WHERE notion_id = ${missing}`.execute(gate.database.system);
      assert.deepEqual(rows, [], 'what nobody has seen takes no room');
      await gate.pass(6_000);
      await read(missing);
      assert.notDeepEqual(await gate.asked(), []);
    });
  });

  describe('knows of a move', () => {
    it('through the gate before the next call, without asking', async () => {
      const page = await aPage(gate.ready.pages.public);
      const child = await aPage(page);
      assert.equal(await read(child), 'allowed');
      const parent = { type: 'page_id' as const, page_id: gate.ready.pages.restricted };
      await gate.as('admin').pages.move({ page_id: page, parent });
      await gate.asked();
      assert.equal(await read(child), 'object_not_found');
      assert.equal(await read(page), 'object_not_found');
      await gate.as('admin').pages.move({ page_id: page, parent: { ...parent, page_id: gate.ready.pages.public } });
      assert.equal(await read(child), 'allowed');
    });

    it('through another gate within 5 s', async () => {
      const page = await aPage(gate.ready.pages.public);
      const child = await aPage(page);
      const other = await gate.another();
      try {
        assert.equal(await read(child), 'allowed');
        const parent = { type: 'page_id' as const, page_id: gate.ready.pages.restricted };
        await gate.as('admin', other.url).pages.move({ page_id: page, parent });
        await gate.pass(5_001);
        assert.equal(await read(child), 'object_not_found');
      } finally {
        await other.close();
      }
    });

    it('whose answer was lost: it is looked up again', async () => {
      const page = await aPage(gate.ready.pages.public);
      assert.equal(await read(page), 'allowed');
      const path = `/v1/pages/${page}/move`;
      await gate.control.addFault({ method: 'POST', path, kind: 'reset', when: 'after' });
      const parent = { type: 'page_id' as const, page_id: gate.ready.pages.restricted };
      assert.notEqual(await outcome(gate.as('admin').pages.move({ page_id: page, parent })), 'allowed');
      await gate.control.clearFaults();
      assert.equal(await read(page), 'object_not_found');
    });

    it('behind its back within the limit of the workspace', async () => {
      const page = await aPage(gate.ready.pages.public);
      const block = await aDeepBlock(page, 1);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
      await gate.control.move({ pageId: page, parentId: gate.ready.pages.restricted });
      await gate.pass(freshnessMs - 20_000);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed', 'this is the window');
      await gate.pass(freshnessMs);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'object_not_found');
    });

    it('behind its back at once, where the answer itself shows it (rule 18)', async () => {
      const page = await aPage(gate.ready.pages.public);
      assert.equal(await read(page), 'allowed');
      await gate.control.move({ pageId: page, parentId: gate.ready.pages.restricted });
      assert.equal(await read(page), 'object_not_found');
    });

    it('that a webhook told of, within 5 s', async () => {
      const page = await aPage(gate.ready.pages.public);
      const block = await aDeepBlock(page, 1);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
      await gate.control.move({ pageId: page, parentId: gate.ready.pages.restricted });
      const { workspaceId } = gate.ready;
      await sql`INSERT INTO page_change (workspace_id, kind, notion_id) VALUES (${workspaceId}, 'page', ${page})`.execute(
        gate.database.system,
      );
      await gate.pass(5_001);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'object_not_found');
    });

    it('rule 18: and looks again before a deletion', async () => {
      const admin = gate.as('admin');
      const editor = gate.as('editor');
      const page = await aPage(gate.ready.pages.public);
      const block = await aBlock(page);
      assert.equal(await outcome(editor.blocks.retrieve({ block_id: block })), 'allowed');
      await gate.control.move({ pageId: page, parentId: gate.ready.pages.restricted });
      await gate.pass(6_000);
      assert.notEqual(await outcome(editor.blocks.delete({ block_id: block })), 'allowed');
      assert.equal(await outcome(admin.blocks.retrieve({ block_id: block })), 'allowed');
    });
  });

  describe('decides nothing on what it does not know', () => {
    it('when Notion is down: what is old is stale, what is new is unknown', async () => {
      const known = await aPage(gate.ready.pages.public);
      const unknown = await aPage(gate.ready.pages.public);
      assert.equal(await read(known), 'allowed');
      await gate.control.addFault({ kind: 'respond', status: 503, times: 1_000 });
      await gate.pass(freshnessMs + 1_000);
      assert.equal(await read(known), 'service_unavailable');
      assert.equal(await read(unknown), 'service_unavailable');
      await gate.control.clearFaults();
      for (const [page, reason] of [
        [known, 'stale_object'],
        [unknown, 'unknown_object'],
      ] as const) {
        assert.ok(
          (await entries(page)).some(entry => entry.includes(reason)),
          reason,
        );
      }
      await gate.pass(6_000);
      assert.equal(await read(known), 'allowed');
    });

    it('of a page that the connection is not shown', async () => {
      assert.equal(await read(gate.ready.pages.unshared), 'object_not_found');
    });

    it('where the parents that it learned lead round in a circle: it asks again', async () => {
      const upper = await aPage(gate.ready.pages.public);
      const lower = await aPage(upper);
      const block = await aBlock(lower);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
      await sql`UPDATE page_index SET parent_id = ${lower} WHERE notion_id = ${upper}`.execute(gate.database.system);
      await gate.pass(6_000);
      assert.equal(await outcome(scout.blocks.retrieve({ block_id: block })), 'allowed');
    });

    it('200 objects deep; what is less deep it finds in one go', async () => {
      const { workspaceId } = gate.ready;
      const chain = Array.from(
        { length: 199 },
        (_, index) => `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}`,
      );
      const rows = chain.map((id, index) => ({ id, parent: chain[index + 1] ?? gate.ready.pages.public }));
      await sql`INSERT INTO page_index (workspace_id, notion_id, kind, parent_kind, parent_id, learned_at)
                SELECT ${workspaceId}, r.id, 'page', 'page', r.parent, clock_timestamp()
                  FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (id uuid, parent uuid)`.execute(
        gate.database.system,
      );
      await read(gate.ready.pages.public);
      await gate.asked();
      await read(chain[2] ?? '');
      assert.match((await gate.asked()).join(), /^GET \S+ 404$/, 'decided, and sent');
      await read(chain[0] ?? '');
      assert.deepEqual(await gate.asked(), [], 'too deep');
    });
  });
});
