import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RootKeyError } from '../domain/root-key-error.ts';
import { hourMs, secondMs } from '../domain/units.ts';
import type { RootKeys } from '../vault/root/root-key.ts';
import { rootKeyCheck } from './readiness.ts';

/** A key service as readiness sees it: it keeps values, or is away. */
function keyService() {
  const service = { away: false, asked: 0 };
  const kept = new Map<string, Uint8Array>();
  const answer = () => {
    service.asked += 1;
    if (service.away) throw new RootKeyError('unavailable', 'The key service does not answer.');
  };
  const root: RootKeys = {
    kid: 'rk_1',
    async wrap(plaintext) {
      answer();
      kept.set(String(service.asked), plaintext);
      return String(service.asked);
    },
    async unwrap(wrapped) {
      answer();
      return kept.get(wrapped) ?? new Uint8Array();
    },
  };
  return { service, root };
}

describe('the check of the root key', () => {
  function aCheck() {
    const { service, root } = keyService();
    let nowMs = 0;

    const check = rootKeyCheck({ root, monotonicMs: () => nowMs });
    const wait = (ms: number) => {
      nowMs += ms;
    };
    return { service, check, wait };
  }

  it('asks the key service once in ten seconds', async () => {
    const { service, check, wait } = aCheck();
    assert.equal(await check.holds(), true);
    wait(9 * secondMs);
    assert.equal(await check.holds(), true);
    assert.equal(service.asked, 2);
    wait(secondMs);
    assert.equal(await check.holds(), true);
    assert.equal(service.asked, 4);
  });

  it('is bridged for an hour after the key service was last there, and never before it was', async () => {
    const { service, check, wait } = aCheck();
    service.away = true;
    await assert.rejects(check.holds(), RootKeyError);
    assert.equal(check.isBridged(), false);
    service.away = false;
    assert.equal(await check.holds(), true);
    service.away = true;
    wait(hourMs - 1);
    await assert.rejects(check.holds(), RootKeyError);
    assert.equal(check.isBridged(), true);
    wait(1);
    assert.equal(check.isBridged(), false);
  });
});
