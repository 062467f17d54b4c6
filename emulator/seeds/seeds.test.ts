import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorize, CALLBACK, officialClient } from '../authorized.ts';
import { startEmulator } from '../server.ts';
import { seeds } from './seeds.ts';

describe('seeds', () => {
  for (const [name, seed] of seeds) {
    it(`"${name}" has the pages that tests talk about, with the same ids each time`, async t => {
      const [one, two] = [await startEmulator({ seed }), await startEmulator({ seed })];
      t.after(() => Promise.all([one.close(), two.close()]));
      assert.deepEqual(one.pages, two.pages);
      const notion = officialClient(one, one.internalToken);
      for (const id of [one.pages.root, one.pages.public, one.pages.restricted])
        await notion.pages.retrieve({ page_id: id });
      await assert.rejects(notion.pages.retrieve({ page_id: one.pages.unshared }));
    });
  }

  it('hold a company of some three hundred pages', async t => {
    const emulator = await startEmulator({ seed: seeds.get('company') ?? [], redirectUris: [CALLBACK] });
    t.after(() => emulator.close());
    const { notion } = await authorize(emulator);
    let pages = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const found = await notion.search({
        filter: { property: 'object', value: 'page' },
        ...(cursor === undefined ? {} : { start_cursor: cursor }),
      });
      pages += found.results.length;
      cursor = found.next_cursor;
    }
    assert.ok(pages > 250 && pages < 350, `${pages} pages`);
  });

  it('can be enlarged, with ids and secrets that repeat if that is asked for', async t => {
    const options = { generatedPages: 2500, idSeed: 'repeat', now: () => Date.UTC(2026, 5, 1) };
    const [one, two] = [await startEmulator(options), await startEmulator(options)];
    assert.deepEqual([one.clientId, one.internalToken], [two.clientId, two.internalToken]);
    t.after(() => Promise.all([one.close(), two.close()]));
    const titles = async (emulator: typeof one) => {
      const { results } = await officialClient(emulator, emulator.internalToken).search({
        query: 'Roadmap',
        page_size: 5,
      });
      return results.map(result => result.id);
    };
    assert.equal((await titles(one)).length, 5);
    assert.deepEqual(await titles(one), await titles(two));
  });
});
