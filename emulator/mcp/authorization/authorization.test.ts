import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type EmulatorControl, emulatorControl } from '../../control.ts';
import { type Emulator, startEmulator } from '../../server.ts';
import {
  authorizeMcp,
  consentMcp,
  MCP_CALLBACK,
  mcpTokenRequest,
  refreshMcp,
  registerMcpClient,
} from '../authorized.ts';
import { DEFAULT_MCP_ROTATION } from './rotation.ts';

let emulator: Emulator;
let control: EmulatorControl;
before(async () => {
  emulator = await startEmulator();
  control = emulatorControl(emulator.url, emulator.controlToken);
});
after(() => emulator.close());

const VERIFIER = 'a-verifier-that-is-long-enough-for-rfc-7636-to-accept';

async function refusal(response: Response): Promise<string> {
  const { error, error_description } = (await response.json()) as Record<string, string>;
  return `${response.status} ${error}: ${error_description}`;
}

describe('the MCP authorization server', () => {
  it('describes itself where RFC 9728 and RFC 8414 look', async () => {
    const resource = (await (await fetch(`${emulator.url}/.well-known/oauth-protected-resource/mcp`)).json()) as {
      resource: string;
      authorization_servers: string[];
    };
    assert.equal(resource.resource, emulator.mcpUrl);
    assert.deepEqual(resource.authorization_servers, [emulator.url]);
    const server = (await (await fetch(`${emulator.url}/.well-known/oauth-authorization-server`)).json()) as Record<
      string,
      unknown
    >;
    assert.equal(server.issuer, emulator.url);
    assert.deepEqual(server.code_challenge_methods_supported, ['plain', 'S256']);
    assert.equal(server.authorization_response_iss_parameter_supported, true);
  });

  it('shows a consent page with the person to choose and the request in stable fields', async () => {
    const clientId = await registerMcpClient(emulator, { client_name: 'Assistant <3' });
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: MCP_CALLBACK,
      response_type: 'code',
      state: 's',
      code_challenge: 'x',
      code_challenge_method: 'S256',
      person_id: emulator.people[1]?.id ?? '',
    });
    const page = await (await fetch(`${emulator.url}/authorize?${query}`)).text();
    assert.match(page, /Assistant &#60;3 wants to use Notion MCP/);
    assert.match(page, new RegExp(`name="person_id" value="${emulator.people[1]?.id}"`));
    assert.match(page, new RegExp(`name="client_id" value="${clientId}"`));
  });

  it('answers every redirect with state and iss, a refusal too', async () => {
    const clientId = await registerMcpClient(emulator);
    const allowed = await consentMcp(emulator, { clientId, verifier: VERIFIER });
    assert.equal(allowed.iss, emulator.url);
    assert.equal(allowed.state, 'state');
    const denied = await consentMcp(emulator, { clientId, verifier: VERIFIER, decision: 'cancel' });
    assert.deepEqual([denied.error, denied.iss, denied.code], ['access_denied', emulator.url, undefined]);
  });

  it('sends nobody to an address that the client did not register, but for a loopback port', async () => {
    const clientId = await registerMcpClient(emulator, { redirect_uris: ['http://127.0.0.1/callback'] });
    const ask = async (redirect: string) => {
      const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirect, response_type: 'code' });
      query.set('code_challenge', 'x');
      return (await fetch(`${emulator.url}/authorize?${query}`, { redirect: 'manual' })).status;
    };
    assert.equal(await ask('http://127.0.0.1:43210/callback'), 200);
    assert.equal(await ask('http://127.0.0.1:43210/other'), 400);
    assert.equal(await ask('http://evil.example/callback'), 400);
  });

  it('gives an access token of one hour, for the resource that was asked for', async () => {
    const { tokens } = await authorizeMcp(emulator);
    assert.equal(tokens.expires_in, 3600);
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.resource, emulator.mcpUrl);
    assert.equal(tokens.scope, 'default');
    assert.match(tokens.refresh_token, /^[^:]+:[^:]+:[^:]+$/);
  });

  it('refuses token requests in the words of the provider library', async () => {
    const clientId = await registerMcpClient(emulator);
    const { code = '' } = await consentMcp(emulator, { clientId, verifier: VERIFIER });
    const exchange = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: MCP_CALLBACK };
    const ask = async (...input: Parameters<typeof mcpTokenRequest> extends [unknown, ...infer R] ? R : never) =>
      refusal(await mcpTokenRequest(emulator, ...input));
    assert.equal(
      await ask([...Object.entries(exchange), ['code', code]]),
      '400 invalid_request: Parameter must not be repeated: code',
    );
    assert.equal(
      await ask(exchange, { 'content-type': 'application/json' }),
      '400 invalid_request: Content-Type must be application/x-www-form-urlencoded',
    );
    const basic = `Basic ${Buffer.from(`${clientId}:x`).toString('base64')}`;
    assert.equal(
      await ask({ ...exchange, client_secret: 'x' }, { authorization: basic }),
      '400 invalid_request: Client credentials must be sent by one method only',
    );
    assert.equal(await ask({ ...exchange, client_id: 'nobody' }), '401 invalid_client: Client not found');
    assert.equal(await ask(exchange), '400 invalid_request: code_verifier is required for PKCE');
    assert.equal(await ask({ ...exchange, code_verifier: 'wrong' }), '400 invalid_grant: Invalid PKCE code_verifier');
    assert.equal(
      await ask({ ...exchange, code_verifier: VERIFIER, resource: 'https://other.example/mcp' }),
      '400 invalid_target: Requested resource was not included in the authorization request',
    );
    assert.equal(
      await ask({ grant_type: 'refresh_token', client_id: clientId, refresh_token: 'a:b:c' }),
      '400 invalid_grant: Grant not found',
    );
    const other = await registerMcpClient(emulator);
    assert.equal(
      await ask({ ...exchange, client_id: other, code_verifier: VERIFIER }),
      '400 invalid_grant: Client ID mismatch',
    );
    assert.equal((await mcpTokenRequest(emulator, { ...exchange, code_verifier: VERIFIER })).status, 200);
  });

  it('revokes what a code was exchanged for when the code comes again', async () => {
    const clientId = await registerMcpClient(emulator);
    const { code = '' } = await consentMcp(emulator, { clientId, verifier: VERIFIER });
    const exchange = { grant_type: 'authorization_code', client_id: clientId, code, code_verifier: VERIFIER };
    const first = (await (await mcpTokenRequest(emulator, exchange)).json()) as { refresh_token: string };
    assert.equal(
      await refusal(await mcpTokenRequest(emulator, exchange)),
      '400 invalid_grant: Authorization code already used',
    );
    const again = await refreshMcp(emulator, clientId, first.refresh_token);
    assert.equal(await refusal(again), '400 invalid_grant: OAuth grant revoked');
  });

  it('authenticates confidential clients by Basic or in the form', async () => {
    const registered = await fetch(`${emulator.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [MCP_CALLBACK], token_endpoint_auth_method: 'client_secret_post' }),
    });
    assert.equal(registered.status, 201);
    const { client_id: id = '', client_secret: secret = '' } = (await registered.json()) as Record<string, string>;
    const fields = { grant_type: 'refresh_token', refresh_token: 'a:b:c' };
    const wrong = await mcpTokenRequest(emulator, { ...fields, client_id: id, client_secret: 'guess' });
    assert.equal(await refusal(wrong), '401 invalid_client: Client authentication failed: invalid client_secret');
    const right = await mcpTokenRequest(emulator, { ...fields, client_id: id, client_secret: secret });
    assert.equal(await refusal(right), '400 invalid_grant: Grant not found');
  });

  it('knows a client by its metadata document, and refuses one that names another id', async () => {
    let claimed = '';
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ client_id: claimed, client_name: 'Doc', redirect_uris: [MCP_CALLBACK] }));
    });
    await new Promise<void>(resolve => site.listen(0, '127.0.0.1', resolve));
    const clientId = `http://127.0.0.1:${(site.address() as AddressInfo).port}/client.json`;
    claimed = clientId;
    const { tokens } = await authorizeMcp(emulator, { clientId });
    assert.equal((await refreshMcp(emulator, clientId, tokens.refresh_token)).status, 200);
    claimed = 'https://somebody.example/else.json';
    await assert.rejects(authorizeMcp(emulator, { clientId }), /Invalid client/);
    site.close();
  });

  it('ends the first grant when the same person authorises the same client again', async () => {
    const first = await authorizeMcp(emulator);
    await authorizeMcp(emulator, { clientId: first.clientId });
    const refused = await refreshMcp(emulator, first.clientId, first.tokens.refresh_token);
    assert.equal(await refusal(refused), '400 invalid_grant: OAuth grant revoked');
    const other = await authorizeMcp(emulator);
    await authorizeMcp(emulator);
    assert.equal((await refreshMcp(emulator, other.clientId, other.tokens.refresh_token)).status, 200);
  });

  it('forgets a registration that was not used for 90 days', async () => {
    const own = await startEmulator();
    const clientId = await registerMcpClient(own);
    await emulatorControl(own.url, own.controlToken).setClock({ advanceMs: 91 * 24 * 3_600_000 });
    assert.equal(await refusal(await refreshMcp(own, clientId, 'a:b:c')), '401 invalid_client: Client not found');
    await own.close();
  });
});

describe('refreshing an MCP grant', () => {
  const next = async (clientId: string, token: string) => {
    const response = await refreshMcp(emulator, clientId, token);
    assert.equal(response.status, 200);
    return ((await response.json()) as { refresh_token: string }).refresh_token;
  };
  after(() => control.settings({ mcpRotation: DEFAULT_MCP_ROTATION }));

  it('keeps the token before the newest alive, and revokes the grant for anything older', async () => {
    await control.settings({ mcpRotation: DEFAULT_MCP_ROTATION });
    const { clientId, tokens } = await authorizeMcp(emulator);
    const second = await next(clientId, tokens.refresh_token);
    const otherSecond = await next(clientId, tokens.refresh_token);
    assert.equal(
      await refusal(await refreshMcp(emulator, clientId, second)),
      '400 invalid_grant: Refresh token reuse detected',
    );
    assert.equal(
      await refusal(await refreshMcp(emulator, clientId, otherSecond)),
      '400 invalid_grant: OAuth grant revoked',
    );
  });

  it('revokes the family at the first reuse, if told so', async () => {
    await control.settings({ mcpRotation: { reuse: 'revoke_family', revokeOldAccess: true } });
    const { clientId, tokens } = await authorizeMcp(emulator);
    const second = await next(clientId, tokens.refresh_token);
    assert.equal(
      await refusal(await refreshMcp(emulator, clientId, tokens.refresh_token)),
      '400 invalid_grant: Refresh token reuse detected',
    );
    assert.equal(await refusal(await refreshMcp(emulator, clientId, second)), '400 invalid_grant: OAuth grant revoked');
  });

  it('refuses a reuse and keeps the grant, if told so', async () => {
    await control.settings({ mcpRotation: { reuse: 'strict', revokeOldAccess: false } });
    const { clientId, tokens } = await authorizeMcp(emulator);
    const second = await next(clientId, tokens.refresh_token);
    assert.equal(
      await refusal(await refreshMcp(emulator, clientId, tokens.refresh_token)),
      '400 invalid_grant: Invalid refresh token',
    );
    await next(clientId, second);
  });

  it('rotates although the answer is lost or replaced by an error', async () => {
    await control.settings({ mcpRotation: { reuse: 'strict', revokeOldAccess: false } });
    const { clientId, tokens } = await authorizeMcp(emulator);
    await control.addFault({ path: '/token', kind: 'reset', when: 'after' });
    await assert.rejects(refreshMcp(emulator, clientId, tokens.refresh_token));
    assert.equal((await refreshMcp(emulator, clientId, tokens.refresh_token)).status, 400);
    const again = await authorizeMcp(emulator);
    await control.addFault({ path: '/token', kind: 'respond', status: 503, when: 'after' });
    assert.equal((await refreshMcp(emulator, again.clientId, again.tokens.refresh_token)).status, 503);
    assert.equal((await refreshMcp(emulator, again.clientId, again.tokens.refresh_token)).status, 400);
  });

  it('ends with the grant: after 30 idle days', async () => {
    const own = await startEmulator();
    const { clientId, tokens } = await authorizeMcp(own);
    await emulatorControl(own.url, own.controlToken).setClock({ advanceMs: 31 * 24 * 3_600_000 });
    assert.equal(
      await refusal(await refreshMcp(own, clientId, tokens.refresh_token)),
      '400 invalid_grant: Refresh token has expired',
    );
    await own.close();
  });

  it('revokes a grant by its refresh token (RFC 7009), and says nothing about tokens that it does not know', async () => {
    const { clientId, tokens } = await authorizeMcp(emulator);
    const revoke = (token: string) => mcpTokenRequest(emulator, { token, client_id: clientId });
    assert.equal((await revoke('unknown')).status, 200);
    assert.equal((await revoke(tokens.refresh_token)).status, 200);
    assert.equal(
      await refusal(await refreshMcp(emulator, clientId, tokens.refresh_token)),
      '400 invalid_grant: OAuth grant revoked',
    );
  });
});
