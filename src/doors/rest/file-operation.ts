import { PortcullisError } from '../../domain/errors.ts';
import type { FetchFile, FileLinks, HostedFile } from '../../domain/file-links.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { Demand, Operation } from '../../domain/operation.ts';
import { unrecognised } from '../../notion/classify.ts';

export interface Files {
  readonly links: FileLinks;
  readonly fetchFile: FetchFile;
}

const name = 'files.fetch';
const gone = 'The link to this file is not valid or has expired. Read the object again for a new one.';

/**
 * The operation behind a link to a hosted file (rule 17): judged at each fetch, on the object that the file was found on.
 *
 * @param named the workspace that the address names, if it names one
 * @returns the operation, and the workspace in which it is decided
 */
export async function fileOperation(
  files: Files,
  ticket: string,
  named: WorkspaceId | null,
  signal: AbortSignal,
): Promise<{ operation: Operation; workspace: WorkspaceId | null }> {
  const file = await files.links.open(ticket);
  if (file === null || (named !== null && named !== file.workspaceId)) {
    return { operation: { ...unrecognised('not_found', gone), name }, workspace: named };
  }
  const object = objectOf(file);
  const operation: Operation = {
    name,
    effect: 'read',
    demands: [{ action: 'file.read', object }],
    problem: null,
    target: {
      kind: 'local',
      run: async ({ workspaceId }) => {
        if (workspaceId !== file.workspaceId) throw new PortcullisError('not_found', gone);
        return files.fetchFile(file.url, signal);
      },
    },
    response: {
      opaque: true,
      readAction: 'file.read',
      rewriteUrls: false,
      notFound: 'id' in object ? { kind: object.kind, id: object.id } : null,
      binds: null,
    },
  };
  return { operation, workspace: file.workspaceId };
}

function objectOf({ object }: HostedFile): Demand['object'] {
  return object.kind === 'workspace' ? { kind: 'workspace' } : { kind: object.kind, id: object.id };
}
