import { randomBytes } from 'node:crypto';
import type { HashCredential } from '../domain/credential-hash.ts';
import {
  type FileLink,
  type FileLinks,
  type HostedFile,
  type LinkBearer,
  type LinkedFile,
  ticketShape,
} from '../domain/file-links.ts';
import { Lru } from '../domain/lru.ts';
import { hourMs, minuteMs, type Now } from '../domain/units.ts';
import { fileNameOf } from '../notion/file-name.ts';
import type { FileTicketStore, StoredTicket } from './file-ticket-store.ts';
import type { TicketSeal } from './ticket-seal.ts';

/** How much earlier than a new link an older one of the same file may end, to be given out again in its place. */
const reuseMs = 5 * minuteMs;

interface Known {
  readonly ticket: string;
  readonly expiresAt: Date;
}

/**
 * Links to hosted files: random tickets, whose keyed hashes are stored. A file that the same caller got a link to a moment
 * ago gets the same one, so that reading a page again and again writes nothing.
 *
 * @param cacheMax most links that are remembered to be given out again
 */
export function createFileLinks(parts: {
  store: FileTicketStore;
  seal: TicketSeal;
  hashCredential: HashCredential;
  now: Now;
  cacheMax?: number;
}): FileLinks {
  const { store, seal, now, cacheMax = 10_000 } = parts;
  const known = new Lru<Known>(cacheMax);
  const hashOf = (ticket: string) => parts.hashCredential('file_link', ticket);

  async function issue(bearer: LinkBearer, files: readonly HostedFile[]): Promise<FileLink[]> {
    const seenAt = now();
    const links = new Map<string, Known>();
    const drafts: { key: string; ticket: string; file: LinkedFile }[] = [];
    for (const file of files) {
      const key = identity(bearer, file);
      if (links.has(key)) continue;
      const expiresAt = new Date(Math.min(file.expiresAt.getTime(), seenAt.getTime() + hourMs));
      const usable = reusable(known.get(key), expiresAt);
      const link = usable ?? { ticket: randomBytes(18).toString('base64url'), expiresAt };
      links.set(key, link);
      if (usable === null) drafts.push({ key, ticket: link.ticket, file: { ...file, ...bearer, seenAt, expiresAt } });
    }
    if (drafts.length > 0) await add(bearer, drafts);
    for (const { key, ticket, file } of drafts) known.set(key, { ticket, expiresAt: file.expiresAt });
    return files.map(file => linkTo(file, links.get(identity(bearer, file))));
  }

  async function add({ workspaceId }: LinkBearer, drafts: readonly { ticket: string; file: LinkedFile }[]) {
    const tickets = drafts.map(async ({ ticket, file }): Promise<StoredTicket> => {
      const hash = hashOf(ticket);
      const { credential, expiresAt } = file;
      return { hash, workspaceId, credential, sealed: await seal.seal(hash, file), expiresAt };
    });
    await store.add(workspaceId, await Promise.all(tickets));
  }

  async function open(tickets: readonly string[]): Promise<ReadonlyMap<string, LinkedFile>> {
    const hashes = new Map(tickets.filter(isTicket).map(ticket => [hashOf(ticket).toString('latin1'), ticket]));
    if (hashes.size === 0) return new Map();
    const stored = await store.find(
      [...hashes.keys()].map(hash => Buffer.from(hash, 'latin1')),
      now(),
    );
    const opened = new Map<string, LinkedFile>();
    for (const row of stored) {
      const ticket = hashes.get(row.hash.toString('latin1'));
      const file = await seal.open(row);
      if (ticket !== undefined && file !== null) opened.set(ticket, file);
    }
    return opened;
  }

  return { issue, open };
}

function isTicket(text: string): boolean {
  return ticketShape.test(text);
}

/** The same file on the same object for the same caller. The signature differs at each look, and is no part of it. */
function identity({ credential, connectionId }: LinkBearer, { url, holder }: HostedFile): string {
  return [credential, connectionId, holder.kind, holder.id, url.split('?', 1)[0]].join(' ');
}

function reusable(known: Known | undefined, wantedUntil: Date): Known | null {
  return known !== undefined && wantedUntil.getTime() - known.expiresAt.getTime() <= reuseMs ? known : null;
}

function linkTo({ url }: HostedFile, known: Known | undefined): FileLink {
  if (known === undefined) throw new Error('A file was left without a link.');
  return { path: `${known.ticket}/${encodeName(fileNameOf(url))}`, expiresAt: known.expiresAt };
}

/** RFC 3986 section 2.3: also what `encodeURIComponent` leaves alone, since links stand in Markdown. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
