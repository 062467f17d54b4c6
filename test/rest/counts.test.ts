import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isFullBlock, isFullPage, isNotionClientError } from '@notionhq/client';
import { type Gate, openGate } from './gate.ts';
import { aGrant } from './withheld.ts';

const text = (content: string) => [{ type: 'text' as const, text: { content } }];

/** Numbers and copies can also reveal that something exists. */
describe('what is hidden below what may be read', () => {
  let gate: Gate;
  before(async () => {
    gate = await openGate();
  });
  after(() => gate.close());

  const hiding = (...pages: string[]) =>
    gate.as({
      role: 'editor',
      grants: [aGrant({ actions: ['read', 'update'], scopes: pages.map(id => ({ kind: 'page', id })) })],
    });

  async function aPage(parent: string, title: string): Promise<string> {
    const properties = { title: { title: text(title) } };
    return (await gate.direct.pages.create({ parent: { page_id: parent }, properties })).id;
  }

  async function aSource(title: string, properties: object): Promise<string> {
    const database = await gate.direct.databases.create({
      parent: { type: 'page_id', page_id: gate.emulator.pages.public },
      title: text(title),
      initial_data_source: { properties: { Name: { title: {} }, ...properties } },
    });
    return ('data_sources' in database && database.data_sources[0]?.id) || assert.fail();
  }

  async function aRow(source: string, title: string, more: object = {}): Promise<string> {
    const properties = { Name: { title: text(title) }, ...more };
    return (await gate.direct.pages.create({ parent: { data_source_id: source }, properties })).id;
  }

  async function refused(call: Promise<unknown>): Promise<string> {
    const error = await call.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    return isNotionClientError(error) ? error.code : assert.fail(String(error));
  }

  it('is not told by a block that says that it has children', async () => {
    const parent = await aPage(gate.emulator.pages.public, 'A parent');
    const alone = await aPage(parent, 'A page with a hidden child alone');
    const mixed = await aPage(parent, 'A page with another child, too');
    const hidden = [await aPage(alone, 'hidden'), await aPage(mixed, 'hidden')];
    await aPage(mixed, 'open');
    const flags = async (notion: Client) => {
      const { results } = await notion.blocks.children.list({ block_id: parent });
      const block = await notion.blocks.retrieve({ block_id: alone });
      return [...results, block].map(one => isFullBlock(one) && one.has_children);
    };
    assert.deepEqual(await flags(gate.direct), [true, true, true], 'so it is at Notion');
    assert.deepEqual(await flags(hiding(...hidden)), [false, true, false]);
    assert.deepEqual(await flags(hiding(gate.emulator.pages.restricted)), [true, true, true]);
    const pageOnly = gate.as({
      role: 'guest',
      grants: [aGrant({ effect: 'allow', scopes: [parent, alone, mixed].map(id => ({ kind: 'page_only', id })) })],
    });
    assert.deepEqual(await flags(pageOnly), [false, false, false], 'where grants end with the page');
  });

  it('is not told by a relation that has more than a page shows', async () => {
    const there = await aSource('There', {});
    const rows: string[] = [];
    for (let number = 0; number < 40; number++) rows.push(await aRow(there, `row ${number}`));
    // Where they stand is known: an answer looks for few objects that it does not know.
    await hiding(gate.emulator.pages.restricted).dataSources.query({ data_source_id: there });
    const here = await aSource('Here', { Rows: { relation: { data_source_id: there, single_property: {} } } });
    const shown = async (page_id: string, notion: Client) => {
      const page = await notion.pages.retrieve({ page_id });
      const value = isFullPage(page) ? page.properties.Rows : undefined;
      assert.ok(value?.type === 'relation');
      return { ids: value.relation.map(({ id }) => id), more: 'has_more' in value && value.has_more };
    };
    const related = (ids: readonly string[]) => aRow(here, 'related', { Rows: { relation: ids.map(id => ({ id })) } });
    const all = await related(rows);
    assert.deepEqual(await shown(all, gate.direct), { ids: rows.slice(0, 25), more: true }, 'so it is at Notion');
    // Some of the first, all of the rest, and all but one of the rest.
    assert.deepEqual(await shown(all, hiding(rows[3] ?? '')), {
      ids: rows.filter((_, index) => index !== 3).slice(0, 25),
      more: true,
    });
    assert.deepEqual(await shown(all, hiding(...rows.slice(25))), { ids: rows.slice(0, 25), more: false });
    assert.deepEqual(await shown(all, hiding(...rows.slice(0, 25))), { ids: rows.slice(25), more: false });
    const few = await related(rows.slice(0, 5));
    assert.deepEqual(await shown(few, hiding(rows[0] ?? '')), { ids: rows.slice(1, 5), more: false });
  });

  it('and may not be changed is not, by the way back of a relation', async () => {
    const there = await aSource('There', {});
    const [row, kept] = [await aRow(there, 'row'), await aRow(there, 'kept')];
    const here = await aSource('Here', {
      Both: { relation: { data_source_id: there, dual_property: { synced_property_name: 'Back' } } },
      One: { relation: { data_source_id: there, single_property: {} } },
    });
    const scopes = [{ kind: 'page' as const, id: kept }];
    const editor = gate.as({ role: 'editor', grants: [aGrant({ actions: ['update'], scopes })] });
    const relate = (name: string, id: string) =>
      editor.pages.create({
        parent: { data_source_id: here },
        properties: { Name: { title: text('x') }, [name]: { relation: [{ id }] } },
      });
    await relate('Both', row);
    await relate('One', kept);
    assert.equal(await refused(relate('Both', kept)), 'restricted_resource');
    const { properties } = await gate.direct.dataSources.retrieve({ data_source_id: here });
    assert.equal(await refused(relate(properties.Both?.id ?? '', kept)), 'restricted_resource');
  });

  it('is not copied: by a template that holds it, or that it is', async () => {
    const parent = { page_id: gate.emulator.pages.public };
    const template = await aPage(parent.page_id, 'A template');
    const hidden = await aPage(template, 'hidden');
    const make = (notion: Client, template_id: string) =>
      notion.pages.create({ parent, template: { type: 'template_id', template_id } });
    assert.equal(await refused(make(hiding(hidden), template)), 'restricted_resource');
    assert.equal(await refused(make(hiding(template), template)), 'object_not_found');
    await make(hiding(gate.emulator.pages.restricted), template);

    const source = await projects();
    const { templates } = await gate.direct.dataSources.listTemplates({ data_source_id: source });
    const standard = templates.find(({ is_default }) => is_default)?.id ?? assert.fail('no default template');
    const makeRow = (notion: Client) =>
      notion.pages.create({ parent: { data_source_id: source }, template: { type: 'default' } });
    assert.equal(await refused(makeRow(hiding(standard))), 'restricted_resource');
    await makeRow(hiding(gate.emulator.pages.restricted));
    const listed = await hiding(standard).dataSources.listTemplates({ data_source_id: source });
    assert.deepEqual(
      listed.templates.map(({ id }) => id),
      templates.map(({ id }) => id).filter(id => id !== standard),
    );
  });

  /** The data source of the emulator that has templates. */
  async function projects(): Promise<string> {
    const { results } = await gate.direct.search({ filter: { property: 'object', value: 'data_source' } });
    for (const { id } of results) {
      const { templates } = await gate.direct.dataSources.listTemplates({ data_source_id: id });
      if (templates.length > 0) return id;
    }
    return assert.fail('no data source with templates');
  }
});
