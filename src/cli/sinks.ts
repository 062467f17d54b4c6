import type { operations } from '../domain/admin-api.ts';
import { isId, type SinkId } from '../domain/ids.ts';
import { printable, printableJson } from '../domain/printable.ts';
import { type Command, type Invocation, type Option, UsageError } from './command.ts';
import { answerOf, type BodyOf, type Remote, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { newSinkOf, sinkOptions, targetsDoc } from './sink-target.ts';
import { textOf, workspaceAt, workspaceOption } from './workspace-option.ts';

const notes =
  'Asks a running gateway, as the holder of a key with the actions `manage` and `audit`. docs/sinks.md says what each kind ' +
  'of receiver is given.';
const common: Readonly<Record<string, Option>> = { ...remoteOptions, ...workspaceOption };
const asJson: Readonly<Record<string, Option>> = { json: { takes: null, doc: 'one JSON object a line' } };

export const sinksList: Command = {
  name: 'sinks list',
  summary: 'List where the log of a workspace is sent, and how far each receiver has come.',
  parameters: [],
  options: { ...common, ...asJson },
  notes,
  async run(invocation) {
    const { terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const { sinks } = await answerOf(remote.GET('/api/workspaces/{workspace}/sinks', { params: { path } }));
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
    const asked = await newSinkOf(invocation);
    const { remote, path } = await workspaceAt(invocation);
    const from = options['from-beginning'] === true ? 'beginning' : 'now';
    const named = { ...asked, name: textOf(options.name) ?? asked.kind, from };
    const body = named as BodyOf<operations['sinks.create']>;
    const { sink: added, secret } = await answerOf(
      remote.POST('/api/workspaces/{workspace}/sinks', { params: { path }, body }),
    );
    terminal.err(line(added));
    if (secret === null) return 0;
    terminal.out(secret);
    terminal.err('Signatures are made with it. It is not shown again.');
    return 0;
  },
};

interface OneSink {
  readonly workspace: string;
  readonly sink: SinkId;
}

/** A command on one sink. */
function onOne(
  command: Pick<Command, 'name' | 'summary'> & { readonly options?: Command['options'] },
  work: (remote: Remote, params: { readonly path: OneSink }, invocation: Invocation) => Promise<number>,
): Command {
  return {
    ...command,
    parameters: ['SINK'],
    options: { ...common, ...command.options },
    notes,
    async run(invocation) {
      const sink = sinkNamed(invocation);
      const { remote, path } = await workspaceAt(invocation);
      return work(remote, { path: { ...path, sink } }, invocation);
    },
  };
}

export const sinksPause = onOne(
  { name: 'sinks pause', summary: 'Send a sink nothing until it is resumed. What is written meanwhile waits.' },
  (remote, params, invocation) => setPaused(remote, params, true, invocation),
);

export const sinksResume = onOne(
  { name: 'sinks resume', summary: 'Resume a sink, or try one again now that is in trouble.' },
  (remote, params, invocation) => setPaused(remote, params, false, invocation),
);

async function setPaused(remote: Remote, params: { path: OneSink }, paused: boolean, { terminal }: Invocation) {
  const body = { paused };
  const changed = await answerOf(remote.PATCH('/api/workspaces/{workspace}/sinks/{sink}', { params, body }));
  terminal.out(line(changed.sink));
  return 0;
}

export const sinksTest = onOne(
  { name: 'sinks test', summary: 'Send a sink an entry that says nothing, and tell how that went.' },
  async (remote, params, { terminal }) => {
    const { problem } = await answerOf(remote.POST('/api/workspaces/{workspace}/sinks/{sink}/test', { params }));
    terminal.out(problem === null ? 'taken' : printable(problem));
    return problem === null ? 0 : 1;
  },
);

export const sinksRemove = onOne(
  { name: 'sinks remove', summary: 'Have the log sent there no more.' },
  async (remote, params) => {
    await remote.DELETE('/api/workspaces/{workspace}/sinks/{sink}', { params });
    return 0;
  },
);

export const sinksDeadLetters = onOne(
  { name: 'sinks dead-letters', summary: 'List entries that a sink refused for what they are.', options: asJson },
  async (remote, params, invocation) => {
    const { deadLetters } = await answerOf(
      remote.GET('/api/workspaces/{workspace}/sinks/{sink}/dead-letters', { params }),
    );
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
  async (remote, params, { options, terminal }) => {
    const text = textOf(options.index);
    const index = text === undefined ? undefined : Number(text);
    if (index !== undefined && !Number.isSafeInteger(index)) {
      throw new UsageError(`"${text}" is not an index`, 'portcullis sinks dead-letters shows them');
    }
    const body = index === undefined ? {} : { index };
    const { wanted } = await answerOf(
      remote.POST('/api/workspaces/{workspace}/sinks/{sink}/dead-letters/retry', { params, body }),
    );
    terminal.out(`${wanted} are tried again`);
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
function line({ id, state, kind, name, problem, lag, deadLetters }: Shapes['Sink']): string {
  const trouble = [...(problem === null ? [] : [problem]), ...(deadLetters > 0 ? [`${deadLetters} refused`] : [])];
  return printable([id, state.padEnd(8), kind, name, `${lag} behind`, ...trouble].join('  '));
}
