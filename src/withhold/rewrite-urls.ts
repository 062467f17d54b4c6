import { type FileLinks, fileLinkPath, type HostedFile } from '../domain/file-links.ts';
import type { Ruling } from '../domain/ruling.ts';
import { hourMs, type Now } from '../domain/units.ts';
import { isObject, type Json } from './read-answer.ts';

export interface UrlRewriting {
  /** `PORTCULLIS_PUBLIC_URL`, without a trailing slash. */
  readonly publicBase: string;
  readonly fileLinks: FileLinks;
  /** Whether a URL in Markdown is one of a file that Notion hosts. */
  readonly isHostedFile: (url: URL) => boolean;
  readonly now: Now;
}

/** Keys under which Notion gives absolute URLs of its API (trap 4 of the classifier). */
const apiUrlKeys: ReadonlySet<string> = new Set(['upload_url', 'complete_url', 'status_url', 'next_url']);
const fileHolders: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'block', 'comment']);
const urlInMarkdown = /https?:\/\/[^\s"'<>()[\]{}\\]+/g;

type Holder = HostedFile['object'];
type Draft = (file: { url: string; object: Holder; expiresAt: Date }, put: (doorUrl: string) => void) => void;

/**
 * Leads every URL that would go around the gate back to it: URLs of Notion's API keep their path, and files that Notion
 * hosts become tickets that are judged at each fetch (rule 17). Changes the answer in place.
 *
 * @returns whether anything was changed
 */
export async function rewriteUrls(ruling: Ruling, answer: Json, rewriting: UrlRewriting): Promise<boolean> {
  const { workspaceId } = ruling.facts;
  const { workspace } = ruling.call;
  const base = workspace === null ? rewriting.publicBase : `${rewriting.publicBase}/w/${workspace}`;
  const seals: Promise<void>[] = [];
  const assemblies: (() => void)[] = [];
  let changed = false;

  const draft: Draft = ({ url, object, expiresAt }, put) => {
    changed = true;
    if (workspaceId === null) return put('');
    const sealed = rewriting.fileLinks.seal({ url, object, expiresAt, workspaceId });
    seals.push(sealed.then(ticket => put(`${base}${fileLinkPath}${ticket}`)));
  };

  function visit(value: unknown, holder: Holder): void {
    if (Array.isArray(value)) for (const item of value) visit(item, holder);
    else if (isObject(value)) visitObject(value, holderOf(value) ?? holder);
  }

  function visitObject(object: Json, holder: Holder): void {
    if (isHostedFileObject(object)) {
      draft({ url: object.url, object: holder, expiresAt: expiryOf(object) }, url => {
        object.url = url;
      });
      return;
    }
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (typeof value !== 'string') visit(value, holder);
      else if (apiUrlKeys.has(key)) {
        object[key] = apiUrlAtGate(value, base);
        changed = true;
      } else if (key === 'markdown') visitMarkdown(object, value, holder);
    }
  }

  function visitMarkdown(object: Json, markdown: string, holder: Holder): void {
    const pieces: string[] = [];
    let end = 0;
    for (const { 0: url, index } of markdown.matchAll(urlInMarkdown)) {
      if (!URL.canParse(url) || !rewriting.isHostedFile(new URL(url))) continue;
      const at = pieces.push(markdown.slice(end, index), url) - 1;
      end = index + url.length;
      draft({ url, object: holder, expiresAt: inAnHour() }, doorUrl => {
        pieces[at] = doorUrl;
      });
    }
    if (pieces.length === 0) return;
    pieces.push(markdown.slice(end));
    // Put together once all tickets are sealed.
    assemblies.push(() => {
      object.markdown = pieces.join('');
    });
  }

  function expiryOf({ expiry_time: time }: Json): Date {
    const expiry = new Date(String(time));
    return Number.isNaN(expiry.getTime()) ? inAnHour() : expiry;
  }

  /** How long Notion's own links to files are good for. */
  function inAnHour(): Date {
    return new Date(rewriting.now().getTime() + hourMs);
  }

  visit(answer, holderOfCall(ruling));
  await Promise.all(seals);
  for (const assemble of assemblies) assemble();
  return changed;
}

/** `{url, expiry_time}` is how Notion writes a file that it hosts, wherever it stands. */
function isHostedFileObject(object: Json): object is Json & { url: string } {
  return typeof object.url === 'string' && typeof object.expiry_time === 'string';
}

/** The object that an answer's value belongs to: the innermost page, block, … around it. */
function holderOf({ object, id }: Json): Holder | null {
  if (typeof object !== 'string' || typeof id !== 'string' || !fileHolders.has(object)) return null;
  return { kind: object as Holder['kind'], id };
}

/** What the call itself is about, for answers that do not say whose files they hold (property items, Markdown). */
function holderOfCall({ call }: Ruling): Holder {
  const { notFound } = call.operation.response;
  if (notFound === null || !fileHolders.has(notFound.kind)) return { kind: 'workspace', id: '' };
  return { kind: notFound.kind as Holder['kind'], id: notFound.id };
}

/** The same path at this gate. A URL that is not of the API leads nowhere that we know, and is blanked. */
function apiUrlAtGate(value: string, base: string): string | null {
  if (!URL.canParse(value)) return null;
  const { pathname, search } = new URL(value);
  return pathname.startsWith('/v1/') ? `${base}${pathname}${search}` : null;
}
