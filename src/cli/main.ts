import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { environment } from '../config/config.ts';
import type { Terminal } from './command.ts';
import { createCommandLine } from './command-line.ts';
import { commandTable } from './commands.ts';
import { report } from './report.ts';
import { environmentOf } from './settings-file.ts';

/** Runs one command line. Returns the exit code; never throws. */
export async function main(words: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    const { lines, exitCode } = report(error);
    for (const line of lines) terminal.err(line);
    return exitCode;
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const commandLine = createCommandLine(commandTable, {
    width: process.stdout.columns ?? 120,
    version: await version(),
    print: text => terminal.out(text.trimEnd()),
    run: async (command, typed) => {
      const env = await environmentOf({ ...typed, terminal });
      exitCode = await command.run({ ...typed, terminal: { ...terminal, env } });
    },
  });
  try {
    await commandLine.parseAsync(withHelpAsOption(words), { from: 'user' });
  } catch (error) {
    // Commander throws this after it printed help or the version; all other errors have become a UsageError.
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
  return exitCode;
}

/** `portcullis help keys` means `portcullis keys --help`. An empty command line means `portcullis --help`. */
function withHelpAsOption(words: readonly string[]): readonly string[] {
  const [first, ...others] = words;
  if (first !== undefined && first !== 'help') return words;
  return [...others.filter(word => !word.startsWith('-')), '--help'];
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return String((manifest as { version: string }).version);
}

function processTerminal(): Terminal {
  const watched = process.stderr.isTTY;
  // A reader that has seen enough (`| head`) closes the pipe. That is no reason to fail, and none to stop a gateway.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  return {
    env: environment,
    out: line => void process.stdout.write(`${line}\n`),
    err: line => void process.stderr.write(`${line}\n`),
    // Carriage return and "erase to the end of the line" (ECMA-48 section 8.3.41).
    progress: line => void (watched && process.stderr.write(`\r\u001b[K${line}`)),
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
