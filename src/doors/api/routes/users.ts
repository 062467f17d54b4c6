import { z } from 'zod';
import type { Links } from '../../../accounts/links.ts';
import type { Users } from '../../../accounts/users.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import { deploymentRight, displayName, email, idOf } from '../fields.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { newUserAnswer, signInUrlAnswer, userAnswer, usersAnswer } from '../shapes/people.ts';
import { userView } from '../user-view.ts';

const byUser = z.strictObject({ user: idOf('usr') });
const mayManage = { on: 'deployment', action: 'members' } as const;

/** People in the deployment, above any workspace. */
export function userRoutes(parts: { users: Users; links: Links; record: RecordEvent }): ApiRoute[] {
  const { users, links, record } = parts;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/users',
      name: 'users.list',
      answer: usersAnswer,
      summary: 'All people',
      demand: mayManage,
      run: async () => ({ users: (await users.list()).map(userView) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/users',
      name: 'users.create',
      answer: newUserAnswer,
      summary: 'Make an account; the answer has the link for the first sign-in',
      demand: mayManage,
      also: {
        says: 'Callers cannot give a right that they do not have.',
        of: ({ body }) => [{ ...mayManage, gives: { kind: 'rights', rights: body.deploymentRights ?? [] } }],
      },
      body: z.strictObject({ email, name: displayName, deploymentRights: z.array(deploymentRight).optional() }),
      status: 201,
      run: async ({ body }, context) => {
        const { user, signInUrl } = await users.create(context.caller, body);
        const rights = [...user.deploymentRights].join(' ');
        await recordChange(record, context, 'user.created', { user: user.id, rights });
        return { user: userView(user), signInUrl };
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/users/:user',
      name: 'users.change',
      answer: userAnswer,
      summary: 'Disable or enable a person, or change their rights in the deployment',
      demand: mayManage,
      also: {
        says: 'Callers cannot give a right that they do not have; enabling a person gives their rights back.',
        of: ({ params, body }) => [
          {
            ...mayManage,
            gives: { kind: 'account', of: params.user, rights: body.deploymentRights, disabled: body.disabled },
          },
        ],
      },
      params: byUser,
      body: z.strictObject({ disabled: z.boolean().optional(), deploymentRights: z.array(deploymentRight).optional() }),
      run: async ({ params, body }, context) => {
        const user = await users.change(context.caller, params.user, body);
        const detail = { user: user.id, disabled: user.disabled, rights: [...user.deploymentRights].join(' ') };
        await recordChange(record, context, 'user.changed', detail);
        return { user: userView(user) };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/users/:user/sign-in-link',
      name: 'users.create_link',
      answer: signInUrlAnswer,
      summary: 'Make a one-time link for a person who cannot sign in',
      demand: mayManage,
      also: {
        says: 'The person must not have more rights than the caller.',
        of: ({ params }) => [{ ...mayManage, gives: { kind: 'identity', of: params.user, byMail: links.byMail } }],
      },
      params: byUser,
      status: 201,
      run: async ({ params }, context) => {
        const signInUrl = await links.issueFor(context.caller, params.user);
        await recordChange(record, context, 'user.link_created', { user: params.user });
        return { signInUrl };
      },
    }),
  ];
}
