import { type RawBuilder, sql } from 'kysely';
import { attemptMinutes } from '../domain/attempt-states.ts';

/** No lease and no wait of refreshing is as long as this: one that seems to be was set before the clock was put back. */
const longestWait = sql`interval '10 minutes'`;

/** A moment from now on, or a past one, by the database's clock. */
export function fromNow(ms: number, clock: RawBuilder<Date>): RawBuilder<Date> {
  return sql<Date>`${clock} + make_interval(secs => ${ms / 1000})`;
}

/** Whether the moment in a column has come, by the database's clock. */
export function isOver(column: string, clock: RawBuilder<Date>): RawBuilder<boolean> {
  const moment = sql.ref(column);
  return sql<boolean>`(${moment} IS NULL OR ${moment} <= ${clock} OR ${moment} > ${clock} + ${longestWait})`;
}

/** Milliseconds until that moment; 0 if it has come. */
export function leftMs(column: string, clock: RawBuilder<Date>): RawBuilder<number> {
  const left = sql<number>`extract(epoch FROM ${sql.ref(column)} - ${clock}) * 1000`;
  return sql<number>`(CASE WHEN ${isOver(column, clock)} THEN 0 ELSE ${left} END)::float8`;
}

/** How long an attempt to connect waits, as an interval. */
export const attemptLifetime = sql`make_interval(mins => ${sql.lit(attemptMinutes)})`;
