import type { DatabaseConfig } from '../config/config.ts';
import type { Invocation, Option } from './command.ts';
import { settingsFileOption } from './settings-file.ts';

/** What every command takes that works on the database, and not through a gateway. */
export const operatorOptions: Readonly<Record<string, Option>> = {
  'data-dir': { takes: 'DIR', doc: 'where the embedded database is', setting: 'PORTCULLIS_DATA_DIR' },
  ...settingsFileOption,
};

/** Says which database a command is about: without settings it may not be the one that the operator thinks of. */
export function sayDatabase(config: DatabaseConfig, { terminal }: Pick<Invocation, 'terminal'>): void {
  terminal.err(`database: ${describeDatabase(config)}`);
}

/** `portcullis at db.example.com:5432`, or the directory of the embedded one. No part of it is secret. */
export function describeDatabase(config: DatabaseConfig): string {
  if (config.kind === 'embedded') return `the embedded one in ${config.dataDir}`;
  const { host, pathname, searchParams } = new URL(config.url.reveal());
  const name = pathname.slice(1);
  return `${name === '' ? 'the default one' : name} at ${searchParams.get('host') ?? host}`;
}
