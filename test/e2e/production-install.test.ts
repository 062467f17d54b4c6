/** A checkout as production installs it: without development packages, on an external database. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { end, isRunning } from '../children.ts';
import { freshDatabase } from '../postgres.ts';
import { until } from '../until.ts';
import { freePort } from './free-port.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED|ECONNRESET/;

describe('a checkout that is installed with --omit=dev', () => {
  let gateway: ChildProcess | undefined;
  let folder = '';
  after(async () => {
    if (gateway) await end(gateway, 'SIGKILL');
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it('serves, with its dashboard', async context => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-production-'));
    const app = join(folder, 'app');
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: checkout, encoding: 'utf8' }).split('\0');
    for (const file of files.filter(name => name !== '')) await cp(join(checkout, file), join(app, file));
    const path = `${dirname(process.execPath)}:${process.env.PATH}`;
    const install = ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
    const installed = await promisify(execFile)('npm', install, { cwd: app, env: { ...process.env, PATH: path } }).then(
      () => null,
      (error: Error & { stderr: string }) => error.stderr,
    );
    if (installed !== null && unreachable.test(installed)) return context.skip('the registry cannot be reached');
    assert.equal(installed, null);
    assert.ok(!(await readdir(join(app, 'node_modules'))).includes('typescript'), 'no development package is there');

    const database = await freshDatabase();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    let printed = '';
    gateway = spawn(process.execPath, ['bin/portcullis.mjs', 'serve'], {
      cwd: app,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: path,
        HOME: folder,
        NOTION_OAUTH_CLIENT_ID: 'app',
        NOTION_OAUTH_CLIENT_SECRET: 'secret',
        DATABASE_URL: database.url,
        PORTCULLIS_PUBLIC_URL: url,
        PORTCULLIS_PORT: String(port),
        PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:1',
        PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
        PORTCULLIS_DATA_DIR: join(folder, 'data'),
      },
    });
    gateway.stderr?.on('data', chunk => {
      printed += chunk;
    });
    await until('the gateway runs', () => {
      assert.ok(gateway && isRunning(gateway), printed);
      return printed.includes('is running at');
    });
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
    const asset = await fetch(`${url}${script}`, { headers: { 'accept-encoding': 'br' } });
    assert.deepEqual([page.status, asset.status, asset.headers.get('content-encoding')], [200, 200, 'br']);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal(await end(gateway, 'SIGTERM'), 0, printed);
  });
});
