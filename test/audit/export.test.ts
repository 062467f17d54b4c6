/** Exporting the log with its proofs: `portcullis audit export --out`, and both verifiers on the result. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { eventRow } from '../../src/audit/entry.ts';
import { type AgentId, newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { createAuditLog } from '../../src/store/audit-log.ts';
import { openPool } from '../../src/store/database.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { portcullis } from '../cli/run.ts';
import { signedIn } from '../people.ts';

const verifier = fileURLToPath(new URL('../../tools/verify_audit.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('a bundle of the log of a workspace', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let directory: string;
  let env: Record<string, string>;
  const at = (name: string) => join(directory, name);

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-export-'));
    api = await openAdminApi();
    const { people, url, database } = api;
    workspace = await people.aWorkspace();
    const admin = await people.aUser();
    await people.join(workspace, admin, 'admin');
    const { accounts } = people;
    const agent = await accounts.agents.create(signedIn(admin), workspace, { name: 'auditor', role: 'admin' });
    const principalId = agent.principalId as AgentId;
    const { secret } = await accounts.keys.mint(signedIn(admin), workspace, {
      name: 'for exports',
      principalId,
      limitTo: 'admin',
    });
    env = { PORTCULLIS_URL: url, PORTCULLIS_KEY: secret };
    const pool = openPool(database.logins.system, { poolSize: 1 });
    const event = { name: 'user.created', principalId: null, result: 'success', detail: {} } as const;
    const rows = Array.from({ length: 5_000 }, () => eventRow({ ...event, workspaceId: workspace }, new Date()));
    await createAuditLog(pool).append(newId('ins'), rows);
    await pool.end();
  });
  after(async () => {
    await api.close();
    await rm(directory, { recursive: true });
  });

  const verify = (...words: string[]) => portcullis(['audit', ...words]);

  it('is written, is in the log itself, and holds for both verifiers', async () => {
    const exported = await portcullis(['audit', 'export', '--out', at('first')], env);
    assert.equal(exported.code, 0, exported.err);
    const key = /VKEY is (\S+)/.exec(exported.err)?.[1] ?? '';
    const { code, out } = await verify('verify', at('first'), '--key', key);
    assert.equal(code, 0, out);
    assert.match(out, /first holds: 5\d\d\d entries of .*\/log\/wsp_/);
    assert.ok(!out.includes('unauthenticated'));
    const log = await api.log();
    assert.ok(log.some(({ operation }) => operation === 'audit.bundle'));
    if (!hasPython) return;
    const second = spawnSync('python3', [verifier, at('first'), '--key', key]);
    assert.equal(second.status, 0, String(second.stdout));
    assert.equal(String(second.stdout), out);
  });

  it('rule 22: is said to be unauthenticated without a pinned key', async () => {
    const { code, out } = await verify('verify', at('first'));
    assert.equal(code, 0);
    assert.match(out, /^unauthenticated: /m);
  });

  it('is continued where it was interrupted, byte for byte', async () => {
    const whole = await readFile(at('first'));
    const size = /"checkpoint":"[^"]*?\\n(\d+)\\n[^"]*"}\n\{"root"/.exec(whole.toString())?.[1];
    for (const cut of [50, 5_000, Math.floor(whole.length / 2), whole.length - 200]) {
      await writeFile(at(`cut-${cut}.part-${size}`), whole.subarray(0, cut));
      const { code, err } = await portcullis(['audit', 'export', '--out', at(`cut-${cut}`)], env);
      assert.equal(code, 0, err);
      assert.ok((await readFile(at(`cut-${cut}`))).equals(whole), `cut at ${cut}`);
    }
  });

  it('is continued by a newer one', async () => {
    const exported = await portcullis(['audit', 'export', '--out', at('second'), '--workspace', workspace], env);
    assert.equal(exported.code, 0, exported.err);
    const { code, out } = await verify('consistency', at('first'), at('second'));
    assert.equal(code, 0, out);
    assert.match(out, /append-only since the kept checkpoint of 5\d\d\d entries/);
    assert.equal((await verify('consistency', at('second'), at('first'))).code, 1);
  });

  it('gives one entry away with its proof', async () => {
    const [, line = ''] = (await readFile(at('first'), 'utf8')).split('\n');
    const { id } = (JSON.parse(line) as { entry: { id: string } }).entry;
    const proved = await verify('prove', id, '--bundle', at('first'), '--out', at('proof'));
    assert.equal(proved.code, 0, proved.err);
    assert.equal((await verify('verify', at('proof'))).code, 0);
    assert.equal((await verify('prove', 'evt_nobody', '--bundle', at('first'), '--out', at('other'))).code, 2);
  });

  it('gives one entry with its proof over the admin API: the first, the last, and one in between', async () => {
    const get = (path: string) =>
      fetch(env.PORTCULLIS_URL + path, { headers: { authorization: `Bearer ${env.PORTCULLIS_KEY}` } });
    const ask = (entry: string, more = '') => get(`/api/audit/proof?entry=${entry}${more}`);
    const ids = (await readFile(at('second'), 'utf8')).match(/(?<="id":")evt_[0-9a-f-]+/g) ?? [];
    const read = (await (await get('/api/audit?limit=1')).json()) as { entries: { id: string }[] };
    const newest = read.entries[0]?.id ?? '';
    for (const id of [ids[0], ids[2_500], ids.at(-1), newest]) {
      const answer = await ask(id ?? '');
      assert.equal(answer.status, 200, id);
      const line = await answer.text();
      assert.equal((JSON.parse(line) as { entry: { id: string } }).entry.id, id);
      await writeFile(at(`${id}.proof`), line);
      const { code, out } = await verify('verify', at(`${id}.proof`));
      assert.equal(code, 0, out);
      if (hasPython) assert.equal(spawnSync('python3', [verifier, at(`${id}.proof`)]).status, 0);
    }
    assert.equal((await ask(newId('evt'))).status, 404);
    const other = await api.people.aWorkspace();
    assert.equal((await ask(newest, `&workspace=${other}`)).status, 404);
  });

  it('follows a new signing key: both sign for a while, and then the new one alone', async () => {
    const keyIn = (run: { err: string }) => /VKEY is (\S+)/.exec(run.err)?.[1] ?? '';
    const rotate = (...words: string[]) => portcullis(['audit', 'rotate-key', ...words], api.env);
    const exported = async (name: string) => {
      const run = await portcullis(['audit', 'export', '--out', at(name)], env);
      assert.equal(run.code, 0, run.err);
      return keyIn(run);
    };
    /** Both verifiers say the same, and exit alike. */
    async function holds(name: string, key: string): Promise<boolean> {
      const { code, out } = await verify('verify', at(name), '--key', key);
      if (!hasPython) return code === 0;
      const second = spawnSync('python3', [verifier, at(name), '--key', key]);
      assert.deepEqual([second.status, String(second.stdout)], [code, out]);
      return code === 0;
    }
    const old = await exported('before');
    const rotated = await rotate('--overlap-hours', '1');
    assert.equal(rotated.code, 0, rotated.err);
    const fresh = rotated.out.trim();
    assert.equal((await rotate()).code, 6, 'one overlap at a time');
    assert.equal(await exported('overlap'), fresh);
    assert.deepEqual([await holds('overlap', old), await holds('overlap', fresh)], [true, true]);
    assert.deepEqual([await holds('before', old), await holds('before', fresh)], [true, false]);
    const client = new pg.Client(api.testDatabase.superuser);
    await client.connect();
    await client.query('UPDATE portcullis.audit_key SET overlap_until = now()');
    await client.end();
    await exported('after');
    assert.deepEqual([await holds('after', old), await holds('after', fresh)], [false, true]);
    const { code, out } = await verify('consistency', at('overlap'), at('after'));
    assert.equal(code, 0, out);
    const logged = (await api.log()).filter(({ operation }) => operation === 'log_key.rotated');
    assert.equal(logged.length, 3, 'what was begun, and why it was refused');
  });

  it('is never overwritten, and is the whole log', async () => {
    assert.equal((await portcullis(['audit', 'export', '--out', at('first')], env)).code, 2);
    assert.equal((await portcullis(['audit', 'export', '--out', at('third'), '--door', 'rest'], env)).code, 2);
  });

  it('is for those who hold `audit` in that workspace', async () => {
    const other = await api.people.aWorkspace();
    const exported = await portcullis(['audit', 'export', '--out', at('theirs'), '--workspace', other], env);
    assert.notEqual(exported.code, 0);
  });
});
