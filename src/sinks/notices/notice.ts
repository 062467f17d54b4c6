import { z } from 'zod';
import { type ConnectionId, type EventId, isId, type WorkspaceId } from '../../domain/ids.ts';

/**
 * The entries of the log that cause a notice for the owner's system: every beginning and every end of a connection.
 * `docs/notices.md` describes each.
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
  /** The id of the log entry, by which a receiver recognises repetitions. */
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

/** Null: a process of another version, or a person by hand, has written it. */
export function readNotice(payload: unknown): Notice | null {
  return notice.safeParse(payload).data ?? null;
}

/** The body of a notice, as Standard Webhooks shapes it. */
export function bodyOf({ id, type, timestamp, ...data }: Notice): string {
  return JSON.stringify({ id, type, timestamp, data });
}
