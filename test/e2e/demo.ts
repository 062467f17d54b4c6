import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';

/** What `--ready-file` holds. */
export interface Ready {
  readonly url: string;
  readonly emulatorUrl: string;
  readonly workspaceId: string;
  readonly keys: { readonly admin: string; readonly editor: string; readonly viewer: string };
  readonly pages: {
    readonly root: string;
    readonly public: string;
    readonly restricted: string;
    readonly unshared: string;
  };
  readonly signInUrl: string;
}

/** A demo in a process of its own, as `npm start` runs it. */
export interface Demo {
  readonly ready: Ready;
  readonly process: ChildProcess;
  readonly dataDir: string;
  readonly emulator: EmulatorControl;
  /** Everything that the process has printed. */
  output(): string;
  /** Ends it as Ctrl-C would, and answers with its exit code. */
  stop(): Promise<number | null>;
  /** Kills it without a chance to clean up. */
  kill(): Promise<void>;
}

const shim = new URL('../../bin/portcullis.mjs', import.meta.url).pathname;

/** Starts the demo on a data directory; makes one that is removed afterwards if none is given. */
export async function startDemo(given: { dataDir?: string; env?: Record<string, string> } = {}): Promise<Demo> {
  const dataDir = given.dataDir ?? (await mkdtemp(join(tmpdir(), 'portcullis-e2e-')));
  const readyFile = join(dataDir, 'ready.json');
  await rm(readyFile, { force: true });
  const args = ['demo', '--port', '0', '--emulator-port', '0', '--data-dir', dataDir, '--ready-file', readyFile];
  const child = spawn(process.execPath, [shim, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: dataDir, ...given.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', chunk => {
    printed += chunk;
  });
  child.stderr.on('data', chunk => {
    printed += chunk;
  });
  const ready = await becomesReady(child, readyFile, () => printed);
  const ended = once(child, 'exit');
  return {
    ready,
    process: child,
    dataDir,
    emulator: emulatorControl(ready.emulatorUrl, await controlTokenOf(dataDir)),
    output: () => printed,
    async stop() {
      child.kill('SIGINT');
      const [code] = await ended;
      if (given.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function becomesReady(child: ChildProcess, readyFile: string, printed: () => string): Promise<Ready> {
  return eventually(
    async () => JSON.parse(await readFile(readyFile, 'utf8')) as Ready,
    () => (child.exitCode === null ? null : `the demo ended with ${child.exitCode}:\n${printed()}`),
    90_000,
  );
}

/** The emulator that the demo started says its control token in a file of its own. */
async function controlTokenOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'emulator', 'ready.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { controlToken: string }).controlToken;
}

/** Asks until there is an answer without an error, at most `timeoutMs`; gives up at once when `hopeless` says why. */
export async function eventually<T>(
  ask: () => Promise<T>,
  hopeless: () => string | null = () => null,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const why = hopeless();
      if (why !== null) throw new Error(why);
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 25));
    }
  }
}
