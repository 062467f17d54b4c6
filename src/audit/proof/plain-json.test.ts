import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import vectors from '../../../test/vectors/canonical-json.json' with { type: 'json' };
import { canonicalJson, isCanonicalJson, type JsonValue } from './canonical-json.ts';
import { isPlainCanonicalJson } from './plain-json.ts';

const letters = fc.constantFrom(...'abAB!#~" \\');
const plain = fc.letrec(tie => ({
  value: fc.oneof(
    fc.string({ unit: fc.constantFrom(...'ab!#~') }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.string({ unit: fc.constantFrom(...'ab!#~') }), tie('value'), { maxKeys: 5 }),
})).value as fc.Arbitrary<JsonValue>;

describe('plain canonical JSON', () => {
  it('is canonical, whatever text is looked at', () => {
    const nearly = fc.array(
      fc.oneof(letters, fc.constantFrom('{', '}', '[', ']', ',', ':', '"a":', '"b":', '0', '-', '12', 'null', 'true')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(nearly, pieces => {
        const text = pieces.join('');
        if (isPlainCanonicalJson(Buffer.from(text))) assert.ok(isCanonicalJson(text), text);
      }),
      { numRuns: 5_000 },
    );
    for (const text of vectors.refused) assert.ok(!isPlainCanonicalJson(Buffer.from(text)), text);
  });

  it('is recognised, with small numbers, and no longer once members change places', () => {
    fc.assert(
      fc.property(plain, value => {
        const text = canonicalJson(value);
        assert.equal(isPlainCanonicalJson(Buffer.from(text)), !/\d{16}/.test(text), text);
      }),
    );
    assert.ok(isPlainCanonicalJson(Buffer.from('{"a":1,"ab":[{},[],-5],"b":{"a!":null}}')));
    for (const text of ['{"ab":1,"a":2}', '{"a":1,"a":1}', '{"a":01}', '{"a":-0}', '{"a":1}x', '[1,]', '{"a"}', ''])
      assert.ok(!isPlainCanonicalJson(Buffer.from(text)), text);
  });
});
