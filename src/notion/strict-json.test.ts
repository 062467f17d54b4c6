import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jsonDepthMax, parseStrictJson } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

describe('rule 7: a body that has exactly one meaning', () => {
  it('takes what JSON.parse takes, if it is an object without repeated keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), value => {
        const text = JSON.stringify(value);
        assert.deepEqual(parse(text), JSON.parse(text));
      }),
    );
  });

  it('refuses any object in which any key stands twice, at any depth and in any spelling', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), fc.nat(5), (key, first, second, depth) => {
        const spelled = JSON.stringify(key);
        const twice = `{${spelled}:${JSON.stringify(first)},"more":[1],${spelled}:${JSON.stringify(second)}}`;
        const nested = `${'{"a":['.repeat(depth)}${twice}${']}'.repeat(depth)}`;
        assert.equal(parse(nested), null);
      }),
    );
    assert.equal(parse('{"in_trash":false,"in\\u005ftrash":true}'), null);
    assert.equal(parse('{"__proto__":1,"__proto__":2}'), null);
  });

  it('is not misled by colons, brackets, quotes and backslashes in strings', () => {
    const value = { 'a:b': '{"x":1}', 'c\\': '\\"', 'd"': ':::[[[', e: '\\\\' };
    assert.deepEqual(parse(JSON.stringify(value)), value);
  });

  it('keeps __proto__ as an ordinary key', () => {
    const parsed = parse('{"__proto__":{"in_trash":true}}');
    assert.deepEqual(Object.keys(parsed ?? {}), ['__proto__']);
    assert.equal((parsed as { in_trash?: unknown }).in_trash, undefined);
  });

  for (const text of [
    '',
    ' ',
    '[]',
    '[{"a":1}]',
    '1',
    '"a"',
    'null',
    '{',
    '{"a":1',
    '{"a"}',
    '{a:1}',
    "{'a':1}",
    '{"a":1}x',
    '{"a":1,}',
    '{"a":NaN}',
    '{}{}',
    '\uFEFF{}',
    '"',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parse(text), null));
  }

  it('refuses what is not UTF-8', () => {
    const bodies = [[0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff]];
    for (const bytes of bodies) {
      assert.equal(
        parseStrictJson(Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])),
        null,
      );
    }
    assert.equal(parseStrictJson(Buffer.from('{"a":1}', 'utf16le')), null);
  });

  it(`refuses more than ${jsonDepthMax} levels without running out of stack`, () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    assert.notEqual(parse(nested(jsonDepthMax)), null);
    assert.equal(parse(nested(jsonDepthMax + 1)), null);
    assert.equal(parse(`{"a":${'['.repeat(200_000)}`), null);
  });

  it('takes time in proportion to the size, even of hostile bodies', () => {
    const started = performance.now();
    parse(`{"a":"${'\\\\'.repeat(120_000)}\\""}`);
    parse(`{"a":"${'\\"'.repeat(120_000)}"}`);
    assert.ok(performance.now() - started < 1_000);
  });
});
