import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AdminApi, openAdminApi } from '../../../test/admin-api.ts';
import { signedIn, tokenOf } from '../../../test/people.ts';

describe('joining over HTTP', () => {
  let api: AdminApi;
  before(async () => {
    api = await openAdminApi();
  });
  after(() => api.close());

  it('answers the same whether or not somebody has the address', async () => {
    await api.people.aUser({ email: 'known@acme.test' });
    const workspace = await api.people.aWorkspace();
    const admin = signedIn(await api.people.aMember(workspace, 'admin'));
    const answers = [];
    for (const email of ['known@acme.test', 'unknown@acme.test']) {
      const request = { email, role: 'viewer' } as const;
      const { acceptUrl } = await api.people.accounts.invitations.invite(admin, workspace, request);
      const body = { token: tokenOf(acceptUrl ?? ''), name: 'New', password: 'a long enough password' };
      const reply = await api.send('POST', '/api/invitations/accept', { body });
      const shape = reply.text.replace(/usr_[\w-]+/g, 'usr').replaceAll(email, 'email');
      const cookies = (reply.headers.get('set-cookie') ?? '').replace(/=[\w.-]{43,}/g, '=');
      answers.push({ status: reply.status, shape: shape.replace(/\d{4}-[^"]+/g, 'time'), cookies });
    }
    assert.equal(answers[0]?.status, 200);
    assert.deepEqual(answers[0], answers[1]);
  });

  it('makes an account with the address that was invited and no other', async () => {
    const body = { token: 'x', email: 'other@acme.test', name: 'New', password: 'a long enough password' };
    assert.equal((await api.send('POST', '/api/invitations/accept', { body })).status, 400);
  });
});
