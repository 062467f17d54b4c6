import type { ConfirmShared, FetchFile } from '../domain/file-fetching.ts';
import type { FileRequest, LinkedFile } from '../domain/file-links.ts';
import type { Answer, CommandContext } from '../domain/operation.ts';
import { fileHeaders } from './file-headers.ts';

/**
 * Opens a link: when its turn has come, sees that Notion still shows the file and that the call is still allowed, then
 * fetches it. Throws `PortcullisError`.
 */
export type OpenLinkedFile = (
  file: LinkedFile,
  request: FileRequest,
  context: CommandContext,
  signal: AbortSignal,
) => Promise<Answer>;

export function createOpenLinkedFile(confirmShared: ConfirmShared, fetchFile: FetchFile): OpenLinkedFile {
  return async (file, request, context, signal) => {
    const confirm = async () => {
      await confirmShared(file, context);
      await context.confirm();
    };
    const answer = await fetchFile(file.url, request, context, confirm, signal);
    return { ...answer, headers: fileHeaders(answer, file.url) };
  };
}
