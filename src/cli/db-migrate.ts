import type { Command } from './command.ts';
import { databaseNotes, onDatabase } from './on-database.ts';
import { operatorOptions } from './operator-options.ts';

export const dbMigrate: Command = {
  name: 'db migrate',
  summary: 'Bring the database to this version: its logins, its schema, and their rights.',
  parameters: [],
  options: operatorOptions,
  notes: `${databaseNotes}\nThe start of a gateway does the same. By itself it is a step of a deployment, and safe to repeat.`,
  async run(invocation) {
    // Loaded here, because most commands need none of it.
    const [{ assertDurable }, { bringUpToDate }] = await Promise.all([
      import('../store/assert-durable.ts'),
      import('../store/bring-up-to-date.ts'),
    ]);
    const { applied } = await onDatabase(invocation, 'is_made', async database => {
      await assertDurable(database);
      return bringUpToDate(database);
    });
    for (const name of applied) invocation.terminal.out(name);
    invocation.terminal.err(applied.length === 0 ? 'up to date already' : `${applied.length} migrations applied`);
    return 0;
  },
};
