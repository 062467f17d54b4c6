/** Alerts: what a workspace's log has that people should look at, sent once to every receiver of alerts. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { hourMs, minuteMs } from '../../src/domain/units.ts';
import { isWithinHours } from '../../src/sinks/alerts/alert-rules.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { signedIn } from '../people.ts';
import { until } from '../until.ts';
import { openNotionDemo } from './notion-demo.ts';
import { startSinkReceiver } from './receiver.ts';

describe('alerts', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let cookie: string;

  before(async () => {
    api = await openAdminApi();
    workspace = await api.people.aWorkspace();
    admin = await api.people.aMember(workspace, 'admin');
    cookie = await api.cookieOf(admin);
    await api.upkeep.deliverToSinks();
  });
  after(() => api.close());

  const rulesPath = () => `/api/workspaces/${workspace}/alert-rules`;
  const ask = (method: string, path: string, body?: unknown) =>
    api.send(method, path, { cookie, ...(body !== undefined && { body }) });

  /** The details of alerts so far. */
  async function alerts(rule: string): Promise<Record<string, unknown>[]> {
    // Once to judge, once more to give what was raised its place.
    await api.upkeep.deliverToSinks();
    const raised = (await api.log()).filter(({ operation }) => operation === 'alert.raised');
    return raised.map(({ entry }) => JSON.parse(entry).detail).filter(detail => detail.rule === rule);
  }

  it('tell of a burst of denials by one principal, once, and give it to sinks that take alerts alone', async () => {
    let secret = '';
    const receiver = await startSinkReceiver(() => secret);
    const settings = { url: receiver.url, only: 'alerts' };
    secret = String(
      (await ask('POST', `/api/workspaces/${workspace}/sinks`, { kind: 'webhook', name: 'pager', settings })).at(
        'secret',
      ),
    );
    await ask('PUT', rulesPath(), { denials: { count: 10, minutes: 5 } });
    const viewer = await api.people.aMember(workspace, 'viewer');
    const theirs = await api.cookieOf(viewer);
    for (let n = 0; n < 4; n++) await api.send('GET', rulesPath(), { cookie: theirs });
    assert.deepEqual(await alerts('denials'), []);
    for (let n = 0; n < 8; n++) await api.send('GET', rulesPath(), { cookie: theirs });
    // The sixth of a kind in a minute, and those after it, are told by their number when the minute is over.
    api.people.clock.advance(2 * minuteMs);
    await api.send('GET', rulesPath(), { cookie: theirs });
    await until('the summary of the minute', async () =>
      (await api.log()).some(({ operation }) => operation === 'call.denied'),
    );
    const [found, ...more] = await alerts('denials');
    assert.deepEqual([found?.about, found?.minutes, more], [viewer, 5, []]);
    await api.upkeep.deliverToSinks();
    assert.deepEqual(receiver.operations(), ['alert.raised']);
    api.people.clock.advance(hourMs);
    await api.send('GET', rulesPath(), { cookie: theirs });
    assert.equal((await alerts('denials')).length, 1, 'one denial an hour later is no burst');
    await receiver.close();
  });

  it('tell of a key that is used from a new address, and not of its first one', async () => {
    const made = await api.accounts.keys.mint(signedIn(admin), workspace, { name: 'script', principalId: admin });
    const from = (address: string) =>
      api.send('GET', rulesPath(), { key: made.secret, headers: { 'x-forwarded-for': address } });
    await from('203.0.113.7');
    await from('203.0.113.7');
    assert.deepEqual(await alerts('newAddress'), []);
    await from('198.51.100.9');
    await from('198.51.100.9');
    const found = await alerts('newAddress');
    assert.deepEqual(
      found.map(({ key, address }) => [key, address]),
      [[made.key.id, '198.51.100.9']],
    );
  });

  it('tell of a change of the policy outside hours', async () => {
    await ask('PUT', rulesPath(), { policyOutsideHours: { on: true, days: [] } });
    const path = `/api/workspaces/${workspace}/roles/reader`;
    assert.equal((await ask('PUT', path, { actions: ['read'] })).status, 200);
    const [found] = await alerts('policyOutsideHours');
    assert.equal(found?.about, admin);
  });

  it('have rules that only those set who may manage, and each change is in the log', async () => {
    const editor = await api.cookieOf(await api.people.aMember(workspace, 'editor'));
    assert.equal((await api.send('PUT', rulesPath(), { cookie: editor, body: {} })).status, 403);
    assert.equal((await ask('PUT', rulesPath(), { denials: { count: 1 } })).status, 400);
    const set = await ask('PUT', rulesPath(), {});
    assert.equal(set.at('denials.count'), 20);
    assert.ok((await api.log()).some(({ operation }) => operation === 'alert.rules_set'));
  });

  it('know the hours of a place', () => {
    const berlin = { on: true, from: 8, to: 18, days: [1, 2, 3, 4, 5], timeZone: 'Europe/Berlin' };
    assert.equal(isWithinHours(new Date('2026-12-01T07:30:00Z'), berlin), true);
    assert.equal(isWithinHours(new Date('2026-12-01T17:30:00Z'), berlin), false);
    assert.equal(isWithinHours(new Date('2026-12-05T12:00:00Z'), berlin), false);
  });

  it('tell of somebody who reads many pages below one page', async () => {
    const demo = await openNotionDemo();
    await demo.gateway.upkeep.deliverToSinks();
    const { keys, pages, workspaceId } = demo.ready;
    const path = `/api/workspaces/${workspaceId}/alert-rules`;
    const rules = { massReads: { pages: 2, under: pages.root }, newAddress: { on: false } };
    assert.equal((await demo.ask('PUT', path, keys.admin, rules)).status, 200);
    for (const page of [pages.public, pages.public]) await demo.ask('GET', `/v1/pages/${page}`, keys.viewer);
    await demo.gateway.upkeep.deliverToSinks();
    const raised = async () => {
      const query = demo.gateway.database.system.selectFrom('audit_entry').select('entry');
      return (await query.where('operation', '=', 'alert.raised').execute()).map(
        ({ entry }) => JSON.parse(entry).detail,
      );
    };
    assert.deepEqual(await raised(), []);
    await demo.ask('GET', `/v1/pages/${pages.root}`, keys.viewer);
    await demo.gateway.upkeep.deliverToSinks();
    const found = await raised();
    assert.deepEqual(
      found.map(({ rule, pages: read, under }) => [rule, read, under]),
      [['massReads', 2, pages.root]],
    );
    await demo.close();
  });
});
