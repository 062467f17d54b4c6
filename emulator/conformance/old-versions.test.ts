import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rawCall } from '../authorized.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { createFixture, type Fixture } from './fixture.ts';

const text = (content: string) => [{ text: { content } }];
const OLD = ['2021-05-11', '2021-05-13', '2021-08-16'];
const NEW = ['2022-02-22', '2022-06-28', '2026-03-11'];

/** As Notion's changelog tells what each version changed. */
describe('old versions', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  before(async () => {
    emulator = await startEmulator();
    fixture = await createFixture(emulator, emulator.internalToken);
  });
  after(() => emulator.close());

  const call = (version: string, method: string, path: string, body?: object) =>
    rawCall(emulator, path, { method, version, ...(body === undefined ? {} : { body }) });
  const append = (version: string, key: 'text' | 'rich_text') =>
    call(version, 'PATCH', `/v1/blocks/${fixture.page}/children`, {
      children: [{ toggle: { [key]: text('out'), children: [{ to_do: { [key]: text('in') } }] } }],
    });

  for (const version of [...OLD, ...NEW]) {
    const [right, wrong] = OLD.includes(version) ? (['text', 'rich_text'] as const) : (['rich_text', 'text'] as const);
    it(`blocks take and show ${right} (${version})`, async () => {
      assert.equal((await append(version, wrong)).status, 400);
      assert.equal((await append(version, right)).status, 200);
      const { body } = await call(version, 'GET', `/v1/blocks/${fixture.page}/children`);
      const toggle = (body.results as Record<string, Record<string, unknown>>[]).findLast(one => 'toggle' in one);
      assert.ok(toggle?.toggle !== undefined && right in toggle.toggle && !(wrong in toggle.toggle));
      const path = `/v1/blocks/${fixture.paragraph}`;
      assert.equal((await call(version, 'PATCH', path, { paragraph: { [wrong]: text('x') } })).status, 400);
      const updated = await call(version, 'PATCH', path, { paragraph: { [right]: text(version) } });
      const shown = (updated.body.paragraph as Record<string, { plain_text: string }[]>)[right];
      assert.equal(shown?.[0]?.plain_text, version);
    });

    it(`pages are made with blocks of ${right} (${version})`, async () => {
      const make = (key: string) =>
        call(version, 'POST', '/v1/pages', {
          parent: { page_id: fixture.page },
          properties: { title: text('With blocks') },
          children: [{ object: 'block', type: 'code', code: { [key]: text('1'), language: 'plain text' } }],
        });
      assert.deepEqual([(await make(wrong)).status, (await make(right)).status], [400, 200]);
    });

    if (version === '2026-03-11') continue;
    it(`filters ${right === 'text' ? 'take' : 'refuse'} text and phone (${version})`, async () => {
      const query = (filter: object) =>
        call(version, 'POST', `/v1/databases/${fixture.database}/query`, { filter }).then(({ status }) => status);
      const status = right === 'text' ? 200 : 400;
      assert.equal(await query({ property: 'Text', text: { contains: 'long' } }), status);
      assert.equal(await query({ property: 'Name', text: { equals: 'Row' } }), status);
      assert.equal(await query({ property: 'Phone', phone: { is_empty: true } }), status);
      assert.equal(await query({ property: 'Text', rich_text: { contains: 'long' } }), 200);
      assert.equal(await query({ property: 'Number', text: { contains: '1' } }), 400);
    });
  }

  it('an append answers with the parent before 2021-08-16, and with the new blocks since', async () => {
    const before = await append('2021-05-13', 'text');
    assert.deepEqual([before.body.object, before.body.id], ['block', fixture.page]);
    for (const version of ['2021-08-16', '2022-02-22']) {
      const since = await append(version, version < '2022' ? 'text' : 'rich_text');
      assert.deepEqual([since.body.object, (since.body.results as unknown[]).length], ['list', 1]);
    }
  });

  it('a relation has two sides before 2022-06-28, and names only the database before 2025-09-03', async () => {
    const create = (version: string, relation: object) =>
      call(version, 'POST', '/v1/databases', {
        parent: { page_id: fixture.page },
        properties: { Name: { title: {} }, Link: { relation: { database_id: fixture.database, ...relation } } },
      });
    const relationOf = (answer: Awaited<ReturnType<typeof call>>) =>
      (answer.body.properties as Record<string, { relation: object }>).Link?.relation ?? {};
    const old = relationOf(await create('2022-02-22', {}));
    assert.deepEqual(Object.keys(old).sort(), ['database_id', 'synced_property_id', 'synced_property_name']);
    const newer = relationOf(await create('2022-06-28', { single_property: {} }));
    assert.deepEqual(Object.keys(newer).sort(), ['database_id', 'single_property', 'type']);
  });
});
