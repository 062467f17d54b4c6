import { z } from 'zod';
import type { Member } from '../../../accounts/account-store.ts';
import type { Links } from '../../../accounts/links.ts';
import type { Members } from '../../../accounts/members.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import { idOf, principalId, role } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { listQuery } from '../list-query.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { memberAnswer, membersAnswer, signInUrlAnswer } from '../shapes/people.ts';

const mayManage = { on: 'workspace', action: 'members' } as const;
const byPrincipal = z.strictObject({ principal: principalId });

/** The members of a workspace, and their roles. */
export function memberRoutes(parts: { members: Members; links: Links; record: RecordEvent }): ApiRoute[] {
  const { members, links, record } = parts;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/members',
      name: 'members.list',
      answer: membersAnswer,
      summary: 'The people and agents of a workspace',
      demand: { on: 'workspace', action: 'people.read' },
      query: z.strictObject({ ...listQuery(['joined', 'name', 'role']), kind: z.enum(['user', 'agent']).optional() }),
      run: async ({ query }, context) => {
        const { rows, total } = await members.list(context.caller, workspaceOf(context), query);
        return { members: rows.map(memberView), total };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/members/:principal/sign-in-link',
      name: 'members.reset',
      answer: signInUrlAnswer,
      summary: 'Make a one-time link for a member who lost their password; by mail where mail is set up',
      demand: mayManage,
      also: {
        says: 'The person must not hold more than the caller.',
        of: ({ params }) => [{ ...mayManage, gives: { kind: 'identity', of: params.principal, byMail: links.byMail } }],
      },
      params: z.strictObject({ principal: idOf('usr') }),
      status: 201,
      run: async ({ params }, context) => {
        const signInUrl = await links.issueForMember(context.caller, workspaceOf(context), params.principal);
        await recordChange(record, context, 'member.reset', { member: params.principal, mailed: signInUrl === null });
        return { signInUrl };
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/workspaces/:workspace/members/:principal',
      name: 'members.set_role',
      answer: memberAnswer,
      summary: 'Give a member another role',
      demand: mayManage,
      also: {
        says: 'Callers cannot give what they do not hold.',
        of: ({ params, body }) => [{ ...mayManage, gives: { kind: 'role', role: body.role, to: params.principal } }],
      },
      params: byPrincipal,
      body: z.strictObject({ role }),
      run: async ({ params, body }, context) => {
        const member = await members.setRole(context.caller, workspaceOf(context), params.principal, body.role);
        await recordChange(record, context, 'member.role_set', { member: params.principal, role: body.role });
        return { member: memberView(member) };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/members/:principal',
      name: 'members.remove',
      answer: null,
      summary: 'Remove a member, with their keys',
      demand: mayManage,
      params: byPrincipal,
      run: async ({ params }, context) => {
        await members.remove(context.caller, workspaceOf(context), params.principal);
        await recordChange(record, context, 'member.removed', { member: params.principal });
      },
    }),
  ];
}

/** A member, as the API shows them. */
export function memberView(member: Member) {
  return { ...member, createdAt: member.createdAt.toISOString() };
}
