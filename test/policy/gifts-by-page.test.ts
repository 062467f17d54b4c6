/** Rule 8 by page: what is kept from somebody in one place does not keep them from giving it in another. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { tokenOf } from '../people.ts';

describe('rule 8: what an author may not do on one page is not given there, and may be given elsewhere', () => {
  let demo: DemoInProcess;
  let scout: string;
  let denial: string;
  let cookie: string;
  before(async () => {
    demo = await startDemoInProcess();
    const signedIn = await fetch(`${demo.ready.url}/api/sign-in/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-portcullis': '1' },
      body: JSON.stringify({ token: tokenOf(demo.ready.signInUrl) }),
    });
    cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { members } = (await (await send('GET', '/members')).json()) as {
      members: { principalId: string; name: string }[];
    };
    scout = members.find(({ name }) => name === 'Scout')?.principalId ?? '';
    const me = { kind: 'user', name: 'admin@localhost' };
    const made = await grant({ effect: 'deny', subject: me }, demo.ready.pages.restricted);
    denial = ((await made.json()) as { grant: { id: string } }).grant.id;
    assert.equal(made.status, 201);
  });
  after(() => demo.stop());

  /** As the person who was shown the link: an admin. */
  const send = (method: string, path: string, body?: unknown) =>
    fetch(`${demo.ready.url}/api/workspaces/${demo.ready.workspaceId}${path}`, {
      method,
      headers: { cookie, 'x-portcullis': '1', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const grant = (about: object, page: string | null, kind = 'page') =>
    send('POST', '/grants', {
      actions: ['read'],
      scope: page === null ? { kind: 'workspace' } : { kind, id: page },
      reason: 'a test',
      ...about,
    });
  const toScout = { effect: 'allow', subject: { kind: 'agent', name: 'Scout' } };

  it('a grant', async () => {
    const { public: open, restricted, root } = demo.ready.pages;
    assert.equal((await grant(toScout, open)).status, 201, 'elsewhere');
    for (const [page, where] of [
      [restricted, 'there'],
      [root, 'above'],
      [null, 'in the whole workspace'],
      ['0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f', 'on a page that nobody knows'],
    ] as const)
      assert.equal((await grant(toScout, page)).status, 403, where);
    assert.equal((await grant(toScout, root, 'page_only')).status, 201, 'on the page above alone');
    assert.equal((await grant({ ...toScout, actions: ['delete'] }, root)).status, 201, 'another action');
  });

  it('a key for an agent, with and without pages', async () => {
    const { public: open, restricted, root } = demo.ready.pages;
    const mint = (limitTo: object) => send('POST', '/keys', { name: 'k', principalId: scout, limitTo });
    const whole = await grant({ ...toScout, actions: ['comment.read'] }, null);
    assert.equal(whole.status, 201);
    const made = await mint({ actions: ['read'], under: [open] });
    assert.equal(made.status, 201, await made.clone().text());
    const { secret } = (await made.json()) as { secret: string };
    const read = (page: string) =>
      fetch(`${demo.ready.url}/v1/pages/${page}`, { headers: { authorization: `Bearer ${secret}` } });
    assert.deepEqual([(await read(open)).status, (await read(restricted)).status], [200, 404]);
    await send('PATCH', `/agents/${scout}`, { role: 'viewer' });
    assert.equal((await mint({ actions: ['read'], under: [open] })).status, 201, 'elsewhere, also of a viewer');
    for (const under of [[restricted], [open, restricted], [root], undefined])
      assert.equal((await mint({ actions: ['read'], ...(under && { under }) })).status, 403, String(under));
    assert.equal((await mint({ actions: ['comment.read'] })).status, 201, 'another action, everywhere');
  });

  it('nobody takes back what is kept from themselves', async () => {
    assert.equal((await send('DELETE', `/grants/${denial}`)).status, 403);
  });
});
