import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pg from 'pg';
import { loggedError } from './logged-error.ts';

const long = 'x'.repeat(1_000_000);
const sizeOf = (value: unknown) => JSON.stringify(loggedError(value)).length;

describe('an error in the program log', () => {
  it('says what failed, where, and what caused it', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const logged = loggedError(new TypeError('it failed', { cause }));
    assert.equal(logged.type, 'TypeError');
    assert.equal(logged.message, 'it failed');
    assert.match(logged.stack, /^at .*logged-error\.test\.ts/);
    assert.equal(logged.cause?.code, 'ECONNREFUSED');
    assert.equal(loggedError(new AggregateError([cause])).cause?.message, 'refused');
  });

  it('has a bound, whatever is in it', () => {
    const deep = (left: number): Error => new Error(long, left === 0 ? {} : { cause: deep(left - 1) });
    const framed = new Error('it failed');
    framed.stack = `Error: it failed\n${'    at somewhere (file.ts:1:1)\n'.repeat(100_000)}`;
    const named = Object.assign(new Error(''), { name: long, code: long, body: long });
    for (const value of [
      deep(20),
      framed,
      named,
      long,
      new AggregateError([deep(20)], long),
      { long },
      null,
      undefined,
    ]) {
      assert.ok(sizeOf(value) < 25_000, `${sizeOf(value)} bytes`);
    }
  });

  it('repeats nothing that a database says of a row', () => {
    const error = new pg.DatabaseError('duplicate key', 0, 'error');
    error.code = '23505';
    error.detail = 'Key (email)=(ada@acme.test) already exists.';
    error.where = 'COPY account, line 1: "ada@acme.test"';
    const logged = JSON.stringify(loggedError(error));
    assert.ok(!logged.includes('ada@acme.test'), logged);
    assert.match(logged, /23505/);
  });
});
