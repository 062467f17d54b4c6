/** `portcullis keys verify` opens what is sealed for the deployment as well, and says what does not open. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createJobSeal, createMcpSeal } from '../../src/vault/deployment-seals.ts';
import { openDeploymentSecret } from '../../src/vault/deployment-secret.ts';
import type { DeriveKey } from '../../src/vault/derive-key.ts';
import { createWebhookSeal } from '../../src/vault/webhook-seal.ts';
import { portcullisHere } from '../cli/run.ts';
import { aConnection, type Custody, openCustody, openVault, type Vault } from './a-custody.ts';

/** Each kind: its name, the table and column (SQL) that one value of it is in, and the key that it names. */
const kinds = [
  ['webhook token', 'webhook_subscription', 'sealed', 'deployment'],
  ['client secret', 'client_registration', 'sealed_secret', 'mcp'],
  ['management token', 'client_registration', 'sealed_management_token', 'mcp'],
  ['connect attempt', 'connect_attempt', 'sealed', 'mcp'],
] as const;

describe('keys verify, of what is sealed for the deployment', () => {
  let custody: Custody;
  let vault: Vault;
  before(async () => {
    custody = await openCustody();
    vault = await openVault(custody, [await custody.file('root.key')]);
    await aConnection(custody, vault);
    await sealOneOfEach(await openDeploymentSecret(vault.root, custody.secret));
  });
  after(() => custody.close());

  async function sealOneOfEach(deriveKey: DeriveKey): Promise<void> {
    const { system } = custody.database;
    const secret = new Secret('a secret');
    const mcp = createMcpSeal(deriveKey);
    const [registrationId, deleting, jobId, stateHash] = [newId('reg'), newId('reg'), newId('job'), randomBytes(32)];
    await system
      .insertInto('client_registration')
      .values({
        id: registrationId,
        user_id: custody.userId,
        issuer: 'https://mcp.notion.com',
        source: 'dynamic',
        client_id: 'client',
        auth_method: 'client_secret_post',
        sealed_secret: await mcp.sealClientSecret(registrationId, secret),
        secret_expires_at: null,
        redirect_uri: 'https://example.com/callback',
        resource: 'https://mcp.notion.com/mcp',
        scope: null,
        management_uri: 'https://mcp.notion.com/register/client',
        sealed_management_token: await mcp.sealManagementToken(registrationId, secret),
      })
      .execute();
    await sql`
      INSERT INTO connect_attempt (state_hash, session_hash, user_id, kind, redirect_uri, registration_id, sealed, created_at, expires_at)
      VALUES (${stateHash}, ${randomBytes(32)}, ${custody.userId}, 'mcp', 'https://example.com/callback', ${registrationId},
              ${await mcp.sealIntoAttempt(stateHash, 'verifier')}, now(), now() + interval '10 minutes')`.execute(
      system,
    );
    const id = newId('whs');
    const place = { owner: null, subscriptionId: id, generation: 3 };
    const { sealed, kid } = await createWebhookSeal(vault.keys, deriveKey).seal(place, secret);
    await sql`
      INSERT INTO webhook_subscription (id, workspace_id, address, handshake_until, state, generation, sealed, kid)
      VALUES (${id}, NULL, 'address', now(), 'offered', 3, ${sealed}, ${kid})`.execute(system);
    const payloads = [
      [jobId, 'revoke_token', { sealed: await createJobSeal(deriveKey).sealIntoJob(jobId, secret) }],
      [
        newId('job'),
        'delete_client',
        { registrationId: deleting, sealedToken: await mcp.sealManagementToken(deleting, secret) },
      ],
    ] as const;
    for (const [job, kind, payload] of payloads) {
      const row = { id: job, kind, payload: JSON.stringify(payload), workspace_id: null, run_at: sql<Date>`now()` };
      await system.insertInto('job').values(row).execute();
    }
  }

  const verify = () =>
    portcullisHere(['keys', 'verify'], {
      DATABASE_URL: custody.databaseUrl,
      PORTCULLIS_ROOT_KEYS: `file:${join(custody.directory, 'root.key')}`,
    });
  const change = (text: string) => custody.database.asSystem(client => client.query(text));
  async function alarms(): Promise<Record<string, unknown>[]> {
    const query = custody.database.system.selectFrom('audit_entry').select('entry').orderBy('id');
    const rows = await query.where('operation', '=', 'custody.undecryptable').execute();
    return rows.map(({ entry }) => (JSON.parse(entry) as { detail: Record<string, unknown> }).detail);
  }

  it('opens everything, and counts it by kind', async () => {
    const { code, out } = await verify();
    assert.equal(code, 0, out);
    for (const line of [
      /^connection_secret +2 open, 0 do not$/m,
      /^deployment secret +1 open, 0 do not$/m,
      /^webhook token +1 open, 0 do not$/m,
      /^client secret +1 open, 0 do not$/m,
      /^management token +2 open, 0 do not$/m,
      /^connect attempt +1 open, 0 do not$/m,
      /^token in a job +1 open, 0 do not$/m,
      /^9 values open, 0 do not/m,
    ]) {
      assert.match(out, line);
    }
    assert.deepEqual(await alarms(), []);
  });

  for (const [kind, table, column, kid] of kinds) {
    it(`finds a ${kind} that was altered, and raises the alarm`, async () => {
      const before = (await alarms()).length;
      await change(`UPDATE ${table} SET ${column} = ${column} || 'A'`);
      const { code, out } = await verify();
      await change(`UPDATE ${table} SET ${column} = left(${column}, -1)`);
      assert.equal(code, 6, out);
      assert.match(out, new RegExp(`^${kind} +\\d open, 1 do not$`, 'm'));
      assert.match(out, new RegExp(`^does not open: .*, under ${kid}$`, 'm'));
      assert.deepEqual(
        (await alarms()).slice(before).map(detail => detail.kid),
        [kid],
      );
    });
  }

  it('finds what was altered in jobs', async () => {
    for (const name of ['sealed', 'sealedToken']) {
      await change(
        `UPDATE job SET payload = jsonb_set(payload, '{${name}}', to_jsonb(payload->>'${name}' || 'A')) WHERE payload ? '${name}'`,
      );
      const { code, out } = await verify();
      assert.equal(code, 6, out);
    }
    assert.match((await verify()).out, /^7 values open, 2 do not/m);
    await change(`UPDATE job SET payload = '{}', state = 'done', done_at = now()`);
    assert.equal((await verify()).code, 0);
  });

  it('finds a deployment secret that does not open, and counts nothing that is sealed under it', async () => {
    await change(`UPDATE deployment_secret SET wrapped = wrapped || 'A'`);
    const { code, out } = await verify();
    assert.equal(code, 6, out);
    assert.match(out, /^deployment secret +0 open, 1 do not$/m);
    assert.match(out, /^2 values open, 1 do not/m);
    assert.equal((await alarms()).at(-1)?.kid, vault.root.kid);
  });
});
