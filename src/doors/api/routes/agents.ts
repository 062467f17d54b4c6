import { z } from 'zod';
import type { Agents } from '../../../accounts/agents.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import { displayName, idOf, role } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { memberAnswer } from '../shapes/people.ts';
import { memberView } from './members.ts';

/** Service accounts, each with a person who is responsible for it. */
export function agentRoutes({ agents, record }: { agents: Agents; record: RecordEvent }): ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/agents',
      name: 'agents.create',
      answer: memberAnswer,
      summary: 'Make a service account',
      demand: { on: 'workspace', action: 'members' },
      also: {
        says: 'Callers cannot give a role that holds more than they do.',
        of: ({ body }) => [{ on: 'workspace', action: 'members', gives: { kind: 'role', role: body.role } }],
      },
      body: z.strictObject({ name: displayName, role, ownerId: idOf('usr').optional() }),
      status: 201,
      run: async ({ body }, context) => {
        const member = await agents.create(context.caller, workspaceOf(context), body);
        const detail = { agent: member.principalId, owner: member.owner?.id ?? null, role: member.role };
        await recordChange(record, context, 'agent.created', detail);
        return { member: memberView(member) };
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/workspaces/:workspace/agents/:agent',
      name: 'agents.change',
      answer: memberAnswer,
      summary: 'Rename, reassign, suspend or resume a service account',
      demand: { on: 'workspace', action: 'members' },
      params: z.strictObject({ agent: idOf('agt') }),
      body: z.strictObject({
        name: displayName.optional(),
        ownerId: idOf('usr').optional(),
        suspended: z.boolean().optional(),
      }),
      run: async ({ params, body }, context) => {
        const member = await agents.change(context.caller, workspaceOf(context), params.agent, body);
        const detail = { agent: params.agent, owner: member.owner?.id ?? null, suspended: member.suspended };
        await recordChange(record, context, 'agent.changed', detail);
        return { member: memberView(member) };
      },
    }),
  ];
}
