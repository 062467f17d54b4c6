import { z } from 'zod';

/** How a list is asked for in parts. The answer says how many there are in all. */
export function listQuery<const Sorts extends readonly [string, ...string[]]>(
  sorts: Sorts,
  orderDefault: 'asc' | 'desc' = 'asc',
) {
  return {
    search: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe('In the texts of the list; upper and lower case are the same.'),
    sort: z.enum(sorts).default(sorts[0] as z.util.NoUndefined<Sorts[0]>),
    order: z.enum(['asc', 'desc']).default(orderDefault),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('How many to pass over.'),
    limit: z.coerce.number().int().min(1).max(200).default(200).describe('Most in the answer.'),
  };
}
