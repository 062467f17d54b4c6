import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { minuteMs } from '../../src/domain/units.ts';
import { endingLingerersAfter } from '../lingering.ts';

const lingering = {
  'holds a timer': 'setInterval(() => {}, 1000)',
  'left a child process': "fork('child.mjs', { stdio: 'ignore' })",
  'failed, and left a child process': "fork('child.mjs', { stdio: 'ignore' }); throw new Error('failed')",
};

describe('a test file that does not end by itself', () => {
  for (const [what, code] of Object.entries(lingering)) {
    it(`${what}: is ended, fails, and the run goes on`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'portcullis-lingering-'));
      try {
        const imports = "import { fork } from 'node:child_process'; import { it } from 'node:test';";
        await writeFile(join(directory, 'child.mjs'), "process.on('message', () => {})");
        await writeFile(join(directory, 'first.test.mjs'), `${imports} it('lingers', () => { ${code} });`);
        await writeFile(join(directory, 'second.test.mjs'), `${imports} it('comes next', () => {});`);
        const { status, stdout } = runTests(directory);
        assert.match(stdout, /first\.test\.mjs does not end/);
        assert.match(stdout, /✔ comes next/);
        assert.equal(status, 1);
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  }
});

function runTests(cwd: string) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = [...endingLingerersAfter(200), '--test', '--test-concurrency=1', '--test-reporter=spec'];
  return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8', timeout: minuteMs, killSignal: 'SIGKILL' });
}
