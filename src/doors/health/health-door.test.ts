import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fastify } from 'fastify';
import { Secret } from '../../domain/secret.ts';
import { createClientAddress } from '../../net/client-address.ts';
import { type HealthDoorParts, healthDoor } from './health-door.ts';
import { createMetricsGuard } from './metrics-access.ts';
import { createPrometheus } from './prometheus.ts';

interface Given {
  readonly checks?: HealthDoorParts['checks'];
  readonly token?: string;
  readonly publicUrl?: string;
  readonly trustedProxies?: readonly string[];
  readonly stopping?: () => boolean;
}

/** The door on a real socket. */
async function open(given: Given = {}) {
  const prometheus = createPrometheus();
  const clientAddress = createClientAddress(given.trustedProxies ?? []);
  const publicUrl = given.publicUrl ?? 'http://127.0.0.1:8420';
  const token = given.token === undefined ? null : new Secret(given.token);
  let monotonicMs = 0;
  const app = fastify();
  await app.register(
    healthDoor({
      checks: given.checks ?? [],
      stopping: given.stopping ?? (() => false),
      prometheus,
      mayReadMetrics: createMetricsGuard({ token, publicUrl, clientAddress }),
      monotonicMs: () => monotonicMs,
    }),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    metrics: prometheus.metrics,
    get: (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers }),
    wait(ms: number) {
      monotonicMs += ms;
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

describe('/readyz', () => {
  it('names the checks that fail, and nothing of why', async () => {
    let fails = true;
    await using door = await open({
      checks: [
        { name: 'database', holds: () => true },
        { name: 'audit_log', holds: () => !fails },
        {
          name: 'root_key',
          async holds() {
            if (fails) throw new Error('the passphrase is hunter2');
            return true;
          },
        },
      ],
    });
    const refused = await door.get('/readyz');
    assert.equal(refused.status, 503);
    assert.deepEqual(await refused.json(), { status: 'not_ready', failing: ['audit_log', 'root_key'] });
    fails = false;
    assert.equal((await door.get('/readyz')).status, 503, 'asked again at once, it remembers');
    door.wait(1_001);
    const ready = await door.get('/readyz');
    assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready' }]);
  });

  it('is degraded while what fails is bridged, and not ready when that is over, or something else fails too', async () => {
    const [bridged, database] = [{ holds: true }, { holds: true }];
    await using door = await open({
      checks: [
        { name: 'database', holds: () => database.holds },
        { name: 'root_key', holds: () => Promise.reject(new Error('away')), isBridged: () => bridged.holds },
      ],
    });
    const says = async () => {
      door.wait(1_001);
      const answer = await door.get('/readyz');
      return [answer.status, await answer.json()];
    };
    assert.deepEqual(await says(), [200, { status: 'degraded', failing: ['root_key'] }]);
    database.holds = false;
    assert.deepEqual(await says(), [503, { status: 'not_ready', failing: ['database', 'root_key'] }]);
    [database.holds, bridged.holds] = [true, false];
    assert.deepEqual(await says(), [503, { status: 'not_ready', failing: ['root_key'] }]);
  });

  it('says at once that the process is stopping', async () => {
    let stopping = false;
    await using door = await open({ checks: [{ name: 'database', holds: () => true }], stopping: () => stopping });
    assert.equal((await door.get('/readyz')).status, 200);
    stopping = true;
    const answer = await door.get('/readyz');
    assert.deepEqual([answer.status, await answer.json()], [503, { status: 'not_ready', failing: ['stopping'] }]);
    assert.equal((await door.get('/healthz')).status, 200);
  });

  it('does not wait for a check that never ends', async () => {
    await using door = await open({ checks: [{ name: 'database', holds: () => new Promise<boolean>(() => {}) }] });
    assert.deepEqual(await (await door.get('/readyz')).json(), { status: 'not_ready', failing: ['database'] });
  });
});

describe('/metrics', () => {
  it('are Prometheus’s text of what was counted', async () => {
    await using door = await open();
    const end = { door: 'rest', operation: 'pages.get', effect: 'allow', result: 'ok', seconds: 0.02 } as const;
    door.metrics.called(end);
    door.metrics.called(end);
    door.metrics.answered({ operation: 'pages.get', status: 429, seconds: 0.2 });
    door.metrics.auditFlushed({ rows: 3, seconds: 0.004, durable: true });
    door.metrics.refreshed('rest', 'overtaken');
    door.metrics.leaseContended('refresh');
    door.metrics.spoolReplayed('in_use');
    door.metrics.decryptFailed('wk_1');
    door.metrics.budgetWaited({ outcome: 'refused', seconds: 5 });
    door.metrics.rateLimited('workspace');
    const answer = await door.get('/metrics');
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    for (const line of [
      'portcullis_calls_total{door="rest",operation="pages.get",effect="allow",result="ok"} 2',
      'portcullis_call_duration_seconds_count{door="rest"} 2',
      'portcullis_notion_answers_total{operation="pages.get",status="429"} 1',
      'portcullis_audit_flushes_total{durable="true"} 1',
      'portcullis_audit_flush_rows_sum 3',
      'portcullis_token_refreshes_total{kind="rest",outcome="overtaken"} 1',
      'portcullis_lease_contentions_total{lease="refresh"} 1',
      'portcullis_spool_replays_total{outcome="in_use"} 1',
      'portcullis_decrypt_failures_total{kid="wk_1"} 1',
      'portcullis_budget_wait_seconds_count{outcome="refused"} 1',
      'portcullis_notion_rate_limited_total{scope="workspace"} 1',
    ]) {
      assert.ok(text.split('\n').includes(line), line);
    }
    assert.match(text, /^process_cpu_seconds_total /m);
  });

  it('keep to so many values of a label', async () => {
    await using door = await open();
    for (let key = 0; key < 200; key++) door.metrics.decryptFailed(`wk_${key}`);
    for (let status = 100; status < 1_000; status++) door.metrics.answered({ operation: 'search', status, seconds: 1 });
    const text = await (await door.get('/metrics')).text();
    assert.equal(text.match(/^portcullis_decrypt_failures_total\{/gm)?.length, 51);
    assert.match(text, /^portcullis_decrypt_failures_total\{kid="other"\} 150$/m);
    assert.equal(text.match(/^portcullis_notion_answers_total\{/gm)?.length, 51);
  });

  it('are shown to this machine alone, unless a token is set', async () => {
    await using door = await open();
    assert.equal((await door.get('/metrics')).status, 200);
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      assert.equal((await door.get('/metrics', { [header]: '127.0.0.1' })).status, 404, header);
    }
  });

  it('are shown to nobody at a public address, unless a token is set', async () => {
    await using door = await open({ publicUrl: 'https://gate.example.com' });
    assert.equal((await door.get('/metrics')).status, 404);
  });

  it('are shown to clients that send the token, and to no others', async () => {
    await using door = await open({ publicUrl: 'https://gate.example.com', token: 'let-me-see' });
    assert.equal((await door.get('/metrics')).status, 404);
    assert.equal((await door.get('/metrics', { authorization: 'Bearer let-me-sea' })).status, 404);
    assert.equal((await door.get('/metrics', { authorization: 'Bearer let-me-see' })).status, 200);
  });
});
