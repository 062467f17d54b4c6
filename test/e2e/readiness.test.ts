/** What `/readyz` of a gateway says, while what it stands on goes away and comes back. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { end, endOf, isRunning } from '../children.ts';
import { toUrl } from '../postgres.ts';
import { makeServerDirectory } from '../postgres-server.ts';
import { until } from '../until.ts';
import { type FakeTransit, startVaultTransit, vaultToken } from '../vault/fakes/vault-transit.ts';
import { freePort } from './free-port.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));

describe('/readyz of a gateway on an external database, with its root key in a key service', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let transit: FakeTransit;
  let gateway: ChildProcess;
  let url: string;
  let healthPort: number;
  let printed = '';

  const startDatabase = () =>
    startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: { info: () => {}, warn: () => {} } });

  before(async () => {
    folder = await makeServerDirectory();
    postgres = await startDatabase();
    transit = await startVaultTransit();
    const port = await freePort();
    healthPort = await freePort();
    url = `http://127.0.0.1:${port}`;
    gateway = spawn(process.execPath, [shim, 'serve'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        NOTION_OAUTH_CLIENT_ID: 'app',
        NOTION_OAUTH_CLIENT_SECRET: 'secret',
        DATABASE_URL: toUrl(postgres.connection),
        PORTCULLIS_PUBLIC_URL: url,
        PORTCULLIS_PORT: String(port),
        PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:1',
        PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
        PORTCULLIS_DATA_DIR: join(folder, 'data'),
        PORTCULLIS_ROOT_KEYS: 'vault-transit:transit/portcullis/1',
        PORTCULLIS_VAULT_ADDRESS: transit.url,
        PORTCULLIS_VAULT_TOKEN: vaultToken,
        PORTCULLIS_METRICS_ADDRESS: `127.0.0.1:${healthPort}`,
        PORTCULLIS_STOP_DELAY_SECONDS: '1',
      },
    });
    gateway.stderr?.on('data', chunk => {
      printed += chunk;
    });
    await until('the gateway runs', () => {
      assert.ok(isRunning(gateway), printed);
      return printed.includes('is running at');
    });
  });
  after(async () => {
    if (gateway) await end(gateway, 'SIGKILL');
    await postgres?.stop();
    await transit?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What it says: the status, and the whole body. */
  async function readiness(): Promise<string> {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return `${answer.status} ${await answer.text()}`;
  }

  async function untilItSays(expected: string): Promise<void> {
    let last = '';
    await until(expected, async () => {
      last = await readiness();
      return last === expected;
    }).catch(error => assert.equal(last, expected, String(error)));
  }

  const ready = '200 {"status":"ready"}';
  const failing = (...names: string[]) => `503 {"status":"not_ready","failing":${JSON.stringify(names)}}`;

  it('names the database while that is down, and nothing of where it is', async () => {
    await untilItSays(ready);
    await postgres.stop();
    await untilItSays(failing('database'));
    // The lease of the instance runs out: nothing may be logged now, and so nothing may be done.
    await untilItSays(failing('database', 'audit_log'));
    postgres = await startDatabase();
    await untilItSays(ready);
  });

  it('names the database while that hangs, within seconds', async () => {
    const processes = await familyOf(postgres.pid);
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    try {
      await untilItSays(failing('database'));
    } finally {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    }
    await untilItSays(ready);
  });

  it('names the root key while the key service refuses, and goes on with the keys that are open', async () => {
    transit.fail([503, 'Vault is sealed']);
    await untilItSays('200 {"status":"degraded","failing":["root_key"]}');
    transit.fail(null);
    await untilItSays(ready);
  });

  it('is shown to clients that use an address instead of a name, and nothing else is', async () => {
    const asked = (path: string, host: string) => statusOf(Number(new URL(url).port), path, host);
    for (const host of ['10.1.2.3:8420', 'portcullis.default.svc']) {
      assert.deepEqual([await asked('/healthz', host), await asked('/readyz?verbose', host)], [200, 200], host);
      assert.equal(await asked('/metrics', host), 404, 'a name that was rebound to this machine');
      for (const path of ['/', '/api/me', '/v1/users/me', '/healthz/', '/readyzz']) {
        assert.equal(await asked(path, host), 421, path);
      }
    }
    assert.equal(await asked('/metrics', '127.0.0.1'), 200);
  });

  it('stands at an address of its own too, with the metrics, and nothing else does', async () => {
    const asked = (path: string) => statusOf(healthPort, path, '10.1.2.3');
    assert.deepEqual([await asked('/healthz'), await asked('/readyz'), await asked('/metrics')], [200, 200, 200]);
    for (const path of ['/', '/api/me', '/v1/users/me']) assert.equal(await asked(path), 404, path);
  });

  it('says that it stops while calls are still taken, for as long as was set', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    // A request under way, which is let end.
    socket.write('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    await readiness();
    gateway.kill('SIGTERM');
    await untilItSays(failing('stopping'));
    assert.equal((await fetch(`${url}/v1/users/me`)).status, 401);
    assert.equal(await statusOf(healthPort, '/readyz', 'x'), 503);
    await until('it takes no more connections', () =>
      readiness().then(
        () => false,
        () => true,
      ),
    );
    socket.end('connection: close\r\n\r\n');
    const answer = (await socket.toArray()).join('');
    assert.match(answer, /^HTTP\/1\.1 503 /);
    assert.match(answer, /\{"status":"not_ready","failing":\["stopping"\]\}$/);
    assert.equal(await endOf(gateway), 0, printed);
  });
});

/** The status that a path is answered with when a request names that host. */
async function statusOf(port: number, path: string, host: string): Promise<number> {
  const asking = request({ host: '127.0.0.1', port, path, headers: { host } }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}

/** A server and the processes that it has started (proc(5): the parent is the second field after the name). */
async function familyOf(server: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const parents = await Promise.all(
    pids.map(async pid => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
    }),
  );
  return [server, ...pids.filter((_, index) => parents[index] === server)];
}
