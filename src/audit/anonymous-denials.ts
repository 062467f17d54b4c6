import type { RecordedEvent } from '../domain/event.ts';
import type { AnonymousReason } from '../domain/principal.ts';
import type { Ruling } from '../domain/ruling.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import { eventRow } from './entry.ts';
import type { GroupCommit } from './group-commit.ts';

/**
 * Denials of callers whom nobody knows. They belong to no tenant, and anybody can cause any number of them, so they go
 * to the deployment log as bounded, counted summaries (rule 23): the first of its kind at once, the rest of that minute
 * as one count.
 */
export interface AnonymousDenials {
  /** Resolves when the denial is durable, or counted for the summary of its window. */
  record(ruling: Ruling, why: AnonymousReason): Promise<void>;
  /** Writes what has been counted and not yet written. */
  flush(): Promise<void>;
}

const windowMs = minuteMs;
/** Kinds told apart within one window. Beyond it, addresses are counted together. */
const kindsMax = 256;

interface Tally {
  readonly event: RecordedEvent;
  /** How many came after the one that was written at once. */
  more: number;
}

export function createAnonymousDenials(parts: {
  commits: Pick<GroupCommit, 'append'>;
  /** Whether only the reserve of the disk is left: then strangers are counted, and written of when there is room again. */
  reserveReached: () => boolean;
  now: Now;
}): AnonymousDenials {
  const { commits, reserveReached, now } = parts;
  let tallies = new Map<string, Tally>();
  let windowEnds = 0;

  async function flush(): Promise<void> {
    if (reserveReached()) return;
    const counted = [...tallies.values()].filter(tally => tally.more > 0);
    tallies = new Map();
    const rows = counted.map(({ event, more }) =>
      eventRow({ ...event, detail: { ...event.detail, count: more } }, now(), 'summary'),
    );
    await Promise.all(rows.map(row => commits.append(row)));
  }

  return {
    async record(ruling, why) {
      const at = now().getTime();
      if (at >= windowEnds) {
        windowEnds = at + windowMs;
        await flush();
      }
      const { call } = ruling;
      const address = tallies.size < kindsMax ? call.clientAddress : 'many';
      const key = `${address} ${why} ${call.door}`;
      const tally = tallies.get(key);
      if (tally !== undefined) {
        tally.more += 1;
        return;
      }
      const event: RecordedEvent = {
        name: 'call.unidentified',
        workspaceId: null,
        principalId: null,
        result: 'denied',
        clientAddress: address,
        requestId: call.requestId,
        detail: { because: why, count: 1, door: call.door, operation: call.operation.name },
      };
      if (reserveReached()) {
        tallies.set(key, { event, more: 1 });
        return;
      }
      tallies.set(key, { event, more: 0 });
      await commits.append(eventRow(event, now(), 'summary'));
    },
    flush,
  };
}
