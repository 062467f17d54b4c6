import { create } from 'content-disposition';
import type { ConfirmShared, FetchFile } from '../domain/file-fetching.ts';
import type { FileRequest, LinkedFile } from '../domain/file-links.ts';
import type { Answer, CommandContext } from '../domain/operation.ts';
import { fileNameOf } from '../notion/file-name.ts';

/**
 * Opens a link. When its turn has come, it checks that Notion still shows the file and that the call is still allowed,
 * and then fetches the file. Throws `PortcullisError`.
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

/** Types that a browser may show inline: they hold no script, and cannot load a script. */
const shownInPlace =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)|(?:audio|video)\/[a-z0-9.+-]+|text\/plain)$/;

/**
 * Headers that make a hosted file safe on our origin: with its own name (RFC 6266), and saved instead of shown unless
 * its type is harmless. The name comes from Notion's URL, never from the requested address.
 */
function fileHeaders({ headers }: Answer, url: string): Record<string, string> {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const disposition = shownInPlace.test(type) ? 'inline' : 'attachment';
  return {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    ...headers,
    'content-disposition': create(fileNameOf(url), { type: disposition }),
  };
}
