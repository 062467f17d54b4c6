import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCommandLine } from '../../src/cli/command-line.ts';
import { commandTable } from '../../src/cli/commands.ts';
import { completionPoints } from '../../src/cli/completion/points.ts';
import { portcullis } from './run.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const offeredByBash = `\${COMPREPLY[@]}`;
const namedByZsh = `\${(@P)2}`;

/**
 * How to ask a shell what it would offer: the script is sourced, then the words of a command line follow as arguments, the
 * last of them the one that is being typed. Offers come one a line; what follows a tab describes them.
 */
const asking: Record<Shell, readonly string[]> = {
  bash: [
    '--norc',
    '-c',
    `source "$0"; COMP_WORDS=(portcullis "$@"); COMP_CWORD=$#; _portcullis; printf '%s\\n' "${offeredByBash}"`,
  ],
  // What zsh itself completes with stands in a terminal; the functions that it gives to scripts are replaced by printers.
  zsh: [
    '-f',
    '-c',
    `compdef() { :; }; _describe() { print -rl -- "${namedByZsh}"; }; _files() { print -r -- FILES "$@"; }; source "$0"; ` +
      'words=(portcullis "$@"); CURRENT=$#words; _portcullis',
  ],
  fish: ['--no-config', '-c', 'source $argv[1]; complete -C (string join " " -- portcullis $argv[2..])'],
};

describe('completion scripts', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-completion-'));
    await writeFile(join(folder, 'some.dump'), '');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const installed = spawnSync(shell, ['--version']).error === undefined;
    const skip = installed ? false : `${shell} is not installed`;
    describe(shell, { skip }, () => {
      let script: string;
      before(async () => {
        const { out, err, code } = await portcullis(['completion', shell]);
        assert.deepEqual([err, code], ['', 0]);
        script = join(folder, shell);
        await writeFile(script, out);
      });
      const output = (...words: string[]): string => {
        const asked = spawnSync(shell, [...asking[shell], script, ...words], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH, HOME: folder },
        });
        assert.equal(asked.stderr, '');
        return asked.stdout;
      };
      /** The words that are offered. zsh leaves it to its own function to drop those that do not begin as typed. */
      const offered = (...words: string[]): string[] =>
        output(...words)
          .split('\n')
          .map(line => line.split(shell === 'zsh' ? ':' : '\t')[0] ?? '')
          .filter(word => word !== '' && word.startsWith(words.at(-1) ?? ''))
          .sort();

      it('completes commands, in groups and after help too', () => {
        assert.deepEqual(offered('de'), ['demo']);
        assert.deepEqual(offered('keys', 'r'), ['retire', 'rewrap', 'rotate']);
        assert.deepEqual(offered('help', 'keys', 'st'), ['stage', 'status']);
        assert.deepEqual(offered('audit', 'e'), ['export']);
        assert.deepEqual(offered('completion', 'z'), ['zsh']);
      });

      it('completes the options of each command', () => {
        for (const point of completionPoints(createCommandLine(commandTable))) {
          const words = point.path.split(' ').slice(1);
          const flags = point.flags.map(({ flag }) => flag).sort();
          assert.deepEqual(offered(...words, '--'), flags, point.path);
        }
      });

      it('takes what follows an option for its value', () => {
        assert.deepEqual(offered('serve', '--port', '8'), []);
        assert.deepEqual(offered('audit', '--text', 'export', '--f'), [], 'this is `audit`, which has no --format');
      });

      it('completes names of files where a file is due', async () => {
        // bash does that by itself where a script offers nothing, if the script asks for it.
        const files = { bash: /^\n$/, zsh: /FILES/, fish: /some\.dump/ };
        for (const words of [
          ['db', 'restore', 'so'],
          ['serve', '--settings', 'so'],
        ])
          assert.match(output(...words), files[shell], words.join(' '));
        if (shell === 'bash') assert.match(await readFile(script, 'utf8'), /^complete -o default -F _portcullis/m);
      });
    });
  }
});
