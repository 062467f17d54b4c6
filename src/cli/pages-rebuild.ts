import type { Command } from './command.ts';
import { progressBar } from './progress-bar.ts';
import { answerOf, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { textOf, workspaceAt, workspaceOption } from './workspace-option.ts';

export const pagesRebuild: Command = {
  name: 'pages rebuild',
  summary: 'Read the pages that the connection sees into the page index, with what stands above them.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...workspaceOption,
    from: { takes: 'CURSOR', doc: 'go on where an earlier run stopped' },
  },
  notes:
    'This is never necessary: the index learns from every answer, and asks Notion for what it does not know. After it the first ' +
    'calls are quicker, and lists of pages are whole. It takes a key with the action `grants`, and a share of the calls that ' +
    "Notion allows: some 100 pages a second at best. Notion's search lags behind changes, and skips linked databases.",
  async run(invocation) {
    const { options, terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const index = await answerOf(remote.GET('/api/workspaces/{workspace}/page-index', { params: { path } }));
    const known = searchable(index);
    let cursor = textOf(options.from) ?? null;
    const total = { found: 0, placed: 0 };
    do {
      const body = cursor === null ? {} : { cursor };
      const step: Shapes['PageDiscoveryStep'] = await answerOf(
        remote.POST('/api/workspaces/{workspace}/page-index/rebuild', { params: { path }, body }),
      ).catch(error => {
        terminal.progress('');
        if (cursor !== null) terminal.err(`go on with --from ${cursor}`);
        throw error;
      });
      const { found, placed, nextCursor } = step;
      total.found += found;
      total.placed += placed;
      cursor = nextCursor;
      terminal.progress(progress(total.found, known));
    } while (cursor !== null);
    terminal.progress('');
    terminal.out(`${total.found} found, ${total.placed} placed`);
    return 0;
  },
};

/** Notion does not say how much its search will show. What the index knew before is the best guess. */
function progress(found: number, known: number): string {
  return found < known ? progressBar(found, known, 'objects, as many as were known before') : `${found} objects found`;
}

/** Search shows pages and data sources alone. */
function searchable({ counts }: Shapes['PageIndexState']): number {
  const shown = counts.filter(({ kind }) => kind === 'page' || kind === 'data_source');
  return shown.reduce((sum, { count }) => sum + count, 0);
}
