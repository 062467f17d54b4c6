import type { WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { PagePlaces } from './page-places.ts';
import {
  isLimited,
  objectsOf,
  type PastTime,
  type PlacedCall,
  placeCalls,
  type RecordedCall,
  type RecordedCalls,
} from './past-calls.ts';

/** Calls of the log, to be judged again. */
export interface Past {
  readonly placed: readonly PlacedCall[];
  readonly unplaced: readonly RecordedCall[];
  /** Calls that no policy decides, those of people who have left, and those whose place is no longer known. */
  readonly skipped: number;
}

/**
 * Finds where the objects of calls stand today, and the limits of their keys.
 *
 * @param at the time for conditions; null: the time of each call
 */
export type PlacePast = (
  workspaceId: WorkspaceId,
  calls: readonly RecordedCall[],
  members: Policy['members'],
  at: Date | null,
) => Promise<Past>;

/** Reads calls of the log, the newest of a time, and places them. `complete`: there are no more in that time. */
export type ReadPast = (
  workspaceId: WorkspaceId,
  time: PastTime,
  max: number,
  members: Policy['members'],
  at: Date | null,
) => Promise<Past & { readonly complete: boolean }>;

export function createPlacePast(
  { limitsOf }: Pick<RecordedCalls, 'limitsOf'>,
  places: Pick<PagePlaces, 'stillKnown'>,
): PlacePast {
  return async (workspaceId, calls, members, at) => {
    const credentials = [...new Set(calls.map(({ credential }) => credential))].filter(isLimited);
    const known = {
      places: await places.stillKnown(workspaceId, objectsOf(calls)),
      limits: await limitsOf(workspaceId, credentials),
      members,
    };
    const { placed, unplaced } = placeCalls(calls, known, at);
    return { placed, unplaced, skipped: calls.length - placed.length };
  };
}

export function createReadPast({ read }: Pick<RecordedCalls, 'read'>, placePast: PlacePast): ReadPast {
  return async (workspaceId, time, max, members, at) => {
    const { calls, complete } = await read(workspaceId, time, max);
    return { ...(await placePast(workspaceId, calls, members, at)), complete };
  };
}
