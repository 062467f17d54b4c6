import { z } from 'zod';
import { pastCall } from './policy-document.ts';
import { list, time } from './values.ts';

const finding = z
  .object({
    of: z.enum(['grant', 'group', 'role', 'invariant', 'test']),
    because: z
      .string()
      .describe(
        'Of a grant: no_actions, expired, never_holds, nobody, nowhere, changes_nothing, everyone. Of a group: empty, unused. ' +
          'Of a role: no_actions, unused. Of an invariant or a test: nobody, nowhere.',
      ),
    says: z.string(),
    grant: z.string().nullable(),
    name: z.string().nullable().describe('Of a group or a role.'),
    place: z.int().nullable().describe('Of an invariant or a test: its place in the document, from 0 on.'),
  })
  .meta({ id: 'PolicyFinding' });

export const policyLint = z.object({ revision: z.int(), findings: list(finding) });

const proposal = z
  .object({
    kind: z.enum(['remove_grant', 'narrow_grant', 'smaller_role']),
    says: z.string(),
    grant: z.string().nullable(),
    principal: z.object({ id: z.string(), name: z.string() }).nullable().describe('Whose role it is about.'),
    role: z.string().nullable().describe('The role that would be enough.'),
    keeps: list(z.string()).describe('Actions that stay.'),
    on: list(z.string()).describe('Of a grant: where it stays.'),
    uses: z.int().describe('Calls that it had a part in.'),
    observedSince: time.describe('A grant that was made later than that could not be used before.'),
    breaks: z.int().describe('Calls of that time that would be denied.'),
    broken: list(pastCall).describe('The newest of them.'),
  })
  .meta({ id: 'LesserRight' });

export const leastPrivilege = z
  .object({
    revision: z.int(),
    since: time,
    until: time,
    calls: z.int().describe('Calls that show what is used.'),
    skipped: z.int().describe('Calls that no policy decides.'),
    complete: z
      .boolean()
      .describe(
        'False: the log holds more calls of that time than are looked at; these are the newest. What is used rarely may be missing.',
      ),
    proposals: list(proposal).describe('Each stands by itself, and was replayed by itself.'),
  })
  .meta({ id: 'LeastPrivilege' });
