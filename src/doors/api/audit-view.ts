import type { AuditReader, AuditRecord, WrittenEntry, WrittenOutcome } from '../../audit/audit-reader.ts';
import type { WorkspaceId } from '../../domain/ids.ts';

/** An entry as the admin API shows it: as it was written, with its closing entry inside. */
export interface AuditView extends WrittenEntry {
  readonly outcome: OutcomeView | null;
  /** Its place in the log; null while it waits for it. */
  readonly index: number | null;
}

type OutcomeView = Omit<WrittenOutcome, 'timings'> & { readonly upstreamMs: number | null };

/** What readers look at together is one object. */
export function auditView({ entry, outcome, index }: AuditRecord): AuditView {
  if (outcome === null) return { ...entry, index, outcome: null };
  const { id, time, result, status, withheld, timings, error, upstreamRequestId } = outcome;
  const upstreamMs = timings?.upstreamMs ?? null;
  return { ...entry, index, outcome: { id, time, result, status, withheld, upstreamMs, error, upstreamRequestId } };
}

/**
 * The ids in some entries that have a name: of callers, their owners, their keys, and the things that events are about.
 */
export async function namesIn(
  reader: AuditReader,
  workspaceId: WorkspaceId | null,
  records: readonly AuditRecord[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(records.flatMap(({ entry }) => namedIn(entry)).filter(hasName));
  return reader.namesOf(workspaceId, [...ids]);
}

function namedIn({ principal, credential, detail }: WrittenEntry): unknown[] {
  return [principal?.id, principal?.owner, credential, ...Object.values(detail ?? {})];
}

function hasName(id: unknown): id is string {
  return typeof id === 'string' && /^(?:usr|agt|key)_/.test(id);
}
