import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../../domain/principal.ts';
import { readSessionCookie } from '../session-cookie.ts';

/**
 * Finds the credentials of a request: a key or a browser session. Both at once, or one of them twice, counts as
 * neither, because the sender may expect another one to count than we do.
 */
export function readCredentials(request: IncomingMessage): Credentials {
  const keys = request.headersDistinct.authorization ?? [];
  const cookie = readSessionCookie(request.headers.cookie);
  if (keys.length === 0) {
    if (cookie.kind === 'absent') return { kind: 'none' };
    return cookie.kind === 'present' ? { kind: 'session', token: cookie.token } : { kind: 'malformed' };
  }
  const [, token] = /^bearer +([^\s]+) *$/i.exec(keys[0] ?? '') ?? [];
  if (keys.length > 1 || cookie.kind !== 'absent' || token === undefined) return { kind: 'malformed' };
  return { kind: 'bearer', token };
}
