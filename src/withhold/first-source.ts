import type { DecidedCall } from '../domain/decided-call.ts';
import { canonicalId } from '../notion/ids.ts';
import { isObject } from './read-answer.ts';
import type { LookUp } from './schemas.ts';

/** The data source of a database that has one: before data sources came, requests named the database. Null: none is shown. */
export async function firstSourceOf(decided: DecidedCall, databaseId: string, lookUp: LookUp): Promise<string | null> {
  const database = await lookUp(decided, `/v1/databases/${databaseId}`).catch(() => null);
  const sources = isObject(database) ? database.data_sources : null;
  const [first] = Array.isArray(sources) ? sources : [];
  return isObject(first) && typeof first.id === 'string' ? canonicalId(first.id) : null;
}
