import { printable, printableJson } from '../domain/printable.ts';
import { type Command, UsageError } from './command.ts';
import { answerOf, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { workspaceAt, workspaceOption } from './workspace-option.ts';

type Held = Shapes['HostedTool'] & { readonly connection: string };

const notes =
  'Asks a running gateway, as the holder of a key with the action `connect`. A model reads what a tool says of itself as ' +
  'instructions: a tool of the hosted MCP server that changed is not called until a person accepts it. docs/mcp.md';

/** Letters of a fingerprint that are shown and typed. */
const shown = 12;

export const toolsDiff: Command = {
  name: 'tools diff',
  summary: 'Show tools of the hosted MCP server that changed, and are held back.',
  parameters: [],
  options: { ...remoteOptions, ...workspaceOption, json: { takes: null, doc: 'one JSON object a line' } },
  notes: `${notes} Exits with 1 where something is held back.`,
  async run(invocation) {
    const { options, terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const { connections } = await answerOf(remote.POST('/api/workspaces/{workspace}/tools/look', { params: { path } }));
    const held = heldIn(connections);
    for (const one of held) {
      if (options.json === true) terminal.out(printableJson(one));
      else for (const line of linesOf(one)) terminal.out(printable(line));
    }
    if (held.length === 0) terminal.err('Nothing is held back.');
    return held.length === 0 ? 0 : 1;
  },
};

export const toolsAccept: Command = {
  name: 'tools accept',
  summary: 'Accept a tool of the hosted MCP server as `tools diff` showed it.',
  parameters: ['TOOL@FINGERPRINT'],
  options: { ...remoteOptions, ...workspaceOption },
  notes,
  async run(invocation) {
    const { parameters, terminal } = invocation;
    const [, name, start] = /^(.+)@([0-9a-f]{12,64}|removed)$/.exec(parameters['TOOL@FINGERPRINT'] ?? '') ?? [];
    if (name === undefined || start === undefined) {
      throw new UsageError('no tool named', 'name it as `portcullis tools diff` shows it: notion-search@0123456789ab');
    }
    const { remote, path } = await workspaceAt(invocation);
    const { connections } = await answerOf(remote.GET('/api/workspaces/{workspace}/tools', { params: { path } }));
    const meant = heldIn(connections).filter(one => one.tool === name && one.fingerprint.startsWith(start));
    if (meant.length === 0) {
      throw new UsageError(`${name} is not held back with that fingerprint`, 'look again: portcullis tools diff');
    }
    for (const { connection, tool, fingerprint } of meant) {
      const body = { connection, tools: [{ tool, fingerprint }] };
      await remote.POST('/api/workspaces/{workspace}/tools/accept', { params: { path }, body });
    }
    terminal.err(printable(`${name} is called again.`));
    return 0;
  },
};

function heldIn(connections: readonly Shapes['HostedTools'][]): Held[] {
  return connections.flatMap(({ connectionId, tools }) =>
    tools.filter(({ state }) => state !== 'accepted').map(one => ({ ...one, connection: connectionId })),
  );
}

/** What differs, a line for each member: `-` as it was accepted, `+` as it is offered. */
function linesOf({ tool, state, accepted, offered, fingerprint, connection }: Held): string[] {
  const [before, after] = [membersOf(accepted), membersOf(offered)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differing = names.filter(name => before.get(name) !== after.get(name));
  return [
    `${tool}  ${state}  ${connection}`,
    ...differing.flatMap(name => [
      ...(before.has(name) ? [`  - ${name}: ${before.get(name)}`] : []),
      ...(after.has(name) ? [`  + ${name}: ${after.get(name)}`] : []),
    ]),
    `  portcullis tools accept ${tool}@${fingerprint.slice(0, shown)}`,
  ];
}

function membersOf(text: string | null): ReadonlyMap<string, string> {
  const members: object = text === null ? {} : JSON.parse(text);
  return new Map(Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]));
}
