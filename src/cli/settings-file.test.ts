import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Terminal } from './command.ts';
import { UsageError } from './command.ts';
import { commands } from './commands.ts';
import { environmentOf } from './settings-file.ts';

function invoked(settings: string | undefined, env: Terminal['env']) {
  const terminal = { env, out: () => {}, err: () => {}, progress: () => {} };
  return { parameters: {}, options: settings === undefined ? {} : { settings }, settings: {}, terminal };
}

describe('--settings', () => {
  it('is taken by every command that reads settings', () => {
    const without = commands.filter(({ options }) => options.settings === undefined);
    assert.deepEqual(
      without.map(({ name }) => name),
      [
        'emulator',
        'audit verify',
        'audit prove',
        'audit consistency',
        'mcp config',
        'completion bash',
        'completion zsh',
        'completion fish',
      ],
    );
  });

  it('names a file whose settings the environment outranks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-settings-'));
    const file = join(folder, 'gateway.env');
    await writeFile(file, '# of the gateway\nPORTCULLIS_HOST=10.0.0.1\nPORTCULLIS_PORT="1"\n');
    const env = await environmentOf(invoked(file, { PORTCULLIS_PORT: '2' }));
    await rm(folder, { recursive: true });
    assert.deepEqual(env, { PORTCULLIS_HOST: '10.0.0.1', PORTCULLIS_PORT: '2' });
  });

  it('says in a sentence that there is no such file', async () => {
    await assert.rejects(environmentOf(invoked('/nowhere/gateway.env', {})), (error: unknown) => {
      return error instanceof UsageError && error.message.includes('/nowhere/gateway.env (ENOENT)');
    });
  });
});
