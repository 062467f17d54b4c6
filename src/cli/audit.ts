import { printableJson } from '../domain/printable.ts';
import { auditLine } from './audit-line.ts';
import { allOption, auditFilterOptions, filtersOf, limitOf, limitOption } from './audit-options.ts';
import { createTitles } from './audit-titles.ts';
import type { Command } from './command.ts';
import { answerOf, type Remote, type Shapes } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';

/** Entries that one request asks for. The gateway gives at most 200. */
const pageSize = 200;

export const audit: Command = {
  name: 'audit',
  summary: 'Print the audit log of a workspace, newest entry first.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...auditFilterOptions,
    ...allOption,
    ...limitOption,
    titles: { takes: null, doc: 'ask Notion for the titles of pages, as far as the key may read them' },
    json: { takes: null, doc: 'one JSON object a line, with everything that is in the entry' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const limit = limitOf(invocation);
    const remote = remoteOf(invocation);
    const titles = createTitles(remote);
    for await (const { entries, names } of readPages(remote, filtersOf(invocation), limit)) {
      if (options.titles === true) await titles.learn(entries);
      const called = (id: string) => names.get(id) ?? titles.of(id);
      for (const entry of entries)
        terminal.out(options.json === true ? printableJson(entry) : auditLine(entry, called));
    }
    return 0;
  },
};

interface Page {
  readonly entries: Shapes['AuditPage']['entries'];
  readonly names: ReadonlyMap<string, string>;
}

async function* readPages(remote: Remote, filters: ReturnType<typeof filtersOf>, limit: number): AsyncGenerator<Page> {
  let cursor: string | null | undefined;
  for (let left = limit; left > 0 && cursor !== null; ) {
    const query = { ...filters, ...(cursor && { cursor }), limit: Math.min(left, pageSize) };
    const page: Shapes['AuditPage'] = await answerOf(remote.GET('/api/audit', { params: { query } }));
    const { entries, names, nextCursor } = page;
    yield { entries, names: new Map(Object.entries(names)) };
    left -= entries.length;
    cursor = nextCursor;
  }
}
