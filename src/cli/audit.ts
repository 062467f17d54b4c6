import { z } from 'zod';
import type { Command, Invocation } from './command.ts';
import { UsageError } from './command.ts';
import { printableJson } from './printable.ts';
import type { Query, Remote } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';

const principal = z.looseObject({ kind: z.string(), id: z.string().nullish() });

const page = z.looseObject({
  entries: z.array(
    z.looseObject({
      id: z.string(),
      time: z.string(),
      kind: z.string(),
      operation: z.string(),
      principal: principal.nullish(),
      decision: z.looseObject({ because: z.string() }).nullish(),
      outcome: z.looseObject({ result: z.string(), status: z.number().nullable() }).nullish(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

type Entry = z.infer<typeof page>['entries'][number];

/** Entries that one request asks for. The gateway gives at most 200. */
const pageSize = 200;

export const audit: Command = {
  name: 'audit',
  summary: 'Print the audit log of a workspace, newest entry first.',
  parameters: [],
  options: {
    ...remoteOptions,
    principal: { takes: 'ID', doc: 'only calls of this user or agent' },
    operation: { takes: 'NAME', doc: 'only this operation, such as pages.update' },
    effect: { takes: 'EFFECT', doc: 'only allow, or only deny' },
    result: {
      takes: 'RESULT',
      doc: 'only calls that ended so: done, refused, failed, not_sent, unknown, streaming, open',
    },
    since: { takes: 'TIME', doc: 'only from this time on (ISO 8601)' },
    until: { takes: 'TIME', doc: 'only before this time (ISO 8601)' },
    limit: { takes: 'COUNT', doc: 'how many entries at most; default 50' },
    json: { takes: null, doc: 'one JSON object a line, with everything that is in the entry' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const limit = readLimit(options.limit);
    const print = options.json === true ? printableJson : oneLine;
    for await (const entry of readEntries(remoteOf(invocation), filtersOf(invocation), limit))
      terminal.out(print(entry));
    return 0;
  },
};

const filterNames = ['principal', 'operation', 'effect', 'result', 'since', 'until'] as const;

function filtersOf({ options }: Invocation): Query {
  return Object.fromEntries(filterNames.map(name => [name, options[name] as string | undefined]));
}

function readLimit(text: string | boolean | undefined): number {
  if (text === undefined) return 50;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError('--limit is not a count', 'give a whole number from 1 on');
  return limit;
}

async function* readEntries(remote: Remote, filters: Query, limit: number): AsyncGenerator<Entry> {
  let cursor: string | null | undefined;
  for (let left = limit; left > 0 && cursor !== null; ) {
    const query = { ...filters, cursor, limit: String(Math.min(left, pageSize)) };
    const { entries, nextCursor } = page.parse(await remote.get('/api/audit', query));
    yield* entries;
    left -= entries.length;
    cursor = nextCursor;
  }
}

/** `2026-01-31T12:00:00.000Z  deny   pages.update  agt_…  role_lacks_action` */
function oneLine({ time, decision, kind, operation, principal: who, outcome }: Entry): string {
  const caller = who?.id ?? who?.kind ?? '-';
  const effect = kind === 'intent' ? 'allow' : kind === 'denial' ? 'deny' : kind;
  const ending = outcome === null || outcome === undefined ? (decision?.because ?? '') : describe(outcome);
  return [time, effect.padEnd(5), operation.padEnd(24), caller, ending].join('  ').trimEnd();
}

function describe({ result, status }: NonNullable<Entry['outcome']>): string {
  return status === null ? result : `${result} ${status}`;
}
