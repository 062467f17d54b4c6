import { printable, printableJson } from '../domain/printable.ts';
import { allOption, auditFilterOptions, filtersOf } from './audit-options.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';

export const auditExport: Command = {
  name: 'audit export',
  summary: 'Write all that matches in the audit log of a workspace, as JSON lines or CSV.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...auditFilterOptions,
    ...allOption,
    format: { takes: 'FORMAT', doc: 'jsonl (the default): one JSON object a line; or csv: a table' },
  },
  async run(invocation) {
    const format = formatOf(invocation);
    const print = format === 'csv' ? printable : (line: string) => printableJson(JSON.parse(line));
    for await (const line of remoteOf(invocation).lines('/api/audit/export', { ...filtersOf(invocation), format }))
      invocation.terminal.out(print(line));
    return 0;
  },
};

function formatOf({ options: { format = 'jsonl' } }: Invocation): 'csv' | 'jsonl' {
  if (format === 'csv' || format === 'jsonl') return format;
  throw new UsageError(`unknown format "${format}"`, 'there are jsonl and csv');
}
