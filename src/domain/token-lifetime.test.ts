import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLifetimeSeconds } from './token-lifetime.ts';

describe('expires_in', () => {
  const cases: [unknown, number | null][] = [
    [3_600, 3_600],
    [0, 0],
    ['3600', 3_600],
    [59.9, 59],
    [-1, null],
    [1e20, null],
    ['1e20', null],
    ['-1', null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['', null],
    [null, null],
    [undefined, null],
    [[3_600], null],
    [{}, null],
    [true, null],
  ];
  for (const [given, seconds] of cases) {
    it(`B14: ${JSON.stringify(given) ?? 'undefined'} is ${seconds === null ? 'no lifetime' : `${seconds} s`}`, () => {
      assert.equal(readLifetimeSeconds(given), seconds);
    });
  }
});
