import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { answerOf, type Remote, type Shapes } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { namedWorkspace } from './workspace-option.ts';

export const discover: Command = {
  name: 'discover',
  summary: 'List every page and data source that the connection to Notion can see.',
  parameters: [],
  options: {
    ...remoteOptions,
    workspace: { takes: 'ID', doc: 'the workspace; a key needs none, since it is bound to one' },
    json: { takes: null, doc: 'one JSON object a line' },
  },
  notes: "The list comes from Notion's search, which lags behind changes and skips linked databases.",
  async run(invocation) {
    const { options, terminal } = invocation;
    const print = options.json === true ? printableJson : oneLine;
    let count = 0;
    for await (const found of readFound(remoteOf(invocation), namedWorkspace(invocation))) {
      terminal.out(print(found));
      count += 1;
      terminal.progress(`${count} found`);
    }
    terminal.progress('');
    return 0;
  },
};

async function* readFound(
  remote: Remote,
  workspace: { readonly workspace?: string },
): AsyncGenerator<Shapes['DiscoveredItem']> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { ...workspace, ...(cursor && { cursor }) };
    const page: Shapes['Discovery'] = await answerOf(remote.GET('/api/discover', { params: { query } }));
    yield* page.items;
    cursor = page.nextCursor;
  }
}

function oneLine({ id, object, title }: Shapes['DiscoveredItem']): string {
  return printable([id, object.padEnd(11), title].join('  '));
}
