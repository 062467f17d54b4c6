import { z } from 'zod';
import { type GrantScope, grantEffects } from '../domain/grant.ts';
import { canonicalId } from '../notion/ids.ts';
import { action, conditions, customRoleName, policyName, propertyNames, reason, subjectName } from './fields.ts';

/** The prefixes that a document writes before an id, by kind of scope. */
export const scopePrefixes = { page: 'page', page_only: 'page-only', database: 'database' } as const;
const kindOf = new Map(Object.entries(scopePrefixes).map(([kind, prefix]) => [prefix, kind]));

/** `workspace`, `page:ID` (with everything under it), `page-only:ID` or `database:ID`; ids in any spelling of Notion's. */
const scope = z
  .string()
  .max(200)
  .regex(
    /^(workspace|(page|page-only|database):[0-9A-Fa-f-]{32,36})$/,
    'Expected workspace, page:ID, page-only:ID or database:ID',
  )
  .transform((text, context): GrantScope => {
    if (text === 'workspace') return { kind: 'workspace' };
    const [prefix = '', given = ''] = text.split(':');
    const id = canonicalId(given);
    if (id !== null) return { kind: kindOf.get(prefix as never) as 'page', id };
    context.addIssue({ code: 'custom', message: 'Expected the id of a page or a database of Notion' });
    return z.NEVER;
  });

const scopes = z
  .union([scope, z.array(scope).min(1).max(100)])
  .transform(given => (Array.isArray(given) ? given : [given]));

const grant = z
  .strictObject({
    effect: z.enum(grantEffects),
    to: subjectName.describe('everyone, group:NAME, agent:NAME, the address of a person, or an id.'),
    actions: z.array(action).min(1).optional(),
    role: policyName.optional().describe('Instead of actions: those of a role, as it is at any time.'),
    on: scopes.describe('Of a limit: the actions are denied outside of all of these.'),
    when: conditions.optional().describe('All of them must hold.'),
    properties: propertyNames
      .optional()
      .describe('Only of a deny: it hides these properties (read) or keeps them from being written (update).'),
    reason,
  })
  .refine(one => (one.actions === undefined) !== (one.role === undefined), 'Expected either actions or a role')
  .refine(
    one => one.properties === undefined || one.effect === 'deny',
    'properties: only a deny hides properties or keeps them from being written',
  )
  .refine(
    one => one.effect !== 'limit' || (Array.isArray(one.on) && one.on.every(({ kind }) => kind !== 'workspace')),
    'on: a limit names pages or databases: limited to the workspace, it would do nothing',
  );

const invariant = z.strictObject({ never: z.strictObject({ who: subjectName, may: action, on: scope }) });

const test = z.strictObject({ who: subjectName, may: action, on: scope, expect: z.enum(['allow', 'deny']) });

/**
 * A whole policy as people write it (design section 6). A missing part is empty, except missing members, which stay as
 * they are.
 */
export const documentSchema = z
  .strictObject({
    version: z.literal(1),
    roles: z
      .record(customRoleName, z.array(action).min(1))
      .default({})
      .describe('Beside admin, editor, viewer, guest.'),
    groups: z.record(policyName, z.array(subjectName).max(10_000)).default({}),
    members: z.record(subjectName, policyName).optional().describe('Every member, and in which role.'),
    grants: z.array(grant).max(100_000).default([]),
    invariants: z.array(invariant).max(1_000).default([]).describe('What must never be. Checked on every change.'),
    tests: z.array(test).max(10_000).default([]).describe('Cases that must come out so. Checked on every change.'),
  })
  .meta({ title: 'A policy of Portcullis' });
