import { createFairQueue, type Place } from './fair-queue.ts';

/** Gives back a turn. Called more than once it does nothing more. */
export type GiveBack = () => void;

/**
 * A queue for a fixed number of turns, in which principals are served in rotation. Calls wait here, where they can still
 * be judged again or withdrawn, and not inside the connection pool, where they would go out whenever a connection happens
 * to be free.
 */
export interface Turns {
  /**
   * Resolves with a turn, or with null when there are too many waiting.
   * Rejects with the signal's reason when it aborts first.
   */
  take(place: Place, signal: AbortSignal): Promise<GiveBack | null>;
}

interface Waiter {
  go(): void;
  refuse(): void;
}

export function createTurns(turnsMax: number, waitingMax: number): Turns {
  let taken = 0;
  const waiting = createFairQueue<Waiter>({ sizeMax: waitingMax, onDisplaced: waiter => waiter.refuse() });

  function giveBackOnce(): GiveBack {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = waiting.next();
      // The turn passes straight to whoever is next, so that a newcomer cannot slip in between.
      if (next === null) taken--;
      else next.go();
    };
  }

  return {
    async take(place, signal) {
      if (taken < turnsMax) {
        taken++;
        return giveBackOnce();
      }
      return queue(place, signal);
    },
  };

  function queue(place: Place, signal: AbortSignal): Promise<GiveBack | null> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const end = (turn: GiveBack | null) => {
        signal.removeEventListener('abort', leave);
        resolve(turn);
      };
      const withdraw = waiting.add(place, { go: () => end(giveBackOnce()), refuse: () => end(null) });
      if (withdraw === null) return resolve(null);
      const leave = () => {
        withdraw();
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
