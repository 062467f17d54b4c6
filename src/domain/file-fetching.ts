import type { FileRequest, LinkedFile } from './file-links.ts';
import type { Answer, CommandContext } from './operation.ts';

/**
 * Fetches a hosted file, without any token of ours: the URL itself is the permission. The answer is a stream (200, 206),
 * or has no body (416, and everything for `HEAD`). Throws `PortcullisError`: `not_found` when Notion's link no longer
 * works, `rate_limited` when too many files are being fetched at once, `upstream_refused` for a host that is none of Notion's
 * or a redirect, `upstream_unavailable` otherwise; and what `confirm` throws.
 *
 * @param confirm asked when it is this file's turn, however long that took: whether the file may be fetched now
 */
export type FetchFile = (
  url: string,
  request: FileRequest,
  context: Pick<CommandContext, 'caller' | 'workspaceId'>,
  confirm: () => Promise<void>,
  signal: AbortSignal,
) => Promise<Answer>;

/**
 * Sees to it that Notion still shows the file's source to the connection that it came through. Throws `not_found` when it
 * does not, and what went wrong when nobody can say.
 */
export type ConfirmShared = (file: LinkedFile, context: CommandContext) => Promise<void>;
