import type { DecidedCall } from '../domain/decided-call.ts';
import { Lru } from '../domain/lru.ts';
import { minuteMs } from '../domain/units.ts';
import { type Columns, readColumns } from '../notion/columns.ts';

/** Columns of data sources, by their ids. */
export interface Schemas {
  /** Null: Notion does not show the data source, or could not be asked. Never rejects. */
  of(decided: DecidedCall, dataSourceId: string): Promise<Columns | null>;
}

/** Asks Notion for a data source, for the caller of a call and at their cost. Rejects when it does not show one. */
export type ReadDataSource = (decided: DecidedCall, dataSourceId: string) => Promise<unknown>;

const cachedMax = 1_000;

/** Schemas as Notion shows them, remembered for a minute for each connection. */
export function createSchemas(read: ReadDataSource, monotonicMs: () => number): Schemas {
  const cache = new Lru<{ readonly schema: Promise<Columns | null>; readonly until: number }>(cachedMax);
  return {
    of(decided, dataSourceId) {
      const key = `${decided.facts.connection?.id} ${dataSourceId}`;
      const known = cache.get(key);
      if (known !== undefined && known.until > monotonicMs()) return known.schema;
      const schema = read(decided, dataSourceId).then(readColumns, () => null);
      cache.set(key, { schema, until: monotonicMs() + minuteMs });
      return schema;
    },
  };
}
