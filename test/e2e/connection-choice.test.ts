import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

/** A workspace with two connections: the shared one, and a token that its admin has pasted for themselves. */
describe('rule 2: the choice of a connection', () => {
  let demo: DemoInProcess;
  let botId: string;
  let own: string;
  let keys: { ada: string; agent: string };
  before(async () => {
    demo = await startDemoInProcess();
    const { internalToken } = demo.notion;
    botId = (await demo.emulator.tokenOwner({ token: internalToken }))?.botId ?? '';
    const cookie = await signIn();
    const workspace = `/api/workspaces/${demo.ready.workspaceId}`;
    own = String((await make(cookie, `${workspace}/connections`, { token: internalToken })).connectionId);
    keys = {
      ada: String((await make(cookie, `${workspace}/keys`, { name: 'mine' })).secret),
      agent: demo.ready.keys.viewer,
    };
  });
  beforeEach(() => demo.emulator.clearRequests());
  after(() => demo.stop());

  async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    const own = { 'content-type': 'application/json', 'x-portcullis': '1' };
    return fetch(demo.ready.url + path, {
      method: 'POST',
      headers: { ...own, ...headers },
      body: JSON.stringify(body),
    });
  }

  /** The person who was shown the link becomes a browser session. */
  async function signIn(): Promise<string> {
    const token = new URL(demo.ready.signInUrl).hash.replace(/^#(token=)?/, '');
    const response = await post('/api/sign-in/link', { token });
    assert.equal(response.status, 200, await response.text());
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  async function make(cookie: string, path: string, body: object): Promise<Record<string, unknown>> {
    const response = await post(path, body, { cookie });
    assert.equal(response.status, 201, path);
    return (await response.json()) as Record<string, unknown>;
  }

  async function call(who: keyof typeof keys, path: string) {
    const response = await fetch(demo.ready.url + path, { headers: { authorization: `Bearer ${keys[who]}` } });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }

  /** Which installations Notion was asked as. */
  const askedAs = async () => (await demo.emulator.requests()).map(request => request.botId);

  it('rule 2: is part of the decision, and logged with its reason', async () => {
    assert.equal((await call('ada', `/v1/pages/${demo.ready.pages.public}`)).status, 200);
    assert.deepEqual(await askedAs(), [botId]);
    assert.equal((await call('agent', `/v1/pages/${demo.ready.pages.public}`)).status, 200);
    const { json } = await call('ada', '/api/audit?operation=pages.get&limit=20');
    type Entry = { connection: { id: string; because: string }; principal: { kind: string } };
    // Portcullis itself looked where the page stands, through the same connection.
    const [agents, adas] = (json.entries as Entry[]).filter(({ principal }) => principal.kind !== 'system');
    assert.deepEqual(adas?.connection, { id: own, because: 'own' });
    assert.equal(agents?.connection.because, 'only_one');
    assert.notEqual(agents?.connection.id, own);
  });

  it('rule 2: a 404 from one never falls over to another', async () => {
    await demo.emulator.unshare({ pageId: demo.ready.pages.root, botId });
    const path = `/v1/pages/${demo.ready.pages.public}`;
    assert.equal((await call('ada', path)).json.code, 'object_not_found');
    assert.deepEqual(await askedAs(), [botId]);
    assert.equal((await call('agent', path)).status, 200);
    await demo.emulator.share({ pageId: demo.ready.pages.root, botId });
  });

  it('rule 2: nor does a 403', async () => {
    await demo.emulator.setCapabilities({ botId, capabilities: { read_comments: false } });
    const path = `/v1/comments?block_id=${demo.ready.pages.public}`;
    assert.equal((await call('ada', path)).json.code, 'restricted_resource');
    assert.deepEqual(await askedAs(), [botId]);
    assert.equal((await call('agent', path)).status, 200);
  });

  it('rule 2: nor does the end of one: the caller gets an error, and is not served as another person', async () => {
    await demo.emulator.revoke({ botId });
    const answer = await call('ada', `/v1/pages/${demo.ready.pages.public}`);
    assert.equal(answer.status, 503);
    assert.ok((await askedAs()).every(asked => asked === botId || asked === null));
  });
});
