import { z } from 'zod';
import { grantEffects } from '../../../domain/grant.ts';
import { list, time } from './values.ts';

const scope = z
  .object({ kind: z.enum(['workspace', 'page', 'page_only', 'database']), id: z.string().optional() })
  .meta({ id: 'GrantScope' });

const subject = z
  .object({
    kind: z.enum(['everyone', 'user', 'agent', 'group']),
    id: z.string().optional(),
    name: z.string().describe('As a policy document names it.'),
  })
  .meta({ id: 'GrantSubject' });

const grant = z
  .object({
    id: z.string(),
    effect: z.enum(grantEffects),
    subject,
    actions: list(z.string()).nullable().describe('Null where a role says which.'),
    role: z.string().nullable(),
    scope: z.union([scope, list(scope)]),
    when: z.record(z.string(), z.unknown()).nullable(),
    properties: list(z.string()).nullable(),
    reason: z.string(),
    createdBy: z.string().nullable(),
    createdAt: time,
  })
  .meta({ id: 'Grant' });

const revision = z.int().describe('The revision of the policy that this is true of.');

export const grantAnswer = z.object({ grant, revision });
export const grantsAnswer = z.object({ grants: list(grant), revision });

const group = z
  .object({ id: z.string(), name: z.string(), members: list(z.string()).describe('As a policy document names them.') })
  .meta({ id: 'Group' });
export const groupAnswer = z.object({ group, revision });
export const groupsAnswer = z.object({ groups: list(group), revision });

const role = z
  .object({ name: z.string(), actions: list(z.string()), builtIn: z.boolean() })
  .meta({ id: 'WorkspaceRole' });
export const roleAnswer = z.object({ role, revision });
export const rolesAnswer = z.object({ roles: list(role), revision });
