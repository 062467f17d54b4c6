import { z } from 'zod';
import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { workspaceOf, workspaceOption } from './workspace-option.ts';

const invitation = z.looseObject({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  mailed: z.boolean(),
  createdAt: z.string(),
  expiresAt: z.string(),
  expired: z.boolean(),
});

const answer = z.object({ invitations: z.array(invitation) });

export const invitationsList: Command = {
  name: 'invitations list',
  summary: 'List the invitations to a workspace that nobody has accepted yet.',
  parameters: [],
  options: { ...remoteOptions, ...workspaceOption, json: { takes: null, doc: 'one JSON object a line' } },
  notes: 'Asks a running gateway, as the holder of a key with the action `members`. docs/people.md',
  async run(invocation) {
    const { options, terminal } = invocation;
    const remote = remoteOf(invocation);
    const path = `/api/workspaces/${await workspaceOf(invocation, remote)}/invitations` as const;
    const { invitations } = answer.parse(await remote.get(path));
    if (invitations.length === 0) terminal.err('There are none.');
    for (const one of invitations) terminal.out(options.json === true ? printableJson(one) : line(one));
    return 0;
  },
};

/** `inv_…  ada@acme.example  viewer  expires 2026-01-31  by mail` */
function line({ id, email, role, expired, expiresAt, mailed }: z.infer<typeof invitation>): string {
  const until = `${expired ? 'expired' : 'expires'} ${expiresAt.slice(0, 10)}`;
  return printable([id, email, role.padEnd(6), until, ...(mailed ? ['by mail'] : [])].join('  '));
}
