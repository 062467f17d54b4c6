import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isFullDataSource, isFullPage } from '@notionhq/client';
import { officialClient, rawCall } from '../authorized.ts';
import { type Emulator, startEmulator } from '../server.ts';

/** Ids stand url-encoded in answers (`%3ANHe`). In a URL that spelling is encoded once, by clients and on the wire. */
describe('property ids in URLs', () => {
  let emulator: Emulator;
  let notion: Client;
  let source: string;
  let database: string;
  let page: string;
  /** Of a property whose id has characters that are encoded. */
  let id: string;
  let name: string;

  before(async () => {
    emulator = await startEmulator();
    notion = officialClient(emulator, emulator.internalToken);
    const columns = Array.from({ length: 40 }, (_, index) => [`N${index}`, { number: {} }]);
    const made = await notion.databases.create({
      parent: { type: 'page_id', page_id: emulator.pages.public },
      initial_data_source: { properties: { Name: { title: {} }, ...Object.fromEntries(columns) } },
    });
    database = made.id;
    source = ('data_sources' in made && made.data_sources[0]?.id) || '';
    const schema = await notion.dataSources.retrieve({ data_source_id: source });
    assert.ok(isFullDataSource(schema));
    const encoded = Object.values(schema.properties).find(property => property.id.includes('%'));
    assert.ok(encoded !== undefined, 'of forty ids at least one has a character that is encoded');
    ({ id, name } = encoded);
    const row = await notion.pages.create({
      parent: { data_source_id: source },
      properties: { [name]: { number: 7 }, Name: { title: [{ text: { content: 'Row' } }] } },
    });
    page = row.id;
  });
  after(() => emulator.close());

  const names = (properties: unknown) => Object.keys(properties as object);
  const namesOf = async (query: string, path = `/v1/pages/${page}`) => {
    const answer = await rawCall(emulator, `${path}?${query}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return names(answer.body.properties);
  };

  it('select properties as the official client sends them', async () => {
    const read = await notion.pages.retrieve({ page_id: page, filter_properties: [id] });
    assert.ok(isFullPage(read));
    assert.deepEqual(names(read.properties), [name]);
    const found = await notion.dataSources.query({ data_source_id: source, filter_properties: [id, 'title'] });
    const row = found.results[0];
    assert.ok(row !== undefined && isFullPage(row));
    assert.deepEqual(names(row.properties).sort(), ['Name', name].sort());
  });

  it('select as one value, repeated, in brackets and by name', async () => {
    assert.deepEqual(await namesOf(`filter_properties=${id}`), [name]);
    assert.deepEqual(await namesOf('filter_properties=title'), ['Name']);
    assert.deepEqual(await namesOf(`filter_properties[]=${id}`), [name]);
    assert.deepEqual((await namesOf(`filter_properties=${id}&filter_properties=title`)).sort(), ['Name', name].sort());
    assert.deepEqual((await namesOf(`filter_properties[]=title&filter_properties[]=${id}`)).length, 2);
    assert.deepEqual(await namesOf(`filter_properties=${name}`), [name]);
  });

  const queries = [
    ['data_sources', '2026-03-11'],
    ['data_sources', '2025-09-03'],
    ['databases', '2022-06-28'],
  ] as const;
  for (const [kind, version] of queries) {
    it(`select in a query with one value (${kind}, ${version})`, async () => {
      const at = kind === 'databases' ? database : source;
      for (const [value, expected] of [
        [id, name],
        ['title', 'Name'],
      ]) {
        const path = `/v1/${kind}/${at}/query?filter_properties=${value}`;
        const answer = await rawCall(emulator, path, { method: 'POST', body: {}, version });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        const [row] = answer.body.results as { properties: object }[];
        assert.deepEqual(names(row?.properties), [expected]);
      }
    });
  }

  it('select in the answers of writes', async () => {
    const made = await rawCall(emulator, `/v1/pages?filter_properties=${id}`, {
      body: { parent: { data_source_id: source }, properties: { [id]: { number: 1 } } },
    });
    assert.deepEqual(names(made.body.properties), [name]);
    const path = `/v1/pages/${page}?filter_properties=title`;
    const updated = await rawCall(emulator, path, { method: 'PATCH', body: { properties: { [name]: { number: 8 } } } });
    assert.deepEqual(names(updated.body.properties), ['Name']);
  });

  it('name nothing when encoded twice or unknown, and then nothing is written', async () => {
    for (const key of [encodeURIComponent(id), 'none']) {
      const read = await rawCall(emulator, `/v1/pages/${page}?filter_properties=${key}`);
      const query = await rawCall(emulator, `/v1/data_sources/${source}/query?filter_properties=${key}`, { body: {} });
      const item = await rawCall(emulator, `/v1/pages/${page}/properties/${key}`);
      const write = await rawCall(emulator, `/v1/pages/${page}?filter_properties=${key}`, {
        method: 'PATCH',
        body: { properties: { [name]: { number: 99 } } },
      });
      for (const answer of [read, query, item, write]) {
        assert.equal(answer.status, 400);
        assert.match(String(answer.body.message), /^Could not find property with name or id: /);
      }
    }
    const { body } = await rawCall(emulator, `/v1/pages/${page}/properties/${id}`);
    assert.notEqual(body.number, 99);
  });

  it('stand in paths in the same way', async () => {
    const viaClient = await notion.pages.properties.retrieve({ page_id: page, property_id: id });
    assert.ok(viaClient.type === 'number' && viaClient.id === id);
    const byName = await rawCall(emulator, `/v1/pages/${page}/properties/${encodeURIComponent(name)}`);
    assert.equal(byName.body.id, id);
  });

  it('stand in bodies as answers show them, or decoded', async () => {
    for (const property of [id, decodeURIComponent(id), name]) {
      const query = {
        filter: { property, number: { is_not_empty: true } },
        sorts: [{ property, direction: 'ascending' }],
      };
      const answer = await rawCall(emulator, `/v1/data_sources/${source}/query`, { body: query });
      assert.ok((answer.body.results as unknown[]).length > 0, JSON.stringify(answer.body));
    }
  });
});
