import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { aCall, aCaller, aNotionRequest, anOperation, someFacts } from '../../test/fixtures.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Call, LocalCommand } from '../domain/operation.ts';
import type { Steps } from '../gateway.ts';
import { createEvenRefusals } from './even-refusals.ts';

const system = aCaller({ principal: { kind: 'system', component: 'page index' } });
const missing = new PortcullisError('not_found');
const command: LocalCommand = { kind: 'local', run: async () => assert.fail() };

function getPage(target: Call['operation']['target'] = aNotionRequest()): Call {
  return aCall({ requestId: randomUUID(), operation: anOperation({ target }) });
}

function setUp() {
  let time = 1_000;
  const waited: number[] = [];
  const evening = createEvenRefusals(
    () => time,
    async ms => void waited.push(ms),
  );
  const { resolve } = evening.watch({ resolve: async () => someFacts() } as unknown as Steps);

  /** A call that is refused after so long; for some of them the gate asks Notion, with the number of the call. */
  function refuse(ms: number, { asking = false, error = missing, call = getPage() } = {}) {
    const gateway = evening.even(async ({ requestId }) => {
      if (asking) await resolve({ ...getPage(), requestId }, system);
      time += ms;
      throw error;
    });
    return assert.rejects(gateway(call), error);
  }

  return { refuse, waited };
}

describe('rule 12: a refusal of what is known here', () => {
  it('takes as long as one for which Notion was asked', async () => {
    const { refuse, waited } = setUp();
    await refuse(120, { asking: true });
    await refuse(3);
    await refuse(130);
    assert.deepEqual(waited, [117], 'one that is late already does not wait');
  });

  it('varies as they do, and never waits long', async () => {
    const { refuse, waited } = setUp();
    for (const ms of [100, 300, 60_000]) await refuse(ms, { asking: true });
    for (let refusal = 0; refusal < 4; refusal++) await refuse(0);
    assert.deepEqual(waited, [100, 300, 2_000, 100]);
  });

  it('waits for nothing before Notion was asked, and so does no other error', async () => {
    const { refuse, waited } = setUp();
    await refuse(0);
    await refuse(100, { asking: true, error: new PortcullisError('restricted') });
    await refuse(0);
    await refuse(100, { asking: true });
    await refuse(0, { error: new PortcullisError('restricted') });
    await refuse(0, { call: getPage(command) });
    assert.deepEqual(waited, []);
  });
});
