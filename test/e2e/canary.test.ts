import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

/** Looks for secrets wherever Portcullis speaks: what it logs, answers, prints and stores as an audit entry. */
describe('no secret leaves its place', () => {
  let demo: DemoInProcess;
  const heard: string[] = [];

  before(async () => {
    demo = await startDemoInProcess({ PORTCULLIS_LOG_LEVEL: 'debug' });
  });
  after(() => demo.stop());

  /** A request; the whole answer is remembered, except the cookie that is meant for the browser. */
  async function hear(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${demo.ready.url}${path}`, { redirect: 'manual', ...init });
    const copy = response.clone();
    const headers = [...response.headers].filter(([name]) => name !== 'set-cookie');
    heard.push(JSON.stringify(headers), await copy.text());
    return response;
  }

  /** Every secret that the running demo holds, under a name that a failure can print. */
  async function secrets(): Promise<Map<string, string>> {
    const { state } = await demo.emulator.snapshot({});
    const found = new Map<string, string>();
    for (const token of state.match(/\b(?:ntn|nrt|secret)_[A-Za-z0-9_-]{20,}/g) ?? [])
      found.set(`Notion token …${token.slice(-4)}`, token);
    assert.ok(found.size >= 2, 'the emulator has issued tokens');
    found.set('client secret', demo.notion.clientSecret);
    found.set('root key', (await readFile(demo.env.PORTCULLIS_ROOT_KEY_FILE ?? '', 'utf8')).trim());
    for (const [role, key] of Object.entries(demo.ready.keys)) found.set(`key of ${role}`, key);
    return found;
  }

  it('neither in an answer, nor in a log line, an error, an audit entry or an address', async () => {
    const { keys, pages, workspaceId, signInUrl } = demo.ready;
    const as = (key: string, extra: Record<string, string> = {}) => ({
      headers: { authorization: `Bearer ${key}`, ...extra },
    });
    const printedSoFar = demo.output().length;

    const token = new URL(signInUrl).hash.slice('#token='.length);
    const signIn = await hear('/api/sign-in/link', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-portcullis': '1', origin: demo.ready.url },
      body: JSON.stringify({ token }),
    });
    assert.equal(signIn.status, 200);
    const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    for (const path of [
      '/api/me',
      '/api/workspaces',
      '/api/me/sessions',
      `/api/workspaces/${workspaceId}/keys`,
      `/api/workspaces/${workspaceId}/connections`,
      '/api/users',
    ]) {
      assert.equal((await hear(path, { headers: { cookie } })).status, 200, path);
    }
    await hear('/auth/notion', { headers: { cookie } });
    await hear('/auth/notion/callback?state=x&code=y', { headers: { cookie } });
    for (const key of Object.values(keys)) {
      await hear(`/v1/pages/${pages.public}`, as(key));
      await hear(`/v1/pages/${pages.unshared}`, as(key));
      await hear(`/v1/pages/${pages.public}`, {
        method: 'PATCH',
        ...as(key, { 'content-type': 'application/json' }),
        body: `{"bad ${key}`,
      });
    }
    await demo.emulator.addFault({ kind: 'reset', times: 1 });
    await hear('/v1/users', as(keys.viewer));
    await demo.emulator.addFault({ kind: 'truncate', times: 1 });
    await hear('/v1/users', as(keys.viewer));
    await hear('/v1/users', as('pcl_notakey'));
    await hear(`/api/audit?limit=200`, as(keys.admin));
    await hear('/metrics');

    const all = await secrets();
    all.set('session', cookie.split('=')[1] ?? '');
    all.set('sign-in link', token);
    const said = [...heard, demo.output().slice(printedSoFar)];
    for (const [name, secret] of all) {
      assert.ok(secret.length >= 20, name);
      const leak = said.find(text => text.includes(secret));
      assert.equal(leak, undefined, `${name} appears in: ${leak?.slice(0, 400)}`);
    }
  });
});
