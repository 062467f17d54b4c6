import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Authorized, authorize, CALLBACK, rawCall } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import type { WorkspaceSeed } from '../seeds/seed.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('sharing', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  let acme: Authorized;
  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
    acme = await authorize(emulator, { pageIds: [emulator.pages.public] });
  });
  after(() => emulator.close());

  const read = (id: string, token = acme.accessToken) => rawCall(emulator, `/v1/pages/${id}`, { token });

  it('gives a ticked page and everything below it, and nothing beside or above it', async () => {
    assert.equal((await read(emulator.pages.public)).status, 200);
    for (const result of (await acme.notion.search({})).results)
      assert.equal((await read(result.id)).status >= 400, result.object !== 'page');
    for (const id of [emulator.pages.root, emulator.pages.restricted, emulator.pages.unshared]) {
      assert.equal((await read(id)).status, 404);
    }
  });

  it('answers the same for a page that is missing and one that is not shared', async () => {
    const missing = '00000000-0000-4000-8000-000000000000';
    const { request_id: _a, ...unshared } = (await read(emulator.pages.unshared)).body;
    const { request_id: _b, ...absent } = (await read(missing)).body;
    const text = JSON.stringify(absent).replaceAll(missing, emulator.pages.unshared);
    assert.deepEqual(unshared, JSON.parse(text));
    assert.equal(unshared.code, 'object_not_found');
    assert.deepEqual(unshared.additional_data, { integration_id: acme.botId });
  });

  it('belongs to connection, person and workspace, and not to a token', async () => {
    const again = await authorize(emulator, { pageIds: [] });
    assert.equal(again.botId, acme.botId);
    assert.equal(again.accessToken, acme.accessToken, 'authorising again answers the same access token');
    const eli = await authorize(emulator, { personId: emulator.people[1]?.id ?? '', pageIds: [] });
    assert.notEqual(eli.botId, acme.botId);
    assert.equal((await read(emulator.pages.public, eli.accessToken)).status, 404);
  });

  it('follows a page that is shared, unshared and moved in Notion', async () => {
    const { restricted } = emulator.pages;
    await control.share({ pageId: restricted, botId: acme.botId });
    assert.equal((await read(restricted)).status, 200);
    await control.unshare({ pageId: restricted, botId: acme.botId });
    assert.equal((await read(restricted)).status, 404);
    await control.move({ pageId: restricted, parentId: emulator.pages.public });
    assert.equal((await read(restricted)).status, 200);
    await control.move({ pageId: restricted, parentId: emulator.pages.root });
    assert.equal((await read(restricted)).status, 404);
  });

  it('does not offer a private page of somebody else in the page picker', async () => {
    const picker = async (personId: string) => {
      const query = new URLSearchParams({
        client_id: emulator.clientId,
        redirect_uri: CALLBACK,
        response_type: 'code',
        owner: 'user',
        person_id: personId,
        workspace_id: emulator.workspaceId,
      });
      return (await fetch(`${emulator.url}/v1/oauth/authorize?${query}`)).text();
    };
    assert.match(await picker(emulator.people[0]?.id ?? ''), /Ada&#39;s notes/);
    assert.doesNotMatch(await picker(emulator.people[1]?.id ?? ''), /Ada&#39;s notes/);
  });
});

describe('teamspaces', () => {
  const people = ['ann', 'bob'].map(key => ({ key, name: key, email: `${key}@example.com` }));
  const seed: WorkspaceSeed = {
    key: 'teams',
    name: 'Teams',
    plan: 'business',
    people,
    teamspaces: [
      { key: 'all', name: 'Everybody', access: 'open', members: ['ann'] },
      { key: 'pay', name: 'Payroll', access: 'closed', members: ['ann'] },
      { key: 'law', name: 'Legal', access: 'private', members: ['ann'] },
    ],
    pages: [
      { key: 'root', title: 'Open page', teamspace: 'all' },
      { key: 'restricted', title: 'Closed page', teamspace: 'pay', pages: [{ key: 'salaries', title: 'Salaries' }] },
      { key: 'unshared', title: 'Private page', teamspace: 'law' },
    ],
  };
  const titles = ['Open page', 'Closed page', 'Salaries', 'Private page'];
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ seed: [seed], redirectUris: [CALLBACK] });
  });
  after(() => emulator.close());

  const offered = async (personIndex: number): Promise<string[]> => {
    const query = new URLSearchParams({
      client_id: emulator.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      owner: 'user',
      person_id: emulator.people[personIndex]?.id ?? '',
      workspace_id: emulator.workspaceId,
    });
    const page = await (await fetch(`${emulator.url}/v1/oauth/authorize?${query}`)).text();
    return titles.filter(title => page.includes(title));
  };

  it('offer their pages to members, and to everybody where they are open', async () => {
    assert.deepEqual(await offered(0), titles);
    assert.deepEqual(await offered(1), ['Open page']);
  });

  it('lose a page that is moved below another, and keep their members over a snapshot', async () => {
    const control = emulatorControl(emulator.url, emulator.controlToken);
    const { state } = await control.snapshot();
    await control.move({ pageId: emulator.pages.restricted, parentId: emulator.pages.root });
    assert.deepEqual(await offered(1), ['Open page', 'Closed page', 'Salaries']);
    await control.restore({ state });
    assert.deepEqual(await offered(1), ['Open page']);
  });
});

describe('capabilities', () => {
  it('are refused with 403 before anything is looked up, and a writer who may not read gets the id only', async () => {
    const emulator = await startEmulator({ redirectUris: [CALLBACK] });
    const control = emulatorControl(emulator.url, emulator.controlToken);
    await control.setCapabilities({
      clientId: emulator.clientId,
      capabilities: { read_content: false, update_content: false, read_comments: false, user_information: 'none' },
    });
    const { accessToken: token } = await authorize(emulator);
    const missing = '00000000-0000-4000-8000-000000000000';
    const calls: [string, string][] = [
      ['GET', `/v1/pages/${missing}`],
      ['PATCH', `/v1/pages/${missing}`],
      ['DELETE', `/v1/blocks/${missing}`],
      ['GET', `/v1/comments?block_id=${missing}`],
      ['GET', '/v1/users'],
    ];
    for (const [method, path] of calls) {
      const answer = await rawCall(emulator, path, { token, method, ...(method === 'PATCH' ? { body: {} } : {}) });
      assert.equal(answer.status, 403, `${method} ${path}`);
      assert.equal(answer.body.code, 'restricted_resource');
      assert.equal(answer.body.message, 'Insufficient permissions for this endpoint.');
    }
    const created = await rawCall(emulator, '/v1/pages', { token, body: { parent: { page_id: emulator.pages.root } } });
    assert.deepEqual(Object.keys(created.body).sort(), ['id', 'object', 'request_id']);
    await emulator.close();
  });
});
