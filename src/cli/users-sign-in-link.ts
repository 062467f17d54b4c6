import type { AccountFound } from '../compose/people.ts';
import { readPeopleConfig } from '../config/config.ts';
import { printable } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { operatorOptions, sayDatabase } from './operator-options.ts';

const notClear = 6;

export const usersSignInLink: Command = {
  name: 'users sign-in-link',
  summary: 'Print a link by which a person who is locked out signs in and chooses a password.',
  parameters: ['EMAIL'],
  options: operatorOptions,
  notes:
    'Works beside running gateways, on their database and with their settings (PORTCULLIS_PUBLIC_URL, root keys): for the time ' +
    'when no administrator can sign in. The link is an entry in the log of the deployment. It works once; for 15 minutes, or, for ' +
    'a person who has never had a password, as long as an invitation. Where several accounts have the address, give the id ' +
    'of one in place of it. docs/people.md',
  async run(invocation) {
    const { terminal, parameters, settings } = invocation;
    const named = parameters.EMAIL ?? '';
    const config = readPeopleConfig(terminal.env, settings);
    sayDatabase(config.database, invocation);
    // Loaded here, because most commands need none of it.
    const { openPeopleTasks } = await import('../compose/people.ts');
    const tasks = await openPeopleTasks(config, message => terminal.err(`warning: ${message}`));
    try {
      const [account, ...others] = await tasks.find(named);
      if (account === undefined) {
        terminal.err(printable(`error: no account has the address ${named}`));
        return notClear;
      }
      if (others.length > 0) {
        terminal.err('error: several accounts have this address: name one by its id');
        for (const one of [account, ...others]) terminal.err(describe(one));
        return notClear;
      }
      const link = await tasks.signInLink(account);
      terminal.err(`for ${describe(account)}`);
      terminal.out(link);
      return 0;
    } finally {
      await tasks.close();
    }
  },
};

/** `usr_…  Ada  made 2026-01-31  in Acme, Beta` */
function describe({ id, name, createdAt, workspaces, disabled }: AccountFound): string {
  const where = workspaces.length === 0 ? 'in no workspace' : `in ${workspaces.join(', ')}`;
  const made = `made ${createdAt.toISOString().slice(0, 10)}`;
  return printable([id, name, made, where, ...(disabled ? ['disabled'] : [])].join('  '));
}
