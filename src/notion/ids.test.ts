import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalId, looksLikeId } from './ids.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const hex = id.replaceAll('-', '');

describe('trap 1: an id in any spelling that Notion accepts', () => {
  for (const spelling of [id, hex, id.toUpperCase(), hex.toUpperCase()]) {
    it(`${spelling} has one canonical form`, () => assert.equal(canonicalId(spelling), id));
  }

  for (const spelling of [
    '',
    'me',
    `${id}0`,
    `{${id}}`,
    `${hex.slice(1)}g`,
    ` ${id}`,
    `${id}\n`,
    id.replace('-', '_'),
  ]) {
    it(`${JSON.stringify(spelling)} is no id`, () => assert.equal(canonicalId(spelling), null));
  }

  it('is noticed even in a spelling that we would not accept', () => {
    for (const value of [`{${id}}`, `urn:uuid:${id}`, `${hex.slice(0, 4)}-${hex.slice(4)}`, ` ${id} `]) {
      assert.equal(looksLikeId(value), true, value);
    }
    for (const value of ['', 'roadmap', id.slice(1), `see ${id}`, 'https://example.com/']) {
      assert.equal(looksLikeId(value), false, value);
    }
  });
});
