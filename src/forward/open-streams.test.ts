import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { aDecidedCall } from '../../test/fixtures.ts';
import { createOpenStreams } from './open-streams.ts';

function someStreams(wouldStillPass: () => Promise<boolean>) {
  const troubles: unknown[] = [];
  let atMs = 0;
  const streams = createOpenStreams({
    wouldStillPass,
    onTrouble: error => troubles.push(error),
    monotonicMs: () => atMs,
    everyMs: 60_000,
  });
  const stream = new PassThrough();
  stream.on('error', () => {});
  streams.watch(aDecidedCall(), stream);
  const pass = (ms: number) => {
    atMs += ms;
    return streams.look();
  };
  return { streams, stream, troubles, pass };
}

describe('rule 10: a stream', () => {
  it('goes on while its call would still be let through, and ends when it would not', async () => {
    let passes = true;
    const { streams, stream, pass } = someStreams(async () => passes);
    await pass(1);
    assert.equal(stream.destroyed, false);
    passes = false;
    const closed = new Promise(resolve => stream.once('close', resolve));
    await pass(1);
    await closed;
    assert.equal((stream.errored as Error & { code: string }).code, 'policy_changed');
    await streams.close();
  });

  it('is not asked about any more once it has ended', async () => {
    let asked = 0;
    const { streams, stream, pass } = someStreams(async () => ++asked > 0);
    stream.resume().end();
    await once(stream, 'close');
    await pass(1);
    assert.equal(asked, 0);
    await streams.close();
  });

  it('goes on for a while where nobody can say, and not for ever', async () => {
    const { streams, stream, pass, troubles } = someStreams(() => Promise.reject(new Error('no database')));
    await pass(29_000);
    assert.equal(stream.destroyed, false);
    await pass(2_000);
    assert.equal(stream.destroyed, true);
    assert.equal(troubles.length, 2);
    await streams.close();
  });
});
