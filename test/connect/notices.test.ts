import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { openNotices } from '../../src/compose/notices.ts';
import { sweepAttempts } from '../../src/connect/sweep-attempts.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { dayMs, minuteMs } from '../../src/domain/units.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createJobs } from '../../src/store/jobs.ts';
import type { Schema } from '../../src/store/schema.ts';
import { until } from '../until.ts';
import type { Browser } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { noticeSecret, type Receiver, startReceiver } from './notice-receiver.ts';

interface Connected {
  readonly id: UserId;
  readonly browser: Browser;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly botId: string;
}

describe('notices to the owner’s system', () => {
  let at: Connecting;
  let receiver: Receiver;
  let stops: (() => Promise<void>)[];
  const tried: string[] = [];
  const errors: unknown[] = [];

  before(async () => {
    at = await startConnecting();
  });
  beforeEach(async () => {
    await at.startOver();
    receiver = await startReceiver();
    stops = [];
    tried.length = errors.length = 0;
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await receiver.close();
  });
  after(() => at.close());

  /** A process that delivers. */
  function delivering({
    jobs = at.connectParts.jobs,
    dangerouslyAllowLoopbackHttp = true,
    timeoutMs = minuteMs,
  } = {}): void {
    const config = { url: receiver.url, secret: noticeSecret, dangerouslyAllowLoopbackHttp };
    const { runner, close } = openNotices(config, {
      jobs,
      recordEvent: at.connectParts.recordEvent,
      metrics: { noticeTried: outcome => void tried.push(outcome) },
      log: { warn: () => {}, error: (...said: unknown[]) => void errors.push(said) },
      now: () => new Date(),
      timeoutMs,
    });
    const stop = runner.start(10);
    stops.push(async () => {
      await stop();
      await close();
    });
  }

  async function connected(notionWorkspaceId?: string): Promise<Connected> {
    const { id, browser } = await at.aPerson();
    const given = notionWorkspaceId === undefined ? {} : { workspaceId: notionWorkspaceId };
    const done = await browser.answer(await browser.reach(null, given));
    const workspaceId = new URL(done.location).pathname.split('/').at(-1) as WorkspaceId;
    const query = at.database.system.selectFrom('connection').select(['id', 'bot_id']);
    const row = await query.where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow();
    return { id, browser, workspaceId, connectionId: row.id, botId: row.bot_id };
  }

  const end = (ada: Connected) => at.disconnect(ada);
  const came = (count: number) => until(`${count} notices`, () => receiver.taken.length >= count);
  const tries = (count: number) => until(`${count} tries`, () => tried.length >= count);
  const notices = () => {
    const jobs = at.database.system.selectFrom('job').selectAll().where('kind', '=', 'deliver_notice');
    return jobs.orderBy('created_at').execute();
  };
  const noted = (problem: string | null) =>
    until(`the note ${problem}`, async () => (await notices())[0]?.last_error === problem);
  /** What waiting for the next attempt comes down to. */
  const makeDue = () => at.database.system.updateTable('job').set({ run_at: sql<Date>`now()` }).execute();

  it('says of each way in which a connection begins and ends what happened, once', async () => {
    delivering();
    const ada = await connected();
    const reconnect = async () => ada.browser.answer(await ada.browser.reach(ada.workspaceId));
    const { tokens } = at;
    const place = [ada.workspaceId, ada.connectionId] as const;

    const { token } = await tokens.accessToken(...place);
    await at.control.revoke({ botId: ada.botId });
    await Promise.all(Array.from({ length: 20 }, () => tokens.reportUnauthorized(...place, token)));
    await reconnect();
    // The sweep finds out without any call.
    await at.control.revoke({ botId: ada.botId });
    await tokens.check(...place);
    await reconnect();
    await at.database.system.updateTable('connection_secret').set({ sealed: 'eyJ' }).execute();
    tokens.forget(...place);
    for (const _ of [1, 2]) await assert.rejects(tokens.accessToken(...place), { code: 'connection_undecryptable' });
    await Promise.all([end(ada), end(ada)]);
    await at.upkeep.doJobs();

    await came(8);
    assert.deepEqual(receiver.lines(), [
      'workspace_authorized active',
      'workspace_deauthorized needs_reauth invalid_grant',
      'workspace_authorized active',
      'workspace_deauthorized needs_reauth invalid_grant',
      'workspace_authorized active',
      'connection_undecryptable undecryptable',
      'workspace_deauthorized revoking disconnected',
      'connection_revoked revoked disconnected',
    ]);
  });

  it('names the workspace and the connection by ids, and the entry of the log, and nothing else', async () => {
    delivering();
    const ada = await connected();
    await came(1);
    const entry = await at.database.system
      .selectFrom('audit_entry')
      .select(['id', 'at'])
      .where('operation', '=', 'workspace_authorized')
      .where('workspace_id', '=', ada.workspaceId)
      .executeTakeFirstOrThrow();
    assert.deepEqual(receiver.taken, [
      {
        id: entry.id,
        type: 'workspace_authorized',
        timestamp: entry.at.toISOString(),
        data: {
          workspaceId: ada.workspaceId,
          notionWorkspaceId: at.emulator.workspaceId,
          connectionId: ada.connectionId,
          connectionKind: 'rest',
          connectionStatus: 'active',
          reason: null,
        },
      },
    ]);
    const { token } = await at.tokens.accessToken(ada.workspaceId, ada.connectionId);
    for (const word of [token, 'Acme', 'Ada', noticeSecret.reveal()]) assert.ok(!receiver.bodies[0]?.includes(word));
  });

  it('says nothing of a connection that nobody confirmed', async () => {
    delivering();
    const { browser } = await at.aPerson();
    await browser.answer(await browser.reach(), 'cancel');
    await at.upkeep.doJobs();
    await connected(uuidNamed('globex/workspace'));
    await came(1);
    assert.equal(receiver.taken[0]?.data.notionWorkspaceId, uuidNamed('globex/workspace'));
  });

  it('is sent once by two processes, and in order', async () => {
    const others = openDatabase<Schema>(at.testDatabase.connection);
    try {
      const ada = await connected();
      for (let round = 0; round < 12; round++) {
        await at.control.revoke({ botId: ada.botId });
        at.tokens.forget(ada.workspaceId, ada.connectionId);
        await at.tokens.check(ada.workspaceId, ada.connectionId);
        await ada.browser.answer(await ada.browser.reach(ada.workspaceId));
      }
      delivering();
      delivering({ jobs: createJobs(others) });
      await came(25);
      assert.deepEqual(
        receiver.taken.map(one => one.id),
        [...new Set(receiver.taken.map(one => one.id))].sort(),
      );
      for (const stop of stops.splice(0)) await stop();
      assert.equal(receiver.taken.length, 25);
    } finally {
      await others.close();
    }
  });

  it('comes again, as itself, once a receiver that was away is back', async () => {
    await receiver.close();
    delivering();
    await connected();
    await noted('notice_unsent');
    assert.deepEqual(tried, ['postponed']);
    receiver = await startReceiver(receiver.port);
    await makeDue();
    await came(1);
    await noted(null);
    assert.deepEqual(
      (await notices()).map(job => [job.payload, job.attempts]),
      [[{}, 2]],
    );
  });

  it('holds up neither the change nor revoking at Notion when the receiver hangs', async () => {
    receiver.behaviour.answer = () => {};
    delivering({ timeoutMs: 300 });
    const ada = await connected();
    await until('an attempt that hangs', () => receiver.attempts() > 0);
    await end(ada);
    await at.upkeep.doJobs();
    assert.equal((await at.control.installations()).find(one => one.botId === ada.botId)?.revoked, true);
    await tries(1);
    assert.deepEqual(tried, ['postponed']);
    await noted('notice_unreachable');
  });

  it('comes again after whatever is not a success, and after none', async () => {
    const statuses = [500, 503, 429, 408, 302, 400, 401, 404];
    let status = 0;
    receiver.behaviour.answer = response => void response.writeHead(status, { location: '/elsewhere' }).end('no');
    await connected();
    for (const one of statuses) {
      status = one;
      delivering();
      await noted(status === 302 ? 'notice_redirected' : `notice_status_${status}`);
      for (const stop of stops.splice(0)) await stop();
      await makeDue();
    }
    assert.deepEqual([tried, receiver.attempts()], [statuses.map(() => 'postponed'), statuses.length]);
    receiver.behaviour.answer = response => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    delivering();
    await came(1);
    await noted(null);
  });

  const waits = [
    { asked: '7200', comesAfterS: 7200 },
    { asked: '999999', comesAfterS: 6 * 3600 },
    { asked: 'Fri, 31 Dec 9999 23:59:59 GMT', comesAfterS: 6 * 3600 },
    // No earlier than without it.
    { asked: '1', comesAfterS: 60 },
    { asked: 'Thu, 01 Jan 1970 00:00:00 GMT', comesAfterS: 60 },
    { asked: 'soon', comesAfterS: 60 },
    { asked: '-5', comesAfterS: 60 },
    { asked: '99999999999999999999', comesAfterS: 6 * 3600 },
  ];
  it('comes again when the receiver asks for it, within reason', async () => {
    let asked = '';
    receiver.behaviour.answer = response => void response.writeHead(503, { 'retry-after': asked }).end();
    await connected();
    const inTwoHours = { asked: new Date(Date.now() + 7_200_000).toUTCString(), comesAfterS: 7200 };
    for (const wait of [...waits, inTwoHours]) {
      asked = wait.asked;
      const again = { attempts: 0, last_error: null, run_at: sql<Date>`now()` };
      await at.database.system.updateTable('job').set(again).execute();
      delivering();
      await noted('notice_status_503');
      const [job] = await notices();
      const waitS = ((job?.run_at.getTime() ?? 0) - Date.now()) / 1000;
      assert.ok(Math.abs(waitS - wait.comesAfterS) < 20, `${asked}: ${waitS}`);
      for (const stop of stops.splice(0)) await stop();
    }
  });

  const givenUp = [
    { after: '410', status: 410, attempts: 0, agedMs: 0 },
    { after: 'three days of trouble', status: 500, attempts: 50, agedMs: 3 * dayMs + 1000 },
  ];
  const make = (attempts: number, agedMs: number) => {
    const timestamp = JSON.stringify(new Date(Date.now() - agedMs).toISOString());
    const payload = sql<string>`jsonb_set(payload, '{timestamp}', ${timestamp}::jsonb)`;
    return at.database.system.updateTable('job').set({ attempts, payload }).execute();
  };
  for (const { after, status, attempts, agedMs } of givenUp) {
    it(`is given up after ${after}, which the log says`, async () => {
      receiver.behaviour.answer = response => void response.writeHead(status).end();
      const ada = await connected();
      await make(attempts, agedMs);
      delivering();
      await tries(1);
      assert.deepEqual(tried, ['given_up']);
      const last = at.events.at(-1);
      assert.deepEqual([last?.name, last?.workspaceId, last?.result], ['notice.given_up', ada.workspaceId, 'error']);
      const { notice, ...said } = last?.detail ?? {};
      assert.match(String(notice), /^evt_/);
      const problem = `status_${status}`;
      const type = 'workspace_authorized';
      assert.deepEqual(said, { type, connection: ada.connectionId, problem, attempts: attempts + 1 });
      assert.equal(errors.length, 1);
    });
  }

  it('is given up neither for a refusal after long trouble, nor at its first attempts because it is old', async () => {
    receiver.behaviour.answer = response => void response.writeHead(400).end();
    await connected();
    await make(50, 0);
    delivering();
    await noted('notice_status_400');
    await make(4, 5 * dayMs);
    await makeDue();
    await tries(2);
    assert.deepEqual(tried, ['postponed', 'postponed']);
  });

  it('lets no later notice of a connection pass an earlier one, and no connection wait for another', async () => {
    const ada = await connected();
    await end(ada);
    const [first] = await notices();
    // The first one is not due for an hour: a try has just been made.
    await at.database.system
      .updateTable('job')
      .set({ run_at: sql<Date>`now() + interval '1 hour'` })
      .where('id', '=', first?.id ?? 'job_')
      .execute();
    await connected(uuidNamed('globex/workspace'));
    delivering();
    await came(1);
    await until('another look', async () => (await notices()).filter(job => job.done_at === null).length === 2);
    assert.equal(receiver.taken[0]?.data.notionWorkspaceId, uuidNamed('globex/workspace'));
    await makeDue();
    await came(3);
    assert.deepEqual(receiver.lines().slice(1), [
      'workspace_authorized active',
      'workspace_deauthorized revoking disconnected',
    ]);
  });

  it('rule 29: is sent to no address of this machine without the setting that says so', async () => {
    delivering({ dangerouslyAllowLoopbackHttp: false });
    await connected();
    await tries(1);
    assert.deepEqual([tried, receiver.attempts()], [['postponed'], 0]);
    await noted('notice_forbidden');
  });

  it('lets one that cannot be read hold up its line for half an hour, which the log says', async () => {
    const ada = await connected();
    await end(ada);
    const [first] = await notices();
    const unreadable = { attempts: 4, payload: JSON.stringify({ type: 'of another version' }) };
    const query = at.database.system.updateTable('job').set(unreadable);
    await query.where('id', '=', first?.id ?? 'job_').execute();
    delivering();
    await noted('notice_unreadable');
    assert.equal(receiver.attempts(), 0);
    await makeDue();
    await came(1);
    await tries(3);
    assert.deepEqual(receiver.lines(), ['workspace_deauthorized revoking disconnected']);
    const said = at.events.find(event => event.name === 'notice.given_up');
    const detail = { job: first?.id, problem: 'unreadable', attempts: 6 };
    assert.deepEqual([said?.workspaceId, said?.detail], [ada.workspaceId, detail]);
    assert.deepEqual([tried, errors.length], [['postponed', 'given_up', 'delivered'], 1]);
  });

  it('is kept for seven days where there is no receiver, for ever where there is one; what was done for seven days', async () => {
    const ada = await connected();
    await end(ada);
    await at.upkeep.doJobs();
    const jobs = async () => (await at.database.system.selectFrom('job').select('kind').execute()).map(job => job.kind);
    const undone = ['deliver_notice'];
    await sweepAttempts(at.connectParts, undone);
    assert.equal((await jobs()).length, 4);
    const [tried] = await notices();
    const ofTried = at.database.system.updateTable('job').where('id', '=', tried?.id ?? 'job_');
    await ofTried.set({ attempts: 3 }).execute();
    const old = { run_at: sql<Date>`now() - interval '8 days'`, done_at: sql<Date>`done_at - interval '8 days'` };
    await at.database.system.updateTable('job').set(old).execute();
    await sweepAttempts(at.connectParts);
    assert.deepEqual(await jobs(), ['deliver_notice', 'deliver_notice', 'deliver_notice']);
    await sweepAttempts(at.connectParts, undone);
    assert.deepEqual(await jobs(), []);
  });
});
