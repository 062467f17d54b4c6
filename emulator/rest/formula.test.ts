import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluateFormula } from './formula.ts';

const NOW = new Date('2026-11-22T10:30:00.000Z');

describe('formulas', () => {
  const computed: readonly [string, unknown][] = [
    ['1 + 2 * 3', { type: 'number', number: 7 }],
    ['prop("Hours") > 2 ? "long" : "short"', { type: 'string', string: 'long' }],
    ['ifs(false, 1, prop("Hours") == 4, 2, 3)', { type: 'number', number: 2 }],
    ['ifs(false, 1, 3)', { type: 'number', number: 3 }],
    ['round(2.346, 2)', { type: 'number', number: 2.35 }],
    ['round(2.5)', { type: 'number', number: 3 }],
    ['sum(1, 2, 3) / mean(1, 3)', { type: 'number', number: 3 }],
    ['pow(2, 3) + mod(7, 4) + sqrt(9) + sign(-5)', { type: 'number', number: 13 }],
    ['substring("Notion", 0, 3)', { type: 'string', string: 'Not' }],
    ['substring("Notion", 3)', { type: 'string', string: 'ion' }],
    ['trim("  x ") + repeat("ab", 2)', { type: 'string', string: 'xabab' }],
    ['contains(upper("abc"), "BC") and not empty("x")', { type: 'boolean', boolean: true }],
    ['year(now()) * 100 + month(now())', { type: 'number', number: 202_611 }],
    ['date(today())', { type: 'number', number: 22 }],
    ['today()', { type: 'date', date: { start: '2026-11-22T00:00:00.000Z', end: null, time_zone: null } }],
    ['map([1], current)', { type: 'unsupported', unsupported: {} }],
    ['toString(1)', { type: 'unsupported', unsupported: {} }],
  ];
  for (const [expression, result] of computed) {
    it(expression, () => {
      const read = (name: string) => (name === 'Hours' ? 4 : null);
      assert.deepEqual(evaluateFormula(expression, read, NOW), result);
    });
  }
});
