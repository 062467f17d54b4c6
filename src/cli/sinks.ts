import { z } from 'zod';
import { isId, type SinkId } from '../domain/ids.ts';
import { printable, printableJson } from '../domain/printable.ts';
import { type Command, type Invocation, type Option, UsageError } from './command.ts';
import type { Remote } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { newSinkOf, sinkOptions, targetsDoc } from './sink-target.ts';
import { textOf, workspaceOf, workspaceOption } from './workspace-option.ts';

const notes =
  'Asks a running gateway, as the holder of a key with the actions `manage` and `audit`. docs/sinks.md says what each kind ' +
  'of receiver is given.';
const common: Readonly<Record<string, Option>> = { ...remoteOptions, ...workspaceOption };
const asJson: Readonly<Record<string, Option>> = { json: { takes: null, doc: 'one JSON object a line' } };

const sink = z.looseObject({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  state: z.string(),
  problem: z.string().nullable(),
  lag: z.number(),
  deadLetters: z.number(),
});
const listed = z.object({ sinks: z.array(sink) });
const made = z.object({ sink, secret: z.string().nullable() });
const tested = z.object({ problem: z.string().nullable() });
const letter = z.looseObject({ index: z.number(), entry: z.string(), problem: z.string(), at: z.string() });
const letters = z.object({ deadLetters: z.array(letter) });
const wanted = z.object({ wanted: z.number() });

type Path = `/api/workspaces/${string}/sinks`;

async function sinksAt(invocation: Invocation): Promise<{ remote: Remote; path: Path }> {
  const remote = remoteOf(invocation);
  return { remote, path: `/api/workspaces/${await workspaceOf(invocation, remote)}/sinks` };
}

export const sinksList: Command = {
  name: 'sinks list',
  summary: 'List where the log of a workspace is sent, and how far each receiver has come.',
  parameters: [],
  options: { ...common, ...asJson },
  notes,
  async run(invocation) {
    const { terminal } = invocation;
    const { remote, path } = await sinksAt(invocation);
    const { sinks } = listed.parse(await remote.get(path));
    if (sinks.length === 0) terminal.err('There are none. To make one: portcullis sinks add');
    for (const one of sinks) print(invocation, one, line);
    return 0;
  },
};

export const sinksAdd: Command = {
  name: 'sinks add',
  summary: 'Have the log of a workspace sent somewhere.',
  parameters: ['KIND', 'TARGET'],
  options: {
    ...common,
    ...sinkOptions,
    name: { takes: 'NAME', doc: 'what to call it; its kind, if none is given' },
    'from-beginning': { takes: null, doc: 'everything that is in the log, not only what comes' },
  },
  notes: `${targetsDoc} ${notes}`,
  async run(invocation) {
    const { options, terminal } = invocation;
    const asked = newSinkOf(invocation);
    const { remote, path } = await sinksAt(invocation);
    const from = options['from-beginning'] === true ? 'beginning' : 'now';
    const body = { ...asked, name: textOf(options.name) ?? asked.kind, from };
    const { sink: added, secret } = made.parse(await remote.send('POST', path, { json: body }));
    terminal.err(line(added));
    if (secret === null) return 0;
    terminal.out(secret);
    terminal.err('Signatures are made with it. It is not shown again.');
    return 0;
  },
};

/** A command on one sink. */
function onOne(
  command: Pick<Command, 'name' | 'summary'> & { readonly options?: Command['options'] },
  work: (at: { remote: Remote; path: `${Path}/${string}` }, invocation: Invocation) => Promise<number>,
): Command {
  return {
    ...command,
    parameters: ['SINK'],
    options: { ...common, ...command.options },
    notes,
    async run(invocation) {
      const id = sinkNamed(invocation);
      const { remote, path } = await sinksAt(invocation);
      return work({ remote, path: `${path}/${id}` }, invocation);
    },
  };
}

export const sinksPause = onOne(
  { name: 'sinks pause', summary: 'Send a sink nothing until it is resumed. What is written meanwhile waits.' },
  ({ remote, path }, invocation) => setPaused(remote, path, true, invocation),
);

export const sinksResume = onOne(
  { name: 'sinks resume', summary: 'Resume a sink, or try one again now that is in trouble.' },
  ({ remote, path }, invocation) => setPaused(remote, path, false, invocation),
);

async function setPaused(remote: Remote, path: `${Path}/${string}`, paused: boolean, { terminal }: Invocation) {
  const changed = made.parse(await remote.send('PATCH', path, { json: { paused } }));
  terminal.out(line(changed.sink));
  return 0;
}

export const sinksTest = onOne(
  { name: 'sinks test', summary: 'Send a sink an entry that says nothing, and tell how that went.' },
  async ({ remote, path }, { terminal }) => {
    const { problem } = tested.parse(await remote.send('POST', `${path}/test`));
    terminal.out(problem === null ? 'taken' : printable(problem));
    return problem === null ? 0 : 1;
  },
);

export const sinksRemove = onOne(
  { name: 'sinks remove', summary: 'Have the log sent there no more.' },
  async ({ remote, path }) => {
    await remote.send('DELETE', path);
    return 0;
  },
);

export const sinksDeadLetters = onOne(
  { name: 'sinks dead-letters', summary: 'List entries that a sink refused for what they are.', options: asJson },
  async ({ remote, path }, invocation) => {
    const { deadLetters } = letters.parse(await remote.get(`${path}/dead-letters`));
    for (const one of deadLetters) {
      print(invocation, one, ({ index, entry, problem, at }) => printable(`${at}  ${index}  ${entry}  ${problem}`));
    }
    return 0;
  },
);

export const sinksRetry = onOne(
  {
    name: 'sinks retry',
    summary: 'Try dead letters again: all, or one.',
    options: { index: { takes: 'INDEX', doc: 'this one alone' } },
  },
  async ({ remote, path }, { options, terminal }) => {
    const text = textOf(options.index);
    const index = text === undefined ? undefined : Number(text);
    if (index !== undefined && !Number.isSafeInteger(index)) {
      throw new UsageError(`"${text}" is not an index`, 'portcullis sinks dead-letters shows them');
    }
    const answer = wanted.parse(await remote.send('POST', `${path}/dead-letters/retry`, { json: { index } }));
    terminal.out(`${answer.wanted} are tried again`);
    return 0;
  },
);

function sinkNamed({ parameters }: Invocation): SinkId {
  const text = parameters.SINK ?? '';
  if (isId('snk', text)) return text;
  throw new UsageError(`"${text}" is not the id of a sink`, 'it looks like snk_0190…: portcullis sinks list');
}

function print<T>({ options, terminal }: Invocation, value: T, describe: (value: T) => string): void {
  terminal.out(options.json === true ? printableJson(value) : describe(value));
}

/** `snk_…  active    webhook  siem  12 behind  1 dead letter` */
function line({ id, state, kind, name, problem, lag, deadLetters }: z.infer<typeof sink>): string {
  const trouble = [...(problem === null ? [] : [problem]), ...(deadLetters > 0 ? [`${deadLetters} refused`] : [])];
  return printable([id, state.padEnd(8), kind, name, `${lag} behind`, ...trouble].join('  '));
}
