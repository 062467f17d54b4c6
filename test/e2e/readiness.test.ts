/** What `/readyz` of a gateway says, while what it stands on goes away and comes back. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts';
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
  let printed = '';

  const startDatabase = () =>
    startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: { info: () => {}, warn: () => {} } });

  before(async () => {
    folder = await makeServerDirectory();
    postgres = await startDatabase();
    transit = await startVaultTransit();
    const port = await freePort();
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

  it('is not ready any more while it stops', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    // A request under way, which is let end.
    socket.write('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    await readiness();
    gateway.kill('SIGTERM');
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
