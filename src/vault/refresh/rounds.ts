import type { ConnectionPlace } from '../../domain/connection.ts';
import { minuteMs } from '../../domain/units.ts';
import type { StoredConnection } from '../stored-connections.ts';
import type { TokenCustody } from '../tokens.ts';
import { earlyByMs, earlyMsMax } from './early.ts';
import type { RefreshParts } from './refresh-parts.ts';
import type { Renew } from './renew.ts';
import { replaySpools } from './replay.ts';
import { isEndBelieved } from './token-age.ts';

const atOnce = 20;

type Round = () => Promise<void>;

/**
 * Looks after connections between calls. It stores answers that are left in the spool, settles leases that ran out, and
 * refreshes tokens in use before they end. It keeps the grants of the other connections alive, and sometimes asks
 * Notion whether a connection still exists.
 */
export function createRound(parts: RefreshParts, renew: Renew, custody: Pick<TokenCustody, 'check' | 'forget'>): Round {
  const { connections, refreshes, onTrouble } = parts;

  async function refreshEnding(place: ConnectionPlace): Promise<void> {
    const { workspaceId, connectionId } = place;
    const stored = await connections.find(workspaceId, connectionId);
    if (stored === null || !isDue(place, stored)) return;
    const renewal = await renew(place, stored.generation);
    if (renewal.given === 'usable') custody.forget(workspaceId, connectionId);
  }

  async function look({ workspaceId, connectionId }: ConnectionPlace): Promise<void> {
    await custody.check(workspaceId, connectionId);
  }

  async function each(places: readonly ConnectionPlace[], work: (place: ConnectionPlace) => Promise<void>) {
    await Promise.all(places.map(place => work(place).catch(onTrouble)));
  }

  return async () => {
    await replaySpools(parts);
    for (let some = await refreshes.ending(earlyMsMax, atOnce, null); some.length > 0; ) {
      await each(some, refreshEnding);
      some = await refreshes.ending(earlyMsMax, atOnce, some.at(-1)?.connectionId ?? null);
    }
    for (let some = await refreshes.unchecked(atOnce); some.length > 0; some = await refreshes.unchecked(atOnce)) {
      await each(some, look);
    }
  };
}

function isDue(place: ConnectionPlace, stored: StoredConnection): boolean {
  if (stored.status !== 'active') return stored.leaseLeftMs <= 0;
  return stored.endsInMs !== null && isEndBelieved(stored) && stored.endsInMs <= earlyByMs(place, stored);
}

/** Makes a round every half minute until closed. Closing waits for the round under way. */
export function startRounds(round: Round, onTrouble: (error: unknown) => void): { close(): Promise<void> } {
  let running: Promise<void> | null = null;
  const run = () => {
    running ??= round()
      .catch(onTrouble)
      .finally(() => {
        running = null;
      });
  };
  run();
  const timer = setInterval(run, minuteMs / 2);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
