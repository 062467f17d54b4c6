import { type Config, readConfig } from '../config/config.ts';
import type { Invocation, Option } from './command.ts';
import { settingsFileOption } from './settings-file.ts';

/** What both commands take that start a gateway. */
export const gatewayOptions: Readonly<Record<string, Option>> = {
  port: { takes: 'PORT', doc: 'port to listen on; 0 means any free port', setting: 'PORTCULLIS_PORT' },
  host: { takes: 'ADDRESS', doc: 'address to listen on', setting: 'PORTCULLIS_HOST' },
  'data-dir': { takes: 'DIR', doc: 'where data is kept', setting: 'PORTCULLIS_DATA_DIR' },
  ...settingsFileOption,
};

/** The configuration for a command that starts a gateway. Throws ConfigError. */
export function configOf(command: 'demo' | 'serve', { settings, terminal }: Invocation): Config {
  return readConfig(command, terminal.env, settings);
}

/**
 * Resolves at the first SIGINT or SIGTERM. A terminal sends Ctrl-C to the whole group, and npm may pass it on again, so
 * the signal arrives twice. Later signals are ignored, and running work ends in order.
 */
export function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
