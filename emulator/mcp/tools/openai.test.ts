import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Emulator, startEmulator } from '../../server.ts';
import { registerMcpClient } from '../authorized.ts';
import { type Connected, connectMcp } from '../mcp-client.ts';

let emulator: Emulator;
let chat: Connected;
before(async () => {
  emulator = await startEmulator();
  chat = await connectMcp(emulator, { clientId: await registerMcpClient(emulator, { client_name: 'ChatGPT' }) });
});
after(() => emulator.close());

describe("a client that says it is OpenAI's", () => {
  it('is shown search and fetch in place of the tools that they stand for', async () => {
    const names = (await chat.client.listTools()).tools.map(tool => tool.name);
    assert.deepEqual(names.slice(0, 2), ['search', 'fetch']);
    assert.ok(!names.includes('notion-search') && !names.includes('notion-fetch'));
    assert.ok(names.includes('notion-create-pages'));
  });

  it('gets results of an id, a title and an address', async () => {
    const found = (await chat.call('search', { query: 'Handbook' })).json.results as Record<string, string>[];
    const [first] = found;
    assert.deepEqual(Object.keys(first ?? {}), ['id', 'title', 'url']);
    const { json } = await chat.call('fetch', { id: first?.id });
    assert.deepEqual(Object.keys(json), ['id', 'title', 'text', 'url', 'metadata']);
    assert.equal(json.id, first?.id);
    assert.match(String(json.text), /<content>/);
  });

  it('is told from others, who get the usual shape under the same name', async () => {
    const other = await connectMcp(emulator);
    const [result] = (await other.call('search', { query: 'Handbook' })).json.results as Record<string, string>[];
    assert.ok(result !== undefined && 'highlight' in result);
    const names = (await other.client.listTools()).tools.map(tool => tool.name);
    assert.ok(names.includes('notion-search') && !names.includes('search'));
  });

  it('finds no more than its person sees', async () => {
    const clientId = await registerMcpClient(emulator, { client_name: 'ChatGPT' });
    const eli = await connectMcp(emulator, { clientId, personId: emulator.people[1]?.id ?? '' });
    assert.deepEqual((await eli.call('search', { query: "Ada's notes" })).json.results, []);
    assert.equal((await eli.call('fetch', { id: emulator.pages.unshared })).failed, false);
  });
});
