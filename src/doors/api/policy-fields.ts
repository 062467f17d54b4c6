import { isIP } from 'node:net';
import { z } from 'zod';
import { doors } from '../../domain/door.ts';
import {
  type GrantConditions,
  type GrantScope,
  grantEffects,
  type PropertyTest,
  signInStrengths,
} from '../../domain/grant.ts';
import { builtInRoles, policyName as policyNameShape } from '../../domain/role.ts';
import { action, notionId } from './fields.ts';

/** The name of a custom role or of a group. */
export const policyName = z
  .string()
  .regex(policyNameShape, 'Expected lower-case letters, digits, - and _, beginning with a letter');
export const customRoleName = policyName.refine(
  name => !(builtInRoles as readonly string[]).includes(name),
  'Built-in roles cannot be changed',
);

/** `everyone`, `group:NAME`, `agent:NAME`, an address, or an id. */
export const subjectName = z.string().trim().min(1).max(320);

export const reason = z.string().trim().min(1).max(500);

const value = z.union([z.string().max(2000), z.number(), z.boolean()]);
const propertyTest = z.union([
  z.strictObject({ is: value }),
  z.strictObject({ isNot: value }),
  z.strictObject({ in: z.array(value).min(1).max(100) }),
  z.strictObject({ atLeast: z.union([z.number(), z.string().max(200)]) }),
  z.strictObject({ contains: z.string().min(1).max(200) }),
]) satisfies z.ZodType<PropertyTest>;

const moment = z.iso.datetime({ offset: true });
const network = z.string().refine(isNetwork, 'Expected an address or a network in CIDR notation');

/** The closed list of conditions. */
export const conditions = z
  .strictObject({
    notBefore: moment.optional(),
    until: moment.optional(),
    doors: z.array(z.enum(doors)).min(1).optional(),
    addresses: z.array(network).min(1).max(100).optional(),
    property: z.record(z.string().min(1).max(200), propertyTest).optional(),
    signIn: z
      .strictObject({
        strength: z.enum(signInStrengths).optional(),
        maxAgeSeconds: z.int().min(1).max(31_536_000).optional(),
      })
      .optional(),
  })
  .refine(when => Object.keys(when).length > 0, 'Expected at least one condition');

/** As the domain has them: moments are moments. */
export function toConditions(given: z.infer<typeof conditions> | null | undefined): GrantConditions | null {
  if (given == null) return null;
  const { notBefore, until, ...others } = given;
  return {
    ...(others as GrantConditions),
    ...(notBefore !== undefined && { notBefore: new Date(notBefore) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const workspaceScope = z.strictObject({ kind: z.literal('workspace') });
const pageScope = z.strictObject({ kind: z.enum(['page', 'page_only', 'database']), id: notionId });
export const scope = z.union([workspaceScope, pageScope]) satisfies z.ZodType<GrantScope>;
export const scopes = z
  .union([scope, z.array(scope).min(1).max(100)])
  .transform(given => (Array.isArray(given) ? given : [given]));

export const subject = z.union([
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
    role: z.string().max(64).optional(),
    scope: scopes,
    when: conditions.nullish(),
    properties: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
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
