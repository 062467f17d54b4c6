import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCredentialHasher } from '../../src/domain/credential-hash.ts';
import { newId } from '../../src/domain/ids.ts';
import { openDeploymentSecret } from '../../src/vault/deployment-secret.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { signedIn, tokenOf } from '../people.ts';
import { type Custody, openCustody, openVault } from '../vault/a-custody.ts';
import { portcullisHere, type Run } from './run.ts';

const sql = { one: 'SELECT hash, purpose, expires_at FROM sign_in_link WHERE user_id = $1 AND used_at IS NULL' };

describe('portcullis users sign-in-link', () => {
  let custody: Custody;
  before(async () => {
    custody = await openCustody();
  });
  after(() => custody.close());

  const run = (...words: string[]): Promise<Run> =>
    portcullisHere(['users', 'sign-in-link', ...words], {
      DATABASE_URL: custody.databaseUrl,
      PORTCULLIS_PUBLIC_URL: 'https://portcullis.example',
      PORTCULLIS_ROOT_KEY_FILE: join(custody.directory, 'root.key'),
    });
  async function aUser(email: string, name: string) {
    const id = newId('usr');
    const { system } = custody.database;
    await system.insertInto('principal').values({ id, kind: 'user', disabled_at: null }).execute();
    const account = { id, email, name, password_hash: null, email_proven_at: null, deployment_rights: ['members'] };
    await system.insertInto('user_account').values(account).execute();
    return id;
  }
  const log = async () => {
    const rows = await custody.database.system.selectFrom('audit_entry').select('entry').orderBy('id').execute();
    return rows.map(({ entry }) => JSON.parse(entry));
  };

  it('prints a link that the gateway knows, after it has logged it', async () => {
    const id = await aUser('chief@acme.test', 'Chief\u202e\u001b[31m');
    const { root } = await openVault(custody, [await custody.file('root.key')]);
    const { out, err, code } = await run(' Chief@Acme.test');
    assert.equal(code, 0, err);
    assert.match(out, /^https:\/\/portcullis\.example\/sign-in#token=[\w-]{43}\n$/);
    assert.match(
      err,
      new RegExp(`for ${id} {2}Chief\u{fffd}\u{fffd}\\[31m {2}made \\d{4}-\\d\\d-\\d\\d {2}in no workspace`),
    );
    const deriveKey = await openDeploymentSecret(root, custody.secret);
    const hash = createCredentialHasher(deriveKey('credential pepper'))('sign_in_link', tokenOf(out.trim()));
    const kept = await custody.database.asSystem(client => client.query(sql.one, [id]));
    assert.deepEqual(kept.rows[0]?.hash, hash);
    const [entry] = (await log()).filter(({ operation }) => operation === 'user.link_created');
    assert.deepEqual([entry.result, entry.detail.user], ['success', id]);
    assert.match(entry.detail.by, / at /);
    assert.ok(!JSON.stringify(entry).includes(tokenOf(out.trim())));
  });

  it('asks which account is meant when several bear the address, and takes its id', async () => {
    const ids = [await aUser('twin@acme.test', 'One'), await aUser('twin@acme.test', 'Two')];
    const unclear = await run('twin@acme.test');
    assert.equal(unclear.code, 6);
    assert.equal(unclear.out, '');
    for (const id of ids) assert.match(unclear.err, new RegExp(id));
    assert.match((await run(ids[1] ?? '')).err, /Two/);
  });

  it('makes no link for nobody, nor for a disabled account', async () => {
    const before = (await log()).length;
    const nobody = await run('nobody@acme.test');
    assert.deepEqual([nobody.code, nobody.out], [6, '']);
    const id = await aUser('disabled@acme.test', 'Disabled');
    const { system } = custody.database;
    await system.updateTable('principal').set({ disabled_at: new Date() }).where('id', '=', id).execute();
    const disabled = await run('disabled@acme.test');
    assert.notEqual(disabled.code, 0);
    assert.equal(disabled.out, '');
    assert.equal((await log()).length, before);
  });
});

describe('portcullis invitations list', () => {
  let api: AdminApi;
  before(async () => {
    api = await openAdminApi();
  });
  after(() => api.close());

  it('shows what is pending, as lines and as JSON, to a key that may manage members', async () => {
    const { accounts } = api.people;
    const workspace = await api.people.aWorkspace();
    const admin = signedIn(await api.people.aMember(workspace, 'admin'));
    const list = async (secret: string, ...words: string[]) =>
      portcullisHere(['invitations', 'list', ...words], { PORTCULLIS_URL: api.url, PORTCULLIS_KEY: secret });
    const { secret } = await accounts.keys.mint(admin, workspace, { name: 'members' });
    const none = await list(secret);
    assert.deepEqual([none.code, none.out, none.err], [0, '', 'There are none.\n']);
    const { invitation } = await accounts.invitations.invite(admin, workspace, {
      email: 'ada@acme.test',
      role: 'viewer',
    });
    assert.match(
      (await list(secret)).out,
      new RegExp(`^${invitation.id} {2}ada@acme.test {2}viewer {2}expires \\d{4}-\\d\\d-\\d\\d\n$`),
    );
    const [line = ''] = (await list(secret, '--json')).out.split('\n');
    const { id, email, role, expired } = JSON.parse(line);
    assert.deepEqual([id, email, role, expired], [invitation.id, 'ada@acme.test', 'viewer', false]);
    const reading = await accounts.keys.mint(admin, workspace, { name: 'reading', limitTo: ['read'] });
    assert.notEqual((await list(reading.secret)).code, 0);
  });
});
