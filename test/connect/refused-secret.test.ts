import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createRefusedAppAlarm } from '../../src/compose/refused-app-alarm.ts';
import { lookAtApp } from '../../src/doctor/look-at-app.ts';
import { Secret } from '../../src/domain/secret.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { connectNew, rowsOf } from './connecting-steps.ts';

describe('a client secret that Notion refuses is our own fault, and no outage', () => {
  let at: Connecting;
  const refusals: string[] = [];
  before(async () => {
    at = await startConnecting();
    Object.assign(at.app, { onRefused: (refusal: string) => void refusals.push(refusal) });
  });
  beforeEach(async () => {
    await at.startOver();
    setSecret(at.emulator.clientSecret);
    refusals.length = 0;
  });
  after(() => at.close());

  function setSecret(secret: string): void {
    Object.assign(at.app, { clientSecret: new Secret(secret) });
  }

  async function connected() {
    const { workspaceId } = await connectNew(at);
    const row = async () => {
      const [connection] = (await rowsOf(at)).connections;
      assert.ok(connection);
      return connection;
    };
    const { id } = await row();
    return { row, token: () => at.tokens.accessToken(workspaceId, id), place: [workspaceId, id] as const };
  }

  it('is the error of a call once the token has ended, until the secret is right again', async () => {
    const { row, token, place } = await connected();
    const { token: before } = await token();
    const expires_at = sql<Date>`now() - interval '1 minute'`;
    await at.database.system
      .updateTable('connection_secret')
      .set({ expires_at })
      .where('field', '=', 'access_token')
      .execute();
    at.tokens.forget(...place);
    setSecret('of-yesterday');
    // The second is not sent to Notion: it gets the error of the first.
    for (const _call of [1, 2]) await assert.rejects(token(), { code: 'app_refused', status: 503 });
    const { status, status_reason } = await row();
    assert.deepEqual([status, status_reason, refusals], ['active', 'invalid_client', ['invalid_client']]);
    assert.equal(at.events.at(-1)?.detail.problem, 'invalid_client');
    setSecret(at.emulator.clientSecret);
    await at.database.system.updateTable('connection').set({ refresh_after: null }).execute();
    assert.notEqual((await token()).token, before);
    assert.deepEqual([(await row()).status, (await row()).status_reason], ['active', null]);
  });

  it('stands on a connection that still works, and goes when Notion accepts it again', async () => {
    const { row, token, place } = await connected();
    setSecret('of-yesterday');
    const { token: refused } = await token();
    assert.equal(await at.tokens.reportUnauthorized(...place, refused), 'app_refused');
    assert.deepEqual([(await row()).status, (await row()).status_reason], ['active', 'invalid_client']);
    setSecret(at.emulator.clientSecret);
    assert.equal(await at.tokens.check(...place), 'usable');
    assert.equal((await row()).status_reason, null);
  });

  it('is found by doctor, which asks Notion, whether or not anything is connected', async () => {
    const notion = {
      apiUrl: at.emulator.url,
      mcpUrl: at.emulator.mcpUrl,
      clientId: at.emulator.clientId,
      mcpClient: null,
      dangerouslyAllowLoopbackHttp: true,
    };
    const found = async (secret: string) => {
      const [finding] = await lookAtApp({ ...notion, clientSecret: new Secret(secret) });
      return `${finding?.state}: ${finding?.found}`;
    };
    assert.match(await found('of-yesterday'), /^fail: Notion refuses the client id or secret \(invalid_client\)/);
    assert.equal(await found(at.emulator.clientSecret), 'ok: Notion accepts the client id and secret');
    const away = await lookAtApp({ ...notion, apiUrl: 'http://127.0.0.1:1', clientSecret: new Secret('x') });
    assert.deepEqual(away, []);
  });

  it('is an error in the log of the program once a minute', () => {
    const said: object[] = [];
    let nowMs = 0;
    const log = { error: (fields: object | string) => void said.push(Object(fields)) };
    const alarm = createRefusedAppAlarm({ log, monotonicMs: () => nowMs });
    for (const atMs of [0, 1, minuteMs - 1, minuteMs, minuteMs + 1]) {
      nowMs = atMs;
      alarm('invalid_client');
    }
    assert.deepEqual(said, [{ refusal: 'invalid_client' }, { refusal: 'invalid_client' }]);
  });
});
