import type { LinkedFile } from '../domain/file-links.ts';
import type { Demand, Problem } from '../domain/operation.ts';

/** What using a link takes, wherever it is used. @param otherwise what somebody hears to whom it was not given */
export function fileDemand({ holder, principalId: principal, workspaceId }: LinkedFile, otherwise: Problem): Demand {
  const object: Demand['object'] =
    holder.kind === 'workspace' ? { kind: 'workspace' } : { kind: holder.kind, id: holder.id };
  return { action: 'file.read', object, heldBy: { principal, workspaceId, otherwise } };
}
