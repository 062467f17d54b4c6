import type { ConnectionId, ConsentId, KeyId, PrincipalId, SessionId, WorkspaceId } from './ids.ts';

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
  readonly credential: KeyId | SessionId | ConsentId;
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

/** What passes by says of what Notion shows to a connection, and of what it does not. */
export interface SharingEvidence {
  /** Notion has shown this object. */
  seen(connectionId: ConnectionId, source: FileHolder): void;
  /** Notion has said that it could not find it. */
  missed(connectionId: ConnectionId, source: FileHolder): void;
}

/** Links to files that stand in the body of a request. */
export interface CarriedLinks {
  readonly tickets: readonly string[];
  /** The body with a URL in the place of each ticket's link. */
  readonly bodyWith: (urls: ReadonlyMap<string, string>) => Buffer;
}

/** Where tickets are redeemed: below `/v1/`, where clients of Notion's API send their key. Notion has no such path. */
export const fileLinkPath = '/v1/portcullis/files/';

/**
 * What stands in a link, in base64url: 120 random bits by which it is found, the same for a few files of one answer, and 72
 * that are the file's own. Whoever holds one link of an answer can guess no other.
 */
export const ticketShape = /^[A-Za-z0-9_-]{32}$/;

/** The part of a ticket by which it is found. */
export function handleOf(ticket: string): string {
  return ticket.slice(0, 20);
}

/** What everybody hears whose link does not open, whatever the reason. */
export const linkGone = 'The link to this file is not valid or has expired. Read the object again for a new one.';

/** What somebody hears who sends a link that they may not use, or that has ended. */
export const carriedLinkGone =
  'body failed validation: a link to a file in it is not yours, is not valid or has expired. Read the object that the file is on again, and send the URL that it has now.';
