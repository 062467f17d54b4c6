import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type GateWithFiles, open, openGateWithFiles, type PageWithFiles, pixel, told } from './gate-with-files.ts';

interface Entry {
  readonly operation: string;
  readonly kind: string;
  readonly credential: string | null;
  readonly door: string;
  readonly principal: { readonly kind: string; readonly id: string };
  readonly objects: { readonly action: string; readonly kind: string; readonly id: string }[];
  readonly outcome: { readonly result: string } | null;
}

describe('rule 17: a link to a file', () => {
  let gate: GateWithFiles;
  let page: PageWithFiles;
  before(async () => {
    gate = await openGateWithFiles();
    page = await gate.pageWithFiles(gate.as('editor'));
  });
  after(() => gate.close());

  const newest = async (query: string) =>
    (await gate.admin<{ entries: Entry[] }>('GET', `/api/audit?workspace=${gate.workspaceId}&limit=1&${query}`))
      .entries[0];
  /** A link that a key of its own was given, and the id of that key. */
  async function linkOf(role: 'editor' | 'viewer') {
    const key = await gate.mintFor(role);
    const read = (await gate.client(key.secret).blocks.retrieve({ block_id: page.block.id })) as unknown as {
      image: { file: { url: string } };
    };
    return { url: read.image.file.url, key };
  }

  it("opens without a header for as long as Notion's would, under the file's own name", async () => {
    const { url, expiry_time: expiry } = page.block.image.file;
    assert.match(url, /\/v1\/portcullis\/files\/[A-Za-z0-9_-]{32}\/a%20picture%20%281%29\.png$/);
    assert.ok(url.length < 200, url);
    const remainingMs = Date.parse(expiry) - Date.now();
    assert.ok(remainingMs > 54 * 60_000 && remainingMs <= 60 * 60_000, expiry);

    const response = await open(url);
    assert.equal(response.status, 200);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), pixel);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(response.headers.get('content-disposition'), 'inline; filename="a picture (1).png"');
    assert.equal(response.headers.get('cache-control'), 'private, no-store');
    assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'$/);
    for (const { file } of [page.icon, page.cover]) assert.equal((await open(file.url)).status, 200);
  });

  it('is judged, and logged under the name of whom it was given to', async () => {
    const { url, key } = await linkOf('viewer');
    await (await open(url)).arrayBuffer();
    const entry = await newest('operation=files.fetch');
    assert.equal(entry?.credential, key.id);
    assert.equal(entry.door, 'file_link');
    assert.deepEqual(entry.objects, [{ action: 'file.read', kind: 'block', id: page.block.id }]);
    assert.equal(entry.outcome?.result, 'streaming');
  });

  it('serves a part, its headers alone, and says which parts there are not', async () => {
    const { url } = page.block.image.file;
    const size = pixel.length;
    const part = await open(url, { headers: { range: 'bytes=1-3' } });
    assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 1-3/${size}`]);
    assert.equal(part.headers.get('content-length'), '3');
    assert.equal(await part.text(), 'PNG');
    const tag = part.headers.get('etag') ?? '';
    const same = await open(url, { headers: { range: 'bytes=1-3', 'if-range': tag } });
    assert.equal(same.status, 206);
    const other = await open(url, { headers: { range: 'bytes=1-3', 'if-range': '"other"' } });
    assert.deepEqual([other.status, (await other.arrayBuffer()).byteLength], [200, size]);
    const none = await open(url, { headers: { range: `bytes=${size}-` } });
    assert.deepEqual([none.status, none.headers.get('content-range')], [416, `bytes */${size}`]);

    const head = await open(url, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-length'), String(size));
    assert.equal(head.headers.get('accept-ranges'), 'bytes');
    assert.equal(head.headers.get('content-type'), 'image/png');
    assert.equal(await head.text(), '');
    assert.equal((await newest('operation=files.fetch'))?.outcome?.result, 'done');
  });

  it('brings no script to our origin', async () => {
    const notion = gate.as('editor');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const [name, type] of [
      ['x.svg', 'image/svg+xml'],
      ['x.html', 'text/html'],
      ['x.pdf', 'application/pdf'],
    ] as const) {
      const id = await gate.upload(notion, name, type, svg);
      const { results } = await notion.blocks.children.append({
        block_id: page.id,
        children: [{ type: 'file', file: { type: 'file_upload', file_upload: { id } } }],
      });
      const [block] = results as unknown as { file: { file: { url: string } } }[];
      const response = await open(block?.file.file.url ?? '');
      assert.equal(await response.text(), svg);
      assert.equal(response.headers.get('content-disposition'), `attachment; filename=${name}`);
      assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/);
    }
  });

  it('may come with a key of the same principal, and with no other', async () => {
    const { url } = await linkOf('viewer');
    const by = (key: string) => open(url, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await by(gate.demo.ready.keys.viewer)).status, 200);
    assert.equal((await newest('operation=files.fetch'))?.door, 'rest');
    assert.equal((await newest('operation=files.fetch&door=file_link'))?.door, 'file_link', 'of the calls before');
    assert.equal((await by(gate.demo.ready.keys.admin)).status, 404);
    assert.equal(
      (await by((await gate.mintFor('viewer', ['read'])).secret)).status,
      404,
      'a key that may not read files',
    );
  });

  it('that is foreign, false, ended or forbidden answers alike', async () => {
    const foreign = await linkOf('viewer');
    const revoked = await linkOf('viewer');
    await gate.admin('DELETE', `/api/workspaces/${gate.workspaceId}/keys/${revoked.key.id}`);
    const base = `${gate.url}/v1/portcullis/files/`;
    const authorization = `Bearer ${gate.demo.ready.keys.editor}`;
    const withKey = { headers: { authorization } };

    const byNobody = [revoked.url, `${base}${'A'.repeat(32)}/a.png`, `${base}short`, `${base}`];
    const byAnother = [...byNobody, foreign.url];
    for (const [urls, init] of [
      [byNobody, {}],
      [byAnother, withKey],
    ] as const) {
      const answers = await Promise.all(urls.map(async url => told(await open(url, init))));
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
      assert.equal(answers[0]?.status, 404);
      assert.match(answers[0].body, /"code":"object_not_found","message":"The link to this file/);
    }
    assert.equal((await open(foreign.url)).status, 200, 'and trying has not ended it');
  });

  it('ends with its key, at once', async () => {
    const { url, key } = await linkOf('viewer');
    assert.equal((await open(url)).status, 200);
    await gate.admin('DELETE', `/api/workspaces/${gate.workspaceId}/keys/${key.id}`);
    assert.equal((await open(url)).status, 404);
  });

  it('ends with the access of whom it was given to', async () => {
    const { url } = await linkOf('viewer');
    const entry = await newest('operation=blocks.get');
    const member = `/api/workspaces/${gate.workspaceId}/members/${entry?.principal.id}`;
    assert.equal((await open(url)).status, 200);
    await gate.admin('PATCH', member, { role: 'guest' });
    assert.equal((await open(url)).status, 404);
    assert.equal((await newest('operation=files.fetch&effect=deny'))?.kind, 'denial');
    await gate.admin('PATCH', member, { role: 'viewer' });
    assert.equal((await open(url)).status, 200);
  });

  it('ends when Notion no longer shows what the file is on', async () => {
    const own = await gate.pageWithFiles(gate.as('editor'));
    const { url } = own.block.image.file;
    assert.equal((await open(url)).status, 200);
    const { root, public: parent } = gate.demo.ready.pages;
    for (const id of [own.id, parent, root]) await gate.demo.emulator.unshare({ pageId: id });
    await assert.rejects(gate.as('editor').pages.retrieve({ page_id: own.id }), { status: 404 });
    assert.equal((await open(url)).status, 404);
    await gate.demo.emulator.share({ pageId: root });
    await gate.as('editor').pages.retrieve({ page_id: own.id });
  });
});

describe('rule 17: a link to a file, where links need a key', () => {
  let gate: GateWithFiles;
  before(async () => {
    gate = await openGateWithFiles({ PORTCULLIS_FILE_LINKS: 'key' });
  });
  after(() => gate.close());

  it('opens with a key of whom it was given to, and for nobody else', async () => {
    const page = await gate.pageWithFiles(gate.as('editor'));
    const { url } = page.cover.file;
    const by = (key: string) => open(url, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await by(gate.demo.ready.keys.editor)).status, 200);
    assert.equal((await by(gate.demo.ready.keys.viewer)).status, 404);
    const nobody = await told(await open(url));
    assert.equal(nobody.status, 401);
    assert.deepEqual(await told(await open(`${gate.url}/v1/portcullis/files/${'A'.repeat(32)}/cover.png`)), nobody);
  });
});
