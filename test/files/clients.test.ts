/**
 * Independent clients (and one in Python that does the same) read a page with files and write it back, through the
 * gateway.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { NotionToMarkdown } from 'notion-to-md';
import { end } from '../children.ts';
import { eventually } from '../e2e/demo.ts';
import { freePort } from '../e2e/free-port.ts';
import { type GateWithFiles, open, openGateWithFiles } from './gate-with-files.ts';

type Media = Record<string, { url: string }>;
type Block = { type: string } & Record<string, Media>;
type FileItem = { name: string; type: string; file: { url: string } };
type RowObject = { properties: { Files: { files: FileItem[] } } };

const mcpServer = fileURLToPath(new URL('../../node_modules/@notionhq/notion-mcp-server/bin/cli.mjs', import.meta.url));
const pythonClient = fileURLToPath(new URL('clients/notion_client.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('a page with files, through the gate', () => {
  let gate: GateWithFiles;
  let source: string;
  let row: string;
  /** What was uploaded, by name. */
  const contents = new Map<string, Buffer>();

  before(async () => {
    gate = await openGateWithFiles();
    const database = await gate.as('admin').databases.create({
      parent: { type: 'page_id', page_id: gate.demo.ready.pages.public },
      initial_data_source: { properties: { Name: { title: {} }, Files: { files: {} } } },
    });
    source = 'data_sources' in database ? (database.data_sources[0]?.id ?? '') : '';
    const notion = gate.as('editor');
    const upload = async (name: string, type: string) => {
      const content = randomBytes(3_000);
      contents.set(name, content);
      return { type: 'file_upload' as const, file_upload: { id: await gate.upload(notion, name, type, content) } };
    };
    const { id } = await notion.pages.create({
      parent: { type: 'data_source_id', data_source_id: source },
      properties: {
        Files: { files: [await upload('Angebot für Ada.pdf', 'application/pdf'), await upload('b.csv', 'text/csv')] },
      } as never,
      children: [
        { image: await upload('chart (1).png', 'image/png') },
        { pdf: await upload('paper.pdf', 'application/pdf') },
        { video: await upload('clip.mp4', 'video/mp4') },
        { audio: await upload('song.mp3', 'audio/mpeg') },
        { file: await upload('data.json', 'application/json') },
      ],
    });
    row = id;
  });
  after(() => gate.close());

  const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
  const everything = () => [...contents].map(([name, content]) => [name, digest(content)]);

  async function filesOf(id: string): Promise<FileItem[]> {
    return ((await gate.as('editor').pages.retrieve({ page_id: id })) as unknown as RowObject).properties.Files.files;
  }
  async function blocksOf(id: string): Promise<Block[]> {
    return (await gate.as('editor').blocks.children.list({ block_id: id })).results as unknown as Block[];
  }
  const urlIn = (block: Block) => (block[block.type]?.file ?? block[block.type]?.external)?.url ?? '';
  /** Every file of a page, as a person downloads it: the name at the end of the address, and the digest. */
  async function downloaded(id: string): Promise<string[][]> {
    const urls = [...(await filesOf(id)).map(({ file }) => file.url), ...(await blocksOf(id)).map(urlIn)];
    return Promise.all(
      urls.map(async url => {
        const response = await open(url);
        assert.equal(response.status, 200, url);
        const name = decodeURIComponent(url.split('/').at(-1) ?? '');
        return [name, digest(Buffer.from(await response.arrayBuffer()))];
      }),
    );
  }

  it('is read and written back by the official SDK, and nothing is lost', async () => {
    const notion = gate.as('editor');
    assert.deepEqual(await downloaded(row), everything());
    const files = await filesOf(row);
    await notion.pages.update({ page_id: row, properties: { Files: { files } } as never });
    const { id } = await notion.pages.create({
      parent: { type: 'data_source_id', data_source_id: source },
      properties: { Files: { files } } as never,
      children: (await blocksOf(row)).map(block => ({ [block.type]: { external: { url: urlIn(block) } } })) as never,
    });
    assert.deepEqual(await downloaded(row), everything());
    assert.deepEqual(await downloaded(id), everything());
  });

  it('is exported by notion-to-md with its images inlined, and imported again', async () => {
    const notion = gate.as('editor');
    const { id } = await notion.pages.create({
      parent: { page_id: gate.demo.ready.pages.public },
      children: (await blocksOf(row)).map(block => ({ [block.type]: { external: { url: urlIn(block) } } })) as never,
    });
    for (const page of [row, id]) {
      const reader = new NotionToMarkdown({ notionClient: notion, config: { convertImagesToBase64: true } });
      const { parent = '' } = reader.toMarkdownString(await reader.pageToMarkdown(page));
      const inlined = /data:image\/png;base64,([A-Za-z0-9+/=]+)/.exec(parent)?.[1] ?? '';
      assert.deepEqual(Buffer.from(inlined, 'base64'), contents.get('chart (1).png'));
      const links = [...parent.matchAll(/\]\((http[^)]+)\)/g)].map(match => match[1] ?? '');
      // It has no form for audio.
      assert.equal(links.length, 3, 'paper, clip and data');
      for (const link of links) assert.equal((await open(link)).status, 200);
    }
    const reader = new NotionToMarkdown({ notionClient: notion });
    const { parent: markdown = '' } = reader.toMarkdownString(await reader.pageToMarkdown(row));
    const imported = await notion.pages.create({
      parent: { page_id: gate.demo.ready.pages.public },
      markdown,
    } as never);
    const [image] = (await blocksOf(imported.id)).filter(block => block.type === 'image');
    assert.ok(image);
    assert.deepEqual(Buffer.from(await (await open(urlIn(image))).arrayBuffer()), contents.get('chart (1).png'));
  });

  describe('with Notion’s own MCP server between, which each client gives its token', () => {
    let server: ChildProcess;
    let url: URL;
    before(async () => {
      const port = await freePort();
      url = new URL(`http://127.0.0.1:${port}/mcp`);
      const options = [
        '--transport',
        'http',
        '--port',
        String(port),
        '--enable-token-passthrough',
        '--unsafe-disable-auth',
      ];
      server = spawn(process.execPath, [mcpServer, ...options], {
        env: { PATH: process.env.PATH ?? '', BASE_URL: gate.url },
        stdio: 'ignore',
      });
      await eventually(
        () => open(new URL('/health', url).href),
        () => (server.exitCode === null ? null : 'the MCP server has ended'),
      );
    });
    after(() => end(server, 'SIGTERM'));

    async function clientWith(token: string): Promise<McpClient> {
      const client = new McpClient({ name: 'test', version: '1.0.0' });
      await client.connect(
        new StreamableHTTPClientTransport(url, { requestInit: { headers: { 'notion-token': token } } }),
      );
      return client;
    }
    async function call<T>(client: McpClient, name: string, input: Record<string, unknown>): Promise<T> {
      const { content } = await client.callTool({ name, arguments: input });
      const [first] = content;
      assert.ok(first?.type === 'text');
      return JSON.parse(first.text) as T;
    }

    it('is read and written back, by the key in the dress of Notion’s tokens', async () => {
      const key = gate.demo.ready.keys.editor;
      await assert.rejects(clientWith(key), 'that server passes nothing else on');
      const client = await clientWith(`ntn_${key}`);
      const { properties } = await call<RowObject>(client, 'API-retrieve-a-page', { page_id: row });
      const { files } = properties.Files;
      assert.equal(files.length, 2);
      const written = await call<{ object: string }>(client, 'API-patch-page', {
        page_id: row,
        properties: { Files: { files } },
      });
      assert.equal(written.object, 'page', JSON.stringify(written));
      const { results } = await call<{ results: Block[] }>(client, 'API-get-block-children', { block_id: row });
      for (const block of results) assert.equal((await open(urlIn(block))).status, 200);
      assert.deepEqual(await downloaded(row), everything());
      await client.close();
    });
  });

  it('is read and written back by a client in Python', {
    skip: hasPython ? false : 'python3 is not here',
  }, async () => {
    const input = {
      base_url: gate.url,
      auth: gate.demo.ready.keys.editor,
      page: row,
      parent: { database_id: await databaseOf(source) },
    };
    const { read, again, copied } = JSON.parse(await python(JSON.stringify(input))) as Record<string, string[][]>;
    assert.deepEqual(read, everything());
    assert.deepEqual(again, everything());
    assert.deepEqual(copied, everything());
  });

  async function databaseOf(dataSource: string): Promise<string> {
    const { parent } = (await gate.as('editor').dataSources.retrieve({ data_source_id: dataSource })) as unknown as {
      parent: { database_id: string };
    };
    return parent.database_id;
  }

  function python(input: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile('python3', [pythonClient], (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr));
      });
      child.stdin?.end(input);
    });
  }
});
