import { useEffect, useState } from 'react';
import type { AuditEntry, AuditPage } from '../../api.ts';
import { type LogFilters, type LogSource, tailAddress } from './log-query.ts';

/** What a tail brings at once. */
type Heard = Pick<AuditPage, 'entries' | 'names'>;

/** A reader who watches for long sees the newest; the older ones are in the pages of the log. */
const keptMax = 500;

export interface Tail {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly names: AuditPage['names'];
  /** The server ended it, for want of a right or because it stops: it does not go on by itself. */
  readonly ended: boolean;
}

const silent: Tail = { entries: [], names: {}, ended: false };

/** What comes into the log from `from` on, as it comes. A connection that breaks is made again by the browser. */
export function useTail(source: LogSource, filters: LogFilters, live: boolean, from: number | null): Tail {
  const [heard, setHeard] = useState(silent);
  const address = live ? tailAddress(source, filters, null) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: where it began matters once, when it begins.
  useEffect(() => {
    setHeard(silent);
    if (address === null) return;
    const events = new EventSource(tailAddress(source, filters, from));
    events.addEventListener('entries', ({ data }: MessageEvent<string>) => {
      const { entries, names } = JSON.parse(data) as Heard;
      // The oldest comes first.
      const newest = entries.toReversed();
      setHeard(before => ({
        entries: [...newest, ...before.entries].slice(0, keptMax),
        names: { ...before.names, ...names },
        ended: false,
      }));
    });
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) setHeard(before => ({ ...before, ended: true }));
    });
    return () => events.close();
  }, [address]);
  return heard;
}

/** The received entries, before the read ones; none twice. */
export function withHeard(heard: readonly AuditEntry[], read: readonly AuditEntry[]): readonly AuditEntry[] {
  return [...new Map([...heard, ...read].map(entry => [entry.id, entry])).values()];
}
