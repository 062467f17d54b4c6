import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

interface Refusal {
  readonly object: string;
  readonly code: string;
  readonly additional_data?: { readonly rate_limit_reason?: string; readonly retry_after?: string };
}

describe('a workspace whose connection may make 20 calls a minute', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
    await demo.emulator.settings({ rateLimits: { perConnection: 20, perWorkspace: 'off' } });
    await demo.emulator.clearRequests({});
  });
  after(() => demo.stop());

  const call = (role: 'admin' | 'viewer', path = '/v1/users/me') =>
    fetch(`${demo.ready.url}${path}`, { headers: { authorization: `Bearer ${demo.ready.keys[role]}` } });

  it('refuses what is too much in Notion’s words, and asks Notion no more', async () => {
    const answers = [];
    for (let count = 0; count < 60; count++) answers.push(await call('admin'));
    const passed = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status === 429);
    assert.deepEqual([passed, refused.length], [20, 40]);
    const requests = await demo.emulator.requests({});
    assert.equal(requests.length, 21, 'one refusal tells everything');

    for (const answer of refused) {
      const body = (await answer.json()) as Refusal;
      assert.equal(body.code, 'rate_limited');
      assert.equal(body.additional_data?.rate_limit_reason, 'public_api_request_rate_limit');
      const seconds = Number(answer.headers.get('retry-after'));
      assert.ok(seconds > 0 && seconds <= 60, `${seconds} s`);
      assert.equal(body.additional_data?.retry_after, String(seconds));
    }
  });

  it('has in the log that nothing was sent, and in the metrics how often', async () => {
    const log = await call('admin', '/api/audit?operation=users.me&result=not_sent&limit=100');
    const { entries } = (await log.json()) as { entries: { outcome: { result: string; status: number } }[] };
    assert.equal(entries.length, 39);
    assert.equal(entries[0]?.outcome.status, 429);

    const metrics = await (await fetch(`${demo.ready.url}/metrics`)).text();
    for (const line of [
      'portcullis_notion_rate_limited_total{scope="connection"} 1',
      'portcullis_notion_answers_total{operation="users.me",status="429"} 1',
      'portcullis_budget_wait_seconds_count{outcome="refused"} 39',
      'portcullis_calls_total{door="rest",operation="users.me",effect="allow",result="rate_limited"} 39',
    ]) {
      assert.ok(metrics.split('\n').includes(line), line);
    }
    for (const secret of [demo.ready.workspaceId, demo.ready.pages.public, 'Acme', 'agt_', 'usr_']) {
      assert.ok(!metrics.includes(secret), secret);
    }
  });
});

describe('a client that waits for the stated time', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  it('is answered then, and not a call earlier went to Notion', async () => {
    const call = () =>
      fetch(`${demo.ready.url}/v1/users/me`, { headers: { authorization: `Bearer ${demo.ready.keys.viewer}` } });
    await demo.emulator.addFault({ kind: 'respond', status: 429, path: '/v1/users/me', retryAfterSeconds: 7 });
    await demo.emulator.clearRequests({});
    assert.equal((await call()).status, 429);
    const refused = await call();
    assert.equal(refused.status, 429);
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds > 0 && seconds <= 7, `${seconds} s`);
    assert.equal((await demo.emulator.requests({})).length, 1);
    // This is what is tested: a clock of its own would prove nothing about a real client.
    await delay(seconds * 1_000);
    assert.equal((await call()).status, 200);
    assert.equal((await demo.emulator.requests({})).length, 2);
  });
});
