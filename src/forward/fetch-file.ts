import { Agent, type Dispatcher, request } from 'undici';
import { PortcullisError } from '../domain/errors.ts';
import type { FetchFile } from '../domain/file-links.ts';
import { KiB, minuteMs, secondMs } from '../domain/units.ts';

export interface FileFetcher {
  readonly fetchFile: FetchFile;
  close(): Promise<void>;
}

/**
 * Fetches files that Notion hosts. No token is sent: the signed URL is the permission, and only its host is asked, never
 * one that it redirects to.
 *
 * @param isHostedFile whether a URL is one of a file in Notion's keeping
 */
export function createFileFetcher(isHostedFile: (url: URL) => boolean): FileFetcher {
  const dispatcher = new Agent({
    connections: 32,
    allowH2: false,
    connect: { timeout: 10 * secondMs },
    headersTimeout: 30 * secondMs,
    bodyTimeout: minuteMs,
    maxHeaderSize: 32 * KiB,
  });
  return {
    async fetchFile(url, signal) {
      if (!URL.canParse(url) || !isHostedFile(new URL(url))) {
        throw new PortcullisError('upstream_refused', undefined, {
          log: 'a file link names a host that is not allowed',
        });
      }
      const started = performance.now();
      const response = await ask(url, signal, dispatcher);
      const upstreamMs = Math.round(performance.now() - started);
      if (response.statusCode === 200) {
        return { status: 200, headers: flatten(response.headers), body: response.body, upstreamMs };
      }
      // What the host says about a refusal is XML about its storage; nobody needs it.
      await response.body.dump({ limit: 64 * KiB }).catch(() => {});
      throw refusalOf(response.statusCode);
    },
    close: () => dispatcher.close(),
  };
}

async function ask(url: string, signal: AbortSignal, dispatcher: Dispatcher): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, { method: 'GET', signal, dispatcher, headers: { accept: '*/*' } });
  } catch (cause) {
    throw new PortcullisError('upstream_unavailable', undefined, { log: 'a hosted file could not be fetched', cause });
  }
}

function refusalOf(status: number): PortcullisError {
  // Expired signatures are answered with 400 or 403, files that are gone with 404.
  if (status === 400 || status === 403 || status === 404) {
    const message = 'The link to this file is not valid or has expired. Read the object again for a new one.';
    return new PortcullisError('not_found', message);
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
