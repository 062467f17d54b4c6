import { type ZodType, z } from 'zod';

/** A time in an answer: JSON spells it by ISO 8601, in UTC. */
export const time = z.custom<string | Date>().meta({ type: 'string', format: 'date-time' });

/** A list in an answer. */
export function list<T extends ZodType>(of: T) {
  return z.array(of).readonly();
}

/** A link that is shown once, or null if it was sent by mail. */
export const link = z.url().nullable();

/** Problem details (RFC 9457): the answer of every call that was refused or failed. */
export const problem = z
  .object({
    type: z.string().describe('Names the kind of problem: `urn:portcullis:problem:` and the code.'),
    title: z.string().describe('The code in words.'),
    status: z.int(),
    detail: z.string().describe('What is wrong, in a sentence.'),
    instance: z.string().describe('`urn:uuid:` and the id of the request, by which it stands in the log.'),
    code: z.string().describe('For programs; docs/errors.md has them all.'),
    requestId: z.string(),
    hint: z.string().optional().describe('What the reader can do about it.'),
    action: z.string().optional().describe('For programs: which remedy to offer.'),
    additionalData: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    retryAfterSeconds: z.number().optional(),
  })
  .meta({ id: 'Problem' });
