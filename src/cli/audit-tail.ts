import { z } from 'zod';
import { printableJson } from '../domain/printable.ts';
import { auditEntry, auditLine } from './audit-line.ts';
import { allOption, auditFilterOptions, filtersOf, limitOf } from './audit-options.ts';
import type { Command } from './command.ts';
import type { Query, Remote } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { textOf } from './workspace-option.ts';

const piece = z.looseObject({
  entries: z.array(auditEntry),
  names: z.record(z.string(), z.string()),
  next: z.int(),
});

export const auditTail: Command = {
  name: 'audit tail',
  summary: 'Print what comes into the audit log of a workspace, as it comes, until it is interrupted.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...auditFilterOptions,
    ...allOption,
    workspace: { takes: 'ID', doc: 'the workspace; needed by a key that is bound to none' },
    from: { takes: 'INDEX', doc: 'begin with the entry of this index; else with what comes from now on' },
    limit: { takes: 'COUNT', doc: 'stop after this many entries' },
    json: { takes: null, doc: 'one JSON object a line, with everything that is in the entry' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : limitOf(invocation);
    const query = { ...filtersOf(invocation), workspace: textOf(options.workspace), from: textOf(options.from) };
    const known = new Map<string, string>();
    let shown = 0;
    for await (const { entries, names } of piecesOf(remoteOf(invocation), query)) {
      for (const [id, name] of Object.entries(names)) known.set(id, name);
      for (const entry of entries) {
        terminal.out(options.json === true ? printableJson(entry) : auditLine(entry, id => known.get(id)));
        shown += 1;
        if (shown === limit) return 0;
      }
    }
    return 0;
  },
};

/** The gateway ends a tail after a while: then it goes on from there. */
async function* piecesOf(remote: Remote, query: Query): AsyncGenerator<z.infer<typeof piece>> {
  for (let from = query.from; ; ) {
    for await (const line of remote.lines('/api/audit/tail', { ...query, from })) {
      if (!line.startsWith('data: ')) continue;
      const data = piece.parse(JSON.parse(line.slice('data: '.length)));
      from = String(data.next);
      yield data;
    }
  }
}
