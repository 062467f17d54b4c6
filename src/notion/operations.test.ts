import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { classifyRest, type RestRequest } from './classify.ts';
import type { OperationRow } from './operation-row.ts';
import { operations } from './operations.ts';
import { notionVersions } from './versions.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

/** The least that satisfies each row that needs something in its query or body. */
const least: Record<string, { query?: string; body?: object }> = {
  'pages.move': { body: { parent: { page_id: other } } },
  'blocks.meeting_notes.create': { body: { source: { block_id: other } } },
  'databases.create': { body: { parent: { page_id: other } } },
  'data_sources.create': { body: { parent: { database_id: other } } },
  'comments.create': { body: { parent: { page_id: other }, rich_text: [] } },
  'comments.list': { query: `?block_id=${other}` },
  'views.list': { query: `?database_id=${other}` },
  'views.create': { body: { data_source_id: other } },
};

function requestFor(row: OperationRow): RestRequest {
  const { query = '', body } = least[row.name] ?? {};
  const version = row.until ?? '2026-03-11';
  const headers = { 'notion-version': version, 'content-type': 'application/json' };
  const url =
    row.path
      .replace(/:task_id/, 'task_x')
      .replace(/:property_id/, 'title')
      .replace(/:\w+/g, id) + query;
  if (row.multipart) {
    return {
      method: row.method,
      url,
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
      body: Readable.from([]),
    };
  }
  return { method: row.method, url, headers, body: body ? Buffer.from(JSON.stringify(body)) : null };
}

describe('the table of operations', () => {
  it('names each method, path and version range once', () => {
    const seen = operations.map(row => `${row.method} ${row.path} ${row.since ?? ''} ${row.until ?? ''}`);
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(new Set(operations.map(row => row.name)).size, operations.length);
  });

  it('refers only to parameters and keys that the request can have', () => {
    for (const row of operations) {
      for (const locator of row.locators ?? []) {
        const [part, name = ''] = locator.at.split('.');
        if (part === 'path') assert.ok(row.path.includes(`:${name}`), `${row.name} ${locator.at}`);
        if (part === 'query') assert.ok(row.query?.includes(name), `${row.name} ${locator.at}`);
        if (part === 'body') assert.ok(row.body?.includes(name), `${row.name} ${locator.at}`);
      }
      for (const { at, on } of row.escalations ?? []) {
        const [name = ''] = at.split('.');
        assert.ok(name === '*' || row.body?.includes(name), `${row.name} ${at}`);
        assert.ok(
          row.locators?.some(locator => locator.at === on),
          `${row.name} ${on}`,
        );
      }
      for (const path of row.markdown ?? []) assert.ok(row.body?.includes(path.split('.')[0] ?? ''), row.name);
    }
  });

  for (const row of operations) {
    describe(row.name, () => {
      it('is found and demands something', () => {
        const operation = classifyRest(requestFor(row));
        assert.equal(operation.problem, null);
        assert.equal(operation.name, row.name);
        assert.equal(operation.effect, row.effect);
        assert.ok(operation.demands.length > 0, 'rule 5: nothing is allowed vacuously');
        assert.equal(operation.response.rewriteUrls, row.response.rewriteUrls ?? false);
      });

      it('demands each action of its row on the object in its path', () => {
        const operation = classifyRest(requestFor(row));
        for (const { at, actions, kind, owned } of row.locators ?? []) {
          if (!at.startsWith('path.')) continue;
          for (const action of actions) {
            const demand = operation.demands.find(
              ({ object, ...rest }) => object.kind === kind && rest.action === action,
            );
            assert.equal(demand?.owned, owned);
            assert.ok(demand);
          }
        }
      });

      it('exists in its versions alone', () => {
        for (const version of notionVersions) {
          const request = requestFor(row);
          const operation = classifyRest({ ...request, headers: { ...request.headers, 'notion-version': version } });
          const exists = (!row.since || version >= row.since) && (!row.until || version <= row.until);
          assert.equal(operation.problem?.code, exists ? undefined : 'invalid_request_url', version);
        }
      });

      it('rule 5: is refused when an id in its path is none', () => {
        for (const parameter of row.path.match(/:\w+/g) ?? []) {
          if (parameter === ':property_id') continue;
          const request = requestFor(row);
          const url = row.path.replace(parameter, 'not~an~id').replace(':property_id', 'title').replace(/:\w+/g, id);
          assert.equal(classifyRest({ ...request, url }).problem?.code, 'validation_error');
        }
      });

      it('rule 5: is refused without what it needs', () => {
        if (!row.needs?.some(need => need.onlyIf === undefined)) return;
        const operation = classifyRest({ ...requestFor(row), url: row.path.replace(/:\w+/g, id), body: null });
        assert.equal(operation.problem?.code, 'validation_error');
      });

      it('rule 7: refuses unknown keys when it writes', () => {
        if (row.effect !== 'write') return;
        const request = requestFor(row);
        const separator = request.url.includes('?') ? '&' : '?';
        assert.equal(
          classifyRest({ ...request, url: `${request.url}${separator}force=1` }).problem?.code,
          'validation_error',
        );
        if (row.multipart) return;
        const body = Buffer.from(JSON.stringify({ ...least[row.name]?.body, in_trash_: true }));
        assert.equal(classifyRest({ ...request, body }).problem?.code, 'validation_error');
      });
    });
  }
});
