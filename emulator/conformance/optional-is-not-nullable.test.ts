import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rawCall } from '../authorized.ts';
import { isPlain } from '../http/shape.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { examples } from './examples.ts';
import { createFixture, type Fixture } from './fixture.ts';

/** Where `null` means something: it clears, or it is the value. By the path in the body, without array indexes. */
const NULLABLE: ReadonlySet<string> = new Set([
  ...['POST /v1/pages icon', 'POST /v1/pages cover', 'PATCH /v1/pages/:page_id icon', 'PATCH /v1/pages/:page_id cover'],
  ...['number', 'url', 'email', 'phone_number', 'select', 'status', 'date', 'date.end'].map(
    type => `POST /v1/pages properties.*.${type}`,
  ),
  ...['Number', 'Choice', 'State', 'When', 'Link', 'Mail', 'Phone'].map(name => `POST /v1/pages properties.${name}`),
  'PATCH /v1/blocks/:block_id/children children.synced_block.synced_from',
  'PATCH /v1/blocks/:block_id/children children.paragraph.rich_text.text.link',
  'PATCH /v1/data_sources/:data_source_id properties.Extra',
  'PATCH /v1/data_sources/:data_source_id properties.Phone',
  'POST /v1/databases initial_data_source.properties.Ticket.unique_id.prefix',
  'PATCH /v1/views/:view_id sorts',
]);
/** What is kept as it came: its fields are not described where the examples' rules come from. */
const UNREAD = /configuration|quick_filters/;

describe('`null` is not "left out"', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  before(async () => {
    emulator = await startEmulator();
    fixture = await createFixture(emulator, emulator.internalToken);
  });
  after(() => emulator.close());

  const send = async (method: string, path: string, body: unknown, version = '2026-03-11') =>
    rawCall(emulator, path, { method, body: JSON.stringify(body), version });

  for (const path of ['search', 'source', 'database'] as const) {
    it(`start_cursor in the body of ${path}`, async () => {
      const version = path === 'database' ? '2022-06-28' : '2026-03-11';
      const url = {
        search: '/v1/search',
        source: `/v1/data_sources/${fixture.source}/query`,
        database: `/v1/databases/${fixture.database}/query`,
      }[path];
      const answer = await send('POST', url, { start_cursor: null }, version);
      assert.equal(answer.status, 400);
      assert.equal(
        answer.body.message,
        'body failed validation: body.start_cursor should be a string or `undefined`, instead was `null`.',
      );
    });
  }

  const optional: Readonly<Record<string, readonly string[]>> = {
    'POST /v1/search': ['query', 'sort', 'filter', 'page_size'],
    'POST /v1/data_sources/:data_source_id/query': ['filter', 'sorts', 'page_size', 'in_trash', 'result_type'],
    'POST /v1/pages': [
      ...['parent', 'properties', 'children', 'content', 'markdown', 'template', 'position', 'allow_async'],
    ],
    'PATCH /v1/pages/:page_id': ['properties', 'is_locked', 'in_trash', 'erase_content', 'template'],
    'PATCH /v1/blocks/:block_id/children': ['position', 'children'],
    'POST /v1/databases': ['title', 'description', 'is_inline', 'initial_data_source', 'icon', 'cover'],
    'PATCH /v1/databases/:database_id': ['title', 'description', 'icon', 'cover', 'is_locked', 'in_trash', 'parent'],
    'PATCH /v1/data_sources/:data_source_id': ['title', 'parent', 'in_trash'],
    'POST /v1/comments': ['rich_text', 'parent', 'discussion_id', 'attachments', 'display_name', 'markdown'],
    'POST /v1/file_uploads': ['mode', 'filename', 'content_type', 'number_of_parts', 'external_url'],
    'PATCH /v1/views/:view_id': ['name', 'configuration'],
    'POST /v1/views': ['filter', 'sorts', 'database_id', 'position', 'placement'],
  };
  for (const [route, names] of Object.entries(optional)) {
    it(`${route}: ${names.join(', ')}`, async () => {
      const example = examples.find(one => one.route === route);
      const [method = ''] = route.split(' ');
      for (const name of names) {
        const body = { ...example?.body?.(fixture), [name]: null };
        const answer = await send(method, example?.path(fixture) ?? '', body);
        assert.deepEqual([answer.status, answer.body.code], [400, 'validation_error'], name);
      }
    });
  }

  /** Every object field of a body, by path. */
  function* fields(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* fields(item, [...path, `${index}`]);
    if (!isPlain(value)) return;
    for (const [key, entry] of Object.entries(value)) {
      yield [...path, key];
      yield* fields(entry, [...path, key]);
    }
  }
  const withNull = (value: unknown, [key = '', ...rest]: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => (`${index}` === key ? withNull(item, rest) : item));
    const copy = { ...(value as Record<string, unknown>) };
    copy[key] = rest.length === 0 ? null : withNull(copy[key], rest);
    return copy;
  };

  it('every field of every example, but for those that null clears', async () => {
    const accepted: string[] = [];
    for (const example of examples) {
      const body = example.body?.(fixture);
      if (body === undefined || example.route.startsWith('DELETE')) continue;
      const [method = ''] = example.route.split(' ');
      for (const path of fields(body)) {
        const named = path.filter(key => !/^\d+$/.test(key));
        const place = `${example.route} ${named.join('.')}`;
        const typed = place.replace(/properties\.[^.]+\./, 'properties.*.');
        if (NULLABLE.has(place) || NULLABLE.has(typed) || UNREAD.test(place)) continue;
        const answer = await send(method, example.path(fixture), withNull(body, path), example.version);
        if (answer.status !== 400) accepted.push(`${place} → ${answer.status}`);
      }
    }
    assert.deepEqual(accepted, []);
  });

  it('icons and covers of a database could be taken away by null before 2025-09-03', async () => {
    const path = `/v1/databases/${fixture.database}`;
    assert.equal((await send('PATCH', path, { icon: null, cover: null }, '2022-06-28')).status, 200);
    assert.equal((await send('PATCH', path, { icon: null }, '2025-09-03')).status, 400);
  });
});
