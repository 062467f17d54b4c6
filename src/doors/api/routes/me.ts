import { z } from 'zod';
import type { Sessions } from '../../../accounts/sessions.ts';
import type { Users } from '../../../accounts/users.ts';
import type { WorkspaceDirectory } from '../../../accounts/workspace-directory.ts';
import { PortcullisError } from '../../../domain/errors.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import type { CommandContext } from '../../../domain/operation.ts';
import type { Asker } from '../../../domain/policy-snapshot.ts';
import { askerNow } from '../../../domain/rights.ts';
import type { Now } from '../../../domain/units.ts';
import { idOf } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { meAnswer, sessionsAnswer } from '../shapes/people.ts';
import { workspace as workspaceShape, workspacesAnswer } from '../shapes/workspaces.ts';
import { userView } from '../user-view.ts';

export interface MeParts {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly workspaces: WorkspaceDirectory;
  readonly record: RecordEvent;
  readonly demo: boolean;
  readonly now: Now;
}

/** The caller's own affairs. */
export function meRoutes({ users, sessions, workspaces, record, demo, now }: MeParts): ApiRoute[] {
  const self = { on: 'self' } as const;
  const inBrowser = { on: 'self', by: 'session' } as const;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/me',
      name: 'me.get',
      answer: meAnswer,
      summary: 'Who is calling',
      demand: { on: 'self', by: 'person' },
      run: async (_input, context) => {
        const { caller } = context;
        const user = await users.get(humanOf(context));
        // A key has no rights in the deployment, even if its owner does.
        return { user: { ...userView(user), deploymentRights: [...caller.deploymentRights].sort() }, demo };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/me/password',
      name: 'me.set_password',
      answer: null,
      summary: 'Choose a password; ends all other sessions',
      demand: inBrowser,
      body: z.strictObject({ password: z.string().max(1024), currentPassword: z.string().max(1024).optional() }),
      run: async ({ body }, context) => {
        await sessions.setPassword(context.caller, { ...body, clientAddress: context.clientAddress });
        await recordChange(record, context, 'user.password_set', {});
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/me/sessions',
      name: 'me.list_sessions',
      answer: sessionsAnswer,
      summary: 'The browsers in which you are signed in',
      demand: inBrowser,
      run: async (_input, context) => ({
        sessions: (await sessions.list(context.caller)).map(session => ({
          ...session,
          createdAt: session.createdAt.toISOString(),
          lastSeenAt: session.lastSeenAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
        })),
      }),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/me/sessions/:session',
      name: 'me.end_session',
      answer: null,
      summary: 'Sign out one of your browsers',
      demand: inBrowser,
      params: z.strictObject({ session: idOf('ses') }),
      run: async ({ params }, context) => {
        await sessions.end(context.caller, params.session);
        await recordChange(record, context, 'session.ended', { session: params.session });
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/workspaces',
      name: 'workspaces.list',
      answer: workspacesAnswer,
      summary: 'Your workspaces and their connections; for a key, the one that it belongs to',
      demand: self,
      run: async (_input, context) => {
        const { boundTo } = context.caller;
        const among = boundTo === null ? undefined : [boundTo];
        return { workspaces: await workspaces.of(memberAsking(context, now()), among) };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace',
      name: 'workspaces.get',
      answer: workspaceShape,
      summary: 'One of your workspaces and its connections',
      demand: { on: 'membership', key: 'read' },
      run: async (_input, context) => {
        const [workspace] = await workspaces.of(memberAsking(context, now()), [workspaceOf(context)]);
        if (workspace === undefined) throw new PortcullisError('not_found', 'There is no such workspace.');
        return workspace;
      },
    }),
  ];
}

function memberAsking({ caller }: CommandContext, at: Date): Asker {
  const asker = askerNow(caller, at);
  if (asker !== null) return asker;
  throw new Error('Only people and agents get this far.');
}

function humanOf({ caller: { principal } }: CommandContext) {
  if (principal.kind === 'user') return principal.id;
  throw new Error('Only people get this far.');
}
