import { printableJson } from '../domain/printable.ts';
import { auditLine } from './audit-line.ts';
import { allOption, auditFilterOptions, filtersOf, limitOf } from './audit-options.ts';
import type { Command } from './command.ts';
import { linesOf, type Remote, type Shapes } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { namedWorkspace, textOf } from './workspace-option.ts';

/** What the gateway sends each time that something came in. */
type Piece = Pick<Shapes['AuditPage'], 'entries' | 'names'> & { readonly next: number };

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
    const query = { ...filtersOf(invocation), ...namedWorkspace(invocation) };
    const known = new Map<string, string>();
    let shown = 0;
    for await (const { entries, names } of piecesOf(remoteOf(invocation), query, textOf(options.from))) {
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
async function* piecesOf(
  remote: Remote,
  filters: ReturnType<typeof filtersOf>,
  first: string | undefined,
): AsyncGenerator<Piece> {
  for (let from = first; ; ) {
    const query = { ...filters, ...(from !== undefined && { from }) };
    for await (const line of linesOf(remote.GET('/api/audit/tail', { params: { query }, parseAs: 'stream' }))) {
      if (!line.startsWith('data: ')) continue;
      const piece: Piece = JSON.parse(line.slice('data: '.length));
      from = String(piece.next);
      yield piece;
    }
  }
}
