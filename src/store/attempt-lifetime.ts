import { sql } from 'kysely';
import { attemptMinutes } from '../domain/attempt-states.ts';

/** How long an attempt to connect waits, as an interval. */
export const attemptLifetime = sql`make_interval(mins => ${sql.lit(attemptMinutes)})`;
