import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mirrorProperties } from './mirrored-properties.ts';

describe('the properties that conditions test', () => {
  const mirrored = (value: object) => mirrorProperties({ Tested: value }, new Set(['Tested'])).properties;
  const people = (count: number) => ({
    type: 'people',
    people: Array.from({ length: count }, (_, index) => ({ object: 'user', id: String(index) })),
  });
  const words = (count: number) => ({ type: 'rich_text', rich_text: Array(count).fill({ plain_text: 'a ' }) });

  it('are those that a page shows whole', () => {
    assert.deepEqual(mirrored(people(2)), { Tested: ['0', '1'] });
    assert.deepEqual(mirrored(words(2)), { Tested: 'a a ' });
  });

  it('and nothing where the page stops short: an allow then does not match, and a deny does', () => {
    assert.deepEqual(mirrored(people(25)), {});
    assert.deepEqual(mirrored(words(25)), {});
  });
});
