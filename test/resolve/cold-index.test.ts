import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isNotionClientError } from '@notionhq/client';
import { sql } from 'kysely';
import { type Indexed, openIndexed, text, titled } from './indexed.ts';

/** Notion as it really is: 180 calls a minute for each connection, a large workspace, and an index that knows nothing. */
describe('a cold index in front of 20,000 pages', () => {
  let gate: Indexed;
  let scout: Client;
  before(async () => {
    gate = await openIndexed({ generatedPages: 20_000 });
    scout = gate.as('agent');
    await gate.control.settings({ rateLimits: { perConnection: 'by plan', perWorkspace: 'off' } });
  });
  after(() => gate.close());

  /** Blocks in blocks, in a page in pages. @returns the lowest, and how many objects stand above it up to the top */
  async function aDeepBlock(parent: string): Promise<{ readonly block: string; readonly depth: number }> {
    let page = parent;
    for (let level = 0; level < 3; level++) {
      page = (await gate.direct.pages.create({ parent: { page_id: page }, properties: titled('A page') })).id;
    }
    let block = page;
    for (let level = 0; level < 5; level++) {
      const children = [{ type: 'toggle' as const, toggle: { rich_text: text('A block') } }];
      block = (await gate.direct.blocks.children.append({ block_id: block, children })).results[0]?.id ?? '';
    }
    return { block, depth: 5 + 3 + 2 };
  }

  const read = (block_id: string) =>
    scout.blocks.retrieve({ block_id }).then(
      () => 'allowed',
      error => (isNotionClientError(error) ? error.code : assert.fail(String(error))),
    );

  for (const [side, expected] of [
    ['public', 'allowed'],
    ['restricted', 'object_not_found'],
  ] as const) {
    it(`decides of an unknown deep block with as many calls as it is deep, then with none: ${expected}`, async () => {
      const { block, depth } = await aDeepBlock(gate.ready.pages[side]);
      await sql`DELETE FROM page_index`.execute(gate.database.system);
      await gate.pass(10_000);
      await gate.asked();
      assert.equal(await read(block), expected);
      const itself = expected === 'allowed' ? 1 : 0;
      const first = await gate.asked();
      assert.ok(first.length <= depth + itself, first.join('\n'));
      assert.equal(await read(block), expected);
      assert.equal((await gate.asked()).length, itself);
    });
  }
});
