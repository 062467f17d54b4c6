import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { end, isRunning } from '../children.ts';
import { until } from '../until.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));

describe('portcullis emulator', () => {
  let directory: string;
  const children: ChildProcess[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-emulator-'));
  });
  after(async () => {
    for (const child of children) await end(child, 'SIGKILL');
    await rm(directory, { recursive: true });
  });

  async function started(file: string, ...flags: string[]): Promise<ChildProcess> {
    const words = [shim, 'emulator', '--port', '0', '--ready-file', file, ...flags];
    const child = spawn(process.execPath, words, { stdio: 'ignore' });
    children.push(child);
    await until('the ready file', () => {
      assert.ok(isRunning(child));
      return existsSync(file);
    });
    return child;
  }

  it('writes a private file that is all a client needs, and ends on SIGTERM', async () => {
    const file = join(directory, 'ready.json');
    const child = await started(file);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const ready = JSON.parse(await readFile(file, 'utf8'));
    const required = ['clientId', 'clientSecret', 'internalToken', 'mcpUrl', 'url'];
    for (const name of required) assert.equal(typeof ready[name], 'string', name);
    assert.equal(new URL(ready.url).hostname, '127.0.0.1');
    assert.equal(ready.mcpUrl, `${ready.url}/mcp`);

    const headers = { authorization: `Bearer ${ready.internalToken}`, 'notion-version': '2026-03-11' };
    const root = await fetch(`${ready.url}/v1/pages/${ready.pages.root}`, { headers });
    assert.equal(root.status, 200);
    assert.equal(await end(child, 'SIGTERM'), 0);
  });

  it('passes its options on', async () => {
    const file = join(directory, 'other.json');
    const child = await started(file, '--seed', 'company', '--pages', '100');
    const { url, internalToken } = JSON.parse(await readFile(file, 'utf8'));
    const found = await fetch(`${url}/v1/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${internalToken}`, 'notion-version': '2026-03-11' },
      body: JSON.stringify({ query: 'Incident 69', page_size: 1 }),
    });
    assert.equal(((await found.json()) as { results: unknown[] }).results.length, 1);
    assert.equal(await end(child, 'SIGTERM'), 0);
  });
});
