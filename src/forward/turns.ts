import { Readable } from 'node:stream';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Answer } from '../domain/operation.ts';
import type { Principal } from '../domain/principal.ts';
import { secondMs } from '../domain/units.ts';
import { whenClosed } from '../domain/when-closed.ts';
import { createFairQueue, type QueueLine } from './fair-queue.ts';
import { placeOf } from './place-of.ts';
import { notSent, tooManyHeld } from './public-error.ts';

/** Gives a turn back. Further calls have no effect. */
export type GiveBack = () => void;

/** The holder of a turn: the line where its calls wait, and the workspace that they are for. */
export interface TurnHolder {
  readonly place: QueueLine;
  readonly workspace: string;
}

/** @param workspaceId null for calls of no workspace, which count as one */
export function holderOf(principal: Principal, workspaceId: WorkspaceId | null): TurnHolder {
  return { place: placeOf(principal), workspace: workspaceId ?? 'none' };
}

export interface TurnLimits {
  /** Turns that there are. */
  readonly turns: number;
  /** Turns that one group, and one workspace, may hold at once: even if their calls are slow, others have room. */
  readonly each: { readonly group: number; readonly workspace: number };
  /** Calls that may wait. Beyond that, waiting would only end in a timeout. */
  readonly waiting: number;
  /** The longest that a call waits. */
  readonly waitMs?: number;
}

/**
 * A queue for a fixed number of turns that serves principals in rotation. Calls wait here and not inside the connection
 * pool: here they can be judged again or withdrawn, while the pool would send them as soon as a connection is free.
 */
export interface Turns {
  /**
   * Resolves with a turn. Throws `upstream_unavailable` if too many calls wait, and `rate_limited` if the turn does not
   * come in time. Rejects with the signal's reason if it aborts first.
   */
  take(holder: TurnHolder, signal: AbortSignal): Promise<GiveBack>;
}

/** A quarter of the turns for a group, half of them for a workspace, and eight waiting for each. */
export function sharedTurns(turns: number): TurnLimits {
  return { turns, each: { group: Math.ceil(turns / 4), workspace: Math.ceil(turns / 2) }, waiting: turns * 8 };
}

const waitMsMax = 30 * secondMs;

interface Waiter {
  readonly holder: TurnHolder;
  go(): void;
  refuse(): void;
}

export function createTurns({ turns, each, waiting, waitMs = waitMsMax }: TurnLimits): Turns {
  const queue = createFairQueue<Waiter>({ sizeMax: waiting, onDisplaced: waiter => waiter.refuse() });
  const held = { all: 0, groups: new Map<string, number>(), workspaces: new Map<string, number>() };

  function mayTake({ place: { group }, workspace }: TurnHolder): boolean {
    const ofGroup = held.groups.get(group) ?? 0;
    const ofWorkspace = held.workspaces.get(workspace) ?? 0;
    return held.all < turns && ofGroup < each.group && ofWorkspace < each.workspace;
  }

  function count({ place: { group }, workspace }: TurnHolder, by: 1 | -1): void {
    held.all += by;
    change(held.groups, group, by);
    change(held.workspaces, workspace, by);
  }

  function give(holder: TurnHolder): GiveBack {
    count(holder, 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      count(holder, -1);
      // The turn goes directly to the next in line, so that a newcomer cannot take it.
      queue.next(waiter => mayTake(waiter.holder))?.go();
    };
  }

  function wait(holder: TurnHolder, signal: AbortSignal): Promise<GiveBack> {
    const { promise, resolve, reject } = Promise.withResolvers<GiveBack>();
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      settle();
    };
    const refuse = () => end(() => reject(notSent('too many calls wait for Notion')));
    const withdraw = queue.add(holder.place, { holder, go: () => end(() => resolve(give(holder))), refuse });
    const leave = () => {
      withdraw?.();
      end(() => reject(signal.reason));
    };
    const late = () => {
      withdraw?.();
      end(() => reject(tooManyHeld()));
    };
    const timer = setTimeout(late, waitMs);
    signal.addEventListener('abort', leave, { once: true });
    if (withdraw === null) refuse();
    return promise;
  }

  return {
    async take(holder, signal) {
      if (mayTake(holder)) return give(holder);
      signal.throwIfAborted();
      return wait(holder, signal);
    },
  };
}

function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/** Holds a turn until the answer is complete: if it is a stream, until the stream closes, in any way. */
export async function heldUntilClosed(giveBack: GiveBack, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    const answer = await ask();
    if (answer.body instanceof Readable) {
      // The stream may break before it has a reader, and an error event without a listener would end the process.
      answer.body.on('error', () => {});
      whenClosed(answer.body, giveBack);
    } else giveBack();
    return answer;
  } catch (error) {
    giveBack();
    throw error;
  }
}
