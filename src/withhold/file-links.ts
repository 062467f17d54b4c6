import { randomBytes } from 'node:crypto';
import type { HashCredential } from '../domain/credential-hash.ts';
import {
  type FileLink,
  type FileLinks,
  type HostedFile,
  handleOf,
  type LinkBearer,
  type LinkedFile,
  ticketShape,
} from '../domain/file-links.ts';
import { Lru } from '../domain/lru.ts';
import { hourMs, minuteMs, type Now } from '../domain/units.ts';
import { fileNameOf } from '../notion/file-name.ts';
import type { FileTicketStore, StoredTickets } from './file-ticket-store.ts';
import type { Bundle, TicketSeal } from './ticket-seal.ts';

/** A link is given out again for the same file if it ends at most this much earlier than a new one. */
const reuseMs = 5 * minuteMs;
/** Files that are sealed together: sealing costs by the piece, and opening one means opening all. */
const bundleMax = 16;

/** Files of one answer whose tickets have the same handle, and are sealed and stored together. */
interface Draft {
  readonly handle: string;
  /** By the part of the ticket that is the file's own. */
  readonly files: Map<string, HostedFile>;
}

/**
 * Links to hosted files: random tickets, of which keyed hashes are stored. If the same caller got a link to a file a
 * moment ago, they get the same link again. So reading a page again and again writes nothing.
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
  const known = new Lru<FileLink>(cacheMax);
  const hashOf = (handle: string) => parts.hashCredential('file_link', handle);

  async function issue(bearer: LinkBearer, files: readonly HostedFile[]): Promise<FileLink[]> {
    const seenAt = now();
    const drafts: Draft[] = [];
    const fresh = new Map<string, FileLink>();
    const issued = files.map(given => {
      const key = identity(bearer, given);
      const file = { ...given, expiresAt: new Date(Math.min(given.expiresAt.getTime(), seenAt.getTime() + hourMs)) };
      const usable = fresh.get(key) ?? reusable(known.get(key), file.expiresAt);
      if (usable !== null) return usable;
      const link = draftLink(drafts, file);
      fresh.set(key, link);
      return link;
    });
    if (drafts.length > 0) await add(bearer, seenAt, drafts);
    for (const [key, link] of fresh) known.set(key, link);
    return issued;
  }

  async function add(bearer: LinkBearer, seenAt: Date, drafts: readonly Draft[]): Promise<void> {
    const { workspaceId, credential } = bearer;
    const tickets = drafts.map(async ({ handle, files }): Promise<StoredTickets> => {
      const hash = hashOf(handle);
      const expiresAt = new Date(Math.max(...[...files.values()].map(file => file.expiresAt.getTime())));
      return { hash, workspaceId, credential, sealed: await seal.seal(hash, { bearer, seenAt, files }), expiresAt };
    });
    await store.add(workspaceId, await Promise.all(tickets));
  }

  async function open(tickets: readonly string[]): Promise<ReadonlyMap<string, LinkedFile>> {
    const wellFormed = tickets.filter(ticket => ticketShape.test(ticket));
    const hashes = new Map(wellFormed.map(ticket => [handleOf(ticket), hashOf(handleOf(ticket))]));
    const opened = new Map<string, LinkedFile>();
    if (hashes.size === 0) return opened;
    const at = now();
    const stored = new Map(
      (await store.find([...hashes.values()], at)).map(row => [row.hash.toString('latin1'), row] as const),
    );
    const bundles = new Map<string, Bundle | null>();
    for (const [handle, hash] of hashes) {
      const row = stored.get(hash.toString('latin1'));
      bundles.set(handle, row === undefined ? null : await seal.open(row));
    }
    for (const ticket of wellFormed) {
      const file = fileOf(ticket, bundles.get(handleOf(ticket)));
      if (file !== null && file.expiresAt > at) opened.set(ticket, file);
    }
    return opened;
  }

  return { issue, open };
}

/** A link to the file, in the last bundle if there is room in it. */
function draftLink(drafts: Draft[], file: HostedFile): FileLink {
  let draft = drafts.at(-1);
  if (draft === undefined || draft.files.size === bundleMax) {
    draft = { handle: randomBytes(15).toString('base64url'), files: new Map() };
    drafts.push(draft);
  }
  const own = randomBytes(9).toString('base64url');
  const link = { path: `${draft.handle}${own}/${encodeName(fileNameOf(file.url))}`, expiresAt: file.expiresAt };
  draft.files.set(own, file);
  return link;
}

function fileOf(ticket: string, bundle: Bundle | null | undefined): LinkedFile | null {
  const file = bundle?.files.get(ticket.slice(handleOf(ticket).length));
  return bundle && file ? { ...file, ...bundle.bearer, seenAt: bundle.seenAt } : null;
}

/** The same file on the same object for the same caller. The signature differs at each look, and is ignored. */
function identity({ credential, connectionId }: LinkBearer, { url, holder }: HostedFile): string {
  return [credential, connectionId, holder.kind, holder.id, url.split('?', 1)[0]].join(' ');
}

function reusable(known: FileLink | undefined, wantedUntil: Date): FileLink | null {
  return known !== undefined && wantedUntil.getTime() - known.expiresAt.getTime() <= reuseMs ? known : null;
}

/** RFC 3986 section 2.3: also what `encodeURIComponent` leaves alone, since links stand in Markdown. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
