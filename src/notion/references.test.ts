import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyRest } from './classify.ts';
import { findReferences } from './references.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

function readsIn(properties: object): string[] {
  const { demands, problem } = findReferences({ properties }, new Set(), new Set());
  assert.equal(problem, null);
  return demands.map(({ action, object }) => `${action} ${object.kind} ${'id' in object ? object.id : ''}`);
}

describe('the short forms of property values', () => {
  it('a bare array is a relation as much as a named one', () => {
    assert.deepEqual(readsIn({ Tasks: [{ id: other }] }), [`read page ${other}`]);
    assert.deepEqual(readsIn({ Tasks: { relation: [{ id: other }] } }), [`read page ${other}`]);
    assert.deepEqual(readsIn({ Tasks: [{ id: other.replaceAll('-', '') }, { id }] }), [
      `read page ${other}`,
      `read page ${id}`,
    ]);
  });

  it('whatever the property is called, and whatever stands beside the id', () => {
    for (const name of ['people', 'user', 'title', 'name', 'select', 'relation', 'id', 'page', '__proto__x']) {
      assert.ok(readsIn({ [name]: [{ object: 'user', id: other }] }).includes(`read page ${other}`), name);
    }
  });

  it('an id in a spelling of its own is refused', () => {
    const { problem } = findReferences({ properties: { Tasks: [{ id: `{${other}}` }] } }, new Set(), new Set());
    assert.equal(problem?.code, 'validation_error');
  });

  it('options, people by name and text are no objects', () => {
    assert.deepEqual(readsIn({ Tags: [{ name: 'x' }], Title: [{ text: { content: other } }], N: 3, S: 'text' }), []);
  });
});

describe('a body that is made to be slow', () => {
  const strings = (count: number) => Array.from({ length: count }, () => 'x');
  const bodies: Record<string, (size: number) => object> = {
    'a long key around many strings': size => ({ ['k'.repeat(size / 2)]: { x: strings(size / 8) } }),
    'many long keys': size => ({
      children: Array.from({ length: Math.floor(Math.sqrt(size)) }, () => ({ ['k'.repeat(Math.sqrt(size))]: 'x' })),
    }),
    'deep nesting': size => {
      let inner: object = { x: strings(size / 8) };
      for (let depth = 0; depth < 50; depth++) inner = { [`k${'k'.repeat(size / 200)}`]: inner };
      return inner;
    },
    'many ids': size => ({ children: Array.from({ length: size / 64 }, () => ({ x: other })) }),
    'one long string': size => ({
      markdown: '<page url="{{'.repeat(size / 16),
      x: 'https://www.notion.so/'.repeat(size / 32),
    }),
    'many links': size => ({
      children: Array.from({ length: size / 100 }, () => ({ bookmark: { url: `/x-${other}` } })),
    }),
  };
  const request = { method: 'PATCH', url: `/v1/pages/${id}/markdown`, headers: { 'content-type': 'application/json' } };

  for (const [what, make] of Object.entries(bodies)) {
    it(`${what}: eight times the body does not take more than some eight times the work`, () => {
      const msFor = (size: number) => {
        const body = Buffer.from(JSON.stringify(make(size)));
        const started = performance.now();
        classifyRest({ ...request, body });
        return performance.now() - started;
      };
      const short = Math.min(msFor(62_500), msFor(62_500));
      const long = msFor(500_000);
      assert.ok(long < Math.max(short, 50) * 32, `${short} ms, then ${long} ms`);
    });
  }
});
