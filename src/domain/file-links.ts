import type { WorkspaceId } from './ids.ts';
import type { Answer } from './operation.ts';

/** A file that Notion hosts, as it was found in an answer. */
export interface HostedFile {
  /** Signed by Notion and good for about an hour: whoever holds it can fetch the file. */
  readonly url: string;
  readonly workspaceId: WorkspaceId;
  /** What the file was found on: fetching it is decided on that object (action `file.read`). */
  readonly object: {
    readonly kind: 'page' | 'database' | 'data_source' | 'block' | 'comment' | 'workspace';
    readonly id: string;
  };
  readonly expiresAt: Date;
}

/**
 * Makes tickets for hosted files and reads them back. A ticket stands in a URL that a caller holds, so it must neither
 * show what it names nor be made by anybody else.
 */
export interface FileLinks {
  seal(file: HostedFile): Promise<string>;
  /** Null for a ticket that is not ours, was altered, or has expired. */
  open(ticket: string): Promise<HostedFile | null>;
}

/**
 * Fetches a hosted file, without any token of ours: the URL itself is the permission. The answer is a stream. Throws
 * `PortcullisError`: `not_found` when Notion's link no longer works, `upstream_refused` for a host that is none of
 * Notion's or a redirect, `upstream_unavailable` otherwise.
 */
export type FetchFile = (url: string, signal: AbortSignal) => Promise<Answer>;

/** Where tickets are redeemed: below `/v1/`, where clients of Notion's API send their key. Notion has no such path. */
export const fileLinkPath = '/v1/portcullis/files/';
