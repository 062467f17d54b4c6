/** Each thing that `portcullis doctor` may find, brought about: what a demo left behind is damaged, looked at, and mended. */
import assert from 'node:assert/strict';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg, { type ClientConfig } from 'pg';
import { openRootKeys } from '../../src/compose/root-keys.ts';
import { readConfig } from '../../src/config/config.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { newId, type SubscriptionId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createKeyStores } from '../../src/store/key-stores.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createWebhookSeal } from '../../src/vault/webhook-seal.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { startDemo } from '../e2e/demo.ts';
import { toUrl } from '../postgres.ts';
import { startTransactionPooler } from '../transaction-pooler.ts';

const quiet = { info: () => {}, warn: () => {} };

describe('portcullis doctor, on what a demo left behind', () => {
  let folder: string;
  let dataDir: string;
  let rootKey: string;
  let postgres: EmbeddedPostgres;
  let connectionId: string;
  let workspaceId: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pcl-doctor-'));
    dataDir = join(folder, 'data');
    const demo = await startDemo({ dataDir });
    workspaceId = demo.ready.workspaceId;
    await demo.stop();
    rootKey = join(folder, 'root.key');
    await copyFile(join(dataDir, 'root.key'), rootKey);
    await chmod(rootKey, 0o600);
    postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log: quiet });
    const [connection] = await query<{ id: string }>('SELECT id FROM connection');
    connectionId = connection?.id ?? '';
  });
  after(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As the superuser, whom no policy restrains. */
  async function query<Row extends object>(text: string, as: ClientConfig = asSuperuser()): Promise<Row[]> {
    const client = new pg.Client(as);
    await client.connect();
    try {
      const { rows } = await client.query<Row>(text);
      return rows;
    } finally {
      await client.end();
    }
  }
  const asSuperuser = () => ({
    ...postgres.superuser,
    database: postgres.connection.database,
    options: '-c search_path=portcullis',
  });

  function configOf(env: Record<string, string>) {
    const settings = {
      NOTION_OAUTH_CLIENT_ID: 'app',
      NOTION_OAUTH_CLIENT_SECRET: 'secret',
      DATABASE_URL: toUrl(postgres.connection),
      PORTCULLIS_PUBLIC_URL: 'http://127.0.0.1:1',
      PORTCULLIS_PORT: '1',
      PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:1',
      PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
      PORTCULLIS_DATA_DIR: dataDir,
      PORTCULLIS_ROOT_KEY_FILE: rootKey,
    };
    return readConfig('demo', { ...settings, ...env });
  }

  /** What is found about one thing: `state: found → todo`. */
  async function found(about: string, env: Record<string, string> = {}, nowMs = () => Date.now()): Promise<string[]> {
    const findings = await examine(configOf(env), nowMs);
    return findings
      .filter(finding => finding.about.startsWith(about))
      .map(({ state, found, todo }) => `${state}: ${found}${todo === null ? '' : ` → ${todo}`}`);
  }

  /** Damages the database, looks, and mends it. */
  async function foundAfter(damage: string, mend: string, about: string): Promise<string> {
    await query(damage);
    try {
      return (await found(about)).join('\n');
    } finally {
      await query(mend);
    }
  }

  it('finds nothing before anything is damaged', async () => {
    const findings = await found('');
    assert.deepEqual(
      findings.filter(finding => !finding.startsWith('ok')),
      [
        'warn: http://127.0.0.1:1 does not answer (ECONNREFUSED) → Check the way out: DNS, firewall, HTTPS_PROXY, PORTCULLIS_NOTION_API_URL.',
      ],
    );
    assert.deepEqual(await found('webhooks'), ['ok: none are set up']);
    assert.deepEqual(await found('restoration'), ['ok: the database was not put back']);
  });

  describe('the database', () => {
    it('does not keep what it commits', async () => {
      const finding = await foundAfter(
        'ALTER DATABASE portcullis SET synchronous_commit = off',
        'ALTER DATABASE portcullis RESET synchronous_commit',
        'database',
      );
      assert.match(finding, /^fail: .*synchronous_commit = off.* → Change the server/);
    });

    it('stands behind a pooler', async () => {
      await using stack = new AsyncDisposableStack();
      const pooler = await startTransactionPooler(postgres.connection, { poolSize: 2, lendFirst: 'oldest' });
      stack.defer(pooler.stop);
      const { host, port } = pooler.connection;
      const [finding = ''] = await found('database', {
        DATABASE_URL: `postgres://portcullis:x@${host}:${port}/portcullis`,
      });
      assert.match(finding, /^fail: A connection pooler .* → Change the server/);
    });

    it('cannot be reached, at any of its addresses', async () => {
      const [finding = ''] = await found('database', { DATABASE_URL: 'postgres://portcullis:hunter2@localhost:1/x' });
      assert.match(finding, /^fail: .*ECONNREFUSED.* → Check DATABASE_URL/);
      assert.doesNotMatch(finding, /hunter2/);
    });

    it('was used by a newer Portcullis', async () => {
      const finding = await foundAfter(
        "INSERT INTO schema_migration (number, name, sha256) VALUES (9999, '9999-later.sql', '')",
        'DELETE FROM schema_migration WHERE number = 9999',
        'migrations',
      );
      assert.match(finding, /^fail: .*9999-later\.sql.* → Run the version/);
    });

    it('has a role that passes row-level security', async () => {
      const finding = await foundAfter(
        'ALTER ROLE portcullis_app BYPASSRLS',
        'ALTER ROLE portcullis_app NOBYPASSRLS',
        'rights',
      );
      assert.match(finding, /^fail: portcullis_app may pass row-level security \(BYPASSRLS\) → .*db migrate/);
    });

    it('has a table without row-level security', async () => {
      const finding = await foundAfter(
        'ALTER TABLE connection NO FORCE ROW LEVEL SECURITY',
        'ALTER TABLE connection FORCE ROW LEVEL SECURITY',
        'rights',
      );
      assert.match(finding, /^fail: row-level security is not forced on connection → /);
    });

    it('has rights that are missing, or too much', async () => {
      const finding = await foundAfter(
        'REVOKE DELETE ON api_key FROM portcullis_app; GRANT UPDATE ON audit_entry TO portcullis_system',
        'GRANT DELETE ON api_key TO portcullis_app; REVOKE UPDATE ON audit_entry FROM portcullis_system',
        'rights',
      );
      const differences = [
        'missing: portcullis_app DELETE on api_key',
        'too much: portcullis_system UPDATE on audit_entry',
      ];
      assert.ok(finding.startsWith(`fail: ${differences.join('; ')} → `), finding);
    });

    it('does not let a login of Portcullis in', async () => {
      const finding = await foundAfter(
        'ALTER ROLE portcullis_app NOLOGIN',
        'ALTER ROLE portcullis_app LOGIN',
        'logins',
      );
      assert.match(finding, /^fail: .*not permitted to log in.* → .*db migrate/);
    });

    it('was put back to an earlier state', async () => {
      const highWater = join(folder, 'high-water.json');
      await writeFile(highWater, '{"custody":1000000}\n');
      const [finding = ''] = await found('restoration', { PORTCULLIS_HIGH_WATER_FILE: highWater });
      assert.match(finding, /^fail: the database was put back .* → .*portcullis db acknowledge-restore/);
      await writeFile(highWater, 'garbage');
      const [broken = ''] = await found('restoration', { PORTCULLIS_HIGH_WATER_FILE: highWater });
      assert.match(broken, /^fail: .* → Repair /);
    });
  });

  describe('the clock', () => {
    it('is not that of the database', async () => {
      const [finding = ''] = await found('clock', {}, () => Date.now() + 60_000);
      assert.match(finding, /^warn: 60\.\d s off the database → .*NTP/);
    });

    it('is not that of Notion', async () => {
      await using notion = await serveOnce((_request, response) => {
        response
          .setHeader('date', new Date(Date.now() - 90_000).toUTCString())
          .writeHead(401)
          .end();
      });
      const [, finding = ''] = await found('clock', { PORTCULLIS_NOTION_API_URL: notion.url });
      assert.match(finding, /^warn: (89|90)\.\d s off Notion → .*NTP/);
    });
  });

  describe('keys', () => {
    it('do not open', async () => {
      const swap = `UPDATE workspace_key SET wrapped = reverse(wrapped) WHERE workspace_id = '${workspaceId}'`;
      const finding = await foundAfter(swap, swap, 'keys');
      assert.match(
        finding,
        /^fail: 1 of 1 workspace keys do not open, such as \S+ \(under root_\S+\) → Restore the root/,
      );
    });

    it('can be read by others, or not at all', async () => {
      const key = join(folder, 'other.key');
      await copyFile(rootKey, key);
      await chmod(key, 0o644);
      const [exposed = ''] = await found('root key', { PORTCULLIS_ROOT_KEY_FILE: key });
      assert.match(exposed, /^fail: Others may read the root key/);
      await writeFile(key, 'too short\n');
      await chmod(key, 0o600);
      const [malformed = ''] = await found('root key', { PORTCULLIS_ROOT_KEY_FILE: key });
      assert.match(malformed, /^fail: .* → Restore .*PORTCULLIS_ROOT_KEYS/);
    });
  });

  describe('a connection', () => {
    for (const [status, finding] of [
      ['needs_reauth', /^fail: .*: Notion no longer accepts it → .*\*Reconnect\*/],
      ['needs_reregister', /^fail: .*: Notion no longer accepts it → .*\*Reconnect\*/],
      ['undecryptable', /^fail: .*: its token does not open → Restore/],
      ['revoking', /^warn: .*: it is being revoked at Notion/],
      ['suspect', /^warn: .*: a refresh has not ended/],
    ] as const) {
      it(`is ${status}`, async () => {
        const set = (to: string) => `UPDATE connection SET status = '${to}' WHERE id = '${connectionId}'`;
        assert.match(await foundAfter(set(status), set('active'), 'connection con_'), finding);
      });
    }

    it('has a token that was moved there', async () => {
      const move = (by: string) =>
        `UPDATE connection_secret SET generation = generation ${by}; UPDATE connection SET generation = generation ${by}`;
      const finding = await foundAfter(move('+ 1'), move('- 1'), 'connection con_');
      assert.match(
        finding,
        /^fail: .*: its token does not open → Restore its key \(portcullis keys verify\), or press \*Reconnect\*/,
      );
    });

    it('is named among many when it does not work, whenever it was used', async () => {
      await query(`
        INSERT INTO connection (id, workspace_id, kind, origin, bot_id, audience, connected_by, status, last_used_at)
        SELECT 'con_many' || n, workspace_id, 'internal', 'http://127.0.0.1:1', gen_random_uuid(), audience, connected_by,
               CASE n WHEN 150 THEN 'needs_reauth' ELSE 'active' END, now() - n * interval '1 day'
          FROM connection, generate_series(1, 150) AS n`);
      try {
        const findings = await found('connection');
        assert.equal(findings.length, 52);
        assert.match(findings[0] ?? '', /^fail: .*, needs_reauth, /);
        assert.equal(findings.at(-1), 'ok: 100 more were not looked at');
      } finally {
        await query("DELETE FROM connection WHERE id LIKE 'con_many%'");
      }
    });
  });

  describe('a webhook subscription', () => {
    /** The deployment's own, whose token needs no key of a workspace. */
    async function sealedFor(subscriptionId: SubscriptionId): Promise<string> {
      const database = openDatabase<Schema>(postgres.connection);
      try {
        const stores = createKeyStores(database);
        const { root, deriveKey } = await openRootKeys(configOf({}), stores);
        const keys = createWorkspaceKeys({ root, store: stores.wrappedKeys });
        const place = { owner: null, subscriptionId, generation: 1 };
        return (await createWebhookSeal(keys, deriveKey).seal(place, new Secret('secret_token'))).sealed;
      } finally {
        await database.close();
      }
    }

    for (const [state, finding] of [
      ['offered', /^warn: its token has come, and no admin has taken it → portcullis webhooks token/],
      ['shown', /^warn: no event came since its token was shown → Paste the token/],
      ['confirmed', /^ok: confirmed, last event \d{4}-/],
    ] as const) {
      it(`is ${state}`, async () => {
        const id = newId('whs');
        const damage = `
          INSERT INTO webhook_subscription (id, address, state, sealed, kid, handshake_until, last_event_at)
          VALUES ('${id}', 'address', '${state}', '${await sealedFor(id)}', 'deployment', now(), now())`;
        assert.match(await foundAfter(damage, 'DELETE FROM webhook_subscription', 'webhook whs_'), finding);
      });
    }

    const insert = (state: string, values: string) => `
      INSERT INTO webhook_subscription (id, workspace_id, address, state, sealed, kid, handshake_until)
      VALUES ('${newId('whs')}', '${workspaceId}', 'address', '${state}', ${values})`;
    const sealed = () => `'x', (SELECT kid FROM workspace_key WHERE workspace_id = '${workspaceId}' LIMIT 1), now()`;

    for (const [what, state, values, finding] of [
      ['waits', 'waiting', () => "NULL, NULL, now() + interval '1 day'", /^ok: waits for Notion/],
      [
        'waited in vain',
        'waiting',
        () => 'NULL, NULL, now()',
        /^warn: Notion sent no token in time → portcullis webhooks reset/,
      ],
      [
        'is contested',
        'contested',
        () => 'NULL, NULL, now()',
        /^fail: a stranger knows its address → portcullis webhooks reset/,
      ],
      ['has a token that does not open', 'confirmed', sealed, /^fail: its token does not open/],
    ] as const) {
      it(what, async () => {
        assert.match(
          await foundAfter(insert(state, values()), 'DELETE FROM webhook_subscription', 'webhook whs_'),
          finding,
        );
      });
    }
  });

  describe('the data directory', () => {
    it('is no directory, or one that others may write to', async () => {
      const place = join(folder, 'place');
      await writeFile(place, '');
      const [file = ''] = await found('data directory', { PORTCULLIS_DATA_DIR: place });
      assert.match(file, /^fail: .* → Give /);
      await rm(place);
      await mkdir(place);
      await chmod(place, 0o777);
      const [open = ''] = await found('data directory', { PORTCULLIS_DATA_DIR: place });
      assert.match(open, /^warn: others may write to .* → chmod 700 /);
    });

    it('has a spool in which something is left', async () => {
      const spool = join(dataDir, 'spool');
      const attempt = {
        workspaceId,
        connectionId,
        attemptId: newId('att'),
        generation: 1,
        nextGeneration: 2,
        startedAt: new Date(Date.now() - 600_000),
      };
      const waiting = join(spool, `${connectionId}.1.${attempt.attemptId}.json`);
      await writeFile(
        waiting,
        JSON.stringify({ v: 1, attempt, origin: 'http://127.0.0.1:1', botId: 'bot', endsAt: null, tokens: [] }),
      );
      const torn = join(spool, 'con_torn.1.att_torn.json');
      await writeFile(torn, '{"v":1');
      try {
        const findings = (await found('spool')).sort();
        assert.match(findings[0] ?? '', /^fail: con_torn\.1\.att_torn\.json cannot be read → Move it out/);
        assert.match(findings[1] ?? '', new RegExp(`^fail: refreshed tokens of ${connectionId} wait to be stored → `));
      } finally {
        await Promise.all([rm(waiting), rm(torn)]);
      }
    });

    it('has something else where the spool should be', async () => {
      const place = join(folder, 'half');
      await mkdir(place, { mode: 0o700 });
      await writeFile(join(place, 'spool'), '');
      const [finding = ''] = await found('spool', { PORTCULLIS_DATA_DIR: place });
      assert.match(finding, /^fail: .* → Give /);
    });
  });

  describe('the gateway', () => {
    /** What is found about a gateway that answers so, and only to its own name. */
    async function gateway(status: number, body: string): Promise<string | undefined> {
      await using server = await serveOnce((request, response) => {
        const known = request.headers.host === 'gate.example.com';
        response
          .writeHead(known ? status : 421, { 'content-type': 'application/json' })
          .end(known ? body : '{"status":421}');
      });
      const env = { PORTCULLIS_PUBLIC_URL: 'https://gate.example.com', PORTCULLIS_HOST: '0.0.0.0' };
      return (await found('gateway', { ...env, PORTCULLIS_PORT: new URL(server.url).port }))[0];
    }

    it('is ready, is not, or is something else', async () => {
      assert.match((await gateway(200, '{"status":"ready"}')) ?? '', /^ok: is ready at http:\/\/127\.0\.0\.1:/);
      assert.match(
        (await gateway(503, '{"status":"not_ready","failing":["database"]}')) ?? '',
        /^fail: is not ready at .*: database → See what else/,
      );
      assert.match((await gateway(200, '<html>')) ?? '', /^warn: something else answers at .* → Choose another port/);
    });
  });
});

async function serveOnce(answer: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
