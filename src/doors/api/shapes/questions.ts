import { z } from 'zod';
import { judgementReasons } from '../../../domain/policy-snapshot.ts';
import { list } from './values.ts';

export const pathElement = z
  .object({
    kind: z.string(),
    id: z.string().nullable().describe('Null: you may not read it.'),
    title: z.string().nullable(),
  })
  .meta({ id: 'PathElement' });

const decidingGrant = z
  .object({
    id: z.string(),
    effect: z.enum(['allow', 'deny', 'limit']),
    to: z.string(),
    actions: list(z.string()).nullable(),
    role: z.string().nullable(),
    on: list(z.string()),
    reason: z.string(),
  })
  .meta({ id: 'DecidingGrant' });

export const explanation = z
  .object({
    decision: z.string().nullable().describe('The decision that is explained; null for a hypothetical call.'),
    principal: z.object({ id: z.string(), name: z.string() }),
    action: z.string(),
    object: z.object({ kind: z.string(), id: z.string().nullable() }),
    effect: z.enum(['allow', 'deny']),
    because: z.string().describe(`${judgementReasons.join(', ')}, or another reason of the log.`),
    refusedBy: z.enum(['portcullis', 'notion']).nullable(),
    revision: z.int().nullable().describe('The revision of the policy that it was decided on.'),
    path: list(pathElement).describe('From the object up to the top of what the connection is shown.'),
    grants: list(
      decidingGrant
        .extend({
          via: z
            .string()
            .nullable()
            .describe('How it came to be theirs: by name, as a member, by a group. Null: not any more.'),
        })
        .meta({ id: 'ExplainedGrant' }),
    ).describe('Every grant that decided it, as far as it is still there.'),
    changes: list(z.object({ kind: z.string(), says: z.string() })).describe(
      'Changes, each of which alone would reverse the decision; the smallest first. Each was tried.',
    ),
    now: z.enum(['allow', 'deny']).nullable().describe('What the policy of today says of the same call.'),
  })
  .meta({ id: 'Explanation' });

export const reachAnswer = z
  .object({
    name: z.string().describe('Who it is about.'),
    revision: z.int(),
    counts: z
      .object({
        always: z.int().describe('In every call.'),
        sometimes: z.int().describe('In some calls, by conditions.'),
      })
      .nullable()
      .describe('Pages and databases that are reached. Null: you may not see all of them.'),
    pages: list(
      z
        .object({
          kind: z.string(),
          id: z.string(),
          title: z.string().nullable(),
          path: list(pathElement).describe('From what it stands in up to the top.'),
          effect: z
            .enum(['allow', 'deny'])
            .describe('Of a call with a plain key. `deny`: it is allowed in some calls only, by conditions.'),
          because: z.string(),
          grants: list(z.string()).describe('The grants that decide it.'),
          actions: list(z.string()).describe('Everything that they may do there with a plain key.'),
        })
        .meta({ id: 'ReachedPage' }),
    ),
    grants: list(decidingGrant).describe('Those that the pages name.'),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'ReachAnswer' });

export const whoCanAnswer = z
  .object({
    revision: z.int(),
    path: list(pathElement),
    principals: list(
      z
        .object({
          id: z.string(),
          name: z.string(),
          kind: z.enum(['user', 'agent']),
          role: z.string(),
          calls: z.enum(['always', 'sometimes']).describe('`sometimes`: in some calls only, by conditions.'),
          because: z.string(),
          grants: list(z.string()),
        })
        .meta({ id: 'WhoCan' }),
    ),
    grants: list(decidingGrant).describe('Those that they name.'),
    total: z.int(),
  })
  .meta({ id: 'WhoCanAnswer' });
