import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pino } from 'pino';
import { CALLBACK } from '../../emulator/authorized.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { type CustodyOptions, openCustody } from '../../src/compose/custody.ts';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createStores } from '../../src/store/stores.ts';
import { until } from '../until.ts';
import { startRefreshing } from './refreshing.ts';

describe('the custody of a gateway', () => {
  let at: Awaited<ReturnType<typeof startRefreshing>>;
  let options: CustodyOptions;
  before(async () => {
    at = await startRefreshing();
    const { url: origin, clientId, clientSecret } = at.emulator;
    options = {
      alone: false,
      stores: createStores(at.first.database, { compile: compilePolicy }).logged({
        instance: () => newId('ins'),
        now: () => new Date(),
      }),
      dataDir: at.directory,
      app: { origin, clientId, clientSecret: new Secret(clientSecret), redirectUri: CALLBACK },
      refreshMcp: async () => ({ said: 'misconfigured', problem: 'not_refreshable' }),
      seal: at.first.seal,
      discard: async () => {},
      restored: () => false,
      background: false,
      log: pino({ level: 'silent' }),
      now: () => new Date(),
    };
  });
  after(() => at.close());

  it('does not open where it could keep nothing, and says where that is in a sentence for the terminal', async () => {
    const message = /^\/dev\/null\/spool cannot keep refreshed tokens: ENOTDIR.*Put the data directory/;
    await assert.rejects(openCustody({ ...options, dataDir: '/dev/null' }), { name: 'StoreError', message });
  });

  it('waits at its end for a refresh that is under way: the answer would be lost with the process', async () => {
    const custody = await openCustody(options);
    const place = await at.aConnection({ lifetimeSeconds: -1 });
    await at.control.addFault({ kind: 'stall', path: '/v1/oauth/token' });
    const call = custody.accessToken(place.workspaceId, place.connectionId);
    await until('the refresh has begun', async () => (await at.row(place)).status === 'refreshing');
    let closed = false;
    const closing = custody.close().then(() => {
      closed = true;
    });
    await until('the server has the request', async () => (await at.control.release()).released === 1);
    assert.equal(closed, false);
    await closing;
    const { status, generation } = await at.row(place);
    assert.deepEqual([status, generation], ['active', 2]);
    assert.ok(await at.works(place, (await call).token.reveal()));
  });
});
