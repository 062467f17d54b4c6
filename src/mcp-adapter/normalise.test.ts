import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ToolCallEnd } from './gate.ts';
import { normalise } from './normalise.ts';
import { pageIn } from './page-shapes.ts';

const text = (value: unknown, isError = false): ToolCallEnd => ({
  kind: 'answered',
  answer: { content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }], isError },
});
const statusOf = (end: ToolCallEnd) => {
  const found = normalise(end);
  return 'data' in found ? 'success' : found.status;
};

describe('the normaliser', () => {
  it('C5: makes no success of an error, whatever it looks like', () => {
    const refused = { object: 'error', status: 404, code: 'object_not_found', message: 'Could not find page' };
    assert.equal(statusOf(text(refused)), 'not_found');
    assert.equal(
      statusOf(text({ name: 'APIResponseError', status: 403, code: 'restricted_resource', body: '{}' })),
      'forbidden',
    );
    assert.equal(statusOf(text({ status: 'error', message: 'no' })), 'error');
    assert.equal(statusOf(text({ error: { code: 'rate_limited', retry_after_seconds: 3 } })), 'rate_limited');
    assert.equal(statusOf(text({ id: 'x' }, true)), 'error');
    assert.equal(statusOf(text('plain words')), 'unexpected_response');
    assert.equal(statusOf({ kind: 'answered', answer: { content: [] } }), 'unexpected_response');
    assert.equal(statusOf({ kind: 'answered', answer: {} }), 'unexpected_response');
  });

  it('takes what only looks like an error for what it is', () => {
    assert.equal(statusOf(text({ error: null, id: 'x' })), 'success');
    assert.equal(statusOf(text({ text: 'Expected array, received string', title: 'how to', metadata: {} })), 'success');
  });

  it('knows the three errors of arguments that are encoded once too often, and only in errors', () => {
    for (const message of [
      'Expected array, received string',
      'Expected object, received string',
      'body.parent.page_id should be defined, instead was `undefined`.',
    ]) {
      assert.equal(statusOf(text(`MCP error -32602: ${message}`, true)), 'upstream_argument_error');
      assert.equal(statusOf({ kind: 'refused', status: 200, message }), 'upstream_argument_error');
    }
  });

  it('knows nothing of what got lost', () => {
    assert.equal(statusOf({ kind: 'lost', message: '' }), 'unknown');
  });

  it('C6: reads the pages of the hosted server, and of the REST API', () => {
    const hosted = pageIn({ pages: [{ id: 'p', url: 'u', properties: { title: 'T' } }] });
    assert.deepEqual(hosted, { id: 'p', url: 'u', title: 'T' });
    assert.deepEqual(pageIn({ page_id: 'p' }), { id: 'p', url: '', title: '' });
    const title = { type: 'title', title: [{ plain_text: 'A' }, { plain_text: 'B' }] };
    assert.deepEqual(pageIn({ id: 'p', url: 'u', properties: { Name: title } }), { id: 'p', url: 'u', title: 'AB' });
    assert.equal(pageIn({}), null);
    assert.equal(pageIn({ pages: [] }), null);
    assert.equal(pageIn({ id: '' }), null);
  });
});
