import { open, rm } from 'node:fs/promises';
import type { Command } from './command.ts';
import { databaseNotes, onDatabase } from './on-database.ts';
import { operatorOptions } from './operator-options.ts';

export const dbDump: Command = {
  name: 'db dump',
  summary: 'Write everything in the database to a file.',
  parameters: ['FILE'],
  options: operatorOptions,
  notes: `${databaseNotes}\nThe root key is not in the database, and so not in the dump: without it, no token in the dump can be opened.`,
  async run(invocation) {
    const { FILE: path = '' } = invocation.parameters;
    // Loaded here, because most commands need none of it.
    const [{ requireUpToDate }, { dump }] = await Promise.all([
      import('../store/bring-up-to-date.ts'),
      import('../store/dump/dump.ts'),
    ]);
    // An older dump is never overwritten, and only the owner of the file may read it.
    const file = await open(path, 'wx', 0o600);
    try {
      await onDatabase(invocation, 'is_refused', async database => {
        await requireUpToDate(database);
        await database.asSystem(async client => {
          for await (const row of dump(client)) await file.write(row);
        });
      });
      await file.sync();
      invocation.terminal.err(`dumped to ${path}`);
      return 0;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  },
};
