import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Emulator, startEmulator } from './server.ts';

/**
 * The emulator as a process of its own.
 *
 *     node emulator/main.ts --port 0 --state-dir DIR --ready-file FILE --redirect-uri URL
 *
 * It tells that it is ready in FILE (mode 0600, written at once or not at all), to a parent over the IPC channel if there
 * is one, and to a person on standard output. It ends on SIGTERM, on SIGINT, and when the IPC channel closes.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'state-dir': { type: 'string' },
    'ready-file': { type: 'string' },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write(`emulator: --port must be a number from 0 to 65535, not "${values.port}"\n`);
  process.exit(2);
}

const stateDir = values['state-dir'];
const emulator = await startEmulator({
  port,
  redirectUris: values['redirect-uri'],
  ...(stateDir === undefined ? {} : { stateDir }),
});
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
