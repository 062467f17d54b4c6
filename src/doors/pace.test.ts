import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchPace } from './pace.ts';

const pace = { graceMs: 40, bytesPerSecond: 1_000 };

/** Watches a transfer with figures that the test sets. */
function aTransfer() {
  const transfer = { moved: 0, waiting: true };
  const slow = Promise.withResolvers<string>();
  const watch = watchPace(pace, {
    moved: () => transfer.moved,
    waiting: () => transfer.waiting,
    onSlow: () => slow.resolve('slow'),
  });
  const within = (ms: number) => Promise.race([slow.promise, new Promise(end => setTimeout(end, ms, 'still watched'))]);
  return { transfer, within, stop: watch.stop };
}

describe('a transfer', () => {
  it('that moves nothing is slow', async () => {
    assert.equal(await aTransfer().within(5_000), 'slow');
  });

  it('that has moved much and then stops is slow too', async () => {
    const { transfer, within } = aTransfer();
    transfer.moved = 1_000_000;
    assert.equal(await within(5_000), 'slow');
  });

  it('is not slow while we hold it up ourselves', async () => {
    const { transfer, within, stop } = aTransfer();
    transfer.waiting = false;
    assert.equal(await within(200), 'still watched');
    stop();
  });

  it('that keeps the pace goes on', async () => {
    const { transfer, within, stop } = aTransfer();
    const moving = setInterval(() => {
      transfer.moved += 1_000;
    }, 1);
    assert.equal(await within(200), 'still watched');
    clearInterval(moving);
    stop();
  });
});
