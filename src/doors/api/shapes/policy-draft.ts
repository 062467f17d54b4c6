import { z } from 'zod';
import { list, time } from './values.ts';

const problems = list(z.string()).describe(
  'Why it cannot be applied to the policy of today. Until then, it is not tried.',
);

export const policyDraft = z
  .object({
    revision: z.int().describe('Of the draft. Another draft has a higher one.'),
    document: z.record(z.string(), z.unknown()).describe('As it was given.'),
    madeOn: z.int().describe('The revision of the policy that it was made on.'),
    author: z.object({ id: z.string(), name: z.string() }).nullable(),
    setAt: time,
    problems,
  })
  .meta({ id: 'PolicyDraft' });

const flips = z
  .object({
    principal: z.object({ id: z.string(), name: z.string() }),
    operation: z.string(),
    object: z.object({ kind: z.string(), id: z.string().nullable() }),
    action: z.string(),
    was: z.enum(['allow', 'deny']),
    becomes: z.enum(['allow', 'deny']),
    because: z.string(),
    calls: z.int(),
    first: time,
    last: time,
    decision: z.string().nullable().describe('The decision about the last of them.'),
  })
  .meta({ id: 'DraftFlips' });

export const draftReport = z
  .object({
    draft: z.int().describe('The revision of the draft.'),
    since: time,
    calls: z.int().describe('Calls that were judged under the draft too.'),
    skipped: z
      .int()
      .describe(
        'Calls that no policy decides, of people who have left, or whose objects or keys are not known any more.',
      ),
    lost: z.int().describe('Calls that were allowed, and would be denied.'),
    gained: z.int().describe('Calls that were denied, and would be allowed.'),
    behind: z.int().describe('Entries of the log that are not looked at yet, because the draft cannot be applied.'),
    problems,
    flips: list(flips).describe('Calls that differ in nothing but their moment, as one; the most frequent first.'),
  })
  .meta({ id: 'DraftReport' });
