import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isFullPage, iteratePaginatedAPI, type PageObjectResponse } from '@notionhq/client';
import { officialClient, rawCall } from '../authorized.ts';
import { type Emulator, startEmulator } from '../server.ts';

const ROWS = 130;

/** A page object stops at 25 items; the property endpoint pages through all of them. */
describe('properties with many items', () => {
  let emulator: Emulator;
  let notion: Client;
  let page: PageObjectResponse;
  const rows: string[] = [];

  before(async () => {
    emulator = await startEmulator();
    notion = officialClient(emulator, emulator.internalToken);
    const create = async (properties: object): Promise<string> => {
      const made = await notion.databases.create({
        parent: { type: 'page_id', page_id: emulator.pages.public },
        initial_data_source: { properties: properties as never },
      });
      return ('data_sources' in made && made.data_sources[0]?.id) || '';
    };
    const hubs = await create({ Hub: { title: {} }, People: { people: {} }, Text: { rich_text: {} } });
    const spokes = await create({
      Spoke: { title: {} },
      Size: { number: {} },
      Hub: { relation: { data_source_id: hubs, dual_property: { synced_property_name: 'Spokes' } } },
    });
    const rollup = (property: string, fn: 'show_original' | 'sum') => ({
      rollup: { relation_property_name: 'Spokes', rollup_property_name: property, function: fn },
    });
    await notion.dataSources.update({
      data_source_id: hubs,
      properties: { Names: rollup('Spoke', 'show_original'), Total: rollup('Size', 'sum') } as never,
    });
    const people = Array.from({ length: 60 }, () => ({ id: emulator.people[0]?.id ?? '' }));
    const hub = await notion.pages.create({
      parent: { data_source_id: hubs },
      properties: {
        Hub: { title: [{ text: { content: 'Hub' } }] },
        People: { people },
        Text: { rich_text: Array.from({ length: 100 }, (_, index) => ({ text: { content: `${index} ` } })) },
      } as never,
    });
    for (let index = 0; index < ROWS; index += 1) {
      const spoke = await notion.pages.create({
        parent: { data_source_id: spokes },
        properties: {
          Spoke: { title: [{ text: { content: `Spoke ${index}` } }] },
          Size: { number: 1 },
          Hub: { relation: [{ id: hub.id }] },
        } as never,
      });
      rows.push(spoke.id);
    }
    const read = await notion.pages.retrieve({ page_id: hub.id });
    assert.ok(isFullPage(read));
    page = read;
  });
  after(() => emulator.close());

  const idOf = (name: string) => page.properties[name]?.id ?? '';
  const all = async (name: string, size: number): Promise<{ items: unknown[]; requests: number }> => {
    let requests = 0;
    const list = async (args: { start_cursor?: string | null }) => {
      requests += 1;
      const part = await notion.pages.properties.retrieve({
        page_id: page.id,
        property_id: idOf(name),
        page_size: size,
        ...(args.start_cursor ? { start_cursor: args.start_cursor } : {}),
      });
      assert.ok(part.object === 'list');
      return part;
    };
    const items: unknown[] = [];
    for await (const item of iteratePaginatedAPI(list as never, {} as never)) items.push(item);
    return { items, requests };
  };

  it('are cut at 25 in a page', () => {
    const relation = page.properties.Spokes as unknown as { relation: unknown[]; has_more: boolean };
    assert.deepEqual([relation.relation.length, relation.has_more], [25, true]);
    const names = page.properties.Names;
    assert.ok(names?.type === 'rollup' && names.rollup.type === 'array' && names.rollup.array.length === 25);
    assert.ok(page.properties.People?.type === 'people' && page.properties.People.people.length === 25);
  });

  for (const [name, total] of [
    ['Spokes', ROWS],
    ['Names', ROWS],
    ['People', 60],
    ['Text', 100],
  ] as const) {
    it(`come whole, in pages, from the property endpoint: ${name}`, async () => {
      for (const size of [100, 40]) {
        const { items, requests } = await all(name, size);
        assert.equal(items.length, total);
        assert.equal(requests, Math.ceil(total / size));
      }
    });
  }

  it('lose nothing on the way: every related row is there once', async () => {
    const { items } = await all('Spokes', 33);
    const ids = items.map(item => (item as { relation: { id: string } }).relation.id);
    assert.deepEqual(ids.sort(), rows.toSorted());
  });

  it('say where to go on by an address that works', async () => {
    const first = await rawCall(emulator, `/v1/pages/${page.id}/properties/${idOf('Spokes')}?page_size=100`);
    const summary = first.body.property_item as { next_url: string };
    const rest = await fetch(summary.next_url, {
      headers: { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': '2025-09-03' },
    });
    const body = (await rest.json()) as { results: unknown[]; has_more: boolean };
    assert.deepEqual([first.body.has_more, body.results.length, body.has_more], [true, ROWS - 100, false]);
  });

  it('count whole where a number is asked for', () => {
    const total = page.properties.Total;
    assert.equal(total?.type === 'rollup' && total.rollup.type === 'number' && total.rollup.number, ROWS);
  });

  it('filter whole: the last related row is found', async () => {
    const { body } = await rawCall(emulator, `/v1/pages/${page.id}`);
    const parent = body.parent as { data_source_id: string };
    const filter = { property: 'Spokes', relation: { contains: rows.at(-1) } };
    const found = await rawCall(emulator, `/v1/data_sources/${parent.data_source_id}/query`, { body: { filter } });
    assert.equal((found.body.results as unknown[]).length, 1);
  });
});
