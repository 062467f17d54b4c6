import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostsOf } from './hosted-mcp.ts';

describe("B8: Notion's own MCP server", () => {
  const mayAsk = hostsOf('https://mcp.notion.com/mcp');

  for (const url of ['https://mcp.notion.com/token', 'https://notion.com/', 'https://auth.notion.com/authorize']) {
    it(`may send us to ${url}`, () => assert.equal(mayAsk(new URL(url)), true));
  }

  const others = [
    'https://notion.com.evil.example/',
    'https://evilnotion.com/',
    'https://notion.so/',
    'https://8.8.8.8/',
  ];
  for (const url of [...others, 'https://mcp.notion.com.evil.example/', 'https://xn--notion-9za.com/']) {
    it(`may not send us to ${url}`, () => assert.equal(mayAsk(new URL(url)), false));
  }

  it('may have its authorization server elsewhere when it is not', () => {
    assert.equal(hostsOf('https://mcp.example/mcp')(new URL('https://as.example/')), true);
  });
});
