import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import { canonicalId } from '../notion/ids.ts';
import { isObject, type Json } from './read-answer.ts';

/**
 * Records that an object belongs to the caller who made it (trap 7 of the classifier). If that cannot be written, the
 * object belongs to no one, and the caller must learn that something was made which they cannot use.
 */
export async function bindToCaller(decided: DecidedCall, answer: Json, owners: ObjectOwners): Promise<void> {
  const { binds } = decided.call.operation.response;
  const caller = identified(decided);
  if (binds === null || caller === null || answer.object !== binds || typeof answer.id !== 'string') return;
  const object = { kind: binds, id: spelled(answer.id) };
  await owners.record(caller.workspaceId, object, caller.principalId).catch(cause => {
    const log = `the owner of a new ${binds} could not be recorded`;
    throw new PortcullisError('outcome_unrecorded', undefined, { log, cause, fate: 'unknown' });
  });
}

/** Which of these items the caller made. */
export async function ownAmong(
  decided: DecidedCall,
  items: readonly unknown[],
  kind: NotionObjectKind,
  owners: ObjectOwners,
): Promise<boolean[]> {
  const caller = identified(decided);
  if (caller === null) return items.map(() => false);
  const ids = items.map(idOf);
  const objects = ids.flatMap(id => (id === null ? [] : [{ kind, id }]));
  const own = await owners.ownedAmong(caller.workspaceId, caller.principalId, objects);
  return ids.map(id => id !== null && own.has(id));
}

function idOf(result: unknown): string | null {
  return isObject(result) && typeof result.id === 'string' ? spelled(result.id) : null;
}

/** Ids of tasks are in no canonical spelling; they stay as they are. */
function spelled(id: string): string {
  return canonicalId(id) ?? id;
}

function identified({ caller, facts }: DecidedCall): { workspaceId: WorkspaceId; principalId: PrincipalId } | null {
  const { principal } = caller;
  if (facts.workspaceId === null || (principal.kind !== 'user' && principal.kind !== 'agent')) return null;
  return { workspaceId: facts.workspaceId, principalId: principal.id };
}
