import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { aCall } from '../../test/fixtures.ts';
import { newId } from '../domain/ids.ts';
import { createTurnstile } from './turnstile.ts';

const ada = { kind: 'user', id: newId('usr') } as const;

describe('rule 29: the calls of a principal', () => {
  it('count from when they come until they are over, once each', () => {
    const turnstile = createTurnstile();
    const [first, second] = [aCall(), aCall()];
    assert.equal(turnstile.enter(first, ada), 0);
    assert.equal(turnstile.enter(first, ada), 0);
    assert.equal(turnstile.enter(second, ada), 1);
    turnstile.leave(first, null);
    turnstile.leave(first, null);
    assert.equal(turnstile.enter(aCall(), ada), 1);
  });

  it('count as long as their answer is streamed', async () => {
    const turnstile = createTurnstile();
    const call = aCall();
    turnstile.enter(call, ada);
    const body = new PassThrough();
    turnstile.leave(call, { status: 200, headers: {}, body });
    const other = aCall();
    assert.equal(turnstile.enter(other, ada), 1);
    turnstile.leave(other, null);
    body.destroy();
    await once(body, 'close');
    assert.equal(turnstile.enter(aCall(), ada), 0);
  });

  it('are over at once where the stream has closed already', async () => {
    const turnstile = createTurnstile();
    const call = aCall();
    turnstile.enter(call, ada);
    const body = new PassThrough().destroy();
    await once(body, 'close');
    turnstile.leave(call, { status: 200, headers: {}, body });
    assert.equal(turnstile.enter(aCall(), ada), 0);
  });
});
