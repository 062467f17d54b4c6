import type { AuditRecord, WrittenEntry } from './audit-reader.ts';

/**
 * An entry as the source system wrote it: `{timestamp, userId, workspaceId, action, resource, result, metadata}`, with its
 * names of what was denied. What it had no name for is called by the operation.
 */
export interface SkillEntry {
  readonly timestamp: string;
  readonly userId: string;
  readonly workspaceId: string | null;
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string };
  readonly result: 'success' | 'denied' | 'error';
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>;
}

/** How a call ended, in the source system's words. */
export const skillResults: Readonly<Record<string, SkillEntry['result']>> = {
  done: 'success',
  streaming: 'success',
  refused: 'denied',
  failed: 'error',
  not_sent: 'error',
  unknown: 'error',
};

const readActions = new Set(['read', 'comment.read', 'file.read', 'people.read']);
const writeActions = new Set(['create', 'update', 'move', 'comment.write', 'file.write']);

/** A call that nothing has closed yet has no result there: null. */
export function skillEntry({ entry, outcome }: AuditRecord, workspaceId: string | null): SkillEntry | null {
  const result = resultOf(entry, outcome);
  if (result === null) return null;
  const { principal, decision, detail } = entry;
  return {
    timestamp: entry.time,
    userId: principal === null ? 'system' : (principal.id ?? principal.kind),
    workspaceId,
    action: entry.kind === 'denial' ? denialOf(entry) : entry.operation,
    resource: resourceOf(entry, workspaceId),
    result,
    metadata: {
      entry: entry.id,
      operation: entry.operation,
      ...(principal?.owner != null && { owner: principal.owner }),
      ...(decision !== undefined && { reason: decision.because }),
      ...(outcome?.error != null && { error: outcome.error }),
      ...detail,
    },
  };
}

function resultOf(entry: WrittenEntry, outcome: AuditRecord['outcome']): SkillEntry['result'] | null {
  if (entry.kind === 'denial') return 'denied';
  if (entry.kind === 'intent') return outcome === null ? null : (skillResults[outcome.result] ?? 'error');
  return entry.result === 'denied' || entry.result === 'error' ? entry.result : 'success';
}

/** By what the call needed and did not have; where that is not said, by the first thing that it needed. */
function denialOf({ decision, objects = [] }: WrittenEntry): string {
  const action = decision?.demand?.action ?? objects[0]?.action ?? 'read';
  if (readActions.has(action)) return 'read_denied';
  if (writeActions.has(action)) return 'write_denied';
  return action === 'delete' ? 'delete_denied' : 'manage_denied';
}

function resourceOf({ objects = [], detail = {} }: WrittenEntry, workspaceId: string | null): SkillEntry['resource'] {
  const object = objects.find(({ id }) => id !== null);
  if (object !== undefined) return { type: object.kind, id: object.id ?? '' };
  const [type, id] = Object.entries(detail).find(([, value]) => isOurId(value)) ?? ['workspace', workspaceId ?? ''];
  return { type, id: String(id) };
}

function isOurId(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]{3}_[0-9a-f-]{36}$/.test(value);
}
