import { errorTable } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { answerOf, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { accessFormats, type ReportFormat } from './report-access-formats.ts';
import { textOf, workspaceAt, workspaceOption } from './workspace-option.ts';

/** Objects that one request asks for. The gateway gives at most 100. */
const pageSize = 100;
const limitByDefault = 1_000;
const secondsByDefault = 600;

export const reportAccess: Command = {
  name: 'report access',
  summary: 'Report what each connection can do and see at Notion, and which of it is not needed here.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...workspaceOption,
    connection: { takes: 'ID', doc: 'only this connection' },
    format: { takes: 'FORMAT', doc: 'table (the default), csv (the objects alone), or json (one object a line)' },
    limit: { takes: 'COUNT', doc: `how many objects at most; default ${limitByDefault}` },
    seconds: { takes: 'COUNT', doc: `how long to go on asking; default ${secondsByDefault}` },
    from: { takes: 'CURSOR', doc: 'go on where an earlier report stopped' },
  },
  notes:
    'The objects are what Notion\'s search tells, which lags behind changes. "root" marks what was shared itself; everything ' +
    'in it is shared with it. The report changes nothing at Notion: whether a connection may write is asked about objects ' +
    'that do not exist, and stays unknown where the answer can mean two things.',
  async run(invocation) {
    const { options, terminal } = invocation;
    const format = accessFormats[readFormat(options.format)];
    const { remote, path } = await workspaceAt(invocation);
    const connection = textOf(options.connection);
    const limit = readCount('--limit', options.limit, limitByDefault);
    const untilMs = performance.now() + 1_000 * readCount('--seconds', options.seconds, secondsByDefault);
    let cursor = textOf(options.from);
    let count = 0;
    let exitCode = 0;
    for (let first = true; ; first = false) {
      const query = {
        ...(connection !== undefined && { connection }),
        ...(cursor !== undefined && { cursor }),
        limit: Math.min(limit - count, pageSize),
      };
      const page: Shapes['AccessReport'] = await answerOf(
        remote.GET('/api/workspaces/{workspace}/report/access', { params: { path, query } }),
      );
      if (first) for (const line of format.head(page.connections)) terminal.out(line);
      for (const item of page.items) terminal.out(format.item(item));
      count += page.items.length;
      terminal.progress(`${count} objects`);
      cursor = page.nextCursor ?? undefined;
      exitCode = complain(page, terminal) || exitCode;
      if (cursor !== undefined && count < limit && performance.now() < untilMs && !passing.has(page.stopped)) continue;
      terminal.progress('');
      if (cursor !== undefined) terminal.err(printable(`there may be more: go on with --from ${cursor}`));
      return exitCode;
    }
  },
};

/** Says why the list of a connection ended early, if it did. Returns the exit code for that. */
function complain({ stopped, stoppedAt }: Shapes['AccessReport'], terminal: Invocation['terminal']): number {
  const trouble = troubles[stopped];
  if (trouble === undefined) return 0;
  terminal.progress('');
  terminal.err(`error: ${trouble.message} (${stoppedAt})`);
  return trouble.exitCode;
}

/** Passing trouble: going on at once would not help. */
const passing: ReadonlySet<string> = new Set(['rate_limited', 'unavailable']);

const troubles: Readonly<Record<string, { message: string; exitCode: number } | undefined>> = {
  refused: {
    message: 'Notion refused to search through this connection',
    exitCode: errorTable.restricted.exitCode,
  },
  inconsistent: {
    message: "Notion's list of what this connection sees led nowhere",
    exitCode: errorTable.upstream_unavailable.exitCode,
  },
  rate_limited: { message: "Notion's rate limit is reached", exitCode: errorTable.rate_limited.exitCode },
  unavailable: { message: 'Notion did not answer', exitCode: errorTable.upstream_unavailable.exitCode },
};

function readFormat(text: string | boolean | undefined): ReportFormat {
  if (text === undefined) return 'table';
  if (text === 'table' || text === 'csv' || text === 'json') return text;
  throw new UsageError('--format is not known', 'give table, csv or json');
}

function readCount(option: string, text: string | boolean | undefined, byDefault: number): number {
  if (text === undefined) return byDefault;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`${option} is not a count`, 'give a whole number from 1 on');
}
