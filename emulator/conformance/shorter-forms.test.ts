import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rawCall } from '../authorized.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { createFixture, type Fixture } from './fixture.ts';

const text = (content: string) => [{ text: { content } }];

/** Recorded traffic of a popular client, and the official client's own types up to 2.x. */
describe('values in their shorter form', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  let relatedSource: string;
  before(async () => {
    emulator = await startEmulator();
    fixture = await createFixture(emulator, emulator.internalToken);
    relatedSource = await sourceWith({
      Name: { title: {} },
      Related: { relation: { data_source_id: fixture.source, single_property: {} } },
    });
  });
  after(() => emulator.close());

  const call = async (method: string, path: string, body: object, version = '2025-09-03') => {
    const answer = await rawCall(emulator, path, { method, body, version });
    return { ...answer, properties: (answer.body.properties ?? {}) as Record<string, Record<string, unknown>> };
  };
  const create = (properties: object, version?: string) =>
    call('POST', '/v1/pages', { parent: { data_source_id: fixture.source }, properties }, version);
  const sourceWith = async (properties: object): Promise<string> => {
    const parent = { type: 'page_id', page_id: fixture.page };
    const made = await call('POST', '/v1/databases', { parent, initial_data_source: { properties } });
    return String((made.body.data_sources as { id: string }[])[0]?.id);
  };
  /** The value under the type's own key, as the answer shows it. */
  const shown = ({ properties }: Awaited<ReturnType<typeof call>>, name: string): unknown =>
    properties[name]?.[String(properties[name]?.type)];

  for (const version of ['2022-06-28', '2025-09-03', '2026-03-11']) {
    it(`a page's title is a bare array, when it is made and when it is renamed (${version})`, async () => {
      const parent = { page_id: fixture.page };
      const made = await call('POST', '/v1/pages', { parent, properties: { title: text('Bare') } }, version);
      assert.equal(made.status, 200, JSON.stringify(made.body));
      const renamed = await call('PATCH', `/v1/pages/${made.body.id}`, { properties: { title: text('New') } }, version);
      assert.equal(renamed.status, 200);
      assert.equal((shown(renamed, 'title') as { plain_text: string }[])[0]?.plain_text, 'New');
    });
  }

  const cases: readonly [name: string, bare: unknown, expected: (value: unknown) => boolean][] = [
    ['Name', text('A row'), value => JSON.stringify(value).includes('A row')],
    ['Text', text('words'), value => JSON.stringify(value).includes('words')],
    ['Text', [], value => Array.isArray(value) && value.length === 0],
    ['Number', 42, value => value === 42],
    ['Number', null, value => value === null],
    ['Done', true, value => value === true],
    ['Link', 'https://example.com/x', value => value === 'https://example.com/x'],
    ['Link', null, value => value === null],
    ['Mail', 'a@example.com', value => value === 'a@example.com'],
    ['Phone', '+49 30 1', value => value === '+49 30 1'],
    ['Choice', { name: 'A' }, value => (value as { name: string }).name === 'A'],
    ['Choice', null, value => value === null],
    ['State', { name: 'Done' }, value => (value as { name: string }).name === 'Done'],
    ['Choices', [{ name: 'C' }, { name: 'New' }], value => (value as unknown[]).length === 2],
    ['When', { start: '2026-01-02', end: null }, value => (value as { start: string }).start === '2026-01-02'],
    ['When', null, value => value === null],
    [
      'Files',
      [{ name: 'x', external: { url: 'https://files.example/x' } }],
      value => (value as { name: string }[])[0]?.name === 'x',
    ],
  ];
  for (const [name, bare, expected] of cases) {
    it(`${name} as ${JSON.stringify(bare)}`, async () => {
      const made = await create({ [name]: bare });
      assert.equal(made.status, 200, JSON.stringify(made.body));
      assert.ok(expected(shown(made, name)), JSON.stringify(made.properties[name]));
      const updated = await call('PATCH', `/v1/pages/${fixture.row}`, { properties: { [name]: bare } });
      assert.equal(updated.status, 200);
      assert.ok(expected(shown(updated, name)));
    });
  }

  it('people by id, and as whole users, because clients send back what they read', async () => {
    const { body: person } = await rawCall(emulator, `/v1/users/${fixture.person}`);
    const { request_id: _request, ...user } = person;
    for (const value of [[{ id: fixture.person }], [user], { people: [user] }]) {
      const made = await create({ Who: value });
      assert.equal(made.status, 200, JSON.stringify(made.body));
      assert.equal((shown(made, 'Who') as { id: string }[])[0]?.id, fixture.person);
    }
  });

  it('relations, which must be visible in this form as well', async () => {
    const parent = { data_source_id: relatedSource };
    const make = (id: string) => call('POST', '/v1/pages', { parent, properties: { Related: [{ id }] } });
    const made = await make(fixture.row);
    assert.deepEqual(shown(made, 'Related'), [{ id: fixture.row }]);
    assert.equal((await make('00000000-0000-4000-8000-000000000000')).status, 404);
  });

  it('both forms beside each other, by name or by id', async () => {
    const made = await create({ title: text('Mixed'), Number: { number: 1 }, Done: true });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    assert.deepEqual([shown(made, 'Number'), shown(made, 'Done')], [1, true]);
  });

  const refused: readonly [name: string, bare: unknown][] = [
    ['Name', 'just text'],
    ['Text', 'just text'],
    ['Choice', 'A'],
    ['Choices', ['C']],
    ['Number', '42'],
    ['Number', true],
    ['Done', 1],
    ['Done', null],
    ['Name', null],
    ['Who', null],
    ['When', '2026-01-02'],
    ['Who', ['person']],
    ['Text', [{ text: 'no object' }]],
    ['Number', { value: 1 }],
    ['Twice', 3],
  ];
  for (const [name, bare] of refused) {
    it(`not ${name} as ${JSON.stringify(bare)}`, async () => {
      const answer = await create({ [name]: bare });
      assert.deepEqual([answer.status, answer.body.code], [400, 'validation_error'], JSON.stringify(answer.body));
    });
  }

  it('says what is missing from an object that is the value of no type', async () => {
    const { body } = await create({ Choice: { nmae: 'A' } });
    const message = String(body.message);
    assert.match(message, /body\.properties\.Choice\.title should be defined, instead was `undefined`/);
    for (const key of ['id', 'name', 'start']) assert.ok(message.includes(`body.properties.Choice.${key} should be`));
  });

  it('blocks, icons, covers and parents without `type`, and blocks under the name `content`', async () => {
    const made = await call('POST', '/v1/pages', {
      parent: { page_id: fixture.page },
      icon: { emoji: '🧪' },
      cover: { external: { url: 'https://pictures.example/c.png' } },
      content: [{ paragraph: { rich_text: [{ mention: { page: { id: fixture.page } } }] } }],
    });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    const { body } = await rawCall(emulator, `/v1/blocks/${made.body.id}/children`);
    assert.equal((body.results as unknown[]).length, 1);
    const both = await call('POST', '/v1/pages', { parent: { page_id: fixture.page }, content: [], children: [] });
    assert.equal(both.status, 400);
  });

  it('no emoji as a bare string: that is no form that anybody has seen Notion take', async () => {
    const made = await call('POST', '/v1/pages', { parent: { page_id: fixture.page }, icon: '🧪' });
    assert.equal(made.status, 400);
  });
});
