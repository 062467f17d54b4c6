import type { DecidedCall } from '../domain/decided-call.ts';
import { Lru } from '../domain/lru.ts';
import { minuteMs } from '../domain/units.ts';
import { type Columns, readColumns } from '../notion/columns.ts';

/** Columns of data sources, by their ids. */
export interface Schemas {
  /** Null: Notion does not show the data source, or could not be asked. Never rejects. */
  of(decided: DecidedCall, dataSourceId: string): Promise<Columns | null>;
  /** The call has changed these schemas: remembered versions no longer count. */
  forget(decided: DecidedCall, dataSourceIds: readonly string[]): void;
}

/** Asks Notion for an object, for the caller of a call and at their cost. Rejects when Notion does not show it. */
export type LookUp = (decided: DecidedCall, path: `/v1/${string}`) => Promise<unknown>;

const cachedMax = 1_000;

/** Schemas as Notion shows them, remembered for a minute for each connection. */
export function createSchemas(lookUp: LookUp, monotonicMs: () => number): Schemas {
  const cache = new Lru<{ readonly schema: Promise<Columns | null>; readonly until: number }>(cachedMax);
  const keyOf = ({ facts }: DecidedCall, dataSourceId: string) => `${facts.connection?.id} ${dataSourceId}`;
  return {
    of(decided, dataSourceId) {
      const key = keyOf(decided, dataSourceId);
      const known = cache.get(key);
      if (known !== undefined && known.until > monotonicMs()) return known.schema;
      const schema = lookUp(decided, `/v1/data_sources/${dataSourceId}`).then(readColumns, () => null);
      cache.set(key, { schema, until: monotonicMs() + minuteMs });
      return schema;
    },
    forget(decided, dataSourceIds) {
      for (const id of dataSourceIds) cache.delete(keyOf(decided, id));
    },
  };
}
