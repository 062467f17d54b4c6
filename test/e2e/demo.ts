import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { compileCache, end, isRunning } from '../children.ts';

/** What `--ready-file` holds. */
export interface Ready {
  readonly url: string;
  readonly emulatorUrl: string;
  readonly workspaceId: string;
  readonly keys: { readonly admin: string; readonly editor: string; readonly viewer: string; readonly agent: string };
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
  const removeOwn = async () => {
    if (given.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const readyFile = join(dataDir, 'ready.json');
  await rm(readyFile, { force: true });
  const args = ['demo', '--port', '0', '--emulator-port', '0', '--data-dir', dataDir, '--ready-file', readyFile];
  const child = spawn(process.execPath, [shim, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: dataDir, ...compileCache(), ...given.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', chunk => {
    printed += chunk;
  });
  child.stderr.on('data', chunk => {
    printed += chunk;
  });
  const ready = await becomesReady(child, readyFile, () => printed).catch(async error => {
    // No one else knows of it: it would run for ever.
    await end(child, 'SIGINT');
    await removeOwn();
    throw error;
  });
  return {
    ready,
    process: child,
    dataDir,
    emulator: emulatorControl(ready.emulatorUrl, await controlTokenOf(dataDir)),
    output: () => printed,
    async stop() {
      const code = await end(child, 'SIGINT');
      await removeOwn();
      return code;
    },
    async kill() {
      await end(child, 'SIGKILL');
    },
  };
}

async function becomesReady(child: ChildProcess, readyFile: string, printed: () => string): Promise<Ready> {
  return eventually(
    async () => JSON.parse(await readFile(readyFile, 'utf8')) as Ready,
    () => (isRunning(child) ? null : `the demo ended with ${child.exitCode}:\n${printed()}`),
  );
}

/** The emulator that the demo started says its control token in a file of its own. */
async function controlTokenOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'emulator', 'ready.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { controlToken: string }).controlToken;
}

/** The process id of the PostgreSQL that a demo runs. */
export async function postmasterOf({ dataDir }: Pick<Demo, 'dataDir'>): Promise<number> {
  const files = await readdir(dataDir, { recursive: true });
  const file = files.find(name => name.endsWith('postmaster.pid'));
  if (file === undefined) throw new Error('the demo runs no PostgreSQL of its own');
  return Number((await readFile(join(dataDir, file), 'utf8')).split('\n')[0]);
}

/** Far more than anything takes: it ends the wait for what never comes. A machine that is busy is no failure. */
const waitMsMax = 120_000;

/** Asks until there is an answer without an error; gives up at once when `hopeless` says why. */
export async function eventually<T>(ask: () => Promise<T>, hopeless: () => string | null = () => null): Promise<T> {
  const deadline = performance.now() + waitMsMax;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const why = hopeless();
      if (why !== null) throw new Error(why);
      if (performance.now() > deadline) throw error;
      await delay(25);
    }
  }
}
