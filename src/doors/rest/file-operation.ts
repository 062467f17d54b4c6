import type { IncomingMessage } from 'node:http';
import { type FileLinks, type FileRequest, fileLinkPath, type LinkedFile, linkGone } from '../../domain/file-links.ts';
import type { Answer, Call, CommandContext, Operation, Problem } from '../../domain/operation.ts';
import type { Credentials } from '../../domain/principal.ts';
import { unrecognised } from '../../notion/classify.ts';
import { fileDemand } from '../carry-files.ts';
import type { Address } from './address.ts';

export interface Files {
  readonly links: FileLinks;
  /** `bearer`: the link alone opens the file. `key`: it also needs a key of the principal who received the link. */
  readonly mode: 'bearer' | 'key';
  readonly open: (
    file: LinkedFile,
    request: FileRequest,
    context: CommandContext,
    signal: AbortSignal,
  ) => Promise<Answer>;
}

type FileCall = Pick<Call, 'operation' | 'workspace' | 'credentials'>;

const name = 'files.fetch';
/** The one answer for a link that does not open: foreign, false, expired and ended links look alike. */
const gone: Problem = { code: 'not_found', message: linkGone };

/** The ticket in a request for a file; null for any other request. */
export function ticketIn(request: IncomingMessage, { target }: Address): string | null {
  const isFetch = request.method === 'GET' || request.method === 'HEAD';
  if (!isFetch || !target.startsWith(fileLinkPath)) return null;
  return /^[^/?#]*/.exec(target.slice(fileLinkPath.length))?.[0] ?? '';
}

/**
 * The call behind a link to a hosted file (rule 17). It is decided at each fetch, on the object that the file belongs
 * to. The part of the address after the ticket is a name for people and their programs, and is ignored.
 *
 * @param presented the credentials of the request; without any, the link acts for the principal who received it
 */
export async function fileCall(
  files: Files,
  ticket: string,
  request: FileRequest,
  { workspace: named }: Address,
  presented: Credentials,
  signal: AbortSignal,
): Promise<FileCall> {
  const byLink = files.mode === 'bearer' && presented.kind === 'none';
  const credentials: Credentials = byLink ? { kind: 'file_link', token: ticket } : presented;
  const file = (await files.links.open([ticket])).get(ticket);
  if (file === undefined || (named !== null && named !== file.workspaceId)) {
    const nothing = unrecognised(gone.code, gone.message);
    const operation = { ...nothing, name, response: { ...nothing.response, refusal: gone } };
    return { operation, workspace: named, credentials };
  }
  const run = (context: CommandContext) => files.open(file, request, context, signal);
  return { operation: operationOn(file, run), workspace: file.workspaceId, credentials };
}

function operationOn(file: LinkedFile, run: (context: CommandContext) => Promise<Answer>): Operation {
  return {
    name,
    effect: 'read',
    demands: [fileDemand(file, gone)],
    problem: null,
    target: { kind: 'local', connection: file.connectionId, run },
    response: {
      opaque: true,
      readAction: 'file.read',
      rewriteUrls: false,
      notFound: null,
      binds: null,
      refusal: gone,
    },
  };
}
