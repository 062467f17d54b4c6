import { readDatabaseConfig } from '../config/config.ts';
import { printableJson } from '../domain/printable.ts';
import { auditLine } from './audit-line.ts';
import { auditFilterOptions, limitOf, limitOption } from './audit-options.ts';
import type { Command, Invocation } from './command.ts';
import { operatorOptions, sayDatabase } from './operator-options.ts';

/** Entries of the deployment name no page. */
const { page: _none, subtree: _neither, ...filterOptions } = auditFilterOptions;

export const auditDeployment: Command = {
  name: 'audit deployment',
  summary: 'Print the log of the deployment: sign-ins, refused keys, unknown callers.',
  parameters: [],
  options: {
    ...operatorOptions,
    ...filterOptions,
    ...limitOption,
    json: { takes: null, doc: 'one JSON object a line, with everything that is in the entry' },
  },
  notes:
    'Reads the database, so it needs no key, and works beside gateways that run. The reading is an entry in that log. In the dashboard the same log is for administrators of the deployment.',
  async run(invocation) {
    const { options, terminal, settings } = invocation;
    const limit = limitOf(invocation);
    const config = readDatabaseConfig(terminal.env, settings);
    sayDatabase(config, invocation);
    // Loaded here, because most commands need none of it.
    const { readDeploymentLog } = await import('../compose/deployment-log.ts');
    const warn = (message: string) => terminal.err(`warning: ${message}`);
    const { entries, names } = await readDeploymentLog(config, { filters: filtersOf(invocation), limit }, warn);
    const called = (id: string) => names.get(id);
    for (const entry of entries) terminal.out(options.json === true ? printableJson(entry) : auditLine(entry, called));
    return 0;
  },
};

function filtersOf({ options }: Invocation): Record<string, string> {
  const given = Object.keys(filterOptions).map(name => [name, options[name]] as const);
  return Object.fromEntries(given.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}
