import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { APIErrorCode, Client, isNotionClientError } from '@notionhq/client';
import { tokenOf } from '../people.ts';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

interface LogEntry {
  readonly kind: string;
  readonly operation: string;
  readonly principal: { readonly id: string | null; readonly kind: string; readonly owner: string | null };
  readonly decision?: { readonly effect: string; readonly because: string; readonly id: string };
  readonly outcome: { readonly result: string; readonly status: number } | null;
  readonly detail?: Record<string, unknown>;
}

/** The error of a call that must fail. */
async function failure(call: Promise<unknown>) {
  const error = await call.then(
    () => assert.fail('the call was allowed'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isNotionClientError(error), String(error));
  return error as typeof error & { status: number; additional_data?: Record<string, string> };
}

describe('an unmodified official client behind the gate', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const client = (role: 'admin' | 'editor' | 'viewer') =>
    new Client({ auth: demo.ready.keys[role], baseUrl: demo.ready.url, retry: false, logger: () => {} });
  const retitle = (title: string) => ({ properties: { title: { title: [{ text: { content: title } }] } } });

  async function api<T>(path: string, role: 'admin' | 'editor' | 'viewer' = 'admin'): Promise<T> {
    const response = await fetch(`${demo.ready.url}${path}`, {
      headers: { authorization: `Bearer ${demo.ready.keys[role]}` },
    });
    assert.equal(response.status, 200, path);
    return (await response.json()) as T;
  }
  const log = async (query: string) => (await api<{ entries: LogEntry[] }>(`/api/audit?${query}`)).entries;

  /** A key of the first person, made as in the dashboard. */
  async function keyLimitedTo(limitTo: string[]): Promise<string> {
    const { url, workspaceId, signInUrl } = demo.ready;
    const post = async (path: string, body: object, cookie = '') => {
      const headers = { 'content-type': 'application/json', 'x-portcullis': '1', cookie };
      const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      assert.ok(response.ok, await response.clone().text());
      return response;
    };
    const signedIn = await post('/api/sign-in/link', { token: tokenOf(signInUrl) });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
    const made = await post(`/api/workspaces/${workspaceId}/keys`, { name: 'limited', limitTo }, cookie);
    return ((await made.json()) as { secret: string }).secret;
  }

  it('a viewer reads', async () => {
    const page = await client('viewer').pages.retrieve({ page_id: demo.ready.pages.public });
    assert.equal(page.id, demo.ready.pages.public);
    const [entry] = await log('operation=pages.get&limit=1');
    assert.equal(entry?.decision?.effect, 'allow');
    assert.equal(entry.outcome?.result, 'done');
    assert.equal(entry.outcome.status, 200);
  });

  it('A4: a viewer cannot write though the connection can, learns why, and the denial is in the log under its name', async () => {
    const page_id = demo.ready.pages.public;
    await demo.emulator.clearRequests({});
    const error = await failure(client('viewer').pages.update({ page_id, ...retitle('Mine now') }));
    assert.equal(error.code, APIErrorCode.RestrictedResource);
    assert.equal(error.additional_data?.portcullis_reason, 'role_lacks_action');
    assert.match(error.message, /viewer/);
    assert.deepEqual(await demo.emulator.requests({}), []);

    const [entry] = await log('operation=pages.update&effect=deny&limit=1');
    assert.equal(entry?.decision?.id, error.additional_data?.portcullis_decision_id);
    assert.equal(entry?.principal.kind, 'agent');
    const { members } = await api<{ members: { principalId: string; name: string }[] }>(
      `/api/workspaces/${demo.ready.workspaceId}/members`,
    );
    assert.match(members.find(member => member.principalId === entry?.principal.id)?.name ?? '', /viewer/i);
  });

  it('an editor writes', async () => {
    const page_id = demo.ready.pages.public;
    await client('editor').pages.update({ page_id, ...retitle('Handbook, revised') });
    const children = [{ paragraph: { rich_text: [{ text: { content: 'Written through the gate.' } }] } }];
    const { results } = await client('editor').blocks.children.append({ block_id: page_id, children });
    assert.equal(results.length, 1);
  });

  it('an editor cannot trash a page, in any way of asking', async () => {
    const page_id = demo.ready.pages.public;
    const editor = client('editor');
    const attempts = [
      () => editor.pages.update({ page_id, in_trash: true }),
      () => editor.request({ path: `pages/${page_id}`, method: 'patch', body: { archived: true } }),
      () => editor.request({ path: `blocks/${page_id}`, method: 'patch', body: { in_trash: true } }),
      () => editor.blocks.delete({ block_id: page_id }),
      () => editor.blocks.delete({ block_id: page_id.replaceAll('-', '').toUpperCase() }),
    ];
    for (const attempt of attempts) assert.equal((await failure(attempt())).code, APIErrorCode.RestrictedResource);
    const page = await client('viewer').pages.retrieve({ page_id });
    assert.equal('in_trash' in page && page.in_trash, false);
  });

  it('an admin can, and can restore', async () => {
    const admin = client('admin');
    const created = await admin.pages.create({
      parent: { page_id: demo.ready.pages.public },
      ...retitle('Short-lived'),
    });
    await admin.blocks.delete({ block_id: created.id });
    const trashed = await admin.pages.retrieve({ page_id: created.id });
    assert.equal('in_trash' in trashed && trashed.in_trash, true);
    await admin.pages.update({ page_id: created.id, in_trash: false });
  });

  it('no key, or a wrong one, gets unauthorized, and that is counted in the log of the deployment', async () => {
    const nobody = new Client({ baseUrl: demo.ready.url, retry: false, logger: () => {} });
    assert.equal((await failure(nobody.users.me({}))).code, APIErrorCode.Unauthorized);
    const stranger = new Client({ auth: 'ntn_somebodyelse', baseUrl: demo.ready.url, retry: false, logger: () => {} });
    assert.equal((await failure(stranger.users.me({}))).code, APIErrorCode.Unauthorized);
  });

  it('what is not shared with the connection looks exactly like what does not exist', async () => {
    const unshared = await failure(client('admin').pages.retrieve({ page_id: demo.ready.pages.unshared }));
    const missing = await failure(client('admin').pages.retrieve({ page_id: '00000000-0000-4000-8000-000000000000' }));
    assert.equal(unshared.code, APIErrorCode.ObjectNotFound);
    assert.equal(
      unshared.message.replace(demo.ready.pages.unshared, '…'),
      missing.message.replace('00000000-0000-4000-8000-000000000000', '…'),
    );
    assert.deepEqual(unshared.additional_data, missing.additional_data);
  });

  it('a key that may update and not read learns that Notion refused, and not the titles that Notion quotes', async () => {
    const parent = { page_id: demo.ready.pages.public };
    const page = await client('admin').pages.create({ parent, ...retitle('Plans') });
    await client('admin').pages.create({ parent: { page_id: page.id }, ...retitle('Layoffs in March') });
    const secret = await keyLimitedTo(['update']);
    const replace = async (key: string) => {
      const response = await fetch(`${demo.ready.url}/v1/pages/${page.id}/markdown`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'replace_content', replace_content: { new_str: 'nothing' } }),
      });
      return { status: response.status, text: await response.text() };
    };
    const reader = await replace(demo.ready.keys.editor);
    assert.equal(reader.status, 400);
    assert.match(reader.text, /Layoffs in March/, 'Notion quotes what would be lost');
    const writer = await replace(secret);
    assert.equal(writer.status, 400);
    assert.match(writer.text, /"code":"validation_error"/);
    assert.doesNotMatch(writer.text, /Layoffs/);
  });

  it('searches, queries a data source, lists users and comments', async () => {
    const viewer = client('viewer');
    const { results } = await viewer.search({ filter: { property: 'object', value: 'data_source' } });
    const source = results.find(result => result.object === 'data_source');
    assert.ok(source, 'the demo shares a data source');
    const rows = await viewer.dataSources.query({ data_source_id: source.id });
    assert.ok(rows.results.length > 0);
    assert.ok((await viewer.users.list({})).results.length > 0);
    await client('editor').comments.create({
      parent: { page_id: demo.ready.pages.public },
      rich_text: [{ text: { content: 'Looks good.' } }],
    });
    const comments = await viewer.comments.list({ block_id: demo.ready.pages.public });
    assert.equal(comments.results.length, 1);
  });

  it('uploads a file through the gate and never past it', async () => {
    const editor = client('editor');
    const upload = await editor.fileUploads.create({
      mode: 'single_part',
      filename: 'notes.txt',
      content_type: 'text/plain',
    });
    assert.ok(
      upload.upload_url?.startsWith(`${demo.ready.url}/v1/file_uploads/`),
      upload.upload_url ?? 'no upload_url',
    );
    const sent = await editor.fileUploads.send({
      file_upload_id: upload.id,
      file: { filename: 'notes.txt', data: new Blob(['hello'], { type: 'text/plain' }) },
    });
    assert.equal(sent.status, 'uploaded');
    const other = await failure(client('admin').fileUploads.retrieve({ file_upload_id: upload.id }));
    assert.equal(other.code, APIErrorCode.ObjectNotFound);
  });

  it('works for any HTTP client, with the workspace in the path as well', async () => {
    const { url, workspaceId, keys } = demo.ready;
    const response = await fetch(`${url}/w/${workspaceId}/v1/users/me`, {
      headers: { authorization: `Bearer ${keys.viewer}` },
    });
    assert.equal(response.status, 200);
    assert.ok(response.headers.get('x-notion-request-id'));
    const elsewhere = await fetch(`${url}/w/wsp_01900000-0000-7000-8000-000000000000/v1/users/me`, {
      headers: { authorization: `Bearer ${keys.viewer}` },
    });
    assert.equal(elsewhere.status, 404);
  });
});
