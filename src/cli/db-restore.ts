import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { linesOf } from '../store/dump/lines.ts';
import { restore } from '../store/dump/restore.ts';
import type { Command } from './command.ts';
import { operatorOptions } from './operator-options.ts';
import { asOwner, databaseNotes } from './owner.ts';

export const dbRestore: Command = {
  name: 'db restore',
  summary: 'Fill an empty database from a file that `db dump` wrote.',
  parameters: ['FILE'],
  options: operatorOptions,
  notes: `${databaseNotes}\nGive the gateway the root key of the dumped database (PORTCULLIS_ROOT_KEY_FILE).`,
  async run(invocation) {
    const { FILE: path = '' } = invocation.parameters;
    await access(path);
    const rows = await asOwner(invocation, 'is_made', client => restore(client, linesOf(createReadStream(path))));
    invocation.terminal.err(`restored ${rows} rows from ${path}`);
    return 0;
  },
};
