import { z } from 'zod';
import { grantEffects } from '../../../domain/grant.ts';
import { list, time } from './values.ts';

const scope = z.string().describe('workspace, page:ID, page-only:ID or database:ID.');

const grant = z
  .object({
    effect: z.enum(grantEffects),
    to: z.string(),
    actions: list(z.string()).optional(),
    role: z.string().optional(),
    on: z.union([scope, list(scope)]),
    when: z.record(z.string(), z.unknown()).optional(),
    properties: list(z.string()).optional(),
    reason: z.string(),
  })
  .meta({ id: 'DocumentGrant' });

export const policyDocument = z
  .object({
    version: z.literal(1),
    roles: z.record(z.string(), list(z.string())),
    groups: z.record(z.string(), list(z.string())),
    members: z.record(z.string(), z.string()),
    grants: list(grant),
    invariants: list(z.object({ never: z.object({ who: z.string(), may: z.string(), on: scope }) })),
    tests: list(z.object({ who: z.string(), may: z.string(), on: scope, expect: z.enum(['allow', 'deny']) })),
  })
  .meta({ id: 'PolicyDocument' });

const difference = z
  .object({
    principal: z.string(),
    name: z.string(),
    actions: list(z.string()),
    on: list(scope).describe('Each with what is below it, unless something there is otherwise.'),
    pages: z.int().describe('Pages and databases in them that are known.'),
  })
  .meta({ id: 'PolicyDifference' });

const change = z
  .object({
    change: z.enum(['added', 'removed', 'changed']),
    of: z.enum(['role', 'group', 'member', 'grant', 'invariant', 'test']),
    was: z.string().nullable(),
    becomes: z.string().nullable(),
  })
  .meta({ id: 'PolicyChange' });

export const policyPlan = z.object({
  revision: z.int().describe('The revision that the document was compared with.'),
  changes: list(change),
  gains: list(difference).describe('What members could do afterwards and cannot do now.'),
  losses: list(difference).describe('What members can do now and could not do afterwards.'),
  missingActions: list(z.string()).describe(
    'What of the gains the author may not give; the document would be refused.',
  ),
  failed: list(z.string()).describe('Invariants and tests that would fail; the document would be refused.'),
});

export const pastCall = z
  .object({
    entry: z.string(),
    decision: z.string().nullable(),
    time,
    operation: z.string(),
    principal: z.object({ id: z.string(), name: z.string() }),
    objects: list(z.object({ kind: z.string(), id: z.string().nullable(), action: z.string() })),
  })
  .meta({ id: 'PastCall' });

const flip = pastCall
  .extend({
    was: z.enum(['allow', 'deny']),
    becomes: z.enum(['allow', 'deny']),
    because: z.string(),
  })
  .meta({ id: 'PolicyFlip' });

export const policySimulation = z.object({
  calls: z.int().describe('Calls that were judged again.'),
  skipped: z.int().describe('Calls that no policy decides, or whose objects or keys are not known any more.'),
  complete: z
    .boolean()
    .describe('False: the log holds more calls of that time than one simulation judges; these are the newest.'),
  lost: z.int().describe('Calls that were allowed and would be denied.'),
  gained: z.int().describe('Calls that were denied and would be allowed.'),
  flips: list(flip).describe('The newest of both.'),
});
