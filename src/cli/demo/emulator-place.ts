import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EmulatorError } from './emulator-error.ts';
import { type EmulatorProcess, startEmulatorProcess } from './emulator-process.ts';

const memory = z.object({ emulatorPort: z.number().int().min(1).max(65_535) });

/**
 * Makes the data directory of a demo. Only the last directory is private: other programs may use a parent that is made
 * on the way.
 */
export async function makeDataDirectory(dataDir: string): Promise<void> {
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { mode: 0o700 }).catch(ignoreExisting);
}

/**
 * Starts the emulator on the given port. Without one, it takes the port of the last start if that is free, otherwise
 * any free port. Tokens are bound to the origin that issued them, so a connection survives a restart only if its Notion
 * keeps its address.
 */
export async function startEmulatorAtItsPlace(dataDir: string, port: number | null): Promise<EmulatorProcess> {
  const stateDir = join(dataDir, 'emulator');
  if (port !== null) return startEmulatorProcess({ port, stateDir });
  const file = join(dataDir, 'emulator-port.json');
  const last = await readLastPort(file);
  const emulator = await startEmulatorProcess({ port: last, stateDir }).catch(error => {
    if (last !== 0 && error instanceof EmulatorError) return startEmulatorProcess({ port: 0, stateDir });
    throw error;
  });
  await writeFile(file, `${JSON.stringify({ emulatorPort: Number(new URL(emulator.facts.url).port) })}\n`);
  return emulator;
}

async function readLastPort(file: string): Promise<number> {
  try {
    return memory.parse(JSON.parse(await readFile(file, 'utf8'))).emulatorPort;
  } catch {
    // It is missing at the first start. With any other problem too, any free port will do.
    return 0;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
