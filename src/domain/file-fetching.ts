import type { FileRequest, LinkedFile } from './file-links.ts';
import type { Answer, CommandContext } from './operation.ts';

/**
 * Fetches a hosted file without any token of ours: the URL itself is the permission. The answer is a stream (200, 206),
 * or has no body (416, and every answer to `HEAD`). Throws `PortcullisError`: `not_found` if Notion's link no longer
 * works, `rate_limited` if too many files are being fetched at once, `upstream_refused` for a host that is not Notion's
 * or a redirect, `upstream_unavailable` for other trouble; and the errors of `confirm`.
 *
 * @param confirm called right before the file is fetched, perhaps after a long wait: checks that the caller may still
 *   fetch it
 */
export type FetchFile = (
  url: string,
  request: FileRequest,
  context: Pick<CommandContext, 'caller' | 'workspaceId'>,
  confirm: () => Promise<void>,
  signal: AbortSignal,
) => Promise<Answer>;

/**
 * Checks that Notion still shows the file's source to the connection that the file came through. Throws `not_found` if
 * Notion does not, and the error of the question itself if the answer is not known.
 */
export type ConfirmShared = (file: LinkedFile, context: CommandContext) => Promise<void>;
