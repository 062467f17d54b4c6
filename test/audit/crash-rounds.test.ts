/**
 * A gateway that is killed under load, again and again, beside another on the same database whose sequencer loses its session
 * at the same time. What happened is known outside: by the requests that reached Notion, and by what clients were answered.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { end } from '../children.ts';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { freePort } from '../e2e/free-port.ts';
import { until } from '../until.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));
const verifier = fileURLToPath(new URL('../../tools/verify_audit.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const rounds = 8;
const clients = 6;

interface Entry {
  readonly id: string;
  readonly outcome: { readonly result: string; readonly upstreamRequestId: string | null } | null;
}

describe('gateways that are killed under load', () => {
  let demo: DemoInProcess;
  let database: pg.Client;
  let directory: string;
  const answered: string[] = [];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-crash-rounds-'));
    demo = await startDemoInProcess();
    database = new pg.Client(demo.testDatabase.superuser);
    await database.connect();
    // The same database, for another process that is no demo.
    await database.query(`UPDATE portcullis.deployment SET stamp = 'serve'`);
  });
  after(async () => {
    await database.end();
    await demo.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function startGateway(): Promise<{ process: ChildProcess; url: string }> {
    const port = String(await freePort());
    const env = {
      ...{ PATH: process.env.PATH ?? '', HOME: directory, ...demo.env },
      NOTION_OAUTH_CLIENT_ID: demo.notion.clientId,
      NOTION_OAUTH_CLIENT_SECRET: demo.notion.clientSecret,
      PORTCULLIS_NOTION_API_URL: demo.notion.url,
      PORTCULLIS_NOTION_MCP_URL: demo.notion.mcpUrl,
      PORTCULLIS_PORT: port,
      PORTCULLIS_DATA_DIR: join(directory, randomUUID()),
    };
    const child = spawn(process.execPath, [shim, 'serve'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
    });
    const url = `http://127.0.0.1:${port}`;
    await until('the gateway answers', async () => {
      assert.equal(child.exitCode, null, said);
      return fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return { process: child, url };
  }

  /** Changes a page until nobody answers, and remembers what it was answered. */
  async function work(url: string, stopped: () => boolean): Promise<void> {
    const headers = { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ icon: { type: 'emoji', emoji: '🔥' } });
    while (!stopped()) {
      const sent = fetch(`${url}/v1/pages/${demo.ready.pages.public}`, { method: 'PATCH', headers, body });
      const answer = await sent.catch(() => null);
      if (answer === null) return;
      const id = answer.headers.get('x-notion-request-id') ?? answer.headers.get('x-request-id');
      if (answer.ok && id !== null) answered.push(id);
      await answer.arrayBuffer().catch(() => {});
    }
  }

  async function updates(query: Record<string, string> = {}): Promise<Entry[]> {
    const found: Entry[] = [];
    const headers = { authorization: `Bearer ${demo.ready.keys.admin}` };
    for (let cursor: string | null = ''; cursor !== null; ) {
      const asked = { operation: 'pages.update', limit: '200', ...(cursor !== '' && { cursor }), ...query };
      const answer = await fetch(`${demo.ready.url}/api/audit?${new URLSearchParams(asked)}`, { headers });
      const page = (await answer.json()) as { entries: Entry[]; nextCursor: string | null };
      found.push(...page.entries);
      cursor = page.nextCursor;
    }
    return found;
  }

  it('leave nothing out: what reached Notion has an intent, and what was answered an outcome', async () => {
    const killSequencer = `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND objid = 7130001 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    for (let round = 0; round < rounds; round++) {
      const gateway = await startGateway();
      let stopped = false;
      const working = Array.from({ length: clients }, () => work(gateway.url, () => stopped));
      await delay(randomInt(200, 900));
      if (round % 2 === 0) await database.query(killSequencer);
      await end(gateway.process, 'SIGKILL');
      stopped = true;
      await Promise.all(working);
    }
    assert.ok(answered.length > rounds, 'there was a load');
    await until('what was left open is closed', async () => (await updates({ result: 'open' })).length === 0);
    const entries = await updates();
    const reached = (await demo.emulator.requests({})).filter(({ method }) => method === 'PATCH');
    const told = new Set(entries.map(({ outcome }) => outcome?.upstreamRequestId));
    assert.deepEqual(
      answered.filter(id => !told.has(id)),
      [],
      'every answer that a client got has an outcome',
    );
    const untold = reached.filter(({ requestId }) => !told.has(requestId)).length;
    const unknown = entries.filter(({ outcome }) => outcome?.result === 'unknown').length;
    assert.ok(untold <= unknown, `${untold} reached Notion without an outcome, and ${unknown} calls are unknown`);
    assert.ok(entries.length >= reached.length, 'every change that reached Notion has an intent');
  });

  it('leave a log without a gap, which both verifiers believe', async () => {
    const bundle = join(directory, 'bundle');
    const env = { PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys.admin };
    const exported = await portcullisHere(['audit', 'export', '--out', bundle], env);
    const key = /VKEY is (\S+)/.exec(exported.err)?.[1] ?? '';
    const verified = await portcullisHere(['audit', 'verify', bundle, '--key', key]);
    assert.equal(verified.code, 0, verified.out);
    if (hasPython) assert.equal(spawnSync('python3', [verifier, bundle, '--key', key]).status, 0);
  });
});
