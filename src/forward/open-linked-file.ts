import type { ConfirmShared, FetchFile } from '../domain/file-fetching.ts';
import type { FileRequest, LinkedFile } from '../domain/file-links.ts';
import type { Answer, CommandContext } from '../domain/operation.ts';
import { fileHeaders } from './file-headers.ts';

/** Opens a link: sees that Notion still shows the file, then fetches it. Throws `PortcullisError`. */
export type OpenLinkedFile = (
  file: LinkedFile,
  request: FileRequest,
  context: CommandContext,
  signal: AbortSignal,
) => Promise<Answer>;

export function createOpenLinkedFile(confirmShared: ConfirmShared, fetchFile: FetchFile): OpenLinkedFile {
  return async (file, request, context, signal) => {
    await confirmShared(file, context);
    const answer = await fetchFile(file.url, request, context, signal);
    return { ...answer, headers: fileHeaders(answer, file.url) };
  };
}
