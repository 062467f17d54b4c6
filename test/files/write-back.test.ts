import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { officialClient } from '../../emulator/authorized.ts';
import type { Emulator } from '../../emulator/server.ts';
import { type GateWithFiles, open, openGateWithFiles, type PageWithFiles, pixel } from './gate-with-files.ts';

type FileItem = { name: string; type: string; file?: { url: string }; external?: { url: string } };
type Refusal = { status: number; code: string; message: string };

describe('a link to a file that a client writes back', () => {
  let gate: GateWithFiles;
  let page: PageWithFiles;
  /** A row with a file in a property. */
  let row: string;
  let source: string;
  before(async () => {
    gate = await openGateWithFiles();
    const admin = gate.as('admin');
    page = await gate.pageWithFiles(gate.as('editor'));
    const database = await admin.databases.create({
      parent: { type: 'page_id', page_id: gate.demo.ready.pages.public },
      initial_data_source: { properties: { Name: { title: {} }, Files: { files: {} } } },
    });
    source = 'data_sources' in database ? (database.data_sources[0]?.id ?? '') : '';
    row = await aRow([{ name: 'plan.png', type: 'file_upload', file_upload: { id: await upload() } }]);
  });
  after(() => gate.close());

  const upload = () => gate.upload(gate.as('editor'), 'plan.png', 'image/png', pixel);
  const editor = () => gate.as('editor');
  async function aRow(files: unknown[]): Promise<string> {
    const properties = { Name: { title: [] }, Files: { files } };
    const { id } = await editor().pages.create({
      parent: { type: 'data_source_id', data_source_id: source },
      properties: properties as never,
    });
    return id;
  }
  async function filesOf(id: string, notion = editor()): Promise<FileItem[]> {
    const { properties } = (await notion.pages.retrieve({ page_id: id })) as unknown as {
      properties: { Files: { files: FileItem[] } };
    };
    return properties.Files.files;
  }
  const update = (files: unknown[], notion = editor(), id = row) =>
    notion.pages.update({ page_id: id, properties: { Files: { files } } as never });
  /** What Notion itself holds, read past the gate. */
  async function atNotion<T>(read: (notion: ReturnType<typeof officialClient>) => Promise<unknown>): Promise<T> {
    const { state } = await gate.demo.emulator.snapshot({});
    const token = /\bntn_[A-Za-z0-9_-]{20,}/.exec(state)?.[0] ?? '';
    return (await read(officialClient({ url: gate.demo.ready.emulatorUrl } as Emulator, token))) as T;
  }
  async function isThePicture(url: string | undefined): Promise<void> {
    const response = await open(url ?? '');
    assert.equal(response.status, 200, url);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), pixel);
  }
  async function refusal(call: Promise<unknown>): Promise<Refusal> {
    return call.then(
      () => assert.fail('it was accepted'),
      (error: Refusal) => error,
    );
  }
  const written = (id: string) => gate.demo.emulator.requests({}).then(log => log.filter(one => one.path.includes(id)));

  it("is Notion's own file again in a property, however often it goes round", async () => {
    for (let round = 0; round < 3; round++) {
      const read = await filesOf(row);
      assert.equal(read.length, 1);
      await update(read);
    }
    const added = await upload();
    await update([...(await filesOf(row)), { name: 'second.png', type: 'file_upload', file_upload: { id: added } }]);
    const files = await filesOf(row);
    assert.deepEqual(
      files.map(({ name, type }) => [name, type]),
      [
        ['plan.png', 'file'],
        ['second.png', 'file'],
      ],
    );
    for (const { file } of files) await isThePicture(file?.url);
    const stored = await atNotion<{ properties: { Files: { files: FileItem[] } } }>(n =>
      n.pages.retrieve({ page_id: row }),
    );
    for (const { file } of stored.properties.Files.files) assert.match(file?.url ?? '', /\/_files\//);
  });

  it('also where a client makes an external file of it, and in a page that is made with it', async () => {
    const [read] = await filesOf(row);
    const copy = await aRow([{ name: 'copied.png', external: { url: read?.file?.url } }]);
    const [copied] = await filesOf(copy);
    assert.equal(copied?.type, 'file');
    await isThePicture(copied.file?.url);
  });

  it('is no link to this gate in a block, an icon, a cover or in Markdown', async () => {
    const external = (url: string) => ({ type: 'external' as const, external: { url } });
    const notion = editor();
    const { id } = await notion.pages.create({
      parent: { page_id: gate.demo.ready.pages.public },
      icon: external(page.icon.file.url),
      cover: external(page.cover.file.url),
      children: [
        { type: 'image', image: external(page.block.image.file.url) },
        { type: 'file', file: external(page.block.image.file.url) },
      ],
    });
    await notion.pages.updateMarkdown({
      page_id: id,
      type: 'insert_content',
      insert_content: { content: `![again](${page.block.image.file.url})` },
    } as never);

    const stored = JSON.stringify([
      await atNotion(n => n.pages.retrieve({ page_id: id })),
      await atNotion(n => n.blocks.children.list({ block_id: id })),
    ]);
    assert.doesNotMatch(stored, /portcullis/);
    assert.equal(stored.match(/\/_files\//g)?.length, 5);

    const { icon, cover } = (await notion.pages.retrieve({ page_id: id })) as unknown as Record<string, FileItem>;
    const { results } = await notion.blocks.children.list({ block_id: id });
    const blocks = results as unknown as { type: string; [type: string]: unknown }[];
    const read = [icon, cover, ...blocks.map(block => block[block.type] as FileItem)];
    assert.equal(read.length, 5);
    for (const item of read) {
      const { url = '' } = item?.external ?? {};
      assert.ok(url.startsWith(`${gate.url}/v1/portcullis/files/`), JSON.stringify(item));
      await isThePicture(url);
    }
    const { markdown } = await notion.pages.retrieveMarkdown({ page_id: id });
    assert.doesNotMatch(markdown, /signature/);
  });

  it('is refused from whom it was not given to, whatever it is, and nothing is written', async () => {
    const before = (await written(row)).length;
    const mine = (await filesOf(row))[0]?.file?.url ?? '';
    const ofAdmin = (await filesOf(row, gate.as('admin')))[0]?.file?.url ?? '';
    const revoked = await gate.mintFor('editor');
    const ended = (await filesOf(row, gate.client(revoked.secret)))[0]?.file?.url ?? '';
    await gate.admin('DELETE', `/api/workspaces/${gate.workspaceId}/keys/${revoked.id}`);
    const reads = 3;

    const messages = new Set<string>();
    for (const url of [
      ofAdmin,
      ended,
      mine.replace(/files\/.{32}/, `files/${'A'.repeat(32)}`),
      `${gate.url}/v1/portcullis/files/x`,
    ]) {
      for (const item of [
        { type: 'file', file: { url } },
        { type: 'external', external: { url } },
      ]) {
        const error = await refusal(update([{ name: 'a', ...item }]));
        assert.deepEqual([error.status, error.code], [400, 'validation_error']);
        messages.add(error.message);
      }
    }
    assert.equal(messages.size, 1);
    assert.match([...messages][0] ?? '', /a link to a file in it is not yours, is not valid or has expired/);
    assert.equal((await written(row)).length, before + reads, 'Notion heard of reads alone');
    assert.equal((await filesOf(row)).length, 2);
  });

  it('takes the right to read files', async () => {
    const { secret } = await gate.mintFor('editor', ['read', 'update']);
    const error = await refusal(update(await filesOf(row), gate.client(secret)));
    assert.deepEqual([error.status, error.code], [403, 'restricted_resource']);
    assert.match(error.message, /file\.read/);
  });

  it('is logged as a read of what the file is on', async () => {
    await update(await filesOf(row));
    const { entries } = await gate.admin<{ entries: { objects: { action: string; id: string }[] }[] }>(
      'GET',
      `/api/audit?workspace=${gate.workspaceId}&limit=1&operation=pages.update`,
    );
    assert.deepEqual(
      entries[0]?.objects.map(({ action, id }) => [action, id]),
      [
        ['update', row],
        ['file.read', row],
      ],
    );
  });

  it('passes through the admin API as well', async () => {
    const url = (await filesOf(row))[0]?.file?.url ?? '';
    const body = {
      parent: { data_source_id: source },
      properties: { Name: { title: [] }, Files: { files: [{ name: 'a', file: { url } }] } },
    };
    const response = await open(`${gate.url}/api/pages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gate.demo.ready.keys.editor}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { page: made } = (await response.json()) as { page: { id: string } };
    assert.equal(response.status, 201);
    await isThePicture((await filesOf(made.id))[0]?.file?.url);
  });
});
