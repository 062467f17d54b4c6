import { z } from 'zod';
import { type GrantScope, grantEffects } from '../../domain/grant.ts';
import { action, conditions, policyName, propertyNames, reason } from '../../policy/fields.ts';
import { notionId, role } from './fields.ts';

const workspaceScope = z.strictObject({ kind: z.literal('workspace') });
const pageScope = z.strictObject({ kind: z.enum(['page', 'page_only', 'database']), id: notionId });
const scope = z.union([workspaceScope, pageScope]) satisfies z.ZodType<GrantScope>;
const scopes = z
  .union([scope, z.array(scope).min(1).max(100)])
  .transform(given => (Array.isArray(given) ? given : [given]));

const subject = z.union([
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({ kind: z.enum(['user', 'agent', 'principal', 'group']), id: z.string().max(100) }),
  z.strictObject({ kind: z.enum(['user', 'agent', 'principal', 'group']), name: z.string().min(1).max(320) }),
]);

/** The name under which a document would have this subject. */
export function toSubjectName(given: z.infer<typeof subject>): string {
  if (given.kind === 'everyone') return 'everyone';
  if ('id' in given) return given.id;
  if (given.kind === 'group') return given.name.startsWith('group:') ? given.name : `group:${given.name}`;
  if (given.kind === 'agent') return given.name.startsWith('agent:') ? given.name : `agent:${given.name}`;
  return given.name;
}

/** What a grant is of: actions, or the actions of a role. */
export const newGrant = z
  .strictObject({
    effect: z.enum(grantEffects),
    subject,
    actions: z.array(action).min(1).optional(),
    role: policyName.optional(),
    scope: scopes,
    when: conditions.nullish(),
    properties: propertyNames.optional(),
    reason,
  })
  .refine(grant => (grant.actions === undefined) !== (grant.role === undefined), 'Expected either actions or a role')
  .refine(
    grant => grant.properties === undefined || grant.effect === 'deny',
    'properties: only a deny hides properties or keeps them from being written',
  )
  .refine(
    grant => grant.effect !== 'limit' || grant.scope.every(({ kind }) => kind !== 'workspace'),
    'scope: a limit names pages or databases: limited to the workspace, it would do nothing',
  );

export const actionList = z.array(action).max(50);

/** What a key may be used for at most: actions, or those of a role; and under which pages. */
export const keyLimit = z
  .strictObject({
    actions: actionList.optional(),
    role: role.optional(),
    under: z.array(notionId).min(1).max(100).optional().describe('Pages and databases, with everything under them.'),
  })
  .refine(
    ({ actions, role: named }) => actions === undefined || named === undefined,
    'Give actions or a role, not both',
  );
