import type { RefreshTimings } from '../../src/vault/refresh/refresh-parts.ts';
import { freshDatabase } from '../postgres.ts';
import { type Refreshing, startRefreshingOn } from './refreshing-on.ts';

/** Everything about refreshing, for real, on a database of its own. One for each test file. */
export async function startRefreshing(
  timings: Partial<RefreshTimings> = {},
  options: { simulated?: boolean } = {},
): Promise<Refreshing> {
  return startRefreshingOn(await freshDatabase({ migrated: true }), timings, options);
}
