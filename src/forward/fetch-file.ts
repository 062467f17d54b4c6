import { type Dispatcher, request } from 'undici';
import { PortcullisError } from '../domain/errors.ts';
import type { FetchFile } from '../domain/file-fetching.ts';
import { type FileRequest, linkGone } from '../domain/file-links.ts';
import type { Answer } from '../domain/operation.ts';
import type { OutgoingProxy } from '../domain/outgoing-proxy.ts';
import { KiB, minuteMs, secondMs } from '../domain/units.ts';
import { openAgent } from '../net/open-agent.ts';
import { type StorageHeaders, sizeIn, storageHeaders } from './file-range.ts';
import { whenGone } from './public-error.ts';
import { createTurns, heldUntilClosed, holderOf, sharedTurns } from './turns.ts';

/** Files that are fetched at once: each holds a connection until its client has read the file. */
export const filesMax = 64;

export interface FileFetcher {
  readonly fetchFile: FetchFile;
  close(): Promise<void>;
}

/**
 * Fetches files that Notion hosts. No token is sent: the signed URL is the permission, and only its host is asked, never
 * one that it redirects to.
 *
 * @param isHostedFile whether a URL is one of a file in Notion's keeping
 * @param proxy what connections lead through, or null
 */
export function createFileFetcher(
  isHostedFile: (url: URL) => boolean,
  proxy: OutgoingProxy | null = null,
): FileFetcher {
  const turns = createTurns(sharedTurns(filesMax));
  const dispatcher = openAgent(proxy, {
    connections: filesMax,
    allowH2: false,
    connect: { timeout: 10 * secondMs },
    headersTimeout: 30 * secondMs,
    bodyTimeout: minuteMs,
    maxHeaderSize: 32 * KiB,
  });
  return {
    async fetchFile(url, request, { caller, workspaceId }, confirm, signal) {
      if (!URL.canParse(url) || !isHostedFile(new URL(url))) {
        throw new PortcullisError('upstream_refused', undefined, {
          log: 'a file link names a host that is not allowed',
        });
      }
      const giveBack = await turns.take(holderOf(caller.principal, workspaceId), signal).catch(whenGone);
      return heldUntilClosed(giveBack, async () => {
        await confirm();
        return fetchOnce(url, request, signal);
      });
    },
    close: () => dispatcher.close(),
  };

  async function fetchOnce(url: string, request: FileRequest, signal: AbortSignal): Promise<Answer> {
    const started = performance.now();
    const wanted = storageHeaders(request);
    let response = await ask(url, wanted, signal, dispatcher);
    if (response.statusCode === 412) {
      await discard(response);
      response = await ask(url, {}, signal, dispatcher);
    }
    const upstreamMs = Math.round(performance.now() - started);
    return { ...(await answerOf(response, request)), upstreamMs };
  }
}

async function ask(
  url: string,
  wanted: StorageHeaders,
  signal: AbortSignal,
  dispatcher: Dispatcher,
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, { method: 'GET', signal, dispatcher, headers: { accept: '*/*', ...wanted } });
  } catch (cause) {
    throw new PortcullisError('upstream_unavailable', undefined, { log: 'a hosted file could not be fetched', cause });
  }
}

async function answerOf(response: Dispatcher.ResponseData, { method }: FileRequest): Promise<Answer> {
  const { statusCode: status, body } = response;
  const headers = flatten(response.headers);
  const delivers = status === 200 || status === 206;
  if (delivers && method === 'GET') return { status, headers, body };
  await discard(response);
  const range = headers['content-range'];
  if (status === 416)
    return method === 'GET' ? unsatisfiable(range) : { status: 200, headers: sized({}, '0'), body: null };
  if (!delivers) throw refusalOf(status);
  return {
    status: 200,
    headers: sized(headers, status === 206 ? sizeIn(range) : headers['content-length']),
    body: null,
  };
}

function unsatisfiable(range: string | undefined): Answer {
  return { status: 416, headers: range === undefined ? {} : { 'content-range': range }, body: null };
}

/** The headers of the whole file, as a `GET` without a range would have them. */
function sized(headers: Record<string, string>, size: string | null | undefined): Record<string, string> {
  const { 'content-range': _range, 'content-length': _length, ...whole } = headers;
  return size == null ? whole : { ...whole, 'content-length': size };
}

/** The rest of the host's answer is not needed (XML about its storage, the first byte for `HEAD`). */
async function discard({ body }: Dispatcher.ResponseData): Promise<void> {
  await body.dump({ limit: 64 * KiB }).catch(() => {});
}

function refusalOf(status: number): PortcullisError {
  // Expired signatures are answered with 400 or 403, files that are gone with 404.
  if (status === 400 || status === 403 || status === 404) {
    return new PortcullisError('not_found', linkGone);
  }
  const code = status >= 300 && status < 400 ? 'upstream_refused' : 'upstream_unavailable';
  return new PortcullisError(code, undefined, { log: `the host of a file answered ${status}` });
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
