import { type Dispatcher, request } from 'undici';
import { PortcullisError } from '../domain/errors.ts';
import type { FetchFile } from '../domain/file-links.ts';
import { secondMs } from '../domain/units.ts';

export interface FetchFileOptions {
  /** Whether a URL leads to a file that Notion hosts. Nothing else is fetched (rule 3). */
  readonly isHostedFile: (url: URL) => boolean;
  readonly dispatcher?: Dispatcher;
}

const gone = 'The link to this file no longer works. Read the object again for a new one.';

/** Fetches files from where Notion keeps them. No token is sent, and no redirect followed. */
export function createFetchFile({ isHostedFile, dispatcher }: FetchFileOptions): FetchFile {
  return async function fetchFile(address, signal) {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null || !isHostedFile(url)) throw refused('a file link that leads to no host of files');
    const answer = await request(url, {
      method: 'GET',
      signal,
      headersTimeout: 30 * secondMs,
      bodyTimeout: 60 * secondMs,
      ...(dispatcher && { dispatcher }),
    }).catch(cause => {
      throw new PortcullisError('upstream_unavailable', undefined, { log: 'a file could not be fetched', cause });
    });
    if (answer.statusCode === 200) return { status: 200, headers: flat(answer.headers), body: answer.body };
    answer.body.destroy();
    throw refusalFor(answer.statusCode);
  };
}

function refusalFor(status: number): PortcullisError {
  const log = `the host of a file answered ${status}`;
  if (status === 403 || status === 404 || status === 410) return new PortcullisError('not_found', gone, { log });
  return status < 500 ? refused(log) : new PortcullisError('upstream_unavailable', undefined, { log });
}

function refused(log: string): PortcullisError {
  return new PortcullisError('upstream_refused', undefined, { log });
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') single[name] = value;
  return single;
}
