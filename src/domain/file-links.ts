import type { ConnectionId, ConsentId, KeyId, PrincipalId, SessionId, WorkspaceId } from './ids.ts';

/** An object of Notion that holds files. `workspace` means that the object is not known; it has no id. */
export interface FileHolder {
  readonly kind: 'page' | 'database' | 'data_source' | 'block' | 'comment' | 'workspace';
  readonly id: string;
}

/** A file that Notion hosts, as it stood in an answer. */
export interface HostedFile {
  /** Signed by Notion and valid for about an hour. The URL alone is enough to fetch the file. */
  readonly url: string;
  /** The object that the file belongs to. Fetching the file is decided on that object (action `file.read`). */
  readonly holder: FileHolder;
  /**
   * The object to ask Notion about, to see that the file is still shared: the holder, or the page that a block stands
   * on.
   */
  readonly source: FileHolder;
  readonly expiresAt: Date;
}

/** The caller whose answer held a file. The link belongs to this caller, and ends with the caller's key or session. */
export interface LinkBearer {
  readonly workspaceId: WorkspaceId;
  /** The connection through which Notion answered. */
  readonly connectionId: ConnectionId;
  readonly principalId: PrincipalId;
  readonly credential: KeyId | SessionId | ConsentId;
}

/** The file that a ticket stands for. */
export interface LinkedFile extends HostedFile, LinkBearer {
  /** When Notion last showed the file to this bearer, as far as the ticket records it. */
  readonly seenAt: Date;
}

/** A link to a file, without the address of the gateway: `TICKET/NAME`, and when it ends. */
export interface FileLink {
  readonly path: string;
  readonly expiresAt: Date;
}

/**
 * Makes tickets for hosted files and reads them back. A ticket is a secret: it is part of a URL that opens without a
 * key. It reveals nothing about the file, and cannot be guessed.
 */
export interface FileLinks {
  /**
   * One link for each file, in the same order. All files of one answer cost one write; files with a ticket cost none.
   */
  issue(bearer: LinkBearer, files: readonly HostedFile[]): Promise<FileLink[]>;
  /**
   * The files of these tickets. A ticket is left out if it is unknown, has expired, or its key or session has ended.
   */
  open(tickets: readonly string[]): Promise<ReadonlyMap<string, LinkedFile>>;
}

/** What a client asked for beside the file itself: RFC 9110 sections 9.3.2, 14.2 and 13.1.5. */
export interface FileRequest {
  readonly method: 'GET' | 'HEAD';
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** Takes note, from the answers that pass, of what Notion shows to a connection and what it does not. */
export interface SharingEvidence {
  /** Notion has shown this object. */
  seen(connectionId: ConnectionId, source: FileHolder): void;
  /** Notion has said that it could not find it. */
  missed(connectionId: ConnectionId, source: FileHolder): void;
}

/** The links to files in the body of a request. */
export interface CarriedLinks {
  readonly tickets: readonly string[];
  /** The body, with each ticket's link replaced by a URL. */
  readonly bodyWith: (urls: ReadonlyMap<string, string>) => Buffer;
}

/**
 * Where file links are opened: below `/v1/`, because clients of Notion's API send their key there. Notion has no such
 * path.
 */
export const fileLinkPath = '/v1/portcullis/files/';

/**
 * A ticket in a link, in base64url: a handle of 120 random bits, shared by a few files of one answer, and 72 bits for
 * this file alone. The holder of one link therefore cannot guess another link of the same answer.
 */
export const ticketShape = /^[A-Za-z0-9_-]{32}$/;

/** The handle: the part of a ticket that it is looked up by. */
export function handleOf(ticket: string): string {
  return ticket.slice(0, 20);
}

/** The message for a link that does not open, for every reason and every caller. */
export const linkGone = 'The link to this file is not valid or has expired. Read the object again for a new one.';

/** The message for a caller who sends a link in a body, if it has ended or is not the caller's. */
export const carriedLinkGone =
  'body failed validation: a link to a file in it is not yours, is not valid or has expired. Read the object that the file is on again, and send the URL that it has now.';
