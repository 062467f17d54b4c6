import { carriedLinkGone, type FileLinks, type LinkedFile } from '../domain/file-links.ts';
import type { Demand, Operation, Problem } from '../domain/operation.ts';

/** Files of one request. A page that a client copies may have a picture in every other block. */
const filesMax = 200;

const notYours: Problem = { code: 'validation_error', message: carriedLinkGone };
const tooMany: Problem = {
  code: 'validation_error',
  message: `body failed validation: body should hold at most ${filesMax} links to files. Send them in several requests.`,
};

/**
 * Replaces links to files in a request by the URLs of the files, so that Notion keeps its own file and not a link that
 * ends. The caller must be the one who received the link, and must still be allowed to read the file.
 */
export async function carryFiles(links: Pick<FileLinks, 'open'>, operation: Operation): Promise<Operation> {
  const { target, problem } = operation;
  if (target?.kind !== 'notion' || target.carries === undefined || problem !== null) return operation;
  const { carries, ...request } = target;
  if (carries.tickets.length > filesMax) return { ...operation, problem: tooMany };
  const opened = await links.open(carries.tickets);
  const files = carries.tickets.flatMap(ticket => opened.get(ticket) ?? []);
  if (files.length < carries.tickets.length) return { ...operation, problem: notYours };
  const urls = new Map([...opened].map(([ticket, { url }]) => [ticket, url]));
  return {
    ...operation,
    demands: [...operation.demands, ...demandsOf(files)],
    target: { ...request, body: carries.bodyWith(urls), files },
  };
}

/** One demand for each object and holder, for any number of its files. */
function demandsOf(files: readonly LinkedFile[]): Demand[] {
  const distinct = new Map<string, Demand>();
  for (const file of files) {
    const { holder, principalId, workspaceId } = file;
    distinct.set([holder.kind, holder.id, principalId, workspaceId].join(' '), fileDemand(file, notYours));
  }
  return [...distinct.values()];
}

/**
 * The demand for using a link, the same in every place. @param otherwise the error for callers who did not receive the
 * link
 */
export function fileDemand({ holder, principalId: principal, workspaceId }: LinkedFile, otherwise: Problem): Demand {
  const object: Demand['object'] =
    holder.kind === 'workspace' ? { kind: 'workspace' } : { kind: holder.kind, id: holder.id };
  return { action: 'file.read', object, heldBy: { principal, workspaceId, otherwise } };
}
