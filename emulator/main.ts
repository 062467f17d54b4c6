import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { WorkspaceSeed } from './seeds/seed.ts';
import { seeds } from './seeds/seeds.ts';
import { type Emulator, startEmulator } from './server.ts';

/**
 * The emulator as a process of its own.
 *
 *     node emulator/main.ts --port 0 --host ADDRESS --state-dir DIR --ready-file FILE --redirect-uri URL --seed company --pages N
 *
 * It tells that it is ready in FILE (mode 0600, written at once or not at all), to a parent over the IPC channel if there
 * is one, and to a person on standard output. It ends on SIGTERM, on SIGINT, and when the IPC channel closes.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'state-dir': { type: 'string' },
    'ready-file': { type: 'string' },
    pages: { type: 'string', default: '0' },
    seed: { type: 'string', default: 'acme' },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
  },
});

const port = numberFrom('port', values.port, 65_535);
const generatedPages = numberFrom('pages', values.pages, 1_000_000);

const stateDir = values['state-dir'];
const emulator = await startEmulator({
  port,
  host: values.host,
  generatedPages,
  seed: seedNamed(values.seed),
  redirectUris: values['redirect-uri'],
  ...(stateDir === undefined ? {} : { stateDir }),
}).catch(unusable);
announce(emulator);

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await emulator.close();
  process.exit(0);
}
process.once('SIGTERM', end);
process.once('SIGINT', end);
process.once('disconnect', end);

/** What the system refuses is no defect: a sentence, and no stack. */
function unusable(error: Error & { code?: string }): never {
  const address = `${values.host}:${port}`;
  const sentences = new Map([
    ['EADDRINUSE', `${address} is in use by another program; take another port, or 0 for any free one`],
    ['EADDRNOTAVAIL', `${values.host} is no address of this machine`],
    ['EACCES', error.message],
  ]);
  const sentence = sentences.get(error.code ?? '');
  if (sentence === undefined) throw error;
  process.stderr.write(`emulator: ${sentence}\n`);
  process.exit(6);
}

function seedNamed(name: string): readonly WorkspaceSeed[] {
  const seed = seeds.get(name);
  if (seed !== undefined) return seed;
  process.stderr.write(`emulator: --seed must be one of ${[...seeds.keys()].join(', ')}, not "${name}"\n`);
  process.exit(2);
}

function numberFrom(flag: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  process.stderr.write(`emulator: --${flag} must be a number from 0 to ${max}, not "${text}"\n`);
  process.exit(2);
}

function announce(ready: Emulator): void {
  const { url, mcpUrl, clientId, clientSecret, internalToken, controlToken, workspaceId, people, pages } = ready;
  const file = values['ready-file'];
  if (file !== undefined) {
    const facts = { url, mcpUrl, clientId, clientSecret, internalToken, controlToken, pages: { root: pages.root } };
    writeFileSync(`${file}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  if (process.send !== undefined) {
    process.send({
      type: 'ready',
      url,
      mcpUrl,
      clientId,
      clientSecret,
      controlToken,
      internalToken,
      workspaceId,
      people,
      pages,
    });
    return;
  }
  process.stdout.write(`Notion emulator at ${url}\n`);
}
