import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ConsentId } from '../../src/domain/ids.ts';
import { type Connecting, startConnecting } from '../connect/connecting.ts';
import { connectNew } from '../connect/connecting-steps.ts';
import { operator, signedIn } from '../people.ts';
import { mcpClient, signInClient } from './mcp-sign-in.ts';
import { rpcTo } from './rpc.ts';

describe('consents behind the tokens of MCP clients', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(async () => {
    await at.startOver();
    await at.database.system.deleteFrom('oauth_record').execute();
  });
  after(() => at.close());

  const ping = async (token: string) => (await rpcTo(`${at.url}/mcp`, token).legacy('ping')).status;
  const consents = () => at.database.system.selectFrom('consent').selectAll().orderBy('created_at', 'desc');

  it('rule 11: disabling a person ends what they allowed, in the same transaction', async () => {
    const ada = await connectNew(at);
    const { client, clientId, tokens } = await signInClient(at.url, ada.browser.cookie);
    assert.equal(await ping(tokens.access_token), 200);
    const other = await at.aPerson(['connect', 'members', 'audit']);
    await at.accounts.users.change(operator(other.id), ada.id, { disabled: true });
    const ended = await consents().executeTakeFirstOrThrow();
    assert.notEqual(ended.revoked_at, null);
    assert.equal(await ping(tokens.access_token), 401);
    await at.accounts.users.change(operator(other.id), ada.id, { disabled: false });
    assert.equal(await ping(tokens.access_token), 401);
    await client.refresh(clientId, tokens.refresh_token);
    assert.equal(await ping(tokens.access_token), 401);
  });

  it('rule 10: a token that is remembered is not effective once its consent has ended', async () => {
    const ada = await connectNew(at);
    const { tokens } = await signInClient(at.url, ada.browser.cookie);
    assert.equal(await ping(tokens.access_token), 200);
    const before = await at.database.system
      .selectFrom('principal')
      .select('epoch')
      .where('id', '=', ada.id)
      .executeTakeFirstOrThrow();
    await at.database.system.updateTable('consent').set({ revoked_at: new Date() }).execute();
    const after = await at.database.system
      .selectFrom('principal')
      .select('epoch')
      .where('id', '=', ada.id)
      .executeTakeFirstOrThrow();
    assert.ok(after.epoch > before.epoch);
    assert.equal(await ping(tokens.access_token), 401);
  });

  it('keeps what the person chose: as whom, to read alone, and under which pages', async () => {
    const ada = await connectNew(at);
    const { principalId: agent } = await at.accounts.agents.create(signedIn(ada.id), ada.workspaceId, {
      name: 'Scout',
      role: 'viewer',
    });
    const page = '11111111-1111-4111-8111-111111111111';
    const picked = {
      place: `${ada.workspaceId} ${agent}`,
      access: 'read',
      pages: [`https://www.notion.so/acme/A-page-${page.replaceAll('-', '')}`],
    } as const;
    await signInClient(at.url, ada.browser.cookie, { picked });
    const consent = await consents().executeTakeFirstOrThrow();
    assert.deepEqual([consent.principal_id, consent.user_id, consent.under], [agent, ada.id, [page]]);
    assert.deepEqual([...consent.ceiling].sort(), ['comment.read', 'file.read', 'people.read', 'read']);
    const given = at.events.find(({ name }) => name === 'consent.given');
    assert.equal(given?.principalId, ada.id);
    assert.equal(given?.detail.consent, consent.id satisfies ConsentId);
  });

  it('is listed to the person, and ended by them', async () => {
    const ada = await connectNew(at);
    const { tokens } = await signInClient(at.url, ada.browser.cookie);
    const path = `/api/workspaces/${ada.workspaceId}/consents`;
    const { json } = await ada.browser.api('GET', path);
    const [consent] = json.consents as { id: string; clientName: string }[];
    assert.equal(consent?.clientName, 'A test client');
    assert.equal((await ada.browser.api('DELETE', `${path}/${consent?.id}`)).status, 200);
    assert.equal(await ping(tokens.access_token), 401);
    assert.deepEqual((await ada.browser.api('GET', path)).json.consents, []);
    const other = await at.aPerson();
    assert.equal((await other.browser.api('DELETE', `${path}/${consent?.id}`)).status, 404);
  });

  it('lets nobody into a workspace that is not theirs, nor as an agent of somebody else', async () => {
    const ada = await connectNew(at);
    const mallory = await at.aPerson();
    await assert.rejects(signInClient(at.url, mallory.browser.cookie, { picked: { place: ada.workspaceId } }));
    const { principalId: agent } = await at.accounts.agents.create(signedIn(ada.id), ada.workspaceId, {
      name: 'Scout',
      role: 'viewer',
    });
    const membership = { workspace_id: ada.workspaceId, principal_id: mallory.id, role: 'viewer' };
    await at.database.system.insertInto('membership').values(membership).execute();
    const place = `${ada.workspaceId} ${agent}`;
    await assert.rejects(signInClient(at.url, mallory.browser.cookie, { picked: { place } }));
    assert.deepEqual(await consents().execute(), []);
  });

  it('lets so many clients register from one network in an hour, and forgets those that nobody uses', async () => {
    const client = mcpClient(at.url);
    const statuses: number[] = [];
    for (let count = 0; count < 32; count++) statuses.push((await client.register()).status);
    assert.deepEqual(new Set(statuses), new Set([201, 429]));
    const rows = await at.database.system.selectFrom('oauth_record').selectAll().execute();
    const unused = rows.filter(({ kind }) => kind === 'Client').map(row => row.expires_at.getTime() - Date.now());
    assert.ok(unused.every(leftMs => leftMs < 25 * 60 * 60 * 1_000));
  });

  it('stores no token, code or secret of a client', async () => {
    const ada = await connectNew(at);
    const { tokens, client } = await signInClient(at.url, ada.browser.cookie);
    const rows = await at.database.system.selectFrom('oauth_record').selectAll().execute();
    const stored = JSON.stringify(rows.map(row => ({ ...row, hash: row.hash.toString('base64url') })));
    for (const secret of [tokens.access_token, tokens.refresh_token, client.verifier]) {
      assert.ok(!stored.includes(secret));
    }
  });
});
