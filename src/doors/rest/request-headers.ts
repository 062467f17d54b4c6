import type { IncomingMessage } from 'node:http';
import type { FileRequest } from '../../domain/file-links.ts';
import type { Problem } from '../../domain/operation.ts';
import type { Credentials } from '../../domain/principal.ts';
import { restLimits } from './limits.ts';

/** Headers that may come only once: with two of them, the next server could read another value than we did. */
const single: ReadonlySet<string> = new Set([
  ...['authorization', 'notion-version', 'host'],
  ...['content-type', 'content-length', 'content-encoding', 'transfer-encoding'],
]);
const methodOverrides: ReadonlySet<string> = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);

/** The problem of a request before its body is read (rule 7); null if there is none. */
export function headerProblem({ method, headers, rawHeaders }: IncomingMessage): Problem | null {
  return (
    repeated(rawHeaders) ??
    framing(method, headers['content-length'], headers['transfer-encoding']) ??
    encoding(headers['content-encoding'])
  );
}

function repeated(rawHeaders: readonly string[]): Problem | null {
  if (rawHeaders.length > restLimits.headersMax * 2) return refused('Too many headers.');
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (methodOverrides.has(name)) return refused(`The header ${name} is not supported.`);
    if (!single.has(name)) continue;
    if (seen.has(name)) return refused(`The header ${name} was sent more than once.`);
    seen.add(name);
  }
  return null;
}

/** RFC 9112 section 6: exactly one way to say where the body ends. */
function framing(method: string | undefined, length: string | undefined, transfer: string | undefined): Problem | null {
  if (transfer !== undefined && length !== undefined) return refused('A body has a length or is chunked, not both.');
  if (transfer !== undefined && transfer.toLowerCase() !== 'chunked') return refused('Unknown transfer encoding.');
  const hasBody = transfer !== undefined || (length !== undefined && length !== '0');
  // With GET, an empty object is let through, so the body has to be read first (decision 27).
  return hasBody && method === 'HEAD' ? refused('A HEAD request has no body.') : null;
}

function encoding(value: string | undefined): Problem | null {
  return value === undefined || value.toLowerCase() === 'identity'
    ? null
    : refused('A request body must not be compressed or otherwise encoded.');
}

function refused(message: string): Problem {
  return { code: 'invalid_request', message };
}

/**
 * The bearer token (RFC 6750 section 2.1), not yet checked. Nothing else authenticates here, cookies least of all (rule
 * 26).
 */
export function readCredentials({ headers, rawHeaders }: IncomingMessage): Credentials {
  const header = headers.authorization;
  if (header === undefined) return { kind: 'none' };
  // Node keeps the first of several without a word.
  const count = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization').length;
  const token = header.length <= restLimits.bearerCharsMax ? /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1] : undefined;
  return count === 1 && token !== undefined ? { kind: 'bearer', token } : { kind: 'malformed' };
}

/** Which part of a file is wanted. */
export function readFileRequest({ method, headers }: IncomingMessage): FileRequest {
  const ifRange = headers['if-range'];
  return {
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    range: headers.range ?? null,
    ifRange: typeof ifRange === 'string' ? ifRange : null,
  };
}
