import { readDatabaseConfig } from '../config/config.ts';
import type { Command } from './command.ts';
import { operatorOptions, sayDatabase } from './operator-options.ts';

export const dbAcknowledgeRestore: Command = {
  name: 'db acknowledge-restore',
  summary: 'Say that the database was put back on purpose: refreshing goes on.',
  parameters: [],
  options: operatorOptions,
  notes:
    'Tokens that were refreshed since the backup are spent: expect their connections to need a person. It is logged.',
  async run(invocation) {
    const { terminal, settings } = invocation;
    const config = readDatabaseConfig(terminal.env, settings);
    sayDatabase(config, invocation);
    const { acknowledgeRestore } = await import('../compose/restore.ts');
    const found = await acknowledgeRestore(config, message => terminal.err(`warning: ${message}`));
    if (found === null) {
      terminal.err('There is nothing to acknowledge: the database is not behind what its gateways remember.');
      return 0;
    }
    const { detectedAt, databaseMark, knownMark } = found;
    terminal.err(
      `Acknowledged. On ${detectedAt.toISOString()} the database was found ${knownMark - databaseMark} changes behind.`,
    );
    return 0;
  },
};
