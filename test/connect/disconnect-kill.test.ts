import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import type { ConnectionId, WorkspaceId } from '../../src/domain/ids.ts';
import { end } from '../children.ts';
import { until } from '../until.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { noticeSecret, type Receiver, startReceiver } from './notice-receiver.ts';

const processFile = fileURLToPath(new URL('./job-process.ts', import.meta.url));

describe('disconnecting, by processes that are killed', () => {
  let at: Connecting;
  let receiver: Receiver;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    [at, receiver] = [await startConnecting(), await startReceiver()];
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    await receiver.close();
    await at.close();
  });

  function start(): ChildProcess {
    const { apiUrl, clientId, clientSecret } = at.config.notion;
    const env = {
      ...at.env,
      NOTION_OAUTH_CLIENT_ID: clientId,
      NOTION_OAUTH_CLIENT_SECRET: clientSecret.reveal(),
      PORTCULLIS_NOTION_API_URL: apiUrl,
      PORTCULLIS_NOTICE_URL: receiver.url,
      PORTCULLIS_NOTICE_SECRET: noticeSecret.reveal(),
      PORTCULLIS_DATA_DIR: join(at.directory, randomUUID()),
    };
    const child = spawn(process.execPath, [processFile, JSON.stringify(env)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.add(child);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    children.delete(child);
    await end(child, 'SIGKILL');
  }

  /** A connection that was just blocked: its job is due. */
  async function blocked() {
    const { id, browser } = await at.aPerson();
    await browser.answer(await browser.reach());
    const row = await at.database.system.selectFrom('connection').selectAll().executeTakeFirstOrThrow();
    const place = { workspaceId: row.workspace_id, connectionId: row.id };
    await at.disconnect({ ...place, id });
    return { ...place, botId: row.bot_id };
  }

  type Blocked = { workspaceId: WorkspaceId; connectionId: ConnectionId; botId: string };

  const status = async ({ connectionId }: Blocked) => {
    const query = at.database.system.selectFrom('connection').select('status').where('id', '=', connectionId);
    return (await query.executeTakeFirstOrThrow()).status;
  };
  const revokedAtNotion = async ({ botId }: Blocked) =>
    (await at.control.installations()).some(one => one.botId === botId && one.revoked);

  const revocation = () => at.database.system.selectFrom('job').where('kind', '=', 'revoke_connection');

  /**
   * Holds a row, so that a transaction that wants to change it waits there. Returns a function that releases the row.
   */
  async function hold(table: 'connection' | 'job', where: string): Promise<() => Promise<void>> {
    const client = new pg.Client(at.database.logins.system.connection);
    await client.connect();
    await client.query('BEGIN');
    await client.query(`SELECT FROM portcullis.${table} WHERE ${where} FOR UPDATE`);
    return async () => {
      // A process that waited for it and was killed is gone for the server too, before it could go on.
      if (children.size === 0) {
        const waiting = "datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'";
        const end = sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${sql.raw(waiting)}`;
        for (const login of [at.database.app, at.database.system]) await end.execute(login);
      }
      await client.end();
    };
  }

  /** Lets a process come as far as its name says, and kills it there. */
  const deaths: Record<string, (one: Blocked) => Promise<void>> = {
    async 'before Notion has heard of it'() {
      await at.control.addFault({ kind: 'stall', path: '/v1/oauth/revoke' });
      const child = start();
      await until('the claim', async () => (await revocation().select('attempts').executeTakeFirst())?.attempts === 1);
      await kill(child);
      await at.control.clearFaults();
      await at.control.release();
    },
    async 'after Notion has revoked the tokens'(one) {
      const letGo = await hold('connection', `id = '${one.connectionId}'`);
      const child = start();
      await until('the revocation', () => revokedAtNotion(one));
      await kill(child);
      await letGo();
      assert.equal(await status(one), 'revoking');
    },
    async 'after the tokens are destroyed'(one) {
      const letBury = await hold('connection', `id = '${one.connectionId}'`);
      const child = start();
      await until('the revocation', () => revokedAtNotion(one));
      const letFinish = await hold('job', "kind = 'revoke_connection'");
      await letBury();
      await until('the burial', async () => (await status(one)) === 'revoked');
      await kill(child);
      await letFinish();
    },
  };

  for (const [moment, die] of Object.entries(deaths)) {
    it(`A8: ends the connection all the same when the process dies ${moment}`, async () => {
      const one = await blocked();
      await die(one);
      const unfinished = () => revocation().select('id').where('done_at', 'is', null).execute();
      assert.equal((await unfinished()).length, 1);
      await at.database.system.updateTable('job').set({ run_at: sql<Date>`now()` }).execute();
      // Two at once: no matter which takes the job, it is done once.
      start();
      start();
      await until('three notices', () => new Set(receiver.taken.map(({ id }) => id)).size >= 3);
      await until('the end of the job', async () => (await unfinished()).length === 0);
      assert.equal(await status(one), 'revoked');
      assert.equal(await revokedAtNotion(one), true);
      assert.deepEqual(await at.database.system.selectFrom('connection_secret').selectAll().execute(), []);
      const events = at.database.system.selectFrom('audit_entry').where('kind', '=', 'event');
      const entries = await events.select('operation').orderBy('id').execute();
      assert.deepEqual(
        entries.map(entry => entry.operation),
        ['workspace_authorized', 'workspace_deauthorized', 'connection.revoked'],
      );
      // A process that dies while it tells leaves another to tell it again.
      assert.deepEqual(
        [...new Set(receiver.lines())],
        [
          'workspace_authorized active',
          'workspace_deauthorized revoking disconnected',
          'connection_revoked revoked disconnected',
        ],
      );
    });
  }
});
