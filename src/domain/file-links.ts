import type { ConnectionId, KeyId, PrincipalId, SessionId, WorkspaceId } from './ids.ts';
import type { Answer, CommandContext } from './operation.ts';

/** An object of Notion's that holds files. `workspace` stands for "nobody said which", and has no id. */
export interface FileHolder {
  readonly kind: 'page' | 'database' | 'data_source' | 'block' | 'comment' | 'workspace';
  readonly id: string;
}

/** A file that Notion hosts, as it was found in an answer. */
export interface HostedFile {
  /** Signed by Notion and good for about an hour: whoever holds it can fetch the file. */
  readonly url: string;
  /** What the file was found on: fetching it is decided on that object (action `file.read`). */
  readonly holder: FileHolder;
  /** What Notion is asked about to see that the file is still shared: the holder, or the page that a block stands on. */
  readonly source: FileHolder;
  readonly expiresAt: Date;
}

/** Whose answer held a file. The link is theirs, and ends with their key or session. */
export interface LinkBearer {
  readonly workspaceId: WorkspaceId;
  /** The connection that Notion answered through. */
  readonly connectionId: ConnectionId;
  readonly principalId: PrincipalId;
  readonly credential: KeyId | SessionId;
}

/** What a ticket stands for. */
export interface LinkedFile extends HostedFile, LinkBearer {
  /** When Notion last showed the file to this bearer, as far as the ticket knows. */
  readonly seenAt: Date;
}

/** A link to a file, without the address of the gate: `TICKET/NAME`, and when it ends. */
export interface FileLink {
  readonly path: string;
  readonly expiresAt: Date;
}

/**
 * Makes tickets for hosted files and reads them back. A ticket is a secret: it stands in a URL that opens without a key,
 * shows nothing of what it names, and cannot be guessed.
 */
export interface FileLinks {
  /** One link for each file, in their order. Files of one answer cost one write; known ones cost none. */
  issue(bearer: LinkBearer, files: readonly HostedFile[]): Promise<FileLink[]>;
  /** What these tickets stand for. One that is unknown, has expired, or whose key or session has ended is left out. */
  open(tickets: readonly string[]): Promise<ReadonlyMap<string, LinkedFile>>;
}

/** What a client asked for besides the file: RFC 9110 sections 9.3.2, 14.2 and 13.1.5. */
export interface FileRequest {
  readonly method: 'GET' | 'HEAD';
  readonly range: string | null;
  readonly ifRange: string | null;
}

/**
 * Fetches a hosted file, without any token of ours: the URL itself is the permission. The answer is a stream (200, 206),
 * or has no body (416, and everything for `HEAD`). Throws `PortcullisError`: `not_found` when Notion's link no longer
 * works, `upstream_refused` for a host that is none of Notion's or a redirect, `upstream_unavailable` otherwise.
 */
export type FetchFile = (url: string, request: FileRequest, signal: AbortSignal) => Promise<Answer>;

/**
 * Sees to it that Notion still shows the file's source to the connection that it came through. Throws `not_found` when it
 * does not, and what went wrong when nobody can say.
 */
export type ConfirmShared = (file: LinkedFile, context: CommandContext) => Promise<void>;

/** What passes by says of what Notion shows to a connection, and of what it does not. */
export interface SharingEvidence {
  /** Notion has shown this object. */
  seen(connectionId: ConnectionId, source: FileHolder): void;
  /** Notion has said that it could not find it. */
  missed(connectionId: ConnectionId, source: FileHolder): void;
}

/** Where tickets are redeemed: below `/v1/`, where clients of Notion's API send their key. Notion has no such path. */
export const fileLinkPath = '/v1/portcullis/files/';

/** 144 random bits in base64url: what stands in a link. */
export const ticketShape = /^[A-Za-z0-9_-]{24}$/;

/** What everybody hears whose link does not open, whatever the reason. */
export const linkGone = 'The link to this file is not valid or has expired. Read the object again for a new one.';
