import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isNotionClientError } from '@notionhq/client';
import { sql } from 'kysely';
import { portcullisHere } from '../cli/run.ts';
import { type Indexed, openIndexed, text, titled } from './indexed.ts';

describe('the page index, as admins see it', () => {
  let gate: Indexed;
  before(async () => {
    gate = await openIndexed();
  });
  after(() => gate.close());

  async function send(method: string, path = '', body?: object, key: 'admin' | 'agent' = 'admin') {
    const response = await fetch(`${gate.url}/api/workspaces/${gate.ready.workspaceId}/page-index${path}`, {
      method,
      headers: { authorization: `Bearer ${gate.ready.keys[key]}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }

  const read = (block_id: string) =>
    gate
      .as('agent')
      .blocks.retrieve({ block_id })
      .then(
        () => 'allowed',
        error => (isNotionClientError(error) ? error.code : String(error)),
      );

  it('holds what they set as the window in which a move behind the gate goes unnoticed', async () => {
    const { public: open, restricted } = gate.ready.pages;
    const page = (await gate.direct.pages.create({ parent: { page_id: open }, properties: titled('A page') })).id;
    const children = [{ type: 'paragraph' as const, paragraph: { rich_text: text('A block') } }];
    const { results } = await gate.direct.blocks.children.append({ block_id: page, children });
    const block = results[0]?.id ?? '';
    const set = await send('PUT', '', { freshnessSeconds: 20 });
    assert.equal(set.json.freshnessSeconds, 20, JSON.stringify(set));
    assert.equal(await read(block), 'allowed');
    await gate.control.move({ pageId: page, parentId: restricted });
    await gate.pass(10_000);
    assert.equal(await read(block), 'allowed');
    await gate.pass(15_000);
    assert.equal(await read(block), 'object_not_found');
    const { freshnessSeconds, counts, oldest } = (await send('GET')).json;
    assert.equal(freshnessSeconds, 20);
    assert.ok((counts as { kind: string }[]).some(({ kind }) => kind === 'page') && typeof oldest === 'string');
    const entry = gate.database.system
      .selectFrom('audit_entry')
      .select('entry')
      .where('operation', '=', 'page_index.freshness_set');
    assert.match((await entry.executeTakeFirstOrThrow()).entry, /"after":20,"before":300/);
    assert.equal((await send('PUT', '', { freshnessSeconds: 300 })).status, 200);
  });

  it('is nobody’s to set who may not give permissions, nor beyond the bounds', async () => {
    assert.equal((await send('PUT', '', { freshnessSeconds: 60 }, 'agent')).status, 403);
    assert.equal((await send('GET', '', undefined, 'agent')).status, 403);
    for (const freshnessSeconds of [4, 86_401, 1.5, '60']) {
      assert.equal((await send('PUT', '', { freshnessSeconds })).status, 400);
    }
  });

  it('is read from Notion’s search, step by step, with what stands above', async () => {
    await sql`DELETE FROM page_index`.execute(gate.database.system);
    await gate.pass(6_000);
    let found = 0;
    for (let cursor: unknown; cursor !== null; ) {
      const { status, json } = await send('POST', '/rebuild', { ...(cursor !== undefined && { cursor }) });
      assert.equal(status, 200, JSON.stringify(json));
      assert.equal(json.placed, json.found);
      found += Number(json.found);
      cursor = json.nextCursor;
    }
    const counts = (await send('GET')).json.counts as { kind: string; count: number }[];
    assert.ok(found > 0 && (counts.find(({ kind }) => kind === 'page')?.count ?? 0) <= found);
    await gate.asked();
    await gate.as('agent').pages.retrieve({ page_id: gate.ready.pages.public });
    assert.equal((await gate.asked()).length, 1, 'nobody has to ask where it stands');
  });

  it('is read by `portcullis pages rebuild`, which says how far it is', async () => {
    const run = (key: 'admin' | 'agent', words: string[] = []) =>
      portcullisHere(['pages', 'rebuild', ...words], {
        PORTCULLIS_URL: gate.url,
        PORTCULLIS_KEY: gate.ready.keys[key],
      });
    const { out, err, code } = await run('admin');
    assert.deepEqual([err, code], ['', 0]);
    assert.match(out, /^(\d+) found, \1 placed$/m);
    assert.equal((await run('agent')).code, 4);
  });

  it('forgets blocks that nobody asked for in a month, and never pages', async () => {
    const counted = async () => (await send('GET')).json.counts as { kind: string; count: number }[];
    const { public: open } = gate.ready.pages;
    const children = [{ type: 'paragraph' as const, paragraph: { rich_text: text('A block') } }];
    const { results } = await gate.direct.blocks.children.append({ block_id: open, children });
    await read(results[0]?.id ?? '');
    const pages = (await counted()).find(({ kind }) => kind === 'page')?.count;
    await gate.pass(31 * 86_400_000);
    await gate.upkeep.tidyUp();
    assert.deepEqual(
      (await counted()).filter(({ kind }) => ['block', 'page'].includes(kind)),
      [{ kind: 'page', count: pages }],
    );
  });
});
