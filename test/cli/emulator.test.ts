import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));

describe('portcullis emulator', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-emulator-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('writes a private file that is all a client needs, and ends on SIGTERM', async () => {
    const file = join(directory, 'ready.json');
    const child = spawn(process.execPath, [shim, 'emulator', '--port', '0', '--ready-file', file], { stdio: 'ignore' });
    await until('the ready file', () => existsSync(file));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const ready = JSON.parse(await readFile(file, 'utf8'));
    const required = ['clientId', 'clientSecret', 'internalToken', 'mcpUrl', 'url'];
    for (const name of required) assert.equal(typeof ready[name], 'string', name);
    assert.equal(new URL(ready.url).hostname, '127.0.0.1');
    assert.equal(ready.mcpUrl, `${ready.url}/mcp`);

    const headers = { authorization: `Bearer ${ready.internalToken}`, 'notion-version': '2026-03-11' };
    const root = await fetch(`${ready.url}/v1/pages/${ready.pages.root}`, { headers });
    assert.equal(root.status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('passes on what it was told', async () => {
    const file = join(directory, 'other.json');
    const flags = ['--port', '0', '--seed', 'company', '--pages', '100', '--ready-file', file];
    const child = spawn(process.execPath, [shim, 'emulator', ...flags], { stdio: 'ignore' });
    await until('the ready file', () => existsSync(file));
    const { url, internalToken } = JSON.parse(await readFile(file, 'utf8'));
    const found = await fetch(`${url}/v1/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${internalToken}`, 'notion-version': '2026-03-11' },
      body: JSON.stringify({ query: 'Incident 69', page_size: 1 }),
    });
    assert.equal(((await found.json()) as { results: unknown[] }).results.length, 1);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
