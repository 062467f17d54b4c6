import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createFixture, type Fixture } from '../../../emulator/conformance/fixture.ts';
import { type Emulator, startEmulator } from '../../../emulator/server.ts';

const SERVER = new URL('../../../node_modules/@notionhq/notion-mcp-server/bin/cli.mjs', import.meta.url);

const COMMENT = 'API-create-a-comment';

const text = (content: string) => [{ type: 'text', text: { content } }];
const paragraph = { type: 'paragraph', paragraph: { rich_text: text('from the tool') } };

/** Every tool with arguments that succeed, in an order in which they can run on one fixture. */
const toolArguments: Readonly<Record<string, (fixture: Fixture) => Record<string, unknown>>> = {
  'API-get-self': () => ({}),
  'API-get-users': () => ({ page_size: 2 }),
  'API-get-user': f => ({ user_id: f.person }),
  'API-post-search': () => ({ query: 'fixture', sort: { timestamp: 'last_edited_time', direction: 'descending' } }),
  'API-get-block-children': f => ({ block_id: f.page }),
  'API-patch-block-children': f => ({ block_id: f.page, children: [paragraph] }),
  'API-retrieve-a-block': f => ({ block_id: f.paragraph }),
  'API-update-a-block': f => ({ block_id: f.paragraph, paragraph: { rich_text: text('changed') } }),
  'API-post-page': f => ({
    parent: { page_id: f.page },
    properties: { title: { title: [{ text: { content: 'Made by a tool' } }] } },
  }),
  'API-retrieve-a-page': f => ({ page_id: f.page }),
  'API-patch-page': f => ({ page_id: f.page, icon: { emoji: '🧪' } }),
  'API-retrieve-a-page-property': f => ({ page_id: f.row, property_id: 'title' }),
  'API-move-page': f => ({ page_id: f.otherPage, parent: { type: 'page_id', page_id: f.page } }),
  'API-retrieve-page-markdown': f => ({ page_id: f.page }),
  'API-update-page-markdown': f => ({
    page_id: f.page,
    type: 'insert_content',
    insert_content: { content: '# Added' },
  }),
  'API-create-a-comment': f => ({
    parent: { page_id: f.page },
    rich_text: [{ text: { content: 'Hello' } }],
  }),
  'API-retrieve-a-comment': f => ({ block_id: f.page }),
  'API-retrieve-a-database': f => ({ database_id: f.database }),
  'API-retrieve-a-data-source': f => ({ data_source_id: f.source }),
  'API-query-data-source': f => ({
    data_source_id: f.source,
    sorts: [{ property: 'Name', direction: 'ascending' }],
  }),
  'API-update-a-data-source': f => ({ data_source_id: f.source, title: text('Renamed') }),
  'API-create-a-data-source': f => ({ parent: { database_id: f.database }, properties: { Name: { title: {} } } }),
  'API-list-data-source-templates': f => ({ data_source_id: f.source }),
  'API-delete-a-block': f => ({ block_id: f.paragraph }),
};

describe('Notion’s own MCP server with the emulator behind it', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  let byToken: Client;
  let byHeaders: Client;

  before(async () => {
    emulator = await startEmulator();
    fixture = await createFixture(emulator, emulator.internalToken);
    const headers = { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': '2025-09-03' };
    byToken = await serverClient({ NOTION_TOKEN: emulator.internalToken });
    byHeaders = await serverClient({ OPENAPI_MCP_HEADERS: JSON.stringify(headers) });
  });
  after(async () => {
    await byToken.close();
    await byHeaders.close();
    await emulator.close();
  });

  const serverClient = async (env: Record<string, string>): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [fileURLToPath(SERVER)],
        env: { BASE_URL: emulator.url, ...env },
        stderr: 'ignore',
      }),
    );
    return client;
  };
  const call = async (client: Client, name: string, input: Record<string, unknown>): Promise<Refusal> => {
    const answer = await client.callTool({ name, arguments: input });
    const [first] = answer.content;
    assert.ok(first?.type === 'text');
    return JSON.parse(first.text) as Refusal;
  };

  it('has no tool that is not called here', async () => {
    const { tools } = await byToken.listTools();
    assert.deepEqual(tools.map(tool => tool.name).sort(), Object.keys(toolArguments).sort());
  });

  for (const [name, argumentsOf] of Object.entries(toolArguments)) {
    it(`${name} succeeds`, async () => {
      const answer = await call(name === COMMENT ? byHeaders : byToken, name, argumentsOf(fixture));
      assert.equal(answer.code, undefined, JSON.stringify(answer));
    });
  }

  it('cannot comment with NOTION_TOKEN alone: that one tool then names no version, which Notion demands', async () => {
    const answer = await call(byToken, COMMENT, toolArguments[COMMENT]?.(fixture) ?? {});
    assert.equal(answer.code, 'missing_version');
  });

  it('passes on what the emulator refuses', async () => {
    const answer = await call(byToken, 'API-retrieve-a-page', { page_id: '00000000-0000-4000-8000-000000000000' });
    assert.equal(answer.code, 'object_not_found');
  });
});

/** The part of an answer that tells errors from objects. */
interface Refusal {
  readonly code?: string;
}
