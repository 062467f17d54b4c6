import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { end, endOf, nextMessage } from '../children.ts';
import { makeServerDirectory } from '../postgres-server.ts';
import { until } from '../until.ts';

it('a run of tests that is killed leaves no database server behind, and no directory', async () => {
  const directory = await makeServerDirectory();
  const server = spawn('sleep', ['600']);
  await mkdir(join(directory, 'postgres', 'cluster'), { recursive: true });
  await writeFile(join(directory, 'postgres', 'cluster', 'postmaster.pid'), `${server.pid}\n/data\n`);
  const module = new URL('../postgres-server.ts', import.meta.url);
  const code = `(await import('${module}')).removeAfterUs('${directory}'); process.send('runs'); setInterval(() => {}, 1e6)`;
  const run = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await nextMessage(run);
    assert.ok(existsSync(directory));
    await end(run, 'SIGKILL');
    assert.equal(await endOf(server), null);
    assert.equal(server.signalCode, 'SIGINT');
    await until('the directory to be gone', () => !existsSync(directory));
  } finally {
    await end(run, 'SIGKILL');
    await end(server, 'SIGKILL');
  }
});
