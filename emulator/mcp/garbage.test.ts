import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Emulator, startEmulator } from '../server.ts';
import { authorizeMcp, MCP_CALLBACK, registerMcpClient } from './authorized.ts';
import { toolTable } from './tools/table.ts';

let emulator: Emulator;
let clientId: string;
let token: string;
before(async () => {
  emulator = await startEmulator();
  clientId = await registerMcpClient(emulator);
  token = (await authorizeMcp(emulator)).tokens.access_token;
});
after(() => emulator.close());

/** Values that clients send, and values that make no sense, side by side. */
const value = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    'S256',
    'code',
    'authorization_code',
    'refresh_token',
    MCP_CALLBACK,
    'javascript:alert(1)',
    'http://[',
  ),
);
const field = fc.constantFrom(
  ...['client_id', 'redirect_uri', 'response_type', 'code_challenge', 'code_challenge_method', 'resource', 'scope'],
  ...[
    'state',
    'person_id',
    'workspace_id',
    'decision',
    'grant_type',
    'code',
    'code_verifier',
    'refresh_token',
    'token',
  ],
);
const form = fc.array(fc.tuple(field, value), { maxLength: 12 });

const RUNS = { numRuns: 150 };

describe('garbage at the hosted MCP server', () => {
  it('never breaks the authorization server', async () => {
    const path = fc.constantFrom('/authorize', '/token', '/register');
    await fc.assert(
      fc.asyncProperty(path, form, fc.boolean(), async (target, fields, known) => {
        const body = new URLSearchParams(
          known ? [...fields, ['client_id', clientId], ['redirect_uri', MCP_CALLBACK]] : fields,
        );
        const answer = await fetch(emulator.url + target, { method: 'POST', body, redirect: 'manual' });
        await answer.arrayBuffer();
        assert.ok(answer.status < 500, `${target} answered ${answer.status}`);
      }),
      RUNS,
    );
  });

  it('never breaks a registration', async () => {
    const metadata = fc.oneof(
      fc.jsonValue(),
      fc.record({ redirect_uris: fc.jsonValue(), client_name: fc.jsonValue(), token_endpoint_auth_method: value }),
    );
    await fc.assert(
      fc.asyncProperty(metadata, async body => {
        const answer = await fetch(`${emulator.url}/register`, { method: 'POST', body: JSON.stringify(body) });
        assert.ok(answer.status < 500, `${answer.status}: ${await answer.text()}`);
      }),
      RUNS,
    );
  });

  it('never breaks a tool: whatever the arguments, the answer is a result', async () => {
    const names = toolTable.map(tool => tool.name);
    const id = fc.constantFrom(emulator.pages.root, emulator.pages.unshared, 'self', 'collection://x', 'view://', '');
    const argument = fc.oneof(fc.jsonValue(), id, fc.array(id), fc.record({ page_id: id }), fc.record({ type: value }));
    const keys = toolTable.flatMap(tool => Object.keys(tool.input.shape));
    const args = fc.dictionary(fc.constantFrom(...keys), argument, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), args, async (name, given) => {
        const params = { name, arguments: given };
        const answer = await fetch(emulator.mcpUrl, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
          },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
        });
        const text = await answer.text();
        assert.equal(answer.status, 200, text);
        assert.doesNotMatch(text, /internal_server_error/);
      }),
      { numRuns: 400 },
    );
  });
});
