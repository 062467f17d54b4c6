import type { RecordedEvent } from '../domain/event.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import { eventRow } from './entry.ts';
import type { GroupCommit } from './group-commit.ts';

/**
 * Events of which strangers can cause any number. They go to the log as bounded, counted summaries: the first of its
 * kind at once, the others of the same minute as one count. Events with the same name, address and detail are of one
 * kind.
 */
export interface CountedEvents {
  /** Resolves when the event is durable, or counted for the summary of its window. */
  count(event: RecordedEvent): Promise<void>;
  /** Writes what has been counted and not yet written. */
  flush(): Promise<void>;
  /** Likewise, if the minute of it is over. */
  flushEnded(): Promise<void>;
}

const windowMs = minuteMs;
/** Kinds told apart within one window. Beyond it, addresses are counted together. */
const kindsMax = 256;

interface Tally {
  readonly event: RecordedEvent;
  /** How many came after the one that was written at once. */
  more: number;
}

export function createCountedEvents(parts: {
  commits: Pick<GroupCommit, 'append'>;
  /** Whether only the reserve of the disk is left: then it is only counted, and written of when there is room again. */
  reserveReached: () => boolean;
  now: Now;
}): CountedEvents {
  const { commits, reserveReached, now } = parts;
  let tallies = new Map<string, Tally>();
  let windowEnds = 0;

  async function append(event: RecordedEvent, count: number): Promise<void> {
    await commits.append(eventRow({ ...event, detail: { ...event.detail, count } }, now(), 'summary'));
  }

  async function flush(): Promise<void> {
    if (reserveReached()) return;
    const counted = [...tallies.values()].filter(tally => tally.more > 0);
    tallies = new Map();
    await Promise.all(counted.map(({ event, more }) => append(event, more)));
  }

  return {
    async count(given) {
      const at = now().getTime();
      if (at >= windowEnds) {
        windowEnds = at + windowMs;
        await flush();
      }
      const address = given.clientAddress != null && tallies.size >= kindsMax ? 'many' : given.clientAddress;
      const event: RecordedEvent = { ...given, clientAddress: address ?? null };
      const key = JSON.stringify([event.name, event.clientAddress, event.detail]);
      const tally = tallies.get(key);
      if (tally !== undefined) {
        tally.more += 1;
        return;
      }
      if (reserveReached()) {
        tallies.set(key, { event, more: 1 });
        return;
      }
      tallies.set(key, { event, more: 0 });
      await append(event, 1);
    },
    flush,
    async flushEnded() {
      if (now().getTime() >= windowEnds) await flush();
    },
  };
}
