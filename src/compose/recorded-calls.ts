import type { AuditReader, AuditRecord } from '../audit/audit-reader.ts';
import { type GrantId, isId } from '../domain/ids.ts';
import type { RecordedCall, RecordedCalls } from '../policy/past-calls.ts';
import type { Stores } from '../store/stores.ts';

const pageSize = 200;

/** Decisions out of the log, for questions about what another policy would have decided. */
export function openRecordedCalls(
  stores: Pick<Stores, 'credentialLimits'> & { auditReader: Pick<AuditReader, 'read'> },
): RecordedCalls {
  return {
    async read(workspaceId, { since, until, of }, max) {
      const calls: RecordedCall[] = [];
      let before: number | null = null;
      do {
        const page: Awaited<ReturnType<AuditReader['read']>> = await stores.auditReader.read(
          workspaceId,
          { since, until, activity: of === 'notion' ? ['notion'] : undefined },
          { before, limit: pageSize },
        );
        calls.push(...page.records.flatMap(recordedCall));
        before = page.next;
      } while (before !== null && calls.length < max);
      return { calls: calls.slice(0, max), complete: before === null && calls.length <= max };
    },
    limitsOf: stores.credentialLimits,
  };
}

/** What is a call to Notion from an entry of the log, as it was written. */
export function notionCallsIn(text: string): RecordedCall[] {
  const entry = JSON.parse(text) as AuditRecord['entry'];
  return entry.activity === 'notion' ? recordedCall({ entry }) : [];
}

function recordedCall({ entry }: Pick<AuditRecord, 'entry'>): RecordedCall[] {
  const {
    id,
    time,
    operation,
    principal,
    credential = null,
    door,
    clientAddress,
    objects = [],
    decision,
    kind,
  } = entry;
  const who = principal?.id ?? null;
  if (decision === undefined || door === undefined) return [];
  if (!isId('usr', who) && !isId('agt', who)) return [];
  return [
    {
      ...{ id, decision: decision.id ?? null, time: new Date(time), operation, principal: who, credential, door },
      ...{ address: clientAddress ?? '', effect: kind === 'denial' ? 'deny' : 'allow', because: decision.because },
      grants: (decision.grants ?? []).filter((grant): grant is GrantId => isId('grt', grant)),
      objects,
    },
  ];
}
