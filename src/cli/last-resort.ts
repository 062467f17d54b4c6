import { setTimeout as delay } from 'node:timers/promises';
import type { ProgramLog } from '../domain/program-log.ts';
import { secondMs } from '../domain/units.ts';
import type { Store } from '../store/open-store.ts';

/** What is stopped after an error that no code handled. */
export interface LastResort {
  /** Registers the database as soon as it is being opened: its own PostgreSQL must not outlive this process. */
  guard(store: Promise<Store>): Promise<Store>;
  /** Names how everything is closed in order. */
  closeBy(close: () => Promise<unknown>): void;
}

/**
 * Time for running calls, and for pending entries of the log. A server that gives the calls 10 s stays well within it.
 */
const orderlyMs = 20 * secondMs;
/** PostgreSQL writes its buffers; it is ended at once after half a minute. */
const databaseMs = 65 * secondMs;

/**
 * Ends the process after an uncaught error or an unhandled rejection: the memory can no longer be trusted. It writes
 * the reason in one line, gives running calls a bounded time to end, stops the embedded PostgreSQL, and exits with 1,
 * so that a supervisor starts the process again.
 */
export function armLastResort(log: ProgramLog): LastResort {
  let opening: Promise<Store> | null = null;
  let close: () => Promise<unknown> = async () => {};
  let struck = false;

  process.on('uncaughtException', (err, origin) => {
    if (struck) return log.error({ err, origin }, 'another defect, while stopping after the first');
    struck = true;
    log.error({ err, origin }, 'an error that no code handled: Portcullis stops, and must be started again');
    void stopEverything().finally(() => process.exit(1));
  });

  async function stopEverything(): Promise<void> {
    await atMost(orderlyMs, close());
    // Closing in order has stopped it already, unless something in that order hangs.
    await atMost(
      databaseMs,
      opening?.then(store => store.stopServer()),
    );
  }

  async function atMost(ms: number, step: Promise<unknown> | undefined): Promise<void> {
    const settled = Promise.resolve(step).catch(err => log.error({ err }, 'stopping in order failed'));
    await Promise.race([settled, delay(ms)]);
  }

  return {
    guard(store) {
      opening = store;
      return store;
    },
    closeBy(next) {
      close = next;
    },
  };
}
