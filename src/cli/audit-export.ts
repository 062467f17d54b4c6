import { printable, printableJson } from '../domain/printable.ts';
import { allOption, auditFilterOptions, filtersOf } from './audit-options.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { exportBundle } from './export-bundle.ts';
import { linesOf } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { namedWorkspace, textOf } from './workspace-option.ts';

export const auditExport: Command = {
  name: 'audit export',
  summary:
    'Write the audit log of a workspace: what matches as JSON lines or CSV, or all of it as a bundle that proves it.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...auditFilterOptions,
    ...allOption,
    workspace: { takes: 'ID', doc: 'the workspace; needed by a key that is bound to none' },
    out: {
      takes: 'BUNDLE',
      doc: 'write the whole log with its checkpoints and keys to this file, for audit verify; one that was interrupted is continued',
    },
    format: {
      takes: 'FORMAT',
      doc: 'jsonl (the default): one JSON object a line; csv: a table; or skill: JSON lines in the words of the source system',
    },
  },
  async run(invocation) {
    const workspace = namedWorkspace(invocation);
    const out = textOf(invocation.options.out);
    if (out !== undefined) {
      refuseFilters(invocation);
      await exportBundle(remoteOf(invocation), out, workspace, invocation.terminal);
      return 0;
    }
    const format = formatOf(invocation);
    const print = format === 'csv' ? printable : (line: string) => printableJson(JSON.parse(line));
    const params = { query: { ...filtersOf(invocation), ...workspace, format } };
    const file = remoteOf(invocation).GET('/api/audit/export', { params, parseAs: 'stream' });
    for await (const line of linesOf(file)) invocation.terminal.out(print(line));
    return 0;
  },
};

/** A part of a log proves nothing about the rest. */
function refuseFilters({ options }: Invocation): void {
  const given = ['format', 'all', ...Object.keys(auditFilterOptions)].filter(name => options[name] !== undefined);
  if (given.length > 0)
    throw new UsageError(
      `--out and --${given[0]} do not go together`,
      'a bundle is the whole log: leave the others out',
    );
}

function formatOf({ options: { format = 'jsonl' } }: Invocation): 'csv' | 'jsonl' | 'skill' {
  if (format === 'csv' || format === 'jsonl' || format === 'skill') return format;
  throw new UsageError(`unknown format "${format}"`, 'there are jsonl, csv and skill');
}
