/** E2: errors are written for their readers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AdminApi, openAdminApi, type Reply, type SendOptions } from '../../../test/admin-api.ts';
import { signedIn } from '../../../test/people.ts';
import type { Action } from '../../domain/action.ts';
import { newId, type UserId, type WorkspaceId } from '../../domain/ids.ts';

/** Words that only help a person who writes programs against the API. */
const forPrograms = /Bearer|pcl_|Retry-After|Notion-Version|header|JSON/i;

describe('an error in the admin API', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let cookie: string;

  before(async () => {
    api = await openAdminApi();
    workspace = await api.people.aWorkspace();
    admin = await api.people.aMember(workspace, 'admin');
    cookie = await api.cookieOf(admin);
  });
  after(() => api.close());

  const told = (reply: Reply) => `${reply.at('detail')} | ${reply.at('hint') ?? ''}`;
  const at = (path = '') => `/api/workspaces/${workspace}${path}`;

  async function keyLimitedTo(limitTo: readonly Action[], id = admin): Promise<string> {
    const request = { name: 'limited', limitTo };
    return (await api.people.accounts.keys.mint(signedIn(id), workspace, request)).secret;
  }

  it('tells a person at sign-in what they can do, and of no key', async () => {
    const attempt = { body: { email: 'nobody@acme.test', password: 'not this one' } };
    let reply = await api.send('POST', '/api/sign-in', attempt);
    assert.match(told(reply), /^Wrong email or password\. \| Check both\./);
    assert.doesNotMatch(told(reply), forPrograms);
    for (let tries = 0; tries < 12; tries++) reply = await api.send('POST', '/api/sign-in', attempt);
    assert.equal(reply.status, 429);
    assert.match(told(reply), /^Too many attempts\. \| Try again in \d+ (minutes|seconds)\.$/);
    const link = await api.send('POST', '/api/sign-in/link', { body: { token: 'x'.repeat(43) } });
    assert.match(told(link), /^This sign-in link does not work, or no longer\. \| .*Ask for a new one\.$/);
  });

  it('tells a person in a browser to sign in again, and a program to send a key', async () => {
    const ended = { cookie: cookie.replace(/=.*/, `=${'A'.repeat(43)}`) };
    assert.equal(told(await api.send('GET', at(), ended)), 'You are signed out. | Sign in again.');
    assert.match(
      told(await api.send('GET', at(), { key: 'pcl_wrong' })),
      /^API token is invalid\. \| Send a Portcullis key/,
    );
  });

  it('never says of a key that is limited to reading that it may not read', async () => {
    const key = await keyLimitedTo(['read']);
    for (const path of ['/api/me', '/api/workspaces']) {
      const reply = await api.send('GET', path, { key });
      assert.equal(reply.status, 403);
      assert.match(told(reply), /^A key that is limited to some actions does not reach the account of its owner\. \|/);
    }
  });

  it('says whether it is the key or the role that lacks a right, and who can give it', async () => {
    const list = (by: SendOptions) => api.send('GET', at('/members'), by);
    const byKey = told(await list({ key: await keyLimitedTo(['read']) }));
    assert.match(
      byKey,
      /^This key is limited to "read"\. .*"people\.read", which the role .*\(admin\) does\. \| Make a key/,
    );

    const guest = await api.people.aMember(workspace, 'guest');
    const byRole = told(await list({ cookie: await api.cookieOf(guest) }));
    assert.match(
      byRole,
      /^Your role .*\(guest\) does not allow .*"people\.read"\. \| .*: admin or editor or viewer\.$/,
    );

    const viewer = await api.people.aMember(workspace, 'viewer');
    const add = { key: await keyLimitedTo(['read'], viewer), body: { name: 'x', role: 'viewer' } };
    const byBoth = told(await api.send('POST', at('/agents'), add));
    assert.match(byBoth, /^Your role .*\(viewer\) does not allow .*"members"\. \| .*: admin\. The limit of this key/);

    const unlimited = (await api.people.accounts.keys.mint(signedIn(admin), workspace, { name: 'all' })).secret;
    const byDeployment = told(await api.send('GET', '/api/users', { key: unlimited }));
    assert.match(byDeployment, /\| Keys have no rights in the deployment: sign in to the dashboard\.$/);
  });

  it('advises about objects in Notion only where it is about one', async () => {
    const inNotion = /Notion|share|role|Read the object/;
    const asAdmin = { cookie };
    const elsewhere = `/api/workspaces/${newId('wsp')}/members`;
    const key = `/keys/${newId('key')}`;
    const lastAdmin = { ...asAdmin, body: { role: 'viewer' } };
    for (const reply of [
      await api.send('GET', elsewhere, asAdmin),
      await api.send('DELETE', at(key), asAdmin),
      await api.send('PATCH', at(`/members/${admin}`), lastAdmin),
      await api.send('DELETE', `/api/me/sessions/${newId('ses')}`, asAdmin),
    ]) {
      assert.ok(reply.status >= 400);
      assert.doesNotMatch(told(reply), inNotion);
      assert.doesNotMatch(told(reply), forPrograms);
    }
  });
});
