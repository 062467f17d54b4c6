import { z } from 'zod';
import { type ConnectionId, type EventId, isId, type WorkspaceId } from '../../domain/ids.ts';

/**
 * What the owner's system is told about, by the entry of the log that says it: every beginning and every end of a
 * connection. `docs/notices.md` describes each.
 */
const types = {
  workspace_authorized: 'workspace_authorized',
  workspace_deauthorized: 'workspace_deauthorized',
  'connection.revoked': 'connection_revoked',
  'connection.undecryptable': 'connection_undecryptable',
  'connection.opened_again': 'connection_decryptable',
} as const;

export type NoticeType = (typeof types)[keyof typeof types];

/** The notice that an entry of the log calls for, if any. */
export function noticeTypeOf(entryName: string): NoticeType | null {
  return Object.hasOwn(types, entryName) ? types[entryName as keyof typeof types] : null;
}

/** The kind of the jobs that deliver notices. */
export const noticeJob = 'deliver_notice';

/** What a job that delivers a notice remembers: ids and words of ours alone. */
const notice = z.object({
  /** That of the entry in the log, and what a receiver recognises repetitions by. */
  id: z.custom<EventId>(value => isId('evt', value)),
  type: z.enum(types),
  timestamp: z.iso.datetime(),
  workspaceId: z.custom<WorkspaceId>(value => isId('wsp', value)),
  notionWorkspaceId: z.string(),
  connectionId: z.custom<ConnectionId>(value => isId('con', value)),
  connectionKind: z.enum(['rest', 'mcp', 'internal']),
  /** As this very change left it. */
  connectionStatus: z.string(),
  reason: z.string().nullable(),
});

export type Notice = z.infer<typeof notice>;

/** Null: a process of another version has written it, or somebody by hand. */
export function readNotice(payload: unknown): Notice | null {
  return notice.safeParse(payload).data ?? null;
}

/** The body of a notice, as Standard Webhooks shapes it. */
export function bodyOf({ id, type, timestamp, ...data }: Notice): string {
  return JSON.stringify({ id, type, timestamp, data });
}
