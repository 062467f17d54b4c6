import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { answerOf, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { workspaceAt, workspaceOption } from './workspace-option.ts';

export const invitationsList: Command = {
  name: 'invitations list',
  summary: 'List the invitations to a workspace that are not accepted yet.',
  parameters: [],
  options: { ...remoteOptions, ...workspaceOption, json: { takes: null, doc: 'one JSON object a line' } },
  notes: 'Asks a running gateway, as the holder of a key with the action `members`. docs/people.md',
  async run(invocation) {
    const { options, terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const { invitations } = await answerOf(remote.GET('/api/workspaces/{workspace}/invitations', { params: { path } }));
    if (invitations.length === 0) terminal.err('There are none.');
    for (const one of invitations) terminal.out(options.json === true ? printableJson(one) : line(one));
    return 0;
  },
};

/** `inv_…  ada@acme.example  viewer  expires 2026-01-31  by mail` */
function line({ id, email, role, expired, expiresAt, mailed }: Shapes['Invitation']): string {
  const until = `${expired ? 'expired' : 'expires'} ${expiresAt.slice(0, 10)}`;
  return printable([id, email, role.padEnd(6), until, ...(mailed ? ['by mail'] : [])].join('  '));
}
