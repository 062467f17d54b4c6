import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import vectors from '../../../test/vectors/canonical-json.json' with { type: 'json' };
import { canonicalJson, isCanonicalJson, type JsonValue } from './canonical-json.ts';

describe('canonical JSON (RFC 8785)', () => {
  it('is what the RFC shows', () => {
    for (const { written, canonical } of vectors.same) assert.equal(canonicalJson(JSON.parse(written)), canonical);
    for (const number of vectors.numbers) assert.equal(canonicalJson(number), String(number));
  });

  it('is what another implementation makes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => assert.equal(canonicalJson(value as JsonValue), canonicalize(value))),
    );
  });

  it('is told from all other JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), value => assert.ok(isCanonicalJson(canonicalJson(value as JsonValue)))));
    for (const text of vectors.refused) assert.equal(isCanonicalJson(text), false, text);
  });

  it('cannot be made of half a surrogate pair or of what is no number', () => {
    assert.throws(() => canonicalJson('\ud800'), TypeError);
    assert.throws(() => canonicalJson({ '\udc00': 1 }), TypeError);
    assert.throws(() => canonicalJson(Number.NaN), TypeError);
  });
});
