import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { type Config, readConfig } from '../config.ts';
import type { Invocation, Option } from './command.ts';

/** What both commands take that start a gateway. */
export const gatewayOptions: Readonly<Record<string, Option>> = {
  port: { takes: 'PORT', doc: 'port to listen on; 0 means any free port', setting: 'PORTCULLIS_PORT' },
  host: { takes: 'ADDRESS', doc: 'address to listen on', setting: 'PORTCULLIS_HOST' },
  'data-dir': { takes: 'DIR', doc: 'where data is kept', setting: 'PORTCULLIS_DATA_DIR' },
  // Not `env-file`: Node takes an option of that name for its own, wherever it stands.
  settings: { takes: 'FILE', doc: 'read settings from this file too; the environment outranks it' },
};

/** The configuration for a command that starts a gateway: options before environment before file. */
export async function configOf(command: 'demo' | 'serve', invocation: Invocation): Promise<Config> {
  const { options, settings, terminal } = invocation;
  const file = options.settings;
  const inFile = typeof file === 'string' ? parseEnv(await readFile(file, 'utf8')) : {};
  return readConfig(command, { ...inFile, ...terminal.env }, settings);
}
