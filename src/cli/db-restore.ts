import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { assertDurable } from '../store/assert-durable.ts';
import { bringUpToDate } from '../store/bring-up-to-date.ts';
import { linesOf } from '../store/dump/lines.ts';
import { restore } from '../store/dump/restore.ts';
import type { Command } from './command.ts';
import { databaseNotes, onDatabase } from './on-database.ts';
import { operatorOptions } from './operator-options.ts';

export const dbRestore: Command = {
  name: 'db restore',
  summary: 'Fill an empty database from a file that `db dump` wrote.',
  parameters: ['FILE'],
  options: operatorOptions,
  notes: `${databaseNotes}\nGive the gateway the root key of the dumped database (PORTCULLIS_ROOT_KEY_FILE).`,
  async run(invocation) {
    const { FILE: path = '' } = invocation.parameters;
    await access(path);
    const rows = await onDatabase(invocation, 'is_made', async database => {
      await assertDurable(database);
      await bringUpToDate(database);
      return database.asOwner(owner => restore(owner, linesOf(createReadStream(path))));
    });
    invocation.terminal.err(`restored ${rows} rows from ${path}`);
    return 0;
  },
};
