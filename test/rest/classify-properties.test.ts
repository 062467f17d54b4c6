import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { classifyRest } from '../../src/notion/classify.ts';
import { operations } from '../../src/notion/operations.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const methods = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD');

/** Pieces from which hostile paths are made. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '/',
      '//',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '\\',
      '%00',
      '%',
      '%25',
      '?',
      '#',
      ';',
      '@',
      ':',
      '&',
      '=',
    ],
    ...['pages', 'blocks', 'children', 'users', 'me', 'move', 'p%61ges', 'query', 'filter_properties', 'block_id'],
    ...[id, id.toUpperCase(), id.replaceAll('-', ''), `%30${id.slice(1)}`, 'ä', ' ', '\r\n', '\u0000'],
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const hostileUrl = fc.array(piece, { maxLength: 12 }).map(pieces => `/v1/${pieces.join('')}`);

/** A path of the table with its parameters filled, perhaps spoiled in one place. */
const nearlyRight = fc
  .tuple(fc.constantFrom(...operations.map(row => row.path)), fc.array(piece, { maxLength: 2 }), fc.nat(60))
  .map(([path, noise, at]) => {
    const url = path.replace(/:\w+/g, id);
    return url.slice(0, at) + noise.join('') + url.slice(at);
  });

const keys = fc.constantFrom(
  ...['parent', 'page_id', 'database_id', 'properties', 'relation', 'id', 'children', 'mention', 'page', 'in_trash'],
  ...['archived', 'template', 'template_id', 'position', 'after_block', 'workspace', 'block_id', 'synced_from', 'url'],
  ...['markdown', 'content', 'type', 'filter', '__proto__', 'constructor', 'toString', 'insert_content'],
);
const { json } = fc.letrec<{ json: unknown }>(tie => ({
  json: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      '',
      id,
      id.toUpperCase(),
      `https://www.notion.so/${id}`,
      'text',
      `<page url="${id}">`,
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 4 }),
  ),
}));

describe('whatever is sent', () => {
  it('trap 1: the path that is judged is the path that is sent, and it has one reading', () => {
    let passed = 0;
    fc.assert(
      fc.property(methods, fc.oneof(hostileUrl, nearlyRight), (method, url) => {
        const operation = classifyRest({ method, url, headers: {}, body: null });
        if (operation.problem !== null || operation.target?.kind !== 'notion') return;
        passed++;
        const { path } = operation.target;
        const parsed = new URL(path, 'https://api.notion.com');
        assert.equal(parsed.pathname + parsed.search, path, 'a URL parser reads the path as it stands');
        assert.equal(parsed.host, 'api.notion.com');
        assert.doesNotMatch(path, /\/\/|\/\.{1,2}(?:\/|\?|$)|\\|[^\x21-\x7e]/);
        const again = classifyRest({ method, url: path, headers: {}, body: null });
        assert.deepEqual(
          [again.name, again.demands, again.target],
          [operation.name, operation.demands, operation.target],
        );
        for (const { object } of operation.demands) {
          if ('id' in object) assert.ok(path.includes(object.id), 'the object that is judged stands in what is sent');
        }
      }),
      { numRuns: 5_000 },
    );
    assert.ok(passed > 100, `only ${passed} of the generated paths were acceptable`);
  });

  it('classification never throws, and demands something of everything that would be sent', () => {
    fc.assert(
      fc.property(methods, nearlyRight, json, (method, url, value) => {
        const body = Buffer.from(JSON.stringify(value));
        const operation = classifyRest({ method, url, headers: { 'content-type': 'application/json' }, body });
        if (operation.problem === null) assert.ok(operation.demands.length > 0);
      }),
      { numRuns: 5_000 },
    );
  });

  it('rule 5: an id in a body is demanded something of, or is text, or the call is refused', () => {
    const places = fc.array(keys, { minLength: 1, maxLength: 5 });
    const textual = new Set(['content', 'url', 'markdown', 'type']);
    fc.assert(
      fc.property(places, fc.boolean(), (place, inArray) => {
        const stray = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
        const value = place.reduceRight<unknown>((inner, key) => ({ [key]: inArray ? [inner] : inner }), stray);
        const body = Buffer.from(JSON.stringify({ children: [value] }));
        const request = {
          method: 'PATCH',
          url: `/v1/blocks/${id}/children`,
          headers: { 'content-type': 'application/json' },
        };
        const { problem, demands } = classifyRest({ ...request, body });
        const claimed = demands.some(({ object }) => 'id' in object && object.id === stray);
        assert.ok(problem !== null || claimed || textual.has(place.at(-1) ?? ''), place.join('.'));
      }),
      { numRuns: 3_000 },
    );
  });

  it('arbitrary bytes are no reason to throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const headers = { 'content-type': 'application/json' };
        const operation = classifyRest({ method: 'POST', url: '/v1/pages', headers, body: Buffer.from(bytes) });
        assert.ok(operation.problem !== null || bytes.length <= 2);
      }),
    );
  });
});
