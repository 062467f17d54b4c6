import type { DecidedCall } from '../domain/decided-call.ts';
import {
  type FileLinks,
  fileLinkPath,
  type HostedFile,
  type LinkBearer,
  type SharingEvidence,
} from '../domain/file-links.ts';
import { hourMs, type Now } from '../domain/units.ts';
import { isSigned } from '../notion/file-hosts.ts';
import { type FilePlace, holderOf, holderOfCall } from './file-holder.ts';
import { isObject, type Json } from './read-answer.ts';

export interface UrlRewriting {
  /** `PORTCULLIS_PUBLIC_URL`, without a trailing slash. */
  readonly publicBase: string;
  readonly fileLinks: FileLinks;
  readonly evidence: SharingEvidence;
  /** Whether a URL is one of a file that Notion hosts. */
  readonly isHostedFile: (url: URL) => boolean;
  readonly now: Now;
}

/** Keys under which Notion gives absolute URLs of its API (trap 4 of the classifier). */
const apiUrlKeys: ReadonlySet<string> = new Set(['upload_url', 'complete_url', 'status_url', 'next_url']);
/** Keys of people's own links. If a person copied a signed URL of a file, it counts as that file. */
const linkKeys: ReadonlySet<string> = new Set(['url', 'href']);
/**
 * Names of files hold parentheses and apostrophes, and the signature comes after the name: a URL that ended before them would
 * leave the signature behind.
 */
const urlInMarkdown = /https?:\/\/(?:[^\s"'<>()[\]{}\\]|'(?=[\w%.-])|\([^\s"'<>()[\]{}\\]*\))+/g;

/** A file that was found, and what becomes of the answer once there is a link to it. */
interface Found {
  readonly file: HostedFile;
  readonly put: (doorUrl: string, expiresAt: Date) => void;
}

/**
 * Leads every URL that would go around the gate back to it: URLs of Notion's API keep their path, and files that Notion
 * hosts become tickets that are judged at each fetch (rule 17). Changes the answer in place.
 *
 * @returns whether anything was changed
 */
export async function rewriteUrls(decided: DecidedCall, answer: Json, rewriting: UrlRewriting): Promise<boolean> {
  const { workspace } = decided.call;
  const base = workspace === null ? rewriting.publicBase : `${rewriting.publicBase}/w/${workspace}`;
  const found: Found[] = [];
  const assemblies: (() => void)[] = [];
  let changed = false;

  function visit(value: unknown, place: FilePlace): void {
    if (Array.isArray(value)) for (const item of value) visit(item, place);
    else if (isObject(value)) visitObject(value, holderOf(value) ?? place);
  }

  function visitObject(object: Json, place: FilePlace): void {
    if (isHostedFileObject(object)) {
      const file = { url: object.url, ...place, expiresAt: expiryOf(object) };
      found.push({
        file,
        put(url, expiresAt) {
          object.url = url;
          object.expiry_time = expiresAt.toISOString();
        },
      });
      return;
    }
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (typeof value !== 'string') visit(value, place);
      else if (apiUrlKeys.has(key)) {
        object[key] = apiUrlAtGate(value, base);
        changed = true;
      } else if (key === 'markdown') visitMarkdown(object, value, place);
      else if (linkKeys.has(key) && isSigned(value)) visitLink(object, key, value, place);
    }
  }

  function visitLink(object: Json, key: string, url: string, place: FilePlace): void {
    if (!isHosted(url)) return;
    const put = (doorUrl: string) => {
      object[key] = doorUrl;
    };
    found.push({ file: { url, ...place, expiresAt: inAnHour() }, put });
  }

  function visitMarkdown(object: Json, markdown: string, place: FilePlace): void {
    const pieces: string[] = [];
    let end = 0;
    for (const { 0: url, index } of markdown.matchAll(urlInMarkdown)) {
      if (!isHosted(url)) continue;
      const at = pieces.push(markdown.slice(end, index), url) - 1;
      end = index + url.length;
      const put = (doorUrl: string) => {
        pieces[at] = doorUrl;
      };
      found.push({ file: { url, ...place, expiresAt: inAnHour() }, put });
    }
    if (pieces.length === 0) return;
    pieces.push(markdown.slice(end));
    // Put together once all links are made.
    assemblies.push(() => {
      object.markdown = pieces.join('');
    });
  }

  function isHosted(text: string): boolean {
    return URL.canParse(text) && rewriting.isHostedFile(new URL(text));
  }

  function expiryOf({ expiry_time: time }: Json): Date {
    const expiry = new Date(String(time));
    return Number.isNaN(expiry.getTime()) ? inAnHour() : expiry;
  }

  /** How long Notion's own links to files are good for. */
  function inAnHour(): Date {
    return new Date(rewriting.now().getTime() + hourMs);
  }

  visit(answer, holderOfCall(decided.call));
  if (found.length === 0) return changed;
  await putLinks(decided, found, `${base}${fileLinkPath}`, rewriting);
  for (const assemble of assemblies) assemble();
  return true;
}

/** Without a bearer there is no caller to give a link to: Portcullis itself reads the answer, and fetches no files. */
async function putLinks(
  decided: DecidedCall,
  found: readonly Found[],
  base: string,
  rewriting: UrlRewriting,
): Promise<void> {
  const bearer = bearerOf(decided);
  if (bearer === null) {
    for (const { file, put } of found) put('', file.expiresAt);
    return;
  }
  const files = found.map(({ file }) => file);
  const links = await rewriting.fileLinks.issue(bearer, files);
  for (const { source } of files) rewriting.evidence.seen(bearer.connectionId, source);
  for (const [index, link] of links.entries()) found[index]?.put(base + link.path, link.expiresAt);
}

function bearerOf({ caller, facts }: DecidedCall): LinkBearer | null {
  const { principal, credential } = caller;
  const { workspaceId, connection } = facts;
  if (workspaceId === null || connection === null || credential === null) return null;
  if (principal.kind !== 'user' && principal.kind !== 'agent') return null;
  return { workspaceId, connectionId: connection.id, principalId: principal.id, credential };
}

/** Notion writes a hosted file as `{url, expiry_time}`, in every place. */
function isHostedFileObject(object: Json): object is Json & { url: string } {
  return typeof object.url === 'string' && typeof object.expiry_time === 'string';
}

/** The same path at this gateway. A URL outside of the API has an unknown target, and is blanked. */
function apiUrlAtGate(value: string, base: string): string | null {
  if (!URL.canParse(value)) return null;
  const { pathname, search } = new URL(value);
  return pathname.startsWith('/v1/') ? `${base}${pathname}${search}` : null;
}
