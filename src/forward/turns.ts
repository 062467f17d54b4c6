/** Gives back a turn. Called more than once it does nothing more. */
export type GiveBack = () => void;

/**
 * A first-come-first-served queue for a fixed number of turns. Calls wait here, where they can still be judged again
 * or withdrawn, and not inside the connection pool, where they would go out whenever a connection happens to be free.
 */
export interface Turns {
  /**
   * Resolves with a turn, or with null when there are already too many waiting.
   * Rejects with the signal's reason when it aborts first.
   */
  take(signal: AbortSignal | null): Promise<GiveBack | null>;
}

export function createTurns(turnsMax: number, waitingMax: number): Turns {
  let taken = 0;
  const waiting = new Set<() => void>();

  function giveBackOnce(): GiveBack {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = waiting;
      // The turn passes straight to whoever waits longest, so that a newcomer cannot slip in between.
      if (next === undefined) taken--;
      else next();
    };
  }

  return {
    async take(signal) {
      if (taken < turnsMax) {
        taken++;
        return giveBackOnce();
      }
      return waiting.size < waitingMax ? await queue(signal) : null;
    },
  };

  function queue(signal: AbortSignal | null): Promise<GiveBack> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(enter);
        reject(signal?.reason);
      };
      const enter = () => {
        waiting.delete(enter);
        signal?.removeEventListener('abort', leave);
        resolve(giveBackOnce());
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', leave, { once: true });
      waiting.add(enter);
    });
  }
}
