import type { AuditReader, AuditRecord } from '../../audit/audit-reader.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { DecisionId, WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import { principalIdOf } from '../../domain/principal.ts';
import { minuteMs } from '../../domain/units.ts';

/** Readings of the log that one look for a decision may cost. */
const readingsMax = 20;

/**
 * The entry of a decision. It is shown to the caller, to the owner of an agent that called, and to those who read the
 * log or give permissions. For all others there is no such decision: throws `not_found`.
 */
export async function findDecision(
  log: Pick<AuditReader, 'read'>,
  { caller, may }: CommandContext,
  workspaceId: WorkspaceId,
  id: DecisionId,
): Promise<AuditRecord> {
  const record = await look(log, workspaceId, id);
  const own = principalIdOf(caller);
  const principal = record?.entry.principal ?? null;
  const mine = own !== null && (principal?.id === own || principal?.owner === own);
  if (record !== null && (mine || may('audit') || may('grants'))) return record;
  throw new PortcullisError('not_found', 'There is no such decision.');
}

async function look(
  log: Pick<AuditReader, 'read'>,
  workspaceId: WorkspaceId,
  id: DecisionId,
): Promise<AuditRecord | null> {
  const filter = { text: id, ...around(id) };
  let before: number | null = null;
  for (let readings = 0; readings < readingsMax; readings++) {
    const { records, next }: Awaited<ReturnType<AuditReader['read']>> = await log.read(workspaceId, filter, {
      before,
      limit: 10,
    });
    const found = records.find(({ entry }) => entry.decision?.id === id);
    if (found !== undefined || next === null) return found ?? null;
    before = next;
  }
  return null;
}

/** The time of a decision is part of its id (RFC 9562 section 5.7). */
function around(id: DecisionId): { since: Date; until: Date } {
  const hex = id.slice('dec_'.length).replace('-', '').slice(0, 12);
  const ms = Number.parseInt(hex, 16);
  return { since: new Date(ms - 5 * minuteMs), until: new Date(ms + 5 * minuteMs) };
}
