import { readClientConfig } from '../config/config.ts';
import type { Invocation, Option } from './command.ts';
import { createRemote, type Remote } from './remote.ts';
import { settingsFileOption } from './settings-file.ts';

/** What every command takes that talks to a running gateway. */
export const remoteOptions: Readonly<Record<string, Option>> = {
  url: { takes: 'URL', doc: 'where the gateway is', setting: 'PORTCULLIS_URL' },
  key: {
    takes: 'KEY',
    doc: 'the API key to use; other people on this machine can see it here',
    setting: 'PORTCULLIS_KEY',
  },
  ...settingsFileOption,
};

/** The gateway that an invocation names. */
export function remoteOf({ terminal, settings }: Invocation): Remote {
  return createRemote(readClientConfig(terminal.env, settings));
}
