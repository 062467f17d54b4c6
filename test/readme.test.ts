/** The tour in the README works: its commands are run, in order, in one shell, against a real demo. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Demo, startDemo } from './e2e/demo.ts';
import { root } from './tidy/source.ts';

/** Lines of a tour block that begin so are output that the block must print. */
const expectation = '#> ';

interface Step {
  readonly commands: string;
  readonly expected: readonly string[];
}

const readme = await readFile(join(root, 'README.md'), 'utf8');
const tour = [...readme.matchAll(/^```sh tour\n(.*?)^```$/gms)].map(([, block = '']): Step => {
  const lines = block.trimEnd().split('\n');
  return {
    commands: lines.filter(line => !line.startsWith(expectation)).join('\n'),
    expected: lines.filter(line => line.startsWith(expectation)).map(line => line.slice(expectation.length)),
  };
});

describe('the tour in the README', () => {
  let demo: Demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.stop());

  it('has steps', () => assert.ok(tour.filter(step => step.expected.length > 0).length >= 5));

  it('prints what it says', async () => {
    const marker = '=== next step ===';
    const script = tour.map(step => step.commands).join(`\necho '${marker}'\n`);
    const output = await runShell(
      script
        .replaceAll('./ready.json', join(demo.dataDir, 'ready.json'))
        .replaceAll('policy.yaml', join(demo.dataDir, 'policy.yaml')),
    );
    const parts = output.split(`${marker}\n`);
    for (const [index, { commands, expected }] of tour.entries()) {
      for (const text of expected)
        assert.ok(parts[index]?.includes(text), `${commands}\nprints\n${parts[index]}\nwithout\n${text}`);
    }
  });
});

async function runShell(script: string): Promise<string> {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', script], {
    cwd: root,
    env: { PATH: path, HOME: process.env.HOME ?? '' },
  });
  return stdout;
}
