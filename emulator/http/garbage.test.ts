import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { restRoutes } from '../rest/routes.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { VERSIONS } from './versions.ts';

describe('garbage', () => {
  let emulator: Emulator;
  let sources: string[];
  before(async () => {
    emulator = await startEmulator();
    const found = await fetch(`${emulator.url}/v1/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': '2026-03-11' },
      body: JSON.stringify({ page_size: 20 }),
    });
    sources = ((await found.json()) as { results: { id: string }[] }).results.map(result => result.id);
  });
  after(() => emulator.close());

  /** Words that make a request get past the first check more often than pure noise does. */
  const words = [
    'parent',
    'page_id',
    'database_id',
    'data_source_id',
    'block_id',
    'type',
    'properties',
    'title',
    'children',
    'paragraph',
    'rich_text',
    'text',
    'content',
    'filter',
    'sorts',
    'property',
    'and',
    'or',
    'direction',
    'ascending',
    'timestamp',
    'created_time',
    'position',
    'after_block',
    'in_trash',
    'name',
    'select',
    'options',
    'relation',
    'markdown',
    'replace_content',
    'new_str',
    'workspace',
    'mode',
    'filename',
    'query',
    'start_cursor',
    'page_size',
    'table',
    '__proto__',
    'constructor',
  ];
  const id = () => fc.constantFrom(...sources, emulator.pages.root, '00000000-0000-4000-8000-000000000000');
  const json = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...words),
      fc.jsonValue({ maxDepth: 1 }),
      fc.constant(null).chain(() => id()),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  const request = fc.record({
    route: fc.constantFrom(...restRoutes),
    segment: fc.oneof(fc.constant(null), fc.webSegment()),
    query: fc.webQueryParameters(),
    version: fc.constantFrom(...VERSIONS),
    body: fc.oneof(
      json.map(value => JSON.stringify(value)),
      fc.string(),
    ),
    pick: fc.nat(),
  });

  it('is answered in the error envelope, by a server that keeps running', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ route, segment, query, version, body, pick }) => {
        const path = route.path.replace(/:\w+/g, () => segment ?? sources[pick % sources.length] ?? '');
        const sends = route.method !== 'GET' && route.method !== 'DELETE';
        const response = await fetch(`${emulator.url}${path}?${query}`, {
          method: route.method,
          headers: { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': version },
          ...(sends ? { body } : {}),
        });
        const answer = (await response.json()) as Record<string, unknown>;
        assert.ok(response.status < 500, `${route.method} ${path} ${body} → ${response.status}`);
        if (response.status >= 400) {
          assert.deepEqual(
            [answer.object, answer.status, typeof answer.code, typeof answer.message, typeof answer.request_id],
            ['error', response.status, 'string', 'string', 'string'],
          );
        }
      }),
      { numRuns: 500 },
    );
    const alive = await fetch(`${emulator.url}/v1/nothing`);
    assert.equal(alive.status, 400);
  });
});
