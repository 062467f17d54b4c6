import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { type EmulatorControl, emulatorControl } from '../../../emulator/control.ts';
import { authorizeMcp, MCP_CALLBACK } from '../../../emulator/mcp/authorized.ts';
import { type Emulator, startEmulator } from '../../../emulator/server.ts';

const INSPECTOR = new URL(
  '../../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
  import.meta.url,
);
const INSPECTOR_MS_MAX = 240_000;

describe('unmodified MCP clients against the hosted server of the emulator', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  before(async () => {
    emulator = await startEmulator();
    control = emulatorControl(emulator.url, emulator.controlToken);
  });
  after(() => emulator.close());

  describe('the SDK client', () => {
    it('discovers, registers, sends the person to consent, and then calls tools', async () => {
      const provider = new MemoryProvider();
      const client = await connected(provider);
      const { tools } = await client.listTools();
      assert.ok(tools.some(tool => tool.name === 'notion-fetch'));
      const found = await client.callTool({ name: 'notion-search', arguments: { query: 'handbook' } });
      assert.ok(found.isError !== true);
      assert.match(JSON.stringify(found.content), /handbook/i);
      await client.close();
    });

    it('refreshes by itself when its access token has ended', async () => {
      const provider = new MemoryProvider();
      const client = await connected(provider);
      const before = provider.tokens()?.refresh_token;
      const [grant] = (await control.mcpGrants()).slice(-1);
      await control.expireMcpAccess({ grantId: grant?.id ?? '' });
      const found = await client.callTool({ name: 'notion-search', arguments: { query: 'handbook' } });
      assert.ok(found.isError !== true);
      assert.notEqual(provider.tokens()?.refresh_token, before, 'the refresh token has rotated');
      await client.close();
    });

    /** Consents as the person would, in the browser that the provider opened. */
    async function connected(provider: MemoryProvider): Promise<Client> {
      const first = new StreamableHTTPClientTransport(new URL(emulator.mcpUrl), { authProvider: provider });
      await assert.rejects(newClient().connect(first), UnauthorizedError);
      const callback = await allow(provider.opened);
      await first.finishAuth(callback);
      const client = newClient();
      await client.connect(new StreamableHTTPClientTransport(new URL(emulator.mcpUrl), { authProvider: provider }));
      return client;
    }
  });

  it('the inspector lists and calls tools', { timeout: INSPECTOR_MS_MAX }, async () => {
    const { tokens } = await authorizeMcp(emulator);
    const home = await mkdtemp(join(tmpdir(), 'inspector-'));
    try {
      const inspect = async (...flags: string[]) => {
        const target = [
          emulator.mcpUrl,
          '--transport',
          'http',
          '--header',
          `Authorization: Bearer ${tokens.access_token}`,
        ];
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [fileURLToPath(INSPECTOR), '--cli', ...target, '--method', ...flags],
          { env: { PATH: process.env.PATH, HOME: home }, timeout: INSPECTOR_MS_MAX },
        );
        return stdout;
      };
      assert.match(await inspect('tools/list'), /"notion-fetch"/);
      assert.match(
        await inspect('tools/call', '--tool-name', 'notion-search', '--tool-arg', 'query=handbook'),
        /handbook/i,
      );
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

function newClient(): Client {
  return new Client({ name: 'test', version: '1.0.0' });
}

/** Posts the consent form behind an authorization URL, and answers what the person came back with. */
async function allow(authorizationUrl: URL): Promise<URLSearchParams> {
  const form = new URLSearchParams(authorizationUrl.searchParams);
  form.set('decision', 'allow');
  const endpoint = new URL(authorizationUrl.pathname, authorizationUrl);
  const answer = await fetch(endpoint, { method: 'POST', body: form, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? 'http://none').searchParams;
}

/** What an application implements to let the SDK do OAuth; it keeps everything in memory. */
class MemoryProvider implements OAuthClientProvider {
  readonly redirectUrl = MCP_CALLBACK;
  readonly clientMetadata = {
    client_name: 'SDK client',
    redirect_uris: [MCP_CALLBACK],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  opened = new URL('http://none');
  #client: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #discovery: OAuthDiscoveryState | undefined;
  #verifier = '';

  clientInformation() {
    return this.#client;
  }
  saveClientInformation(information: StoredOAuthClientInformation) {
    this.#client = information;
  }
  tokens() {
    return this.#tokens;
  }
  saveTokens(tokens: StoredOAuthTokens) {
    this.#tokens = tokens;
  }
  discoveryState() {
    return this.#discovery;
  }
  saveDiscoveryState(state: OAuthDiscoveryState) {
    this.#discovery = state;
  }
  redirectToAuthorization(url: URL) {
    this.opened = url;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
}
