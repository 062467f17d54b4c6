/** Runs the command lines in `test/transcripts/*.txt` and compares everything that they print, and their exit codes. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { portcullisHere } from './run.ts';

const folder = new URL('../transcripts/', import.meta.url);

for (const name of (await readdir(folder)).sort()) {
  const text = await readFile(new URL(name, folder), 'utf8');
  describe(`transcript ${name}`, { concurrency: 2 }, () => {
    for (const step of text.trim().split(/\n\n(?=\$ )/)) {
      const [line = '', ...expected] = step.split('\n');
      it(line, async () => {
        const words = line.split(' ').slice(1);
        const start = words.indexOf('portcullis');
        const env = Object.fromEntries(words.slice(0, start).map(setting => setting.split(/=(.*)/s)));
        const { out, err, code } = await portcullisHere(words.slice(start + 1), env);
        const exit = code === 0 ? '' : `[exit ${code}]`;
        assert.equal(`${out}${err}${exit}`.trim(), expected.join('\n').trim());
      });
    }
  });
}
