import type { LinkedFile } from '../domain/file-links.ts';
import type { Demand, Problem } from '../domain/operation.ts';

/**
 * The demand for using a link, the same in every place. @param otherwise the error for callers who did not receive the
 * link
 */
export function fileDemand({ holder, principalId: principal, workspaceId }: LinkedFile, otherwise: Problem): Demand {
  const object: Demand['object'] =
    holder.kind === 'workspace' ? { kind: 'workspace' } : { kind: holder.kind, id: holder.id };
  return { action: 'file.read', object, heldBy: { principal, workspaceId, otherwise } };
}
