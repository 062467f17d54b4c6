import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli/main.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { compileCache } from '../children.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));

/** How a command line ended. */
export interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/**
 * Runs `portcullis` in this process, with nothing in its environment but what is given: the same code as in a process of
 * its own, which takes a second of processor time to start.
 */
export async function portcullisHere(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const output = { out: '', err: '' };
  const code = await main(words, {
    env,
    out(line) {
      output.out += `${line}\n`;
    },
    err(line) {
      output.err += `${line}\n`;
    },
    progress: () => {},
  });
  return { ...output, code };
}

/** Runs `portcullis` as a process of its own, with nothing in its environment but what is given. One that hangs is ended. */
export function portcullis(words: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, [shim, ...words], {
    env: { ...compileCache(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 2 * minuteMs,
    killSignal: 'SIGKILL',
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', chunk => {
    output.out += chunk;
  });
  child.stderr.on('data', chunk => {
    output.err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ ...output, code }));
  });
}
