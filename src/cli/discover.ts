import { z } from 'zod';
import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import type { Remote } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';

const page = z.looseObject({
  items: z.array(z.looseObject({ id: z.string(), object: z.string(), title: z.string(), url: z.string().nullable() })),
  nextCursor: z.string().nullable(),
});

type Found = z.infer<typeof page>['items'][number];

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
    const workspace = typeof options.workspace === 'string' ? options.workspace : undefined;
    let count = 0;
    for await (const found of readFound(remoteOf(invocation), workspace)) {
      terminal.out(print(found));
      count += 1;
      terminal.progress(`${count} found`);
    }
    terminal.progress('');
    return 0;
  },
};

async function* readFound(remote: Remote, workspace: string | undefined): AsyncGenerator<Found> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { items, nextCursor }: z.infer<typeof page> = page.parse(
      await remote.get('/api/discover', { workspace, cursor }),
    );
    yield* items;
    cursor = nextCursor;
  }
}

function oneLine({ id, object, title }: Found): string {
  return printable([id, object.padEnd(11), title].join('  '));
}
