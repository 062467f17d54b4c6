import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
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
    // Loaded here, because most commands need none of it.
    const [{ assertDurable }, { bringUpToDate }, { linesOf }, { restore }] = await Promise.all([
      import('../store/assert-durable.ts'),
      import('../store/bring-up-to-date.ts'),
      import('../store/dump/copy.ts'),
      import('../store/dump/restore.ts'),
    ]);
    const rows = await onDatabase(invocation, 'is_made', async database => {
      await assertDurable(database);
      await bringUpToDate(database);
      return database.asOwner(owner => restore(owner, linesOf(createReadStream(path))));
    });
    invocation.terminal.err(`restored ${rows} rows from ${path}`);
    return 0;
  },
};
