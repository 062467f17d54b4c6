import type { AppRefusal } from '../domain/app-refusal.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import { minuteMs } from '../domain/units.ts';

/** Writes into the program's log that Notion refuses our own client: once a minute, for any number of connections. */
export function createRefusedAppAlarm(parts: {
  readonly log: Pick<ProgramLog, 'error'>;
  readonly monotonicMs: () => number;
}): (refusal: AppRefusal) => void {
  let silentUntil = Number.NEGATIVE_INFINITY;
  return refusal => {
    if (parts.monotonicMs() < silentUntil) return;
    silentUntil = parts.monotonicMs() + minuteMs;
    parts.log.error(
      { refusal },
      'Notion refuses the client id or secret of this Portcullis: compare them with the settings of the integration at Notion',
    );
  };
}
