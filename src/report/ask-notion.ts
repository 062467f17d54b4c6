import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { Answer, CommandContext, Operation } from '../domain/operation.ts';

/**
 * Asks Notion through one named connection, as Portcullis itself, on the path of every call. The context says who the
 * question is for. Throws `PortcullisError`.
 */
export type AskNotion = (
  place: { readonly workspaceId: WorkspaceId; readonly connectionId: ConnectionId },
  operation: Operation,
  context: Pick<CommandContext, 'caller' | 'clientAddress' | 'requestId'>,
) => Promise<Answer>;
