import { type ZodType, z } from 'zod';

/** A time in an answer: JSON spells it by ISO 8601, in UTC. */
export const time = z.custom<string | Date>().meta({ type: 'string', format: 'date-time' });

/** A list in an answer. */
export function list<T extends ZodType>(of: T) {
  return z.array(of).readonly();
}

/** A link that is shown once, or null where it went out by mail. */
export const link = z.url().nullable();
