import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../until.ts';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

describe('a client secret that Notion refuses, at the REST door', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const call = async (init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' };
    const response = await fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.public}`, { ...init, headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('is said to be our own fault, to readers and writers alike, and changes nothing at Notion', async () => {
    assert.equal((await call()).status, 200);
    await demo.emulator.renewClientSecret({});
    for (const { botId } of await demo.emulator.installations({})) await demo.emulator.expireAccess({ botId });
    await demo.emulator.clearRequests({});
    const write = { method: 'PATCH', body: JSON.stringify({ icon: { type: 'emoji', emoji: '🔑' } }) };
    for (const init of [{}, write, {}]) {
      const { status, body } = await call(init);
      assert.deepEqual([status, body.object, body.code], [503, 'error', 'service_unavailable']);
      assert.match(String(body.message), /client id or secret that this Portcullis is set up with.*Its operator/);
      assert.ok(!JSON.stringify(body).includes('unauthorized'), 'nobody takes it for a bad key of theirs');
    }
    const seen = await demo.emulator.requests({});
    assert.ok(seen.some(({ path, status }) => path.startsWith('/v1/oauth/') && status === 401));
    assert.ok(seen.every(({ method, status }) => method !== 'PATCH' || status === 401));
    // The log has the reason too, and the program says it to its operator.
    await until('the outcome', () => /"error":"app_refused".*"kind":"outcome"/.test(demo.output()));
    await until('the line', () => /Notion refuses the client id or secret of this Portcullis/.test(demo.output()));
  });
});
