import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isNotionClientError } from '@notionhq/client';
import { type Gate, openGate, type Standing } from './gate.ts';
import { aGrant } from './withheld.ts';

const text = (content: string) => [{ type: 'text' as const, text: { content } }];
const missing = (key: string) => `Could not find property with name or id: ${key}`;
/** No property has this id. */
const nothing = 'zz:z';

/** Grants know properties by name. Notion takes their ids in the same places, and people may rename them. */
describe('properties that a grant keeps from the caller, named by their ids', () => {
  let gate: Gate;
  let source: string;
  let database: string;
  let row: string;
  let ids: Record<'Salary' | 'Status' | 'Notes', string>;
  before(async () => {
    gate = await openGate();
    const made = await gate.direct.databases.create({
      parent: { type: 'page_id', page_id: gate.emulator.pages.public },
      title: text('People'),
      initial_data_source: {
        properties: {
          Name: { title: {} },
          Salary: { number: {} },
          Status: { rich_text: {} },
          Notes: { rich_text: {} },
        },
      },
    });
    assert.ok('data_sources' in made && made.data_sources[0]);
    source = made.data_sources[0].id;
    database = made.id;
    const { properties } = await gate.direct.dataSources.retrieve({ data_source_id: source });
    const idOf = (name: string) => properties[name]?.id ?? assert.fail(name);
    ids = { Salary: idOf('Salary'), Status: idOf('Status'), Notes: idOf('Notes') };
    const values = { Name: { title: text('Ada') }, Salary: { number: 90_210 }, Status: { rich_text: text('Draft') } };
    row = (await gate.direct.pages.create({ parent: { data_source_id: source }, properties: values })).id;
  });
  after(() => gate.close());

  const masking = (actions: readonly ('read' | 'update')[], properties = ['Salary']) =>
    aGrant({ actions, properties, scopes: [{ kind: 'database', id: database }] });
  const as = (standing: Standing) => gate.as({ role: 'editor', ...standing });

  async function heard(call: Promise<unknown>): Promise<readonly [code: string, message: string]> {
    const error = await call.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    assert.ok(isNotionClientError(error), String(error));
    return [error.code, error.message];
  }

  async function stored(name: string) {
    const page = await gate.direct.pages.retrieve({ page_id: row });
    assert.ok('properties' in page);
    return page.properties[name];
  }

  const write = (notion: Client, key: string, value: object) =>
    notion.pages.update({ page_id: row, properties: { [key]: value } as never });
  const make = (notion: Client, key: string, value: object) =>
    notion.pages.create({ parent: { data_source_id: source }, properties: { [key]: value } as never });

  it('are not written, in any spelling of the id', async () => {
    const editor = as({ grants: [masking(['update'])] });
    const encoded = encodeURIComponent(decodeURIComponent(ids.Salary));
    for (const key of ['Salary', ids.Salary, decodeURIComponent(ids.Salary), encoded]) {
      assert.equal((await heard(write(editor, key, { number: 1 })))[0], 'restricted_resource', key);
      assert.equal((await heard(make(editor, key, { number: 1 })))[0], 'restricted_resource', key);
    }
    assert.deepEqual(await stored('Salary'), { id: ids.Salary, type: 'number', number: 90_210 });
    await write(editor, ids.Notes, { rich_text: text('by id') });
    await write(editor, 'title', { title: text('Ada') });
  });

  it('that a condition tests are written by those alone who may grant (rule 9)', async () => {
    const grants = [aGrant({ actions: ['delete'], when: { property: { Status: { is: 'Draft' } } } })];
    assert.equal((await heard(write(as({ grants }), ids.Status, { rich_text: [] })))[0], 'restricted_resource');
    await write(as({ grants, role: 'admin' }), ids.Status, { rich_text: text('Draft') });
  });

  it('are not told from those that do not exist, where they are not shown either', async () => {
    const editor = as({ grants: [masking(['read', 'update'])] });
    const id = decodeURIComponent(ids.Salary);
    const alike = async (call: (key: string) => Promise<unknown>) => {
      const [hidden, none] = [await heard(call(id)), await heard(call(nothing))];
      assert.deepEqual([hidden[0], hidden[1].replaceAll(id, 'ID')], [none[0], none[1].replaceAll(nothing, 'ID')]);
      return hidden;
    };
    await alike(key => write(editor, key, { number: 1 }));
    await alike(key => make(editor, key, { number: 1 }));
    const asked = await alike(key => editor.pages.retrieve({ page_id: row, filter_properties: [key] }));
    assert.deepEqual(asked, ['validation_error', missing(id)]);
    await alike(key => editor.dataSources.query({ data_source_id: source, filter_properties: [key] }));
    await alike(key => editor.pages.properties.retrieve({ page_id: row, property_id: encodeURIComponent(key) }));
    await alike(key => {
      const filter = { property: key, number: { greater_than: 1 } };
      return editor.dataSources.query({ data_source_id: source, filter });
    });
    const shown = await editor.pages.retrieve({ page_id: row, filter_properties: [ids.Notes, 'title'] });
    assert.ok('properties' in shown);
    assert.deepEqual(Object.keys(shown.properties).toSorted(), ['Name', 'Notes']);
  });

  describe('and renamed', () => {
    const rename = (notion: Client, key: string, name: string) =>
      notion.dataSources.update({ data_source_id: source, properties: { [key]: { name } } });

    it('are not, by those from whom they are kept', async () => {
      const hidden = as({ role: 'admin', grants: [masking(['read'])] });
      const id = decodeURIComponent(ids.Salary);
      assert.equal((await heard(rename(hidden, 'Salary', 'Wages')))[0], 'restricted_resource');
      const [byId, none] = [await heard(rename(hidden, id, 'Wages')), await heard(rename(hidden, nothing, 'Wages'))];
      assert.deepEqual(byId, ['validation_error', missing(id)]);
      assert.deepEqual(none, ['validation_error', missing(nothing)]);
      await rename(hidden, ids.Notes, 'Notes');
    });

    it('are, by those alone who may grant: for others the mask would be gone', async () => {
      const roles = { manager: ['read', 'update', 'create', 'manage'] } as const;
      const grants = [{ ...masking(['read']), subject: { kind: 'principal', id: 'usr_00000000' } as const }];
      const manager = as({ role: 'manager', roles, grants });
      assert.equal((await heard(rename(manager, ids.Salary, 'Wages')))[0], 'restricted_resource');
      assert.equal((await heard(rename(manager, 'Salary', 'Wages')))[0], 'restricted_resource');
      await rename(as({ role: 'admin', grants }), ids.Salary, 'Wages');
      await rename(as({ role: 'admin', grants }), 'Wages', 'Salary');
    });

    it('do not lend their id as a name to another', async () => {
      const id = decodeURIComponent(ids.Salary);
      await rename(gate.direct, ids.Notes, id);
      const reader = as({ grants: [masking(['read'])] });
      const query = (filter: object) => reader.dataSources.query({ data_source_id: source, filter: filter as never });
      assert.deepEqual(await heard(query({ property: id, number: { greater_than: 1 } })), [
        'validation_error',
        missing(id),
      ]);
      const item = await heard(reader.pages.properties.retrieve({ page_id: row, property_id: ids.Salary }));
      assert.equal(item[0], 'validation_error');
      await rename(gate.direct, ids.Notes, 'Notes');
    });
  });
});
