import type { AuditEntry, AuditOutcome } from '../../api.ts';
import type { Shown } from '../../proof/check-entry.ts';

/** One entry of the log behind a row: a call has two, its decision and how it ended. */
export interface LoggedPart {
  readonly id: string;
  readonly title: string;
  readonly shown: Pick<Shown, 'entry' | 'whole'>;
}

/** The entry that a row is about, as it was written: without what the server put beside it. */
export function writtenShown({ outcome: _, index: __, ...entry }: AuditEntry): LoggedPart {
  const title = entry.decision === undefined ? 'What happened' : 'The decision';
  return { id: entry.id, title, shown: { entry, whole: true } };
}

/** The entry that closed a call. A row shows a part of it. */
export function closingShown({ upstreamMs: _, ...outcome }: AuditOutcome): LoggedPart {
  return { id: outcome.id, title: 'How it ended', shown: { entry: outcome, whole: false } };
}
