import { isIP } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { isLoopback } from '../../domain/network-of.ts';
import { KiB, secondMs } from '../../domain/units.ts';
import { userAgent } from '../../domain/user-agent.ts';
import { howItFailed, neverSent } from '../never-sent.ts';
import { createGuardedLookup, mayConnect, type ResolveName } from './guarded-lookup.ts';
import { SafeFetchError, safeFetchErrorIn } from './safe-fetch-error.ts';

export interface SafeRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | null | undefined;
  /** Media types, besides JSON, that an answer may have. `any`: only the status counts, and no body is read. */
  readonly types?: readonly string[] | 'any';
  /** Ends the request earlier than its own time would. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A request to a URL that came from outside. Returns the whole answer, with any status. Throws only `SafeFetchError`.
 * It has the shape of `fetch`, so that it can replace it.
 */
export type SafeFetch = (url: string, request?: SafeRequest) => Promise<Response>;

/** The addresses to which requests, and browsers, may be sent at all. */
export interface AskableHosts {
  /** For development: http and https to loopback names (`PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP`). */
  readonly allowLoopbackHttp: boolean;
  /** Narrows the hosts that may be asked. Default: any public one. */
  readonly mayAsk?: (url: URL) => boolean;
}

export interface SafeFetchOptions extends AskableHosts {
  /** One origin that the settings name, and the dispatcher for requests to it: its address needs no check. */
  readonly named?: { readonly origin: string; readonly dispatcher: Dispatcher } | null;
  readonly resolveName?: ResolveName;
  readonly timeoutMs?: number;
}

const answerBytesMax = 256 * KiB;
const answerMsMax = 5 * secondMs;
const redirectsMax = 3;

/**
 * Requests that a stranger cannot turn against our own network (server-side request forgery): https only, public
 * addresses only, no redirect to another origin, 5 s, 256 KiB, JSON. The outgoing proxy is not used, except for the one
 * origin that the settings name: the proxy would resolve names where we cannot check them.
 */
export function createSafeFetch(options: SafeFetchOptions): { fetch: SafeFetch; close(): Promise<void> } {
  const { allowLoopbackHttp, resolveName, timeoutMs = answerMsMax, named = null } = options;
  const agent = new Agent({
    connect: { lookup: createGuardedLookup(allowLoopbackHttp, resolveName), timeout: timeoutMs },
    keepAliveTimeout: secondMs,
  });

  async function send(url: URL, given: SafeRequest, signal: AbortSignal): Promise<Response> {
    const answer = await request(assertAskable(url, options), {
      method: (given.method ?? 'GET') as 'GET' | 'POST',
      headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': userAgent, ...given.headers },
      body: given.body == null ? null : String(given.body),
      dispatcher: named?.origin === url.origin ? named.dispatcher : agent,
      signal,
    });
    const { types = [] } = given;
    const headers = headersOf(answer.headers);
    const text = types === 'any' ? '' : await readText(answer.body, answer.headers['content-encoding'] ?? 'identity');
    // A short body is read to its end, so that the connection can be used again.
    if (types === 'any') answer.body.dump().catch(() => {});
    const response = new Response(statusHasNoBody(answer.statusCode) ? null : text, {
      status: answer.statusCode,
      headers,
    });
    if (response.ok && text !== '' && types !== 'any') assertType(headers.get('content-type'), types);
    return response;
  }

  async function follow(url: string, given: SafeRequest, signal: AbortSignal): Promise<Response> {
    let at = parse(url);
    for (let redirects = 0; ; redirects++) {
      const response = await send(at, given, signal);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return response;
      const next = parse(location, at);
      // The request may hold secrets. So only GET requests follow a redirect, and only to the same server.
      if ((given.method ?? 'GET') !== 'GET' || next.origin !== at.origin || redirects === redirectsMax) {
        throw new SafeFetchError('redirected', 'the answer leads elsewhere');
      }
      at = next;
    }
  }

  return {
    async fetch(url, given = {}) {
      try {
        const inTime = AbortSignal.timeout(timeoutMs);
        return await follow(url, given, given.signal === undefined ? inTime : AbortSignal.any([inTime, given.signal]));
      } catch (error) {
        throw safeFetchErrorIn(error) ?? unreachable(error);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Returns the URL if requests, or a browser, may be sent there. Throws `SafeFetchError` `forbidden`. */
export function assertAskable(url: URL, { allowLoopbackHttp, mayAsk }: AskableHosts): URL {
  const { protocol, hostname, username, password } = url;
  const loopback = allowLoopbackHttp && isLoopback(hostname);
  if (protocol !== 'https:' && !(loopback && protocol === 'http:')) refuse('only https is asked');
  if (username !== '' || password !== '') refuse('the URL carries credentials');
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  // Connecting to an address looks up no name, so it is judged here.
  if (isIP(address) !== 0 && !mayConnect(address, address, allowLoopbackHttp)) refuse('it is a special-use address');
  if (mayAsk?.(url) === false) refuse('it is no host of that service');
  return url;
}

function unreachable(cause: unknown): SafeFetchError {
  return new SafeFetchError(neverSent(cause) ? 'unsent' : 'unreachable', `no whole answer came${howItFailed(cause)}`, {
    cause,
  });
}

function refuse(reason: string): never {
  throw new SafeFetchError('forbidden', reason);
}

function parse(url: string, base?: URL): URL {
  const parsed = URL.parse(url, base?.href);
  if (parsed === null) throw new SafeFetchError('forbidden', 'it is no URL');
  return parsed;
}

function headersOf(raw: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  // The body is text by now.
  for (const name of ['content-length', 'transfer-encoding']) headers.delete(name);
  return headers;
}

function statusHasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

async function readText(body: AsyncIterable<Buffer>, encoding: string | string[]): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Throwing ends the connection: the rest of the answer is not read.
    if (bytes > answerBytesMax) throw new SafeFetchError('unacceptable', 'the answer is too large');
    // We asked for an answer without compression. A compressed one could grow to any size.
    if (encoding !== 'identity') throw new SafeFetchError('unacceptable', 'the answer is compressed');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function assertType(contentType: string | null, others: readonly string[]): void {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json') || others.includes(type)) return;
  throw new SafeFetchError('unacceptable', 'the answer is not JSON');
}

/** The same requests, which all end when this signal aborts. */
export function within(fetch: SafeFetch, end: AbortSignal): SafeFetch {
  return (url, request = {}) => {
    const signal = request.signal === undefined ? end : AbortSignal.any([end, request.signal]);
    return fetch(url, { ...request, signal });
  };
}
