import { type ChildProcess, fork } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { z } from 'zod';
import { programFile } from '../program.ts';
import { EmulatorError } from './emulator-error.ts';

const readyMessage = z.looseObject({
  type: z.literal('ready'),
  url: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  controlToken: z.string(),
  workspaceId: z.string(),
  people: z.array(z.object({ id: z.string(), name: z.string() })),
  pages: z.object({ root: z.string(), public: z.string(), restricted: z.string(), unshared: z.string() }),
});

/** What the emulator reports when it is ready. */
export type EmulatorFacts = z.infer<typeof readyMessage>;

/** The stand-in for Notion, in a process of its own. */
export interface EmulatorProcess {
  readonly facts: EmulatorFacts;
  /** Registers a redirect address with its integration, as one does in Notion's settings. */
  addRedirectUri(uri: string): Promise<void>;
  /** Rejects with EmulatorError when it ends without having been asked to. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Starts the emulator; `port` 0 means any free one. Its state outlives it in `stateDir`. */
export async function startEmulatorProcess(options: { port: number; stateDir: string }): Promise<EmulatorProcess> {
  const { port, stateDir } = options;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const flags = ['--port', String(port), '--state-dir', stateDir, '--ready-file', join(stateDir, 'ready.json')];
  const child = fork(programFile('emulator/main.ts'), flags, {
    // The emulator gets nothing of our environment.
    env: {},
    // A process group of its own: a terminal's Ctrl-C reaches only us, and the emulator serves until we have finished.
    // It cannot be orphaned, because it ends when the channel to us closes.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  let stopping = false;
  const broken = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      if (!stopping) reject(new EmulatorError(port));
    });
  });
  // Code that waits for it gets the error; there may be none that waits.
  broken.catch(() => {});
  const facts = await Promise.race([firstMessage(child), broken]);
  return {
    facts,
    addRedirectUri: uri => control(facts, 'addRedirectUris', { redirectUris: [uri] }),
    broken,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function firstMessage(child: ChildProcess): Promise<EmulatorFacts> {
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      try {
        resolve(readyMessage.parse(message));
      } catch (error) {
        child.kill('SIGTERM');
        reject(error);
      }
    });
  });
}

async function control(facts: EmulatorFacts, command: string, input: object): Promise<void> {
  const answer = await request(`${facts.url}/_emulator/${command}`, {
    method: 'POST',
    headers: { 'x-emulator-token': facts.controlToken, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`the emulator refused ${command} with status ${answer.statusCode}`);
}
