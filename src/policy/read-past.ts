import { isId, type WorkspaceId } from '../domain/ids.ts';
import type { PagePlaces } from './page-places.ts';
import {
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
  /** Calls that no policy decides, and those that nobody can place any more. */
  readonly skipped: number;
  /** The log of that time was looked through to its beginning. */
  readonly complete: boolean;
}

/** @param at the moment that conditions are judged at; null: that of each call */
export type ReadPast = (workspaceId: WorkspaceId, time: PastTime, max: number, at: Date | null) => Promise<Past>;

/** Reads calls of the log, with where their objects stand today and what their keys are limited to. */
export function createReadPast(recorded: RecordedCalls, places: Pick<PagePlaces, 'stillKnown'>): ReadPast {
  return async (workspaceId, time, max, at) => {
    const { calls, complete } = await recorded.read(workspaceId, time, max);
    const keys = [...new Set(calls.flatMap(({ credential }) => (isId('key', credential) ? [credential] : [])))];
    const known = {
      places: await places.stillKnown(workspaceId, objectsOf(calls)),
      limits: await recorded.limitsOf(workspaceId, keys),
    };
    const { placed, unplaced } = placeCalls(calls, known, at);
    return { placed, unplaced, skipped: calls.length - placed.length, complete };
  };
}
