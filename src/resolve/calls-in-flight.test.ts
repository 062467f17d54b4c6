import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { aCall } from '../../test/fixtures.ts';
import { newId } from '../domain/ids.ts';
import { countCallsInFlight } from './calls-in-flight.ts';

const ada = { kind: 'user', id: newId('usr') } as const;

describe('rule 29: the calls of a principal', () => {
  it('count from when they come until they are over, once each', () => {
    const inFlight = countCallsInFlight();
    const [first, second] = [aCall(), aCall()];
    assert.equal(inFlight.enter(first, ada), 0);
    assert.equal(inFlight.enter(first, ada), 0);
    assert.equal(inFlight.enter(second, ada), 1);
    inFlight.leave(first, null);
    inFlight.leave(first, null);
    assert.equal(inFlight.enter(aCall(), ada), 1);
  });

  it('count as long as their answer is streamed', async () => {
    const inFlight = countCallsInFlight();
    const call = aCall();
    inFlight.enter(call, ada);
    const body = new PassThrough();
    inFlight.leave(call, { status: 200, headers: {}, body });
    const other = aCall();
    assert.equal(inFlight.enter(other, ada), 1);
    inFlight.leave(other, null);
    body.destroy();
    await once(body, 'close');
    assert.equal(inFlight.enter(aCall(), ada), 0);
  });

  it('are over at once where the stream has closed already', async () => {
    const inFlight = countCallsInFlight();
    const call = aCall();
    inFlight.enter(call, ada);
    const body = new PassThrough().destroy();
    await once(body, 'close');
    inFlight.leave(call, { status: 200, headers: {}, body });
    assert.equal(inFlight.enter(aCall(), ada), 0);
  });
});
