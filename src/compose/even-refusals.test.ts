import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCall, aCaller, aNotionRequest, anOperation, someFacts } from '../../test/fixtures.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Call } from '../domain/operation.ts';
import type { Steps } from '../gateway.ts';
import { createEvenRefusals } from './even-refusals.ts';

const path = '/v1/pages/11111111-1111-4111-8111-111111111111';
const getPage = (): Call => aCall({ operation: anOperation({ target: aNotionRequest({ path }) }) });
const system = aCaller({ principal: { kind: 'system', component: 'page index' } });

function setUp() {
  let time = 1_000;
  const waited: number[] = [];
  const evening = createEvenRefusals(
    () => time,
    async ms => void waited.push(ms),
  );
  const steps = evening.watch({ resolve: async () => someFacts(), leave: () => {} } as unknown as Steps);
  const look = async (ms: number, call = getPage(), caller = system) => {
    await steps.resolve(call, caller);
    time += ms;
    steps.leave(call, null);
  };
  const refuse = (error: Error, ms: number, call = getPage()) =>
    assert.rejects(
      evening.even(async () => {
        time += ms;
        throw error;
      })(call),
      error,
    );
  return { look, refuse, waited };
}

const missing = new PortcullisError('not_found');

describe('rule 12: a refusal of what is known here', () => {
  it('takes as long as a look at Notion took', async () => {
    const { look, refuse, waited } = setUp();
    await look(120);
    await refuse(missing, 3);
    await refuse(missing, 120);
    await refuse(missing, 150);
    assert.deepEqual(waited, [117], 'what has asked Notion itself does not wait');
  });

  it('varies as looks do, and never waits long', async () => {
    const { look, refuse, waited } = setUp();
    for (const ms of [100, 300, 60_000]) await look(ms);
    for (let refusal = 0; refusal < 4; refusal++) await refuse(missing, 0);
    assert.deepEqual(waited, [100, 300, 2_000, 100]);
  });

  it('waits for nothing where nobody has asked Notion, and for no other error', async () => {
    const { look, refuse, waited } = setUp();
    await refuse(missing, 0);
    await look(100, getPage(), aCaller());
    await look(100, aCall({ operation: anOperation({ target: aNotionRequest({ path: '/v1/users' }) }) }));
    await refuse(missing, 0);
    await look(100);
    await refuse(new PortcullisError('restricted'), 0);
    await refuse(
      missing,
      0,
      aCall({ operation: anOperation({ target: { kind: 'local', run: async () => assert.fail() } }) }),
    );
    assert.deepEqual(waited, []);
  });
});
