import type { LogEntry } from '../../emulator/control/request-log.ts';
import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { classifyRest } from '../../src/notion/classify.ts';
import type { LoggedCall } from './gateway.ts';

/** Everything that reached the emulator since this was opened. It remembers some thousands itself, so it is asked now and then. */
export interface Reached extends Disposable {
  all(): Promise<readonly LogEntry[]>;
}

export function collectReached(notion: { readonly origin: string; readonly controlToken: string }): Reached {
  const control: EmulatorControl = emulatorControl(notion.origin, notion.controlToken);
  const entries: LogEntry[] = [];
  let asking: Promise<void> = Promise.resolve();
  const ask = () => {
    asking = asking.then(async () => {
      entries.push(...(await control.requests({ after: entries.at(-1)?.number ?? 0 })));
    });
    return asking;
  };
  const timer = setInterval(ask, 5_000);
  return {
    async all() {
      await ask();
      return entries;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/**
 * What reached Notion and has no entry: an answered call is found by Notion's own id of the request; of those whose answer
 * was lost on the way, the log must have as many that ended so, for each operation.
 */
export function unaccounted(reached: readonly LogEntry[], logged: readonly LoggedCall[]): readonly string[] {
  const known = new Set(logged.map(({ upstreamRequestId }) => upstreamRequestId));
  const lost = new Map<string, number>();
  for (const { operation, result, upstreamRequestId, calls } of logged) {
    if (upstreamRequestId !== null || result === 'not_sent' || result === 'open') continue;
    lost.set(operation, (lost.get(operation) ?? 0) + calls);
  }
  const missing: string[] = [];
  for (const entry of reached) {
    if (!isCall(entry) || known.has(entry.requestId)) continue;
    const operation = operationOf(entry);
    const left = lost.get(operation) ?? 0;
    if (left > 0) lost.set(operation, left - 1);
    else missing.push(`${operation}: ${entry.method} ${entry.path} ${entry.status} ${entry.fault ?? ''}`);
  }
  return missing;
}

/** Tokens are asked for by the integration itself: its events are in the log, and no caller's call is behind them. */
export function isCall({ path }: LogEntry): boolean {
  return !path.startsWith('/v1/oauth/');
}

function operationOf({ method, path, query }: LogEntry): string {
  if (path.startsWith('/_files/')) return 'files.fetch';
  const url = query === '' ? path : `${path}?${query}`;
  return classifyRest({ method, url, headers: {}, body: null }).name;
}
